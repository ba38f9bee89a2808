//! What every request passes, once: identity, tenant, deadline, limit, measurement, and problems in one form.
//!
//! It is one service with one future around each route of the router, inside axum's routing, so that the matched
//! route is known without matching twice and each route keeps its own metric handles.

mod call;
mod context;
mod enter;
mod plain;
mod route;
mod service;
mod settings;

pub use context::Context;
pub(crate) use context::Entered;
pub(crate) use enter::visible_ascii;
pub(crate) use route::Kind;
pub use settings::{Settings, Tenancy};

use crate::command::Flights;
use crate::problem::{Problem, codes};
use axum::Router;
use cloudlab_core::{Ids, Principal};
use http::Uri;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower::Layer;

/// The edge of one address of a service.
#[derive(Clone)]
pub struct Edge(Arc<Shared>);

/// What all requests of one edge share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) flights: Flights,
    ids: Arc<dyn Ids>,
    anonymous: Principal,
    in_flight: AtomicUsize,
}

impl Edge {
    /// The edge with these settings; the ids name the requests whose callers do not.
    #[must_use]
    pub fn new(settings: Settings, ids: Arc<dyn Ids>) -> Self {
        route::describe_metrics();
        Self(Arc::new(Shared {
            settings,
            flights: Flights::default(),
            ids,
            anonymous: Principal::anonymous(),
            in_flight: AtomicUsize::new(0),
        }))
    }

    /// Puts the edge around a finished router: every route, an unknown path and a wrong method.
    ///
    /// Routes that are added to the result afterwards are outside of the edge.
    pub fn around(&self, router: Router) -> Router {
        router
            .fallback(unknown_path)
            .method_not_allowed_fallback(wrong_method)
            .layer(self.clone())
            // Turns handlers into services now; otherwise axum would do it, layers and all, for each request.
            .with_state(())
    }

    /// How many requests are running now, health checks not counted.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::Relaxed)
    }

    /// Sets the gauge of running requests; for whoever is about to show the metrics. A gauge that every request moved
    /// would cost more than all its counters.
    pub fn report(&self) {
        metrics::gauge!("http_requests_in_flight").set(self.in_flight() as f64);
    }
}

impl<S> Layer<S> for Edge {
    type Service = service::EdgeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        service::EdgeService::new(inner, Arc::clone(&self.0))
    }
}

async fn unknown_path(uri: Uri) -> Problem {
    Problem::new(&codes::ROUTE_NOT_FOUND)
        .detail(format!("No operation has the path {}. Compare it with /openapi.json.", uri.path()))
}

async fn wrong_method() -> Problem {
    Problem::new(&codes::METHOD_NOT_ALLOWED)
        .detail("This path does not have this method. The header Allow lists those that it has.")
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edge").field("settings", &self.settings).finish_non_exhaustive()
    }
}
