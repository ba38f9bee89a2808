//! Keeps acme gizmos.
//!
//! **Invariant:** an acme gizmo changes through its aggregate only, and every change is one commit with its events.
//! **Invariant:** nothing here names a database, a broker or a notifier; `service.toml` chooses them by URL.
#![forbid(unsafe_code)]

pub mod application;
pub mod domain;
mod infrastructure;
mod interfaces;

use application::Deps;
use cloudlab_chassis::{Resources, Service, migrations};
use infrastructure::persistence::SqlAcmeGizmos;
use interfaces::{consumers, rest};
use std::sync::Arc;

/// The service, wired.
pub fn service() -> Service {
    Service::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .migrations(migrations!["0001_acme_gizmos"])
        .routes(|resources| rest::routes(deps(resources)))
        .first_request("/v1/acme-gizmos", r#"{"name":"first"}"#)
        .consumer(|resources| {
            consumers::statistics(resources.topic("acme_gizmo"), deps(resources).acme_gizmos)
        })
}

fn deps(resources: &Resources) -> Deps {
    Deps {
        acme_gizmos: Arc::new(SqlAcmeGizmos::new(resources.database.clone())),
        store: Arc::new(resources.database.clone()),
        clock: resources.clock.clone(),
        ids: resources.ids.clone(),
    }
}
