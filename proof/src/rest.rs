//! `/v1/probes`

use crate::probe::Probe;
use crate::step::{self, Deps, Refusal};
use crate::store::Probes;
use axum::extract::State;
use axum::response::Response;
use cloudlab_chassis::http::{
    Answer, Command, CommandProblems, Context, FieldErrors, PathId, Problem, ReadProblems, command, not_found,
};
use cloudlab_chassis::sql::Dialect;
use cloudlab_chassis::{OpenApiRouter, Resources, routes};
use cloudlab_core::{Id, Invalid, Uuid};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// The longest that a step may think.
const MOST_PAUSE_MS: u64 = 5_000;

/// All routes of probes.
pub fn routes(resources: &Resources) -> OpenApiRouter {
    let deps = Deps {
        probes: Probes::new(resources.database.clone()),
        store: Arc::new(resources.database.clone()),
        ids: resources.ids.clone(),
        refuses_late: resources.database.dialect() == Dialect::Postgres,
    };
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(post_step)).with_state(deps)
}

/// A probe as callers see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Probe)]
struct ProbeBody {
    #[schema(format = Uuid)]
    id: String,
    value: i64,
    version: i64,
}

/// How to step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStep {
    /// What the events of this step are marked with.
    mark: Uuid,
    /// How far, with an event each: 1 to 5.
    #[serde(default = "one")]
    events: i64,
    /// A second probe that goes up in the same commit.
    #[serde(default)]
    with: Option<Uuid>,
    /// How long to think between reading and writing.
    #[serde(default)]
    pause_ms: u64,
    /// Asks to be refused: `early` or `late`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refuse: Option<Refusal>,
}

const fn one() -> i64 {
    1
}

impl NewStep {
    fn step(&self, id: Id<Probe>) -> Result<step::Step, Problem> {
        let mut fields = FieldErrors::new();
        let invalid = || Invalid::new("out_of_range", "The number must be from 1 to 5.");
        let events = (1..=5).contains(&self.events).then_some(self.events).ok_or_else(invalid);
        let events = fields.take("/events", events);
        Ok(step::Step {
            id,
            with: self.with.map(Id::new),
            events: fields.finish(events)?,
            mark: self.mark,
            pause: Duration::from_millis(self.pause_ms.min(MOST_PAUSE_MS)),
            refuse: self.refuse,
        })
    }
}

/// Steps a probe, and makes it when it is not there.
#[utoipa::path(
    post,
    path = "/v1/probes/{id}/steps",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ProbeBody), CommandProblems),
)]
async fn post_step(
    State(deps): State<Deps>,
    PathId(id): PathId<Probe>,
    Command(ctx, body): Command<NewStep>,
) -> Result<Response, Problem> {
    let step = body.step(id)?;
    command(&ctx, shown, async |ctx| step::step(ctx, &deps, &step).await).await
}

/// Shows a probe.
#[utoipa::path(
    get,
    path = "/v1/probes/{id}",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ProbeBody), ReadProblems),
)]
async fn get(
    State(deps): State<Deps>,
    Context(ctx): Context,
    PathId(id): PathId<Probe>,
) -> Result<Answer, Problem> {
    let probe = deps.probes.find(&ctx, id).await?.ok_or_else(not_found)?;
    Ok(shown(&probe))
}

fn shown(probe: &Probe) -> Answer {
    let body = ProbeBody { id: probe.id.to_string(), value: probe.value, version: probe.version };
    Answer::ok(&body).version(probe.version)
}
