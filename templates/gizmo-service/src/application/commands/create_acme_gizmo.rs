use super::{Refused, name_taken};
use crate::application::Deps;
use crate::domain::{AcmeGizmo, Description, Name};
use cloudlab_core::{Commit, Id, RequestContext};

/// What a new acme gizmo is given.
#[derive(Clone, Debug)]
pub struct CreateAcmeGizmo {
    pub name: Name,
    pub description: Description,
}

/// Creates an acme gizmo as a draft and publishes `AcmeGizmoCreated`.
pub async fn create_acme_gizmo(
    ctx: &RequestContext,
    deps: &Deps,
    command: CreateAcmeGizmo,
) -> Result<AcmeGizmo, Refused> {
    let id = Id::new(deps.ids.next());
    let (acme_gizmo, created) = AcmeGizmo::create(id, command.name, command.description, deps.clock.now());
    let commit =
        Commit::new(ctx).write(deps.acme_gizmos.insert(&acme_gizmo)).publish(created).reply(&acme_gizmo);
    deps.store.commit(commit).await.map_err(name_taken)?;
    Ok(acme_gizmo)
}
