//! Identity, tenant, deadline, limit and panics.

use crate::support::{Reply, ask, edged, get, request, settings};
use axum::Router;
use axum::routing::{any, get as on_get, post};
use cloudlab_http::{Context, Settings, Tenancy};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

const TENANT: &str = "2f1d8f7a-0000-4000-8000-000000000001";

fn whoami() -> Router {
    let who = async |Context(ctx): Context| {
        let trace = ctx.trace().map_or("none", |trace| trace.trace_id());
        format!("{} {} {trace}", ctx.request_id(), ctx.tenant())
    };
    Router::new().route("/v1/who", on_get(who)).route("/health/live", on_get(async || "alive"))
}

#[tokio::test]
async fn the_callers_request_id_is_kept_when_it_is_sane() {
    let service = edged(whoami(), settings());
    let longest = "x".repeat(128);
    for sane in ["abc-1", "!~", &longest] {
        let reply = ask(&service, request("GET /v1/who", &[("x-request-id", sane)], "")).await;
        assert_eq!(reply.header("x-request-id"), sane);
        assert!(reply.text().starts_with(sane));
    }
    let too_long = "x".repeat(129);
    for other in ["", "two words", &too_long, "tab\there", "ümlaut"] {
        let reply = ask(&service, request("GET /v1/who", &[("x-request-id", other)], "")).await;
        assert_eq!(reply.header("x-request-id").len(), 36, "{other:?} was kept");
    }
}

#[tokio::test]
async fn every_reply_names_its_request() {
    let service = edged(whoami(), settings());
    let first = get(&service, "/v1/who").await;
    let second = get(&service, "/nowhere").await;
    assert_eq!(first.header("x-request-id"), "00000000-0000-0000-0000-000000000001");
    assert_eq!(second.header("x-request-id"), "00000000-0000-0000-0000-000000000002");
    second.assert_problem(404, "route_not_found");
}

#[tokio::test]
async fn a_trace_is_honoured_and_a_malformed_one_ignored() {
    let service = edged(whoami(), settings());
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let reply = ask(&service, request("GET /v1/who", &[("traceparent", trace)], "")).await;
    assert!(reply.text().ends_with("4bf92f3577b34da6a3ce929d0e0e4736"));
    let reply = ask(&service, request("GET /v1/who", &[("traceparent", "00-nonsense")], "")).await;
    assert!(reply.text().ends_with("none"));
    let newer = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like";
    let reply = ask(&service, request("GET /v1/who", &[("traceparent", newer)], "")).await;
    assert!(reply.text().ends_with("4bf92f3577b34da6a3ce929d0e0e4736"));
}

#[tokio::test]
async fn the_tenant_comes_from_the_header() {
    let service = edged(whoami(), Settings { tenancy: Tenancy::Required, ..settings() });
    let reply = ask(&service, request("GET /v1/who", &[("x-tenant-id", TENANT)], "")).await;
    assert!(reply.text().contains(TENANT));
    let nobody = get(&service, "/v1/who").await;
    nobody.assert_problem(401, "tenant_required");
    assert_eq!(nobody.header("www-authenticate"), "Tenant header=\"x-tenant-id\"");
    let reply = ask(&service, request("GET /v1/who", &[("x-tenant-id", "acme")], "")).await;
    reply.assert_problem(400, "malformed_header");
    let twice = [("x-tenant-id", TENANT), ("x-tenant-id", TENANT)];
    ask(&service, request("GET /v1/who", &twice, "")).await.assert_problem(400, "malformed_header");
}

#[tokio::test]
async fn a_service_in_development_has_a_tenant_and_health_needs_none() {
    let service = edged(whoami(), settings());
    assert!(get(&service, "/v1/who").await.text().contains("00000000-0000-0000-0000-000000000001"));
    let production = edged(whoami(), Settings { tenancy: Tenancy::Required, ..settings() });
    assert_eq!(get(&production, "/health/live").await.text(), "alive");
    get(&production, "/unknown").await.assert_problem(404, "route_not_found");
}

#[tokio::test]
async fn an_address_without_tenants_asks_for_none() {
    let router = Router::new().route("/metrics", on_get(async || "metrics")).merge(whoami());
    let service = edged(router, Settings { tenancy: Tenancy::Absent, ..settings() });
    assert_eq!(get(&service, "/metrics").await.text(), "metrics");
    get(&service, "/v1/who").await.assert_problem(500, "internal");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let service = edged(whoami(), settings());
    let reply = ask(&service, request("DELETE /v1/who", &[], "")).await;
    reply.assert_problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn axums_own_rejections_become_problems() {
    use axum::extract::Path;
    use http::StatusCode;
    let router = Router::new()
        .route("/v1/number/{n}", on_get(async |Path(n): Path<u8>| n.to_string()))
        .route("/v1/bare", on_get(async || StatusCode::SERVICE_UNAVAILABLE))
        .route(
            "/v1/json",
            on_get(async || (StatusCode::CONFLICT, [("content-type", "application/json")], "{}")),
        );
    let service = edged(router, settings());
    let problem = get(&service, "/v1/number/many").await.assert_problem(400, "malformed_request");
    assert!(
        problem["detail"].as_str().unwrap().ends_with("See /docs/errors/malformed_request."),
        "{problem}"
    );
    get(&service, "/v1/bare").await.assert_problem(503, "unavailable");
    assert_eq!(get(&service, "/v1/json").await.text(), "{}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_overruns_is_dropped_and_answered_with_504() {
    let (dropped, gone) = oneshot::channel::<()>();
    let held = Arc::new(parking_lot::Mutex::new(Some(dropped)));
    let slow = async move || {
        let _held = held.lock().take();
        pending::<()>().await;
    };
    let service = edged(Router::new().route("/v1/slow", on_get(slow)), settings());
    let began = tokio::time::Instant::now();
    get(&service, "/v1/slow").await.assert_problem(504, "deadline_exceeded");
    assert_eq!(began.elapsed().as_secs(), 5);
    assert!(gone.await.is_err(), "the handler still runs");
}

#[tokio::test]
async fn a_panic_is_a_500_with_nothing_of_the_inside() {
    let panics = async || -> String { panic!("the password is 1234") };
    let service = edged(Router::new().route("/v1/panics", on_get(panics)), settings());
    let reply = get(&service, "/v1/panics").await;
    reply.assert_problem(500, "internal");
    assert!(!reply.text().contains("1234"));
    get(&service, "/v1/panics").await.assert_problem(500, "internal");
}

#[tokio::test]
async fn too_many_requests_are_shed_and_health_is_not() {
    let gate = Arc::new(Semaphore::new(0));
    let waits = {
        let gate = Arc::clone(&gate);
        async move || gate.acquire().await.map(|_| "done").unwrap_or("closed")
    };
    let router = whoami().route("/v1/waits", post(waits));
    let service = edged(router, Settings { max_in_flight: 2, ..settings() });
    let running: Vec<_> = (0..2).map(|_| tokio::spawn(waiting(service.clone()))).collect();
    tokio::task::yield_now().await;
    let shed = get(&service, "/v1/who").await;
    shed.assert_problem(503, "overloaded");
    assert_eq!(shed.header("retry-after"), "1");
    assert_eq!(get(&service, "/health/live").await.text(), "alive");
    gate.add_permits(2);
    for reply in running {
        assert_eq!(reply.await.unwrap(), "done");
    }
    assert_eq!(get(&service, "/v1/who").await.status, 200);
}

async fn waiting(service: Router) -> String {
    ask(&service, request("POST /v1/waits", &[], "")).await.text()
}

#[tokio::test]
async fn a_caller_who_hangs_up_frees_its_place() {
    let router = whoami().route("/v1/never", any(pending::<String>));
    let service = edged(router, Settings { max_in_flight: 1, ..settings() });
    let hung_up = ask(&service, request("GET /v1/never", &[], ""));
    assert!(tokio::time::timeout(Duration::from_millis(1), hung_up).await.is_err());
    assert_eq!(get(&service, "/v1/who").await.status, 200);
}

#[tokio::test]
async fn a_nested_router_is_inside_and_its_problems_name_the_whole_path() {
    let inner = Router::new().route("/missing", on_get(async || http::StatusCode::NOT_FOUND));
    let service = edged(Router::new().nest("/v1/inner", inner), settings());
    let problem = get(&service, "/v1/inner/missing").await.assert_problem(404, "not_found");
    assert_eq!(problem["instance"], "/v1/inner/missing");
    get(&service, "/v1/inner/other").await.assert_problem(404, "route_not_found");
}

#[tokio::test]
async fn caches_are_told_that_replies_depend_on_the_tenant() {
    let lasting = async || [("cache-control", "max-age=60"), ("vary", "accept")];
    let router = whoami().route("/v1/lasting", on_get(lasting));
    let service = edged(router.clone(), settings());
    let vary = |reply: &Reply| -> Vec<String> {
        reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    };
    for (path, cache_control, varies) in [
        ("/v1/who", "private, no-cache", &[][..]),
        ("/v1/lasting", "max-age=60", &["accept", "x-tenant-id"]),
        ("/health/live", "", &[]),
        ("/unknown", "", &[]),
    ] {
        let reply = get(&service, path).await;
        assert_eq!(
            (reply.header("cache-control"), vary(&reply)),
            (cache_control, varies.iter().map(|v| (*v).to_owned()).collect())
        );
    }
    let refused = ask(&service, request("GET /v1/who", &[("x-tenant-id", "acme")], "")).await;
    assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (400, "private, no-cache"));
    let operators = edged(router, Settings { tenancy: Tenancy::Absent, ..settings() });
    assert_eq!(vary(&get(&operators, "/v1/lasting").await), ["accept"]);
}
