//! A service for the tests of the chassis: it does what a good service never does, when it is asked to.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use cloudlab_chassis::http::{Answer, Command, Context, Problem, Query, command};
use cloudlab_chassis::messaging::{CloudEvent, Consumer, HandleError};
use cloudlab_chassis::{OpenApiRouter, Resources, Service};
use cloudlab_core::{Commit, RequestContext, Store, store};
use std::sync::Arc;
use std::time::Duration;

cloudlab_core::event! {
    /// Somebody asked for a mode.
    pub struct Probed("probe", "probed") {
        pub mode: String,
    }
}

#[derive(serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    greeting: String,
    times: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { greeting: "hello".into(), times: 1 }
    }
}

#[derive(Clone)]
struct Deps(Resources<Settings>);

fn main() -> std::process::ExitCode {
    cloudlab_chassis::run(
        Service::new("probe-service", "1.2.3")
            .settings::<Settings>()
            .routes(|resources| routes(Deps(resources.clone())))
            .consumer(|resources| Consumer::new("prober", [resources.topic("probe")], begin)),
    )
}

fn routes(deps: Deps) -> OpenApiRouter {
    OpenApiRouter::new()
        .route("/v1/probes", post(probe))
        .route("/v1/greeting", get(greet))
        .route("/v1/slow", get(slow))
        .route("/v1/panic", get(panics))
        .with_state(deps)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Probe {
    mode: String,
}

/// Publishes an event, which the consumer handles in the mode that it names.
async fn probe(
    State(Deps(deps)): State<Deps>,
    Command(ctx, body): Command<Probe>,
) -> Result<Response, Problem> {
    command(
        &ctx,
        |mode: &String| Answer::ok(mode),
        async |ctx| {
            let event = Probed { id: deps.ids.next(), mode: body.mode.clone() };
            deps.database.commit(Commit::new(ctx).publish(event).reply(&body.mode)).await?;
            Ok::<_, store::Error>(body.mode.clone())
        },
    )
    .await
}

async fn greet(State(Deps(deps)): State<Deps>, Context(_): Context) -> Answer {
    Answer::ok(&deps.settings.greeting.repeat(deps.settings.times))
}

#[derive(serde::Deserialize)]
struct Slow {
    ms: u64,
}

async fn slow(Context(_): Context, Query(slow): Query<Slow>) -> Answer {
    tokio::time::sleep(Duration::from_millis(slow.ms)).await;
    Answer::ok(&slow.ms)
}

#[expect(clippy::panic, reason = "what the tests want to see survived")]
async fn panics(Context(_): Context) -> Answer {
    panic!("on request, with a secret")
}

#[expect(clippy::panic, reason = "what the tests want to see survived")]
fn begin(
    ctx: RequestContext,
    event: Arc<CloudEvent>,
) -> impl Future<Output = Result<Commit, HandleError>> + Send + 'static {
    if event.decode::<Probed>().is_ok_and(|event| event.mode == "panic at once") {
        panic!("before anything was awaited");
    }
    handle(ctx, event)
}

#[expect(clippy::panic, reason = "what the tests want to see survived")]
async fn handle(ctx: RequestContext, event: Arc<CloudEvent>) -> Result<Commit, HandleError> {
    match event.decode::<Probed>()?.mode.as_str() {
        "panic" => panic!("on request"),
        "stuck" => std::future::pending().await,
        "park" => Err(HandleError::Park("on request".into())),
        "slow" => Err(store::Error::Slow("on request".into()).into()),
        "nul" => Err(HandleError::Park("a NUL: \0".into())),
        "retry" => Err(HandleError::Retry("on request".into())),
        _ => Ok(Commit::new(&ctx)),
    }
}
