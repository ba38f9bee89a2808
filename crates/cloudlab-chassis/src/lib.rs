//! A service from its parts: configuration, start, run, stop.
//!
//! A service says what it is made of with [`Service`] and hands it to [`run`]. Everything that is the same in two
//! services lies here or below: addresses, health, metrics, migrations, the journal's publisher, consumers, the
//! operators' address, signals, the order of start and stop.
//!
//! **Invariant:** a service never names a database, a broker or a notifier; configuration chooses them by URL.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod admin;
mod announcement;
mod checks;
mod commands;
mod configuration;
mod dead_letters;
mod health;
mod lifecycle;
mod measures;
mod output;
mod publisher;
mod readiness;
mod running;
mod service;
mod settings;
mod signals;
mod system;
mod upkeep;

pub use cloudlab_http as http;
pub use cloudlab_messaging as messaging;
pub use cloudlab_sql as sql;
pub use cloudlab_telemetry as telemetry;

pub use cloudlab_sql::migrations;
pub use commands::run;
pub use service::{NoSettings, OwnSettings, Resources, Service};
pub use system::{SystemClock, SystemIds};
pub use utoipa_axum::router::OpenApiRouter;
pub use utoipa_axum::routes;

/// The broker that a URL names.
///
/// # Errors
/// What is available instead.
pub(crate) fn broker_choice(url: &str) -> Result<(), String> {
    match url {
        "in-process:" => Ok(()),
        _ => Err("no broker is built into this version but the one in process: leave it unset".into()),
    }
}
