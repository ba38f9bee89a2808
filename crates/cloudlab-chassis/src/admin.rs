//! The operators' address: health for everybody, the rest behind a token.

use crate::dead_letters;
use crate::publisher::READER;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use cloudlab_config::{Entry, Secret};
use cloudlab_core::Uuid;
use cloudlab_http::{Answer, Edge, Problem, Query, codes};
use cloudlab_messaging::{Consumers, DeadLetter, HandleError, Replay};
use cloudlab_sql::Database;
use cloudlab_sql::journal::{self, ReaderStatus};
use cloudlab_telemetry::Telemetry;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Letters shown at once when nobody says how many.
const LETTERS: i64 = 100;

/// What operators can look at and do.
#[derive(Clone)]
pub(crate) struct Admin {
    pub database: Database,
    pub api: Edge,
    pub reader: Arc<Mutex<ReaderStatus>>,
    pub consumers: Arc<Consumers>,
    pub telemetry: Telemetry,
    pub configuration: Arc<Vec<Entry>>,
}

/// Who may come in.
#[derive(Clone)]
pub(crate) enum Gate {
    /// Everybody: development.
    Open,
    /// Whoever shows the token.
    Token(Secret),
    /// Nobody: no token is set.
    Closed,
}

/// The routes behind the gate.
pub(crate) fn routes(admin: Admin, gate: Gate) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/metrics", get(metrics))
        .route("/config", get(config))
        .route("/outbox", get(outbox))
        .route("/dead-letters", get(letters))
        .route("/dead-letters/{id}/replay", post(replay))
        .with_state(admin)
        .route_layer(axum::middleware::from_fn_with_state(gate, guard))
}

async fn guard(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let allowed = match &gate {
        Gate::Open => true,
        Gate::Token(token) => shown.and_then(|shown| shown.split_once(' ')).is_some_and(|(scheme, shown)| {
            scheme.eq_ignore_ascii_case("bearer") && same(shown.as_bytes(), token.expose().as_bytes())
        }),
        Gate::Closed => false,
    };
    if allowed {
        return next.run(request).await;
    }
    let detail = match gate {
        Gate::Closed => "No admin token is set, so this address answers health only: set admin.token.",
        _ => "Send the admin token: Authorization: Bearer TOKEN.",
    };
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    (challenge, Problem::new(&codes::UNAUTHENTICATED).detail(detail)).into_response()
}

/// Compares in a time that does not tell how much was right.
fn same(shown: &[u8], token: &[u8]) -> bool {
    let difference = shown.iter().zip(token).fold(0, |all, (a, b)| all | (a ^ b));
    shown.len() == token.len() && difference == 0
}

async fn index() -> Answer {
    Answer::ok(&serde_json::json!({
        "see": ["/health/live", "/health/ready", "/metrics", "/config", "/outbox", "/dead-letters"],
        "do": ["POST /dead-letters/{id}/replay"],
    }))
}

async fn metrics(State(admin): State<Admin>) -> Response {
    admin.api.report();
    let (pool, reader) = (admin.database.pool(), admin.reader.lock().clone());
    let gauges = [
        ("database_connections_open", pool.open as f64),
        ("database_connections_used", pool.used as f64),
        ("database_requests_waiting", pool.waiting as f64),
        ("journal_notified", f64::from(u8::from(admin.database.wakeup().is_notified()))),
    ];
    gauges.into_iter().for_each(|(name, value)| metrics::gauge!(name).set(value));
    let of_reader = [
        ("journal_lag", reader.lag as f64),
        ("journal_gaps", reader.gaps as f64),
        ("journal_in_flight", reader.in_flight as f64),
    ];
    of_reader.into_iter().for_each(|(name, value)| metrics::gauge!(name, "reader" => READER).set(value));
    for state in journal::State::NAMES {
        let is_now = f64::from(u8::from(reader.state.name() == state));
        metrics::gauge!("journal_reader_state", "reader" => READER, "state" => state).set(is_now);
    }
    if let Ok(waiting) = dead_letters::waiting(&admin.database).await {
        metrics::gauge!("dead_letters_waiting").set(waiting as f64);
    }
    let text = admin.telemetry.render_metrics();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn config(State(admin): State<Admin>) -> Answer {
    Answer::ok(admin.configuration.as_ref())
}

#[derive(Serialize)]
struct Outbox {
    readers: Vec<ReaderStatus>,
    notified: bool,
    dead_letters_waiting: i64,
}

async fn outbox(State(admin): State<Admin>) -> Result<Answer, Problem> {
    let reader = admin.reader.lock().clone();
    Ok(Answer::ok(&Outbox {
        readers: vec![reader],
        notified: admin.database.wakeup().is_notified(),
        dead_letters_waiting: dead_letters::waiting(&admin.database).await?,
    }))
}

#[derive(Deserialize)]
struct Page {
    limit: Option<i64>,
    /// Also those that were replayed.
    #[serde(default)]
    all: bool,
}

#[derive(Serialize)]
struct Letters {
    items: Vec<DeadLetter>,
}

async fn letters(State(admin): State<Admin>, Query(page): Query<Page>) -> Result<Answer, Problem> {
    let limit = page.limit.unwrap_or(LETTERS);
    if !(1..=1_000).contains(&limit) {
        return Err(Problem::new(&codes::MALFORMED_QUERY).detail("The limit must be from 1 to 1000."));
    }
    Ok(Answer::ok(&Letters { items: dead_letters::list(&admin.database, limit, page.all).await? }))
}

#[derive(Serialize)]
struct Replayed {
    outcome: Replay,
}

async fn replay(State(admin): State<Admin>, Path(id): Path<String>) -> Result<Answer, Problem> {
    let unknown = || Problem::new(&codes::NOT_FOUND).detail("There is no dead letter with this identity.");
    let id: Uuid = id.parse().map_err(|_| unknown())?;
    let letter = dead_letters::find(&admin.database, id).await?.ok_or_else(unknown)?;
    match admin.consumers.replay(&letter).await {
        Ok(outcome) => {
            tracing::info!(letter = %id, consumer = letter.consumer, ?outcome, "dead letter replayed");
            Ok(Answer::ok(&Replayed { outcome }))
        }
        Err(HandleError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::new(&codes::CONFLICT).detail(format!("It was refused again: {error}."))),
    }
}

#[cfg(test)]
#[path = "admin_tests.rs"]
mod tests;
