//! A small service with one of each kind of handler, written as a service would write it, over a store in memory.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use cloudlab_core::{Commit, Id, Invalid, Reply, RequestContext, Store, TenantId, async_trait, store};
use cloudlab_http::{
    Action, Answer, Code, Command, CommandError, Context, Cursor, FieldErrors, IfMatch, IfNoneMatch, Limit,
    Page, PathId, Problem, Query, codes, command, not_found, not_null, stale_version,
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub static INVALID_TRANSITION: Code = Code {
    code: "gizmo_is_archived",
    status: 409,
    title: "The gizmo is archived",
    page: "# gizmo_is_archived\n\nIt cannot change any more, see [conflict](conflict.md). <b>\n",
};

#[derive(Clone, Debug)]
pub struct Gizmo {
    pub id: Id<Gizmo>,
    pub name: String,
    pub note: String,
    pub archived: bool,
    pub version: i64,
}

#[derive(Serialize)]
struct View<'g> {
    id: Id<Gizmo>,
    name: &'g str,
    note: &'g str,
    archived: bool,
    version: i64,
}

impl<'g> From<&'g Gizmo> for View<'g> {
    fn from(gizmo: &'g Gizmo) -> Self {
        let Gizmo { id, name, note, archived, version } = gizmo;
        Self { id: *id, name, note, archived: *archived, version: *version }
    }
}

#[derive(Debug)]
pub enum Error {
    Unknown,
    Archived,
    Stale,
    Store(store::Error),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unknown => not_found(),
            Error::Archived => Self::new(&INVALID_TRANSITION).detail("The gizmo is archived."),
            Error::Stale => stale_version(),
            Error::Store(store::Error::Duplicate { .. }) => Self::new(&codes::NAME_TAKEN),
            Error::Store(error) => error.into(),
        }
    }
}

impl CommandError for Error {
    fn store(&self) -> Option<&store::Error> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// Rows, kept replies, and what the next commits answer instead of succeeding.
#[derive(Default)]
pub struct Deps {
    pub gizmos: Mutex<BTreeMap<(TenantId, Uuid), Gizmo>>,
    pub kept: Mutex<HashMap<String, ([u8; 32], Reply)>>,
    pub refusals: Mutex<VecDeque<store::Error>>,
    pub runs: AtomicUsize,
    /// Commits wait here when it is set.
    pub gate: Option<Semaphore>,
}

#[async_trait]
impl Store for Deps {
    async fn commit(&self, commit: Commit) -> Result<(), store::Error> {
        let parts = commit.into_parts();
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        if let Some(refusal) = self.refusals.lock().pop_front() {
            return Err(refusal);
        }
        let Some(idempotency) = parts.idempotency else { return Ok(()) };
        let scope = format!("{}/{}/{}", parts.tenant, idempotency.operation, idempotency.key);
        let mut kept = self.kept.lock();
        match kept.get(&scope) {
            Some((hash, reply)) if *hash == idempotency.request_hash => {
                Err(store::Error::Replayed(reply.clone()))
            }
            Some(_) => Err(store::Error::KeyReused),
            None => {
                kept.insert(scope, (idempotency.request_hash, parts.reply.expect("a reply to keep")));
                Ok(())
            }
        }
    }
}

impl Deps {
    fn load(&self, ctx: &RequestContext, id: Id<Gizmo>) -> Result<Gizmo, Error> {
        self.gizmos.lock().get(&(ctx.tenant(), id.uuid())).cloned().ok_or(Error::Unknown)
    }

    async fn save(&self, ctx: &RequestContext, gizmo: Gizmo) -> Result<Gizmo, Error> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.commit(Commit::new(ctx).reply(&gizmo)).await?;
        self.gizmos.lock().insert((ctx.tenant(), gizmo.id.uuid()), gizmo.clone());
        Ok(gizmo)
    }
}

fn parse_name(text: String) -> Result<String, Invalid> {
    match text.trim() {
        "" => Err(Invalid::new("too_short", "A name has at least one character.")),
        name => Ok(name.to_owned()),
    }
}

fn parse_note(text: String) -> Result<String, Invalid> {
    if text.len() > 5 { Err(Invalid::new("too_long", "A note has at most 5 characters.")) } else { Ok(text) }
}

// What follows is the handler file of a service.

pub fn routes(deps: Arc<Deps>) -> Router {
    Router::new()
        .route("/v1/gizmos", post(create).get(list))
        .route("/v1/gizmos/{id}", get(show).patch(change))
        .route("/v1/gizmos/{id}/archive", post(archive))
        .with_state(deps)
}

#[derive(Deserialize)]
struct Create {
    name: String,
    #[serde(default)]
    note: String,
}

fn shown(gizmo: &Gizmo) -> Answer {
    Answer::ok(&View::from(gizmo)).version(gizmo.version)
}

fn created(gizmo: &Gizmo) -> Answer {
    Answer::created(format!("/v1/gizmos/{}", gizmo.id), &View::from(gizmo)).version(gizmo.version)
}

async fn create(
    State(deps): State<Arc<Deps>>,
    Command(ctx, body): Command<Create>,
) -> Result<Response, Problem> {
    let mut fields = FieldErrors::new();
    let name = fields.take("/name", parse_name(body.name));
    let note = fields.take("/note", parse_note(body.note));
    let (name, note) = fields.finish((name, note))?;
    command(&ctx, created, async |ctx| {
        let id = Id::new(Uuid::from_u128(7 + deps.gizmos.lock().len() as u128));
        deps.save(ctx, Gizmo { id, name: name.clone(), note: note.clone(), archived: false, version: 1 })
            .await
    })
    .await
}

async fn show(
    State(deps): State<Arc<Deps>>,
    Context(ctx): Context,
    PathId(id): PathId<Gizmo>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let gizmo = deps.load(&ctx, id)?;
    Ok(known.unless_known(gizmo.version, || shown(&gizmo)))
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    #[default]
    Name,
    Id,
}

#[derive(Deserialize)]
struct List {
    archived: Option<bool>,
    #[serde(default)]
    sort: Sort,
    #[serde(default)]
    limit: Limit,
    cursor: Option<Cursor>,
}

async fn list(
    State(deps): State<Arc<Deps>>,
    Context(ctx): Context,
    Query(list): Query<List>,
) -> Result<Answer, Problem> {
    let scope = format!("{:?}|{:?}", list.sort, list.archived);
    let after: Option<(String, Id<Gizmo>)> = list.cursor.map(|cursor| cursor.open(&scope)).transpose()?;
    let mut rows: Vec<Gizmo> = deps.gizmos.lock().values().cloned().collect();
    rows.retain(|gizmo| list.archived.is_none_or(|archived| archived == gizmo.archived));
    rows.sort_by_key(|gizmo| (gizmo.name.clone(), gizmo.id));
    rows.retain(|gizmo| after.as_ref().is_none_or(|after| (gizmo.name.clone(), gizmo.id) > *after));
    rows.truncate(list.limit.rows_to_read());
    drop(ctx);
    let page = Page::of(rows, list.limit, &scope, |gizmo| (gizmo.name.clone(), gizmo.id));
    Ok(Answer::ok(&Page {
        items: page.items.iter().map(View::from).collect(),
        next_cursor: page.next_cursor,
    }))
}

#[derive(Deserialize)]
struct Change {
    #[serde(default, deserialize_with = "not_null")]
    name: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    note: Option<String>,
}

async fn change(
    State(deps): State<Arc<Deps>>,
    PathId(id): PathId<Gizmo>,
    versions: IfMatch,
    Command(ctx, body): Command<Change>,
) -> Result<Response, Problem> {
    let versions = versions.required()?;
    let mut fields = FieldErrors::new();
    let name = fields.take_optional("/name", body.name.map(parse_name));
    let note = fields.take_optional("/note", body.note.map(parse_note));
    let (name, note) = fields.finish((name, note))?;
    command(&ctx, shown, async |ctx| {
        let mut gizmo = deps.load(ctx, id)?;
        if !versions.allows(gizmo.version) {
            return Err(Error::Stale);
        }
        gizmo.name = name.clone().unwrap_or(gizmo.name);
        gizmo.note = note.clone().unwrap_or(gizmo.note);
        gizmo.version += 1;
        deps.save(ctx, gizmo).await
    })
    .await
}

async fn archive(
    State(deps): State<Arc<Deps>>,
    PathId(id): PathId<Gizmo>,
    Action(ctx, _): Action,
) -> Result<Response, Problem> {
    command(&ctx, shown, async |ctx| {
        let mut gizmo = deps.load(ctx, id)?;
        if gizmo.archived {
            return Err(Error::Archived);
        }
        gizmo.archived = true;
        gizmo.version += 1;
        deps.save(ctx, gizmo).await
    })
    .await
}
