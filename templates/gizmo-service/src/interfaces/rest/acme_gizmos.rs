//! `/v1/acme-gizmos`

use super::bodies::{
    AcmeGizmoBodies, AcmeGizmoBody, AcmeGizmoRevision, AcmeGizmoStatistics, ListQuery, NewAcmeGizmo,
    NewAcmeGizmos,
};
use crate::application::{Deps, commands, queries};
use crate::domain::{AcmeGizmo, Filter, Sort};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cloudlab_chassis::http::{
    Action, Answer, Command, CommandProblems, Context, Cursor, IfMatch, IfNoneMatch, Page, PathId, Problem,
    Query, ReadProblems, command, not_found,
};
use cloudlab_chassis::{OpenApiRouter, routes};
use cloudlab_core::{Id, Timestamp, Value};

/// All routes of acme gizmos.
pub fn routes(deps: Deps) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(create_many))
        .routes(routes!(statistics))
        .routes(routes!(get, revise))
        .routes(routes!(activate))
        .routes(routes!(archive))
        .with_state(deps)
}

/// Creates an acme gizmo.
#[utoipa::path(post, path = "/v1/acme-gizmos", request_body = NewAcmeGizmo,
    responses((status = 201, body = AcmeGizmoBody), CommandProblems))]
async fn create(
    State(deps): State<Deps>,
    Command(ctx, body): Command<NewAcmeGizmo>,
) -> Result<Response, Problem> {
    let new = body.command()?;
    command(&ctx, created, async |ctx| commands::create_acme_gizmo(ctx, &deps, new.clone()).await).await
}

/// Creates up to 100 acme gizmos, all or none.
#[utoipa::path(post, path = "/v1/acme-gizmos:batch", request_body = NewAcmeGizmos,
    responses((status = 201, body = AcmeGizmoBodies), CommandProblems))]
async fn create_many(
    State(deps): State<Deps>,
    Command(ctx, body): Command<NewAcmeGizmos>,
) -> Result<Response, Problem> {
    let batch = body.commands()?;
    command(&ctx, all_created, async |ctx| commands::create_acme_gizmos(ctx, &deps, batch.clone()).await)
        .await
}

/// Shows an acme gizmo.
#[utoipa::path(get, path = "/v1/acme-gizmos/{id}", params(("id" = Uuid, Path), IfNoneMatch),
    responses((status = 200, body = AcmeGizmoBody), ReadProblems))]
async fn get(
    State(deps): State<Deps>,
    Context(ctx): Context,
    PathId(id): PathId<AcmeGizmo>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let found = queries::get(&ctx, &deps, id).await?.ok_or_else(not_found)?;
    Ok(known.unless_known(found.state().version, || Answer::ok(&AcmeGizmoBody::from(&found))))
}

/// Lists acme gizmos, page by page.
#[utoipa::path(get, path = "/v1/acme-gizmos", params(ListQuery),
    responses((status = 200, body = Page<AcmeGizmoBody>), ReadProblems))]
async fn list(
    State(deps): State<Deps>,
    Context(ctx): Context,
    Query(query): Query<ListQuery>,
) -> Result<Answer, Problem> {
    let sort = query.sort.unwrap_or(Sort::Oldest);
    let scope = format!("{sort}|{}", query.status.map_or("every", |status| status.as_str()));
    let after = query.cursor.map(|cursor| behind(sort, &scope, &cursor)).transpose()?;
    let filter = Filter { status: query.status, sort, after, limit: query.limit.rows_to_read() };
    let found = queries::list(&ctx, &deps, &filter).await?;
    let page = Page::of(found, query.limit, &scope, |last| (place(sort, last), last.state().id));
    Ok(Answer::ok(&page.map(|acme_gizmo| AcmeGizmoBody::from(&acme_gizmo))))
}

/// Revises an acme gizmo.
#[utoipa::path(patch, path = "/v1/acme-gizmos/{id}", params(("id" = Uuid, Path)),
    request_body = AcmeGizmoRevision, responses((status = 200, body = AcmeGizmoBody), CommandProblems))]
async fn revise(
    State(deps): State<Deps>,
    PathId(id): PathId<AcmeGizmo>,
    expected: IfMatch,
    Command(ctx, body): Command<AcmeGizmoRevision>,
) -> Result<Response, Problem> {
    let (expected, revision) = (expected.required()?.expected(), body.revision()?);
    command(&ctx, shown, async |ctx| {
        commands::revise_acme_gizmo(ctx, &deps, id, &expected, revision.clone()).await
    })
    .await
}

/// Takes a draft into use.
#[utoipa::path(post, path = "/v1/acme-gizmos/{id}/activate", params(("id" = Uuid, Path), IfMatch),
    responses((status = 200, body = AcmeGizmoBody), CommandProblems))]
async fn activate(
    State(deps): State<Deps>,
    PathId(id): PathId<AcmeGizmo>,
    expected: IfMatch,
    Action(ctx, _): Action,
) -> Result<Response, Problem> {
    let expected = expected.expected();
    command(&ctx, shown, async |ctx| commands::activate_acme_gizmo(ctx, &deps, id, &expected).await).await
}

/// Takes an acme gizmo out of use.
#[utoipa::path(post, path = "/v1/acme-gizmos/{id}/archive", params(("id" = Uuid, Path), IfMatch),
    responses((status = 200, body = AcmeGizmoBody), CommandProblems))]
async fn archive(
    State(deps): State<Deps>,
    PathId(id): PathId<AcmeGizmo>,
    expected: IfMatch,
    Action(ctx, _): Action,
) -> Result<Response, Problem> {
    let expected = expected.expected();
    command(&ctx, shown, async |ctx| commands::archive_acme_gizmo(ctx, &deps, id, &expected).await).await
}

/// Counts acme gizmos by status; follows changes within moments.
#[utoipa::path(get, path = "/v1/acme-gizmos/statistics",
    responses((status = 200, body = AcmeGizmoStatistics), ReadProblems))]
async fn statistics(State(deps): State<Deps>, Context(ctx): Context) -> Result<Answer, Problem> {
    let number = queries::statistics(&ctx, &deps).await?;
    Ok(Answer::ok(&AcmeGizmoStatistics::new(number)))
}

fn created(acme_gizmo: &AcmeGizmo) -> Answer {
    let location = format!("/v1/acme-gizmos/{}", acme_gizmo.state().id);
    Answer::created(location, &AcmeGizmoBody::from(acme_gizmo)).version(acme_gizmo.state().version)
}

fn all_created(acme_gizmos: &Vec<AcmeGizmo>) -> Answer {
    Answer::json(StatusCode::CREATED, &AcmeGizmoBodies::from(acme_gizmos))
}

fn shown(acme_gizmo: &AcmeGizmo) -> Answer {
    Answer::ok(&AcmeGizmoBody::from(acme_gizmo)).version(acme_gizmo.state().version)
}

/// What a cursor remembers of the last one shown.
fn place(sort: Sort, last: &AcmeGizmo) -> String {
    match sort {
        Sort::Oldest | Sort::Newest => last.state().created_at.to_string(),
        Sort::Name | Sort::NameDescending => last.state().name.key(),
    }
}

/// What a cursor remembers, checked: callers can make cursors of their own.
fn behind(sort: Sort, scope: &str, cursor: &Cursor) -> Result<(Value, Id<AcmeGizmo>), Problem> {
    match sort {
        Sort::Oldest | Sort::Newest => {
            cursor.open::<(Timestamp, _)>(scope).map(|(time, id)| (time.into(), id))
        }
        Sort::Name | Sort::NameDescending => {
            cursor.open::<(String, _)>(scope).map(|(name, id)| (name.into(), id))
        }
    }
}
