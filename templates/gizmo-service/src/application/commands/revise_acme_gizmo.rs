use super::{Refused, load, name_taken};
use crate::application::Deps;
use crate::domain::{AcmeGizmo, Revision};
use cloudlab_core::{Commit, Expected, Id, RequestContext};

/// Revises an acme gizmo; a new name publishes `AcmeGizmoRenamed`, a description alone publishes nothing.
pub async fn revise_acme_gizmo(
    ctx: &RequestContext,
    deps: &Deps,
    id: Id<AcmeGizmo>,
    expected: &Expected,
    revision: Revision,
) -> Result<AcmeGizmo, Refused> {
    let mut acme_gizmo = load(ctx, deps, id, expected).await?;
    let version = acme_gizmo.state().version;
    let renamed = acme_gizmo.revise(revision, deps.clock.now());
    let changed = acme_gizmo.state().version != version;
    let commit = Commit::new(ctx)
        .write_all(changed.then(|| deps.acme_gizmos.update(&acme_gizmo)))
        .publish_all(renamed)
        .reply(&acme_gizmo);
    deps.store.commit(commit).await.map_err(name_taken)?;
    Ok(acme_gizmo)
}
