//! Effects of one consumer that only count, written together.
//!
//! Such effects meet in few rows, often in one for each tenant. Alone, each would wait for the row until the one before it
//! is on the disk; so while one group is written the next one gathers, and its counts are added up first. That is right
//! because sums do not ask for an order, and the rows of a group are written in the order of their keys.

use crate::engine::Failure;
use crate::plan::Plan;
use crate::postgres::commit;
use crate::postgres::connections::Connections;
use crate::postgres::statements::{self, Step};
use crate::sabotage;
use cloudlab_core::store::Error;
use cloudlab_core::{Change, Key, TenantId, Timestamp, Uuid, Write};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use tokio::sync::oneshot;

/// Effects in one transaction at the most.
const MOST_TOGETHER: usize = 256;

/// Whose effects go together: a transaction belongs to one tenant.
type Who = (TenantId, String);

/// An event's effect on counters, and that it was handled.
#[derive(Debug)]
pub(super) struct Counted {
    who: Who,
    pub(super) event_id: Uuid,
    pub(super) at: Timestamp,
    counts: Vec<(Counter, i64)>,
}

type Counter = (&'static str, Key, &'static str);

impl Counted {
    /// The same as the plan, when the plan does nothing else.
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        let inbox = plan.inbox.as_ref().filter(|_| !sabotage::on("no_inbox"))?;
        let is_alone = plan.kept.is_none() && plan.expects.is_empty() && plan.events.is_empty();
        let count = |write: &Write| match write.change() {
            Change::Count { column, amount } if write.columns().is_empty() => {
                Some(((write.table(), write.key().clone(), column), amount))
            }
            _ => None,
        };
        let counts = plan.writes.iter().map(count).collect::<Option<_>>()?;
        is_alone.then(|| Self {
            who: (plan.tenant, inbox.consumer.clone()),
            event_id: inbox.event_id,
            at: plan.at,
            counts,
        })
    }
}

/// Who is writing, with what gathers meanwhile.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<HashMap<Who, Vec<Waiting>>>);

#[derive(Debug)]
struct Waiting {
    counted: Counted,
    turn: oneshot::Sender<Turn>,
}

#[derive(Debug)]
enum Turn {
    /// Write these: one's own effect, and those of the others.
    Lead(Counted, Vec<Waiting>),
    /// Somebody else has written it.
    Over(Result<(), Failure>),
}

impl Groups {
    /// Writes an effect, with others or alone.
    pub(super) async fn commit(&self, connections: &Connections, counted: Counted) -> Result<(), Failure> {
        let who = counted.who.clone();
        let (own, others) = match self.enter(counted) {
            Entered::Leads(own) => (own, Vec::new()),
            Entered::Waits(turns) => match turns.await {
                Ok(Turn::Lead(own, others)) => (own, others),
                Ok(Turn::Over(outcome)) => return outcome,
                // Whoever wrote it has been cut off, after the commit perhaps.
                Err(_) => return Err(Error::Unknown("the commit was broken off".into()).into()),
            },
        };
        let _lead = Lead { groups: self, who: &who };
        write(connections, own, others).await
    }

    fn enter(&self, counted: Counted) -> Entered {
        let mut groups = self.0.lock();
        let Some(waiting) = groups.get_mut(&counted.who) else {
            groups.insert(counted.who.clone(), Vec::new());
            return Entered::Leads(counted);
        };
        let (turn, turns) = oneshot::channel();
        waiting.push(Waiting { counted, turn });
        Entered::Waits(turns)
    }

    /// Makes the first that waits the next to write, with as many as may go together.
    fn pass_on(&self, who: &Who) {
        let mut groups = self.0.lock();
        while let Some(waiting) = groups.get_mut(who) {
            let mut group = waiting.drain(..waiting.len().min(MOST_TOGETHER));
            let Some(first) = group.next() else {
                drop(group);
                groups.remove(who);
                return;
            };
            let others = group.collect();
            let Err(Turn::Lead(_, others)) = first.turn.send(Turn::Lead(first.counted, others)) else {
                return;
            };
            // It is gone and its effect with it; the others are still there.
            waiting.splice(..0, others);
        }
    }
}

enum Entered {
    Leads(Counted),
    Waits(oneshot::Receiver<Turn>),
}

/// However it ends, those who wait get their turn.
struct Lead<'g> {
    groups: &'g Groups,
    who: &'g Who,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.groups.pass_on(self.who);
    }
}

async fn write(connections: &Connections, own: Counted, others: Vec<Waiting>) -> Result<(), Failure> {
    if others.is_empty() {
        return write_all(connections, &[&own]).await;
    }
    let all: Vec<&Counted> = std::iter::once(&own).chain(others.iter().map(|other| &other.counted)).collect();
    let together = write_all(connections, &all).await;
    // One of them is refused: alone, each gets the outcome that is its own.
    if together.as_ref().is_err_and(is_of_one) && !sabotage::on("lost_group") {
        for other in others {
            let outcome = write_all(connections, &[&other.counted]).await;
            let _ = other.turn.send(Turn::Over(outcome));
        }
        return write_all(connections, &[&own]).await;
    }
    let together = if sabotage::on("lost_group") { Ok(()) } else { together };
    for other in others {
        let _ = other.turn.send(Turn::Over(together.clone()));
    }
    together
}

/// Whether a failure may concern one of several only; an outage or a lost race concerns all.
fn is_of_one(failure: &Failure) -> bool {
    match failure {
        Failure::Again(_) | Failure::KeyExists => false,
        Failure::Error(error) => !error.is_outage() && !matches!(error, Error::Unknown(_)),
    }
}

async fn write_all(connections: &Connections, all: &[&Counted]) -> Result<(), Failure> {
    let (tenant, consumer) = &all[0].who;
    let mut steps = vec![statements::handled(*tenant, consumer, all)];
    steps.extend(added_up(*tenant, all)?);
    commit::apply(connections, &steps).await
}

/// One statement for each counter, in the order of their keys.
fn added_up(tenant: TenantId, all: &[&Counted]) -> Result<Vec<Step>, Failure> {
    let mut sums: BTreeMap<&Counter, i64> = BTreeMap::new();
    for counted in all {
        for (counter, amount) in &counted.counts {
            let sum = sums.entry(counter).or_default();
            let too_much = || Error::Defect(format!("counts of `{}` add up to more than fits", counter.0));
            *sum = sum.checked_add(*amount).ok_or_else(too_much)?;
        }
    }
    let step = |((table, key, column), sum): (&Counter, i64)| {
        statements::count(tenant, &Write::count(table, key.clone(), column, sum), column, sum)
    };
    Ok(sums.into_iter().map(step).collect())
}
