//! What the service does: use cases as functions of a context, what they need from outside, and a command or query.

pub mod commands;
pub mod queries;

use crate::domain::AcmeGizmos;
use cloudlab_core::{Clock, Ids, Store};
use std::sync::Arc;

/// What use cases need from outside.
#[derive(Clone)]
pub struct Deps {
    pub acme_gizmos: Arc<dyn AcmeGizmos>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}
