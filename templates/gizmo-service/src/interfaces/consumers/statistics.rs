//! Keeps the statistics: a read model that follows the service's own public events.

use crate::domain::events::{AcmeGizmoActivated, AcmeGizmoArchived, AcmeGizmoCreated};
use crate::domain::{AcmeGizmos, Status};
use cloudlab_chassis::messaging::{CloudEvent, Consumer, HandleError};
use cloudlab_core::{Commit, RequestContext};
use std::sync::Arc;

/// The consumer; its name is its identity in the inbox.
pub fn statistics(topic: String, acme_gizmos: Arc<dyn AcmeGizmos>) -> Consumer {
    Consumer::new("statistics", [topic], move |ctx, event| {
        let acme_gizmos = acme_gizmos.clone();
        async move { count(&ctx, &event, acme_gizmos.as_ref()) }
    })
}

/// One fewer of the status before, one more of the status after.
fn count(
    ctx: &RequestContext,
    event: &CloudEvent,
    acme_gizmos: &dyn AcmeGizmos,
) -> Result<Commit, HandleError> {
    let (before, after) = match event.kind.as_str() {
        "acme_gizmo.created.v1" => event.decode::<AcmeGizmoCreated>().map(|_| (None, Status::Draft))?,
        "acme_gizmo.activated.v1" => {
            event.decode::<AcmeGizmoActivated>().map(|_| (Some(Status::Draft), Status::Active))?
        }
        "acme_gizmo.archived.v1" => (Some(event.decode::<AcmeGizmoArchived>()?.from), Status::Archived),
        "acme_gizmo.renamed.v1" => return Ok(Commit::new(ctx)),
        _ => return Err(HandleError::unknown(event)),
    };
    let fewer = before.map(|status| acme_gizmos.count(status, -1));
    Ok(Commit::new(ctx).write_all(fewer).write(acme_gizmos.count(after, 1)))
}
