//! One request from its head to the head of its reply: what is counted, logged and added.

use super::enter::{REQUEST_ID, request_id};
use super::route::{Kind, Route, method_index, method_name};
use super::{Shared, Tenancy, plain};
use crate::problem::{Problem, codes, internal};
use axum::body::Body;
use axum::response::Response;
use cloudlab_core::{TenantId, TraceParent};
use http::header::{CACHE_CONTROL, Entry, HeaderMap, VARY};
use http::{HeaderValue, Request, StatusCode, Uri};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
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

pub(super) struct Call {
    pub(super) shared: Arc<Shared>,
    pub(super) route: Arc<Route>,
    pub(super) request_id: Arc<str>,
    pub(super) trace: Option<TraceParent>,
    pub(super) uri: Uri,
    pub(super) deadline: Instant,
    pub(super) span: Span,
    request_id_header: HeaderValue,
    method: usize,
    start: Instant,
    tenant: Option<TenantId>,
    counted: bool,
    finished: bool,
}

impl Call {
    pub(super) fn begin<B>(shared: &Arc<Shared>, route: &Arc<Route>, request: &Request<B>) -> Self {
        let start = Instant::now();
        let (request_id, request_id_header) = request_id(request.headers(), &*shared.ids);
        Self {
            shared: Arc::clone(shared),
            route: Arc::clone(route),
            request_id,
            trace: None,
            uri: request.uri().clone(),
            deadline: start + shared.settings.request_timeout,
            span: Span::none(),
            request_id_header,
            method: method_index(request.method()),
            start,
            tenant: None,
            counted: false,
            finished: false,
        }
    }

    /// Takes a place below the limit, or refuses.
    pub(super) fn admit(&mut self) -> Result<(), Problem> {
        if self.route.kind == Kind::Health {
            return Ok(());
        }
        self.counted = true;
        let before = self.shared.in_flight.fetch_add(1, Ordering::Relaxed);
        if before < self.shared.settings.max_in_flight {
            return Ok(());
        }
        Err(Problem::new(&codes::OVERLOADED)
            .detail("The service is at its limit; this request was not begun. Try again a little later.")
            .retry_after(1))
    }

    /// Notes whose request it is, for the log.
    pub(super) fn observe(&mut self, tenant: Option<TenantId>, trace: Option<TraceParent>) {
        self.tenant = tenant;
        self.trace = trace;
        self.span = if self.shared.settings.access_log {
            request_span!(Level::INFO, self)
        } else {
            request_span!(Level::DEBUG, self)
        };
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
        headers.insert(REQUEST_ID.clone(), self.request_id_header.clone());
        if self.route.kind == Kind::Api && self.shared.settings.tenancy != Tenancy::Absent {
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
        problem.locate(self.uri.path(), &self.request_id);
        *response.body_mut() = Body::from(problem.render());
        problem.cause_text().map(str::to_owned)
    }

    fn record(&self, status: StatusCode, cause: Option<&str>) {
        let elapsed = self.start.elapsed();
        self.route.record(self.method, status, elapsed);
        match status.as_u16() {
            500 => log_request!(Level::ERROR, self, status, elapsed, cause),
            501.. => log_request!(Level::WARN, self, status, elapsed, cause),
            _ if elapsed > SLOW => log_request!(Level::WARN, self, status, elapsed, cause),
            _ if self.shared.settings.access_log => log_request!(Level::INFO, self, status, elapsed, cause),
            _ => log_request!(Level::DEBUG, self, status, elapsed, cause),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.counted {
            self.shared.in_flight.fetch_sub(1, Ordering::Relaxed);
        }
        if !self.finished {
            self.record(StatusCode::from_u16(HUNG_UP).unwrap_or(StatusCode::BAD_REQUEST), None);
        }
    }
}

// Macros, because the level of a span or an event must be a constant.
macro_rules! request_span {
    ($level:expr, $call:expr) => {
        tracing::span!(
            $level,
            "request",
            request_id = &*$call.request_id,
            tenant = $call.tenant.map(tracing::field::display),
            trace_id = $call.trace.as_ref().map(TraceParent::trace_id),
        )
    };
}
macro_rules! log_request {
    ($level:expr, $call:expr, $status:expr, $elapsed:expr, $cause:expr) => {
        tracing::event!(
            $level,
            request_id = &*$call.request_id,
            tenant = $call.tenant.map(tracing::field::display),
            trace_id = $call.trace.as_ref().map(TraceParent::trace_id),
            method = method_name($call.method),
            route = &*$call.route.label,
            path = $call.uri.path(),
            status = $status.as_u16(),
            elapsed_ms = u64::try_from($elapsed.as_millis()).unwrap_or(u64::MAX),
            cause = $cause,
            "request"
        )
    };
}
use {log_request, request_span};
