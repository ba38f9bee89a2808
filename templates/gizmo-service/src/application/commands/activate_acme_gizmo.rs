use super::{Refused, load};
use crate::application::Deps;
use crate::domain::AcmeGizmo;
use cloudlab_core::{Commit, Expected, Id, RequestContext};

/// Takes a draft into use and publishes `AcmeGizmoActivated`.
pub async fn activate_acme_gizmo(
    ctx: &RequestContext,
    deps: &Deps,
    id: Id<AcmeGizmo>,
    expected: &Expected,
) -> Result<AcmeGizmo, Refused> {
    let mut acme_gizmo = load(ctx, deps, id, expected).await?;
    let activated = acme_gizmo.activate(deps.clock.now()).map_err(Refused::Rule)?;
    let commit =
        Commit::new(ctx).write(deps.acme_gizmos.update(&acme_gizmo)).publish(activated).reply(&acme_gizmo);
    deps.store.commit(commit).await?;
    Ok(acme_gizmo)
}
