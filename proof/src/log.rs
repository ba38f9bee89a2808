//! The consumer: every event that has an effect leaves one row, and one that had two leaves two.

use crate::probe::ProbeStepped;
use cloudlab_chassis::messaging::{CloudEvent, Consumer, HandleError};
use cloudlab_core::{Commit, Ids, RequestContext, Write};
use std::sync::Arc;

/// The consumer; its name is its identity in the inbox.
pub fn consumer(topic: String, ids: Arc<dyn Ids>) -> Consumer {
    Consumer::new("log", [topic], move |ctx, event| {
        let ids = ids.clone();
        async move { note(&ctx, &event, ids.as_ref()) }
    })
}

/// The key is fresh at every try, and nothing about the event is unique: only the inbox keeps a second effect out.
fn note(ctx: &RequestContext, event: &CloudEvent, ids: &dyn Ids) -> Result<Commit, HandleError> {
    if event.kind != "probe.stepped.v1" {
        return Err(HandleError::unknown(event));
    }
    let stepped: ProbeStepped = event.decode()?;
    let entry = Write::insert("probe_log", [("entry", ids.next().into())])
        .set("event_id", event.id)
        .set("stream", event.subject)
        .set("sequence", event.sequence)
        .set("value", stepped.value);
    Ok(Commit::new(ctx).write(entry))
}
