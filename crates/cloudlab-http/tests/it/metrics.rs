//! What is counted.

use crate::support::{ask, edge, get, request, settings};
use axum::Router;
use axum::routing::get as on_get;
use cloudlab_http::Edge;
use http::StatusCode;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::future::pending;
use std::time::Duration;

struct Recorded {
    handle: PrometheusHandle,
    _recorder: metrics::LocalRecorderGuard<'static>,
}

impl Recorded {
    fn begin() -> Self {
        let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        Self { handle: recorder.handle(), _recorder: metrics::set_default_local_recorder(recorder) }
    }

    #[track_caller]
    fn assert(&self, line: &str) {
        let rendered = self.handle.render();
        assert!(rendered.lines().any(|rendered| rendered == line), "no line {line:?} in\n{rendered}");
    }
}

fn service() -> Router {
    inside(&edge(settings()))
}

fn inside(edge: &Edge) -> Router {
    let router = Router::new()
        .route("/v1/things/{id}", on_get(async || "thing"))
        .route("/v1/never", on_get(pending::<String>))
        .route("/v1/status/{code}", on_get(status));
    edge.around(router)
}

async fn status(axum::extract::Path(code): axum::extract::Path<u16>) -> (StatusCode, &'static str) {
    (StatusCode::from_u16(code).unwrap(), "{}")
}

#[tokio::test]
async fn requests_are_counted_by_method_route_and_status() {
    let recorded = Recorded::begin();
    let edge = edge(settings());
    let service = inside(&edge);
    get(&service, "/v1/things/1").await;
    get(&service, "/v1/things/2").await;
    ask(&service, request("DELETE /v1/things/2", &[], "")).await;
    get(&service, "/wp-admin.php").await;
    get(&service, "/.env").await;
    recorded.assert(r#"http_requests_total{method="GET",route="/v1/things/{id}",status="200"} 2"#);
    recorded.assert(r#"http_requests_total{method="DELETE",route="/v1/things/{id}",status="405"} 1"#);
    recorded.assert(r#"http_requests_total{method="GET",route="unmatched",status="404"} 2"#);
    recorded.assert(r#"http_request_duration_seconds_count{method="GET",route="/v1/things/{id}"} 2"#);
    edge.report();
    recorded.assert("http_requests_in_flight 0");
}

#[tokio::test]
async fn methods_that_callers_invent_share_a_label() {
    let recorded = Recorded::begin();
    let service = service();
    for method in ["BREW", "WHEN", "get"] {
        ask(&service, request(&format!("{method} /v1/things/1"), &[], "")).await;
    }
    recorded.assert(r#"http_requests_total{method="other",route="/v1/things/{id}",status="405"} 3"#);
}

#[tokio::test]
async fn more_statuses_than_are_kept_are_counted_too() {
    let recorded = Recorded::begin();
    let service = service();
    for _ in 0..2 {
        for code in 200..230 {
            get(&service, &format!("/v1/status/{code}")).await;
        }
    }
    for code in 200..230 {
        let route = "/v1/status/{code}";
        recorded
            .assert(&format!("http_requests_total{{method=\"GET\",route=\"{route}\",status=\"{code}\"}} 2"));
    }
}

#[tokio::test]
async fn one_who_hangs_up_is_counted_and_not_in_flight_any_more() {
    let recorded = Recorded::begin();
    let edge = edge(settings());
    let service = inside(&edge);
    let never = ask(&service, request("GET /v1/never", &[], ""));
    let (never, ()) = tokio::join!(tokio::time::timeout(Duration::from_millis(1), never), async {
        edge.report();
        recorded.assert("http_requests_in_flight 1");
    });
    assert!(never.is_err());
    recorded.assert(r#"http_requests_total{method="GET",route="/v1/never",status="499"} 1"#);
    edge.report();
    recorded.assert("http_requests_in_flight 0");
}
