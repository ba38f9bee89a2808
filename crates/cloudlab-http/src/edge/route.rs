//! The route of a request and its metrics. Handles are looked up once and kept beside the route, since a look-up
//! by labels costs more than everything else that the edge does.

use axum::extract::MatchedPath;
use http::{Extensions, Method, StatusCode};
use metrics::{Counter, Histogram, SharedString, Unit};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How many different statuses of a route and method keep their handles; more are looked up each time.
const KEPT_STATUSES: usize = 16;

const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "other"];

/// What is asked of a request to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Business: a tenant, and a place below the limit.
    Api,
    /// Documents and unknown paths: a place below the limit.
    Open,
    /// Health: answered even when the service is overloaded, or it would be restarted for being busy.
    Health,
}

/// A route with the metric handles of its methods.
pub(crate) struct Route {
    pub(crate) label: Arc<str>,
    pub(crate) kind: Kind,
    methods: [OnceLock<MethodMetrics>; METHODS.len()],
}

struct MethodMetrics {
    duration: Histogram,
    statuses: [OnceLock<(StatusCode, Counter)>; KEPT_STATUSES],
}

pub(super) fn describe_metrics() {
    metrics::describe_counter!("http_requests_total", Unit::Count, "Requests by method, route and status.");
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        Unit::Seconds,
        "Time from the head of a request to the head of its reply, by method and route."
    );
    metrics::describe_gauge!(
        "http_requests_in_flight",
        Unit::Count,
        "Requests that are running now, without health checks and those whose bodies are awaited."
    );
}

impl Route {
    /// The route that axum matched; a path that is no route is called `unmatched`, or labels would be unbounded.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<MatchedPath>().map_or_else(Self::unmatched, |path| {
            let path = path.as_str();
            Self { label: Arc::from(path), kind: Kind::of(path), methods: Default::default() }
        })
    }

    pub(super) fn unmatched() -> Self {
        Self { label: Arc::from("unmatched"), kind: Kind::Open, methods: Default::default() }
    }

    /// Counts a finished request.
    pub(super) fn record(&self, method: usize, status: StatusCode, elapsed: Duration) {
        let metrics = self.methods[method].get_or_init(|| self.method_metrics(method));
        metrics.duration.record(elapsed.as_secs_f64());
        for kept in &metrics.statuses {
            let (of, counter) = kept.get_or_init(|| (status, self.counter(method, status)));
            if *of == status {
                return counter.increment(1);
            }
        }
        self.counter(method, status).increment(1);
    }

    fn method_metrics(&self, method: usize) -> MethodMetrics {
        MethodMetrics {
            duration: metrics::histogram!(
                "http_request_duration_seconds",
                "method" => METHODS[method],
                "route" => SharedString::from_shared(Arc::clone(&self.label))
            ),
            statuses: Default::default(),
        }
    }

    fn counter(&self, method: usize, status: StatusCode) -> Counter {
        metrics::counter!(
            "http_requests_total",
            "method" => METHODS[method],
            "route" => SharedString::from_shared(Arc::clone(&self.label)),
            "status" => status.as_str().to_owned()
        )
    }
}

impl Kind {
    pub(crate) fn of(path: &str) -> Self {
        let below =
            |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match path {
            _ if below("/health") => Self::Health,
            _ if below("/docs") || path == "/openapi.json" => Self::Open,
            _ => Self::Api,
        }
    }
}

/// The place of a method among the metrics; methods that callers invent share one.
pub(super) fn method_index(method: &Method) -> usize {
    METHODS.iter().position(|name| *name == method.as_str()).unwrap_or(METHODS.len() - 1)
}

/// The name of a method in metrics and logs.
pub(super) fn method_name(index: usize) -> &'static str {
    METHODS[index]
}
