//! Behaviour of the configuration through its public surface.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod coercion;
mod credentials;
mod errors;
mod expansion;
mod layers;
mod reports;
mod secret_files;
mod settings;
#[cfg(feature = "yaml")]
mod yaml;
#[cfg(not(feature = "yaml"))]
mod yaml_left_out;
