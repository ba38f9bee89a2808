//! Builds services and asks them.

use crate::gizmos::{self, Deps};
use axum::Router;
use axum::body::Body;
use cloudlab_core::Ids;
use cloudlab_http::{Edge, Settings, Tenancy};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tower::ServiceExt;
use uuid::Uuid;

/// Counts up, so that a test knows each identity.
#[derive(Default)]
pub struct Counted(AtomicU64);

impl Ids for Counted {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst) + 1))
    }
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem, after its form was checked.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        assert_eq!(json["request_id"], self.header("x-request-id"));
        assert_eq!(json["type"], format!("/docs/errors/{}", json["code"].as_str().unwrap()));
        assert!(json["title"].is_string() && json["instance"].is_string());
        json["code"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.code().as_str()), (status, code), "{}", self.text());
        self.json()
    }
}

pub fn settings() -> Settings {
    Settings {
        request_timeout: Duration::from_secs(5),
        max_in_flight: 100,
        max_body_bytes: 1_000,
        access_log: false,
        tenancy: Tenancy::Development,
    }
}

pub fn edge(settings: Settings) -> Edge {
    Edge::new(settings, Arc::new(Counted::default()))
}

pub fn edged(router: Router, settings: Settings) -> Router {
    edge(settings).around(router)
}

pub fn service(deps: &Arc<Deps>) -> Router {
    edged(gizmos::routes(Arc::clone(deps)), settings())
}

pub async fn ask(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Reply { status: parts.status, headers: parts.headers, body }
}

/// A request from a line such as `POST /v1/gizmos`, headers and a body.
pub fn request(line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub const JSON: (&str, &str) = ("content-type", "application/json");

pub async fn get(router: &Router, path: &str) -> Reply {
    ask(router, request(&format!("GET {path}"), &[], "")).await
}

pub async fn post(router: &Router, path: &str, body: &'static str) -> Reply {
    ask(router, request(&format!("POST {path}"), &[JSON], body)).await
}

pub const FIRST: &str = "/v1/gizmos/00000000-0000-0000-0000-000000000007";
