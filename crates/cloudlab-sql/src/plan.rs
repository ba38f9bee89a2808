//! A commit as an engine executes it: checked, given identity and time, with its locks in order.
//!
//! Deadlocks come from two commits that lock the same rows in different orders. Rows that exist before the commit
//! are therefore locked first, tables by name and rows by key, whatever the written order is; a commit that
//! touches only one such row needs no lock statement of its own, since its write takes the lock.

use cloudlab_core::store::Error;
use cloudlab_core::{
    Change, Commit, Deadline, Expect, Idempotency, Ids, InboxKey, Key, NewEvent, Principal, Reply, TenantId,
    Timestamp, TraceParent, Uuid, Write,
};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// More rows than this in one commit block everybody else too long.
const MOST_WRITES: usize = 10_000;

/// A commit ready for an engine.
#[derive(Debug)]
pub(crate) struct Plan {
    pub tenant: TenantId,
    pub at: Timestamp,
    pub principal: Principal,
    pub request_id: String,
    pub trace: Option<TraceParent>,
    /// Until when somebody waits.
    pub deadline: Option<Deadline>,
    pub kept: Option<Kept>,
    pub inbox: Option<InboxKey>,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite's writer is alone"))]
    pub locks: Vec<TableLock>,
    pub expects: Vec<Expect>,
    pub writes: Vec<Write>,
    pub events: Vec<PlannedEvent>,
}

/// The reply that the commit keeps under its key.
#[derive(Debug)]
pub(crate) struct Kept {
    pub idempotency: Arc<Idempotency>,
    pub reply: Reply,
}

/// An event with its identity.
#[derive(Debug)]
pub(crate) struct PlannedEvent {
    pub event_id: Uuid,
    pub event: NewEvent,
}

/// Existing rows of one table, in key order.
#[derive(Debug, PartialEq)]
pub(crate) struct TableLock {
    pub table: &'static str,
    pub keys: Vec<Key>,
    /// Whether a shared lock is enough: no row of the table is written.
    pub shared: bool,
}

impl Plan {
    /// Checks a commit and completes it.
    pub fn new(commit: Commit, ids: &dyn Ids, at: Timestamp) -> Result<Self, Error> {
        let parts = commit.into_parts();
        if let Some(defect) = parts.defect {
            return Err(Error::Defect(defect));
        }
        refuse_repeated_rows(&parts.writes, &parts.expects)?;
        refuse_ignored_conditions(&parts.writes)?;
        let kept = match (parts.idempotency, parts.reply) {
            (Some(idempotency), Some(reply)) => Some(Kept { idempotency, reply }),
            (Some(_), None) if parts.inbox.is_none() => {
                let cure = "end the commit with `.reply(&result)`, or the key protects nothing";
                return Err(Error::Defect(format!("the request has an idempotency key: {cure}")));
            }
            _ => None,
        };
        let mut writes = parts.writes;
        let locks = if crate::sabotage::on("lock_order") {
            Vec::new()
        } else {
            sort_counts(&mut writes);
            locks(&writes, &parts.expects)
        };
        let planned = |event| PlannedEvent { event_id: ids.next(), event };
        Ok(Self {
            tenant: parts.tenant,
            at,
            principal: parts.principal,
            request_id: parts.request_id,
            trace: parts.trace,
            deadline: parts.deadline,
            kept,
            inbox: parts.inbox,
            locks,
            expects: parts.expects,
            writes,
            events: if crate::sabotage::on("no_events") {
                Vec::new()
            } else {
                parts.events.into_iter().map(planned).collect()
            },
        })
    }

    /// Whether a second execution would be noticed, so that an unknown outcome may be tried again.
    pub fn is_repeatable(&self) -> bool {
        self.kept.is_some() || self.inbox.is_some()
    }
}

fn refuse_repeated_rows(writes: &[Write], expects: &[Expect]) -> Result<(), Error> {
    if writes.len() > MOST_WRITES {
        let found = writes.len();
        return Err(Error::Defect(format!(
            "a commit holds {found} writes; at most {MOST_WRITES} are allowed"
        )));
    }
    let mut seen = HashSet::with_capacity(writes.len() + expects.len());
    let rows = writes.iter().map(|write| (write.table(), write.key()));
    for (table, key) in rows.chain(expects.iter().map(|expect| (expect.table(), expect.key()))) {
        if key.is_empty() {
            return Err(Error::Defect(format!("a write to `{table}` names no key")));
        }
        if !seen.insert((table, key)) {
            return Err(Error::Defect(format!(
                "a commit names the same row of `{table}` twice: merge the two"
            )));
        }
    }
    Ok(())
}

/// A row that may not be there yet has nothing to check a condition against.
fn refuse_ignored_conditions(writes: &[Write]) -> Result<(), Error> {
    let ignored = |write: &&Write| {
        matches!(write.change(), Change::Insert | Change::Count { .. }) && !write.conditions().is_empty()
    };
    writes.iter().find(ignored).map_or(Ok(()), |write| {
        let (table, change) = (write.table(), write.change());
        Err(Error::Defect(format!("a write to `{table}` has a condition, which {change:?} cannot check")))
    })
}

/// A row that a count creates cannot be locked before it is there. Counts that stand together commute, so they are
/// made in key order, or two commits that create the same rows would each wait for the other.
fn sort_counts(writes: &mut [Write]) {
    let is_count = |write: &Write| matches!(write.change(), Change::Count { .. });
    for together in writes.chunk_by_mut(|one, next| is_count(one) && is_count(next)) {
        together.sort_by(|one, other| (one.table(), one.key()).cmp(&(other.table(), other.key())));
    }
}

fn locks(writes: &[Write], expects: &[Expect]) -> Vec<TableLock> {
    let mut tables: BTreeMap<&'static str, (Vec<Key>, bool)> = BTreeMap::new();
    for write in writes.iter().filter(|write| write.change() != Change::Insert) {
        let (keys, shared) = tables.entry(write.table()).or_insert((Vec::new(), false));
        keys.push(write.key().clone());
        *shared = false;
    }
    for expect in expects {
        tables.entry(expect.table()).or_insert((Vec::new(), true)).0.push(expect.key().clone());
    }
    if tables.values().map(|(keys, _)| keys.len()).sum::<usize>() <= 1 {
        return Vec::new();
    }
    let lock = |(table, (mut keys, shared)): (_, (Vec<Key>, _))| {
        keys.sort();
        TableLock { table, keys, shared }
    };
    tables.into_iter().map(lock).collect()
}
