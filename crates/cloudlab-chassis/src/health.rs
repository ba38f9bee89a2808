//! Liveness and readiness over HTTP, and the question that a container asks its own service.

use crate::readiness::Readiness;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cloudlab_http::{Answer, Problem, codes};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// How long a health check waits.
const PATIENCE: Duration = Duration::from_secs(3);

/// `/health/live` and `/health/ready`.
pub(crate) fn routes(readiness: Arc<Readiness>) -> Router {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).with_state(readiness)
}

async fn live() -> Answer {
    Answer::ok(&serde_json::json!({ "status": "live" }))
}

async fn ready(State(readiness): State<Arc<Readiness>>) -> Answer {
    let report = readiness.report().await;
    let code = if report.status == "not_ready" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    Answer::json(code, &report)
}

/// Lets nothing through to the API before its tables are there: what would come of it is an error of the service.
pub(crate) async fn until_migrated(
    State(readiness): State<Arc<Readiness>>,
    request: Request,
    next: Next,
) -> Response {
    if readiness.is_migrated() {
        return next.run(request).await;
    }
    Problem::new(&codes::UNAVAILABLE)
        .detail("The service is not ready: its database does not answer, or waits for migrations. Try again later.")
        .retry_after(1)
        .into_response()
}

/// Asks the service at this address whether it is ready, without any client library.
pub(crate) fn ask(mut address: SocketAddr) -> Result<(), String> {
    // A service that listens on every address answers on the loopback one.
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    let answer = exchange(address).map_err(|error| format!("no answer from {address}: {error}"))?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if status == "200" {
        return Ok(());
    }
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    Err(format!("{address} is not ready ({status}): {body}"))
}

fn exchange(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
