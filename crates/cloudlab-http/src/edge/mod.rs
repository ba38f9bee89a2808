//! What every request passes, once: identity, tenant, deadline, limit, measurement, and problems in one form.
//!
//! It is one service with one future around each route of the router, inside axum's routing, so that the matched
//! route is known without matching twice and each route keeps its own metric handles.

mod call;
mod context;
mod enter;
mod place;
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
use place::Places;
use std::sync::Arc;
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
    places: Places,
}

impl Edge {
    /// The edge with these settings; the ids name the requests whose callers do not.
    #[must_use]
    pub fn new(settings: Settings, ids: Arc<dyn Ids>) -> Self {
        route::describe_metrics();
        Self(Arc::new(Shared {
            places: Places::new(settings.max_in_flight),
            settings,
            flights: Flights::default(),
            ids,
            anonymous: Principal::anonymous(),
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

    /// How many requests are running now, without health checks and those whose bodies are awaited.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.places.taken()
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
