//! What the edge knows about a request, for extractors.

use super::Shared;
use super::enter::RequestId;
use super::place::Place;
use super::route::{Kind, Route};
use crate::problem::{Problem, internal};
use axum::extract::FromRequestParts;
use cloudlab_core::{Deadline, RequestContext, TenantId, TraceParent};
use http::Uri;
use http::request::Parts;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Extracts the context of the request: `async fn list(Context(ctx): Context)`.
///
/// A command takes [`Command`](crate::Command) or [`Action`](crate::Action) instead, which know the idempotency key.
#[derive(Clone, Debug)]
pub struct Context(pub RequestContext);

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Entered::of(parts)?.context().map(Self)
    }
}

/// What is known of a request from its head on. The edge, the extractors of the handler and the log share it: one
/// allocation, and the counters that all cores touch are touched once.
pub(crate) struct Entered {
    pub(super) around: Arc<Around>,
    /// As the caller sent it; a nested router sees only the rest of it.
    pub(crate) uri: Uri,
    pub(super) request_id: RequestId,
    pub(super) tenant: Option<TenantId>,
    pub(super) trace: Option<TraceParent>,
    pub(super) start: Instant,
    pub(super) method: usize,
    place: Place,
}

/// The edge and the route that it is around.
pub(super) struct Around {
    pub(super) shared: Arc<Shared>,
    /// Known from the first request on, since only that names it.
    pub(super) route: OnceLock<Route>,
}

impl Entered {
    pub(super) fn new(around: Arc<Around>, uri: Uri, request_id: RequestId, method: usize) -> Self {
        Self {
            around,
            uri,
            request_id,
            tenant: None,
            trace: None,
            start: Instant::now(),
            method,
            place: Place::default(),
        }
    }

    pub(crate) fn of(parts: &Parts) -> Result<&Arc<Self>, Problem> {
        parts.extensions.get::<Arc<Self>>().ok_or_else(|| {
            internal().cause("a handler was called outside of the edge; put Edge::around the router")
        })
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.around.shared
    }

    pub(crate) fn route(&self) -> &Route {
        self.around.route.get_or_init(Route::unmatched)
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.start + self.shared().settings.request_timeout
    }

    pub(crate) fn context(&self) -> Result<RequestContext, Problem> {
        let tenant = self.tenant.ok_or_else(|| {
            internal().cause("this address has no tenants, so a handler on it cannot take a request context")
        })?;
        Ok(RequestContext::new(tenant, self.shared().anonymous.clone(), self.request_id.to_string())
            .with_trace(self.trace.clone())
            .with_deadline(Deadline::at(self.deadline())))
    }

    /// Takes a place below the limit of running requests, or refuses. Health needs none, or a service would be
    /// restarted for being busy.
    pub(crate) fn take_place(&self) -> Result<(), Problem> {
        if self.route().kind == Kind::Health { Ok(()) } else { self.shared().places.take(&self.place) }
    }

    /// Gives the place to others, at the end or while the caller still sends.
    pub(crate) fn leave_place(&self) {
        self.shared().places.give_back(&self.place);
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.leave_place();
    }
}
