//! What the edge knows about a request, for extractors.

use super::Shared;
use super::route::Route;
use crate::problem::{Problem, internal};
use axum::extract::FromRequestParts;
use cloudlab_core::RequestContext;
use http::Uri;
use http::request::Parts;
use std::sync::Arc;

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

/// What the edge leaves in the extensions of a request: one value, so one allocation.
#[derive(Clone)]
pub(crate) struct Entered {
    pub(crate) context: Option<RequestContext>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) route: Arc<Route>,
    /// As the caller sent it; a nested router sees only the rest of it.
    pub(crate) uri: Uri,
}

impl Entered {
    pub(crate) fn of(parts: &Parts) -> Result<&Self, Problem> {
        parts.extensions.get::<Self>().ok_or_else(|| {
            internal().cause("a handler was called outside of the edge; put Edge::around the router")
        })
    }

    pub(crate) fn context(&self) -> Result<RequestContext, Problem> {
        self.context.clone().ok_or_else(|| {
            internal().cause("this address has no tenants, so a handler on it cannot take a request context")
        })
    }
}
