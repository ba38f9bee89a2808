//! The one way in which commands run: merged by key, presented once, repeated after a race, replayed when kept.

use super::extract::CommandContext;
use super::flights::{Boarding, Landing, Pilot};
use crate::answer::response;
use crate::patience;
use crate::problem::{Problem, in_progress};
use axum::response::Response;
use cloudlab_core::{Presenter, Reply, RequestContext, store};
use http::{HeaderName, HeaderValue};
use parking_lot::Mutex;
use std::any::Any;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How often a use case runs again after it lost a race.
const MAX_REPEATS: u32 = 3;
const BACK_OFF_MS: u64 = 4;
const POLL_MS: u64 = 25;

/// The error of a use case: a problem for the caller, with the store's error inside where the store was the reason.
pub trait CommandError: Into<Problem> {
    /// The store's error.
    fn store(&self) -> Option<&store::Error>;
}

impl CommandError for store::Error {
    fn store(&self) -> Option<&store::Error> {
        Some(self)
    }
}

/// Executes a command and answers it.
///
/// `present` shows the result; the same bytes are kept under the key and sent. `use_case` may run several times: it
/// reads, decides and commits anew each time. It must hand the context that it is given to its commit. A request runs
/// one command.
///
/// - Equal keys in this process wait for the first, and get its reply.
/// - A reply that was kept before is given again, with `Idempotency-Replayed: true`.
/// - A lost race runs again up to three times; a key that is executed elsewhere is asked for until the deadline.
///
/// # Errors
/// The problem of the use case; 409 `request_in_progress`; 422 `idempotency_key_reused`.
pub async fn command<'c, T, R, E, F>(
    ctx: &'c CommandContext,
    present: impl Fn(&T) -> R + Send + Sync + 'static,
    use_case: impl Fn(&'c RequestContext) -> F,
) -> Result<Response, Problem>
where
    T: Any,
    R: Into<Reply>,
    E: CommandError,
    F: Future<Output = Result<T, E>>,
{
    let present = Presented::new(present);
    // The context lives as long as the request and not as long as one run: a closure over every shorter lifetime would
    // be a future that the compiler cannot prove to be `Send`.
    let context = ctx.present(present.presenter())?;
    let pilot = match board(ctx).await? {
        Turn::Answered(reply) => return Ok(replayed(reply)),
        Turn::First(pilot) => pilot,
    };
    let (reply, again) = match repeat(context, &use_case).await? {
        Outcome::Done(result) => (present.kept_or_shown(&result), false),
        Outcome::Replayed(reply) => (reply, true),
    };
    if let Some(pilot) = pilot {
        pilot.land(&reply);
    }
    Ok(if again { replayed(reply) } else { response(reply) })
}

enum Turn {
    First(Option<Pilot>),
    Answered(Reply),
}

/// Waits until this command is the first of its key, or has its reply.
async fn board(ctx: &CommandContext) -> Result<Turn, Problem> {
    let Some(idempotency) = ctx.idempotency() else { return Ok(Turn::First(None)) };
    loop {
        let passenger = match ctx.flights().board(ctx, idempotency) {
            Boarding::First(pilot) => return Ok(Turn::First(Some(pilot))),
            Boarding::Waiting(passenger) => passenger,
        };
        let landing = match give_up_at(ctx) {
            None => passenger.wait().await,
            Some(at) => tokio::time::timeout_at(at, passenger.wait()).await.map_err(|_| in_progress())?,
        };
        match landing {
            Landing::Reply(reply) => return Ok(Turn::Answered(reply)),
            Landing::OtherRequest => return Err(store::Error::KeyReused.into()),
            Landing::Failed => {}
        }
    }
}

enum Outcome<T> {
    Done(T),
    Replayed(Reply),
}

async fn repeat<'c, T, E: CommandError, F: Future<Output = Result<T, E>>>(
    context: &'c RequestContext,
    use_case: &impl Fn(&'c RequestContext) -> F,
) -> Result<Outcome<T>, Problem> {
    let mut races = 0;
    let mut runs = 0;
    loop {
        let error = match use_case(context).await {
            Ok(result) => return Ok(Outcome::Done(result)),
            Err(error) => error,
        };
        let pause_ms = match error.store() {
            Some(store::Error::Replayed(reply)) => return Ok(Outcome::Replayed(reply.clone())),
            Some(store::Error::InProgress) => POLL_MS,
            Some(raced) if raced.is_race() && races < MAX_REPEATS => {
                races += 1;
                BACK_OFF_MS << races
            }
            _ => return Err(error.into()),
        };
        runs += 1;
        let pause = jittered(pause_ms, context.request_id(), runs);
        if give_up_at(context).is_some_and(|at| Instant::now() + pause >= at) {
            return Err(error.into());
        }
        tokio::time::sleep(pause).await;
    }
}

fn give_up_at(context: &RequestContext) -> Option<Instant> {
    context.deadline().and_then(|deadline| patience::give_up_at(deadline.instant()))
}

/// Half to all of a pause. Requests that raced have different identities and so part; the same test run pauses the
/// same.
fn jittered(pause_ms: u64, request_id: &str, run: u32) -> Duration {
    let mut hasher = DefaultHasher::new();
    (request_id, run).hash(&mut hasher);
    let half_us = pause_ms * 500;
    Duration::from_micros(half_us + hasher.finish() % (half_us + 1))
}

fn replayed(reply: Reply) -> Response {
    let mut response = response(reply);
    response.headers_mut().insert(REPLAYED.clone(), HeaderValue::from_static("true"));
    response
}

/// Shows a result, and remembers what the commit was shown: should a use case keep another value than it returns,
/// the first caller must still get what a repeated request will get.
struct Presented<F> {
    present: Arc<F>,
    kept: Arc<Mutex<Option<Reply>>>,
}

impl<F> Presented<F> {
    fn new(present: F) -> Self {
        Self { present: Arc::new(present), kept: Arc::default() }
    }

    fn presenter<T: Any, R: Into<Reply>>(&self) -> Presenter
    where
        F: Fn(&T) -> R + Send + Sync + 'static,
    {
        let (present, kept) = (Arc::clone(&self.present), Arc::clone(&self.kept));
        Presenter::of(move |value: &T| {
            let reply: Reply = present(value).into();
            *kept.lock() = Some(reply.clone());
            reply
        })
    }

    fn kept_or_shown<T, R: Into<Reply>>(&self, result: &T) -> Reply
    where
        F: Fn(&T) -> R,
    {
        self.kept.lock().take().unwrap_or_else(|| (self.present)(result).into())
    }
}
