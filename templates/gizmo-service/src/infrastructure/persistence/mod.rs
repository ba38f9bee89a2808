//! Storage.

mod acme_gizmos;

pub use acme_gizmos::SqlAcmeGizmos;
