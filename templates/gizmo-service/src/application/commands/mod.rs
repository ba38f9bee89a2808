//! Use cases that change something: read, decide in the domain, commit once. Nothing is written when one refuses.

mod activate_acme_gizmo;
mod archive_acme_gizmo;
mod create_acme_gizmo;
mod create_acme_gizmos;
mod revise_acme_gizmo;

pub use activate_acme_gizmo::activate_acme_gizmo;
pub use archive_acme_gizmo::archive_acme_gizmo;
pub use create_acme_gizmo::{CreateAcmeGizmo, create_acme_gizmo};
pub use create_acme_gizmos::create_acme_gizmos;
pub use revise_acme_gizmo::revise_acme_gizmo;

use super::Deps;
use crate::domain::{AcmeGizmo, Rule};
use cloudlab_core::store::Error;
use cloudlab_core::{Expected, Id, RequestContext};

/// Why a command changed nothing.
pub type Refused = cloudlab_core::Refused<Rule>;

/// The one that a command is about, in the version that the caller expects.
async fn load(
    ctx: &RequestContext,
    deps: &Deps,
    id: Id<AcmeGizmo>,
    expected: &Expected,
) -> Result<AcmeGizmo, Refused> {
    let acme_gizmo = deps.acme_gizmos.load(ctx, id).await?.ok_or(Refused::NotFound)?;
    if expected.allows(acme_gizmo.state().version) { Ok(acme_gizmo) } else { Err(Refused::StaleVersion) }
}

fn is_name_taken(error: &Error) -> bool {
    matches!(error, Error::Duplicate { column, .. } if column == "name_key")
}

fn name_taken(error: Error) -> Refused {
    if is_name_taken(&error) { Refused::Rule(Rule::NameTaken) } else { Refused::Store(error) }
}
