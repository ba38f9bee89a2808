use super::{CreateAcmeGizmo, Refused, is_name_taken};
use crate::application::Deps;
use crate::domain::{AcmeGizmo, Name, Rule};
use cloudlab_core::store::Error;
use cloudlab_core::{Commit, Id, RequestContext};
use std::collections::HashSet;

/// Creates all of the batch as drafts, or none, and publishes `AcmeGizmoCreated` for each.
pub async fn create_acme_gizmos(
    ctx: &RequestContext,
    deps: &Deps,
    batch: Vec<CreateAcmeGizmo>,
) -> Result<Vec<AcmeGizmo>, Refused> {
    let names: Vec<&Name> = batch.iter().map(|command| &command.name).collect();
    refuse_taken(&names, deps.acme_gizmos.taken(ctx, &names).await?)?;
    let now = deps.clock.now();
    let (acme_gizmos, created): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .map(|command| AcmeGizmo::create(Id::new(deps.ids.next()), command.name, command.description, now))
        .unzip();
    let writes = acme_gizmos.iter().map(|acme_gizmo| deps.acme_gizmos.insert(acme_gizmo));
    let commit = Commit::new(ctx).write_all(writes).publish_all(created).reply(&acme_gizmos);
    deps.store.commit(commit).await.map_err(outrun)?;
    Ok(acme_gizmos)
}

fn refuse_taken(names: &[&Name], mut taken: HashSet<String>) -> Result<(), Refused> {
    let places = names.iter().enumerate().filter(|(_, name)| !taken.insert(name.key()));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    if places.is_empty() { Ok(()) } else { Err(Refused::Rule(Rule::NamesTaken(places))) }
}

/// Somebody took a name since we looked: looking again tells which.
fn outrun(error: Error) -> Refused {
    let table = "acme_gizmos".to_owned();
    Refused::Store(if is_name_taken(&error) { Error::Stale { table } } else { error })
}
