//! One request from its head to the head of its reply: what is counted, logged and added.

use super::context::Entered;
use super::enter::REQUEST_ID;
use super::route::{Kind, method_name};
use super::{Tenancy, plain};
use crate::problem::{Problem, internal};
use axum::body::Body;
use axum::response::Response;
use cloudlab_core::TraceParent;
use http::header::{CACHE_CONTROL, Entry, HeaderMap, VARY};
use http::{HeaderValue, StatusCode};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tracing::{Level, Span};

/// From here on a request is slow, which somebody should see.
const SLOW: Duration = Duration::from_secs(1);
/// The status that is counted for a caller who hung up before the reply.
const HUNG_UP: u16 = 499;

static TENANT_ID_VALUE: HeaderValue = HeaderValue::from_static("x-tenant-id");
static PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// No cache knows that a tenant sees its own rows only. Whoever has an ETag may still ask whether it is current; a handler
/// that allows more has it told apart by tenant.
fn keep_from_others(headers: &mut HeaderMap) {
    match headers.entry(CACHE_CONTROL) {
        Entry::Vacant(none) => drop(none.insert(PRIVATE.clone())),
        Entry::Occupied(_) => drop(headers.append(VARY, TENANT_ID_VALUE.clone())),
    }
}

/// A request that the edge answers for.
pub(super) struct Call {
    pub(super) entered: Arc<Entered>,
    pub(super) span: Span,
    finished: bool,
}

impl Call {
    pub(super) fn new(entered: Entered) -> Self {
        let span = if entered.shared().settings.access_log {
            request_span!(Level::INFO, entered)
        } else {
            request_span!(Level::DEBUG, entered)
        };
        Self { entered: Arc::new(entered), span, finished: false }
    }

    /// The problem of a handler that panicked.
    pub(super) fn panicked(&self, panic: &(dyn Any + Send)) -> Problem {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        internal()
            .cause(format_args!("the handler panicked: {}", text.unwrap_or("with a value that is no text")))
    }

    /// Completes a reply: problems get path and identity, each reply the request id; then it is counted and logged.
    pub(super) fn finish(mut self, mut response: Response) -> Response {
        let mut cause = None;
        if response.status().as_u16() >= 400 {
            cause = self.complete_problem(&mut response);
        }
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID.clone(), self.entered.request_id.header());
        let entered = &self.entered;
        if entered.route().kind == Kind::Api && entered.shared().settings.tenancy != Tenancy::Absent {
            keep_from_others(headers);
        }
        self.finished = true;
        self.record(response.status(), cause.as_deref());
        response
    }

    /// Returns the cause, which goes to the log.
    fn complete_problem(&self, response: &mut Response) -> Option<String> {
        plain::into_problem(response);
        let mut problem = response.extensions_mut().remove::<Problem>()?;
        problem.locate(self.entered.uri.path(), self.entered.request_id.to_string());
        *response.body_mut() = Body::from(problem.render());
        problem.cause_text().map(str::to_owned)
    }

    fn record(&self, status: StatusCode, cause: Option<&str>) {
        let entered = &*self.entered;
        let elapsed = entered.start.elapsed();
        entered.route().record(entered.method, status, elapsed);
        match status.as_u16() {
            500 => log_request!(Level::ERROR, entered, status, elapsed, cause),
            501.. => log_request!(Level::WARN, entered, status, elapsed, cause),
            _ if elapsed > SLOW => log_request!(Level::WARN, entered, status, elapsed, cause),
            _ if entered.shared().settings.access_log => {
                log_request!(Level::INFO, entered, status, elapsed, cause)
            }
            _ => log_request!(Level::DEBUG, entered, status, elapsed, cause),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.entered.leave_place();
        if !self.finished {
            self.record(StatusCode::from_u16(HUNG_UP).unwrap_or(StatusCode::BAD_REQUEST), None);
        }
    }
}

// Macros, because the level of a span or an event must be a constant.
macro_rules! request_span {
    ($level:expr, $entered:expr) => {
        tracing::span!(
            $level,
            "request",
            request_id = tracing::field::display(&$entered.request_id),
            tenant = $entered.tenant.map(tracing::field::display),
            trace_id = $entered.trace.as_ref().map(TraceParent::trace_id),
        )
    };
}
macro_rules! log_request {
    ($level:expr, $entered:expr, $status:expr, $elapsed:expr, $cause:expr) => {
        tracing::event!(
            $level,
            request_id = tracing::field::display(&$entered.request_id),
            tenant = $entered.tenant.map(tracing::field::display),
            trace_id = $entered.trace.as_ref().map(TraceParent::trace_id),
            method = method_name($entered.method),
            route = &*$entered.route().label,
            path = $entered.uri.path(),
            status = $status.as_u16(),
            elapsed_ms = u64::try_from($elapsed.as_millis()).unwrap_or(u64::MAX),
            cause = $cause,
            "request"
        )
    };
}
use {log_request, request_span};
