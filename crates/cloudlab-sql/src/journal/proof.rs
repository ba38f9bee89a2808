//! When a gap is dead.
//!
//! A transaction that draws an id holds a lock on the journal, taken before the draw, until its rows are visible.
//! So a range that a reader has noticed can still be filled only by transactions that held the lock at some
//! instant after it was noticed. When none of these holds it any more, one further look settles the range: what
//! is not visible then was rolled back. A prepared transaction keeps its lock, but under another name in servers
//! that are not of late, and after a restart of any: hence every one of such a name blocks the proof. Nothing of
//! this survives a restart of ours: a new owner starts over.

use crate::journal::Ranges;
use crate::sabotage;
use std::collections::BTreeSet;

/// What a prepared transaction's name starts with.
const PREPARED: &str = "-1/";

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;

/// A proof about the ranges that were open when it began.
#[derive(Debug, Default)]
pub(crate) enum Proof {
    /// No proof is under way.
    #[default]
    Idle,
    /// These transactions may still fill the ranges.
    Waiting { ranges: Ranges, writers: BTreeSet<String> },
    /// Nobody may fill them any more; the next look at the journal settles them.
    Final { ranges: Ranges },
}

impl Proof {
    /// Takes the next step with the transactions that hold the lock now, and the ranges that are open now.
    pub fn step(self, open: &Ranges, holders: BTreeSet<String>) -> Self {
        let (ranges, writers) = match self {
            Self::Idle => (open.clone(), holders.clone()),
            Self::Waiting { ranges, writers } => (ranges, &writers & &holders),
            settled @ Self::Final { .. } => return settled,
        };
        let prepared =
            !sabotage::on("forget_prepared") && holders.iter().any(|holder| holder.starts_with(PREPARED));
        let done = writers.is_empty() && !prepared;
        if done || sabotage::on("no_proof") {
            Self::Final { ranges }
        } else {
            Self::Waiting { ranges, writers }
        }
    }

    /// The ranges of a finished proof that a look, made after it had finished, has left open: they are dead.
    pub fn settle(&mut self, open: &Ranges) -> Ranges {
        match std::mem::take(self) {
            Self::Final { ranges } => ranges.intersection(open),
            other => {
                *self = other;
                Ranges::default()
            }
        }
    }

    /// Whether the next look at the journal settles something.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Final { .. })
    }
}
