//! The one use case.

use crate::probe::Probe;
use crate::store::Probes;
use cloudlab_core::store::Error;
use cloudlab_core::{Commit, Id, Ids, RequestContext, Store, Uuid, words};
use std::sync::Arc;
use std::time::Duration;

words! {
    /// When a step is refused that asks for it.
    pub enum Refusal {
        /// By its first row, before an id is drawn.
        Early = "early",
        /// At the very end, after the ids are drawn. SQLite has no such end and refuses early.
        Late = "late",
    }
}

/// What a step needs from outside.
#[derive(Clone)]
pub struct Deps {
    pub probes: Probes,
    pub store: Arc<dyn Store>,
    pub ids: Arc<dyn Ids>,
    /// Whether the database can refuse when a transaction ends.
    pub refuses_late: bool,
}

/// How to step.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: Id<Probe>,
    /// A second probe that goes up in the same commit.
    pub with: Option<Id<Probe>>,
    /// How far, with an event each.
    pub events: i64,
    /// What the events are marked with.
    pub mark: Uuid,
    /// How long to think between reading and writing.
    pub pause: Duration,
    pub refuse: Option<Refusal>,
}

/// Steps one probe or two, with their events, in one commit.
pub async fn step(ctx: &RequestContext, deps: &Deps, step: &Step) -> Result<Probe, Error> {
    let ids: Vec<_> = std::iter::once(step.id).chain(step.with.filter(|with| *with != step.id)).collect();
    let mut probes = deps.probes.load(ctx, &ids).await?;
    if !step.pause.is_zero() {
        tokio::time::sleep(step.pause).await;
    }
    let mut commit = Commit::new(ctx);
    for probe in &mut probes {
        let events = probe.step(step.events, step.mark);
        commit = commit.write(deps.probes.save(probe)).publish_all(events);
    }
    if let Some(refusal) = step.refuse {
        let late = refusal == Refusal::Late && deps.refuses_late;
        let entry = Id::new(deps.ids.next());
        commit = commit.write(if late {
            deps.probes.refused_late(entry)
        } else {
            deps.probes.refused_early(&probes[0])
        });
    }
    deps.store.commit(commit.reply(&probes[0])).await.map_err(outrun)?;
    Ok(probes.swap_remove(0))
}

/// Somebody stored the same new probe first: looking again shows it.
fn outrun(error: Error) -> Error {
    match error {
        Error::Duplicate { table, .. } => Error::Stale { table },
        error => error,
    }
}
