//! The REST interface.

mod acme_gizmos;
mod bodies;
mod problems;

pub use acme_gizmos::routes;
