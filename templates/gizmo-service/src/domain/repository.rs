//! How acme gizmos are kept, as the domain sees it.

use super::{AcmeGizmo, Name, Status};
use cloudlab_core::store::Error;
use cloudlab_core::{Id, RequestContext, Value, Write, async_trait, words};
use std::collections::HashSet;

words! {
    /// The order of a list; ties are broken by identity.
    pub enum Sort {
        Oldest = "created_at",
        Newest = "-created_at",
        Name = "name",
        NameDescending = "-name",
    }
}

/// Which part of the list is wanted.
#[derive(Clone, Debug)]
pub struct Filter {
    pub status: Option<Status>,
    pub sort: Sort,
    /// Only behind this one: its value of the sort column, and its identity.
    pub after: Option<(Value, Id<AcmeGizmo>)>,
    pub limit: usize,
}

/// All acme gizmos of the tenant of the context.
#[async_trait]
pub trait AcmeGizmos: Send + Sync {
    /// The one with this identity, for a decision: a command that was executed before says so here.
    async fn load(&self, ctx: &RequestContext, id: Id<AcmeGizmo>) -> Result<Option<AcmeGizmo>, Error>;

    /// The one with this identity, to show it.
    async fn find(&self, ctx: &RequestContext, id: Id<AcmeGizmo>) -> Result<Option<AcmeGizmo>, Error>;

    /// A part of the list.
    async fn list(&self, ctx: &RequestContext, filter: &Filter) -> Result<Vec<AcmeGizmo>, Error>;

    /// The keys of those names that are taken, for a decision.
    async fn taken(&self, ctx: &RequestContext, names: &[&Name]) -> Result<HashSet<String>, Error>;

    /// How many there are of each status, as far as the read model has come.
    async fn statistics(&self, ctx: &RequestContext) -> Result<Vec<(Status, i64)>, Error>;

    /// Stores a new one.
    fn insert(&self, acme_gizmo: &AcmeGizmo) -> Write;

    /// Stores a change, provided that nobody else has changed it since.
    fn update(&self, acme_gizmo: &AcmeGizmo) -> Write;

    /// Moves the read model: so many more of a status.
    fn count(&self, status: Status, change: i64) -> Write;
}
