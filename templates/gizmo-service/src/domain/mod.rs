//! What an acme gizmo is and what may happen to it. Pure: `std` and `cloudlab_core` only, tested without a server.

mod acme_gizmo;
pub mod events;
mod repository;
#[cfg(test)]
mod tests;
mod values;

pub use acme_gizmo::{AcmeGizmo, Revision, Rule, Snapshot};
pub use repository::{AcmeGizmos, Filter, Sort};
pub use values::{Description, Name, Status};
