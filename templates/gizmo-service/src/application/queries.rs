//! Use cases that change nothing; one moves to a file of its own when a rule appears in it.

use crate::application::Deps;
use crate::domain::{AcmeGizmo, Filter, Status};
use cloudlab_core::store::Error;
use cloudlab_core::{Id, RequestContext};

/// The acme gizmo with this identity, if the tenant has it.
pub async fn get(ctx: &RequestContext, deps: &Deps, id: Id<AcmeGizmo>) -> Result<Option<AcmeGizmo>, Error> {
    deps.acme_gizmos.find(ctx, id).await
}

/// A part of the list of acme gizmos.
pub async fn list(ctx: &RequestContext, deps: &Deps, filter: &Filter) -> Result<Vec<AcmeGizmo>, Error> {
    deps.acme_gizmos.list(ctx, filter).await
}

/// The number of acme gizmos of every status, as far as the read model has come.
pub async fn statistics(ctx: &RequestContext, deps: &Deps) -> Result<impl Fn(Status) -> i64, Error> {
    let counted = deps.acme_gizmos.statistics(ctx).await?;
    Ok(move |status| counted.iter().find(|(of, _)| *of == status).map_or(0, |(_, number)| *number))
}
