//! The laws: what must hold between the ledger and the database once all is quiet.

use crate::ledger::{Intent, Ledger, Outcome};
use crate::rows::{Event, Rows};
use cloudlab_core::Uuid;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A law that was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub law: &'static str,
    pub how: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.how)
    }
}

/// All violations.
pub fn judge(ledger: &Ledger, rows: &Rows) -> Vec<Violation> {
    let mut broken = Vec::new();
    broken.extend(outcomes(ledger, rows));
    broken.extend(delivery(rows));
    broken.extend(order(rows));
    broken.extend(rest(rows));
    broken.extend(fold(rows));
    broken
}

/// L1: acknowledged is durable. L2: anything else is wholly there or wholly absent, and refused is absent.
fn outcomes(ledger: &Ledger, rows: &Rows) -> Vec<Violation> {
    let mut by_mark: HashMap<Uuid, Vec<&Event>> = HashMap::new();
    rows.events.iter().for_each(|event| by_mark.entry(event.mark).or_default().push(event));
    let entries = ledger.entries();
    let strangers = by_mark.keys().filter(|mark| !entries.contains_key(mark));
    let mut broken: Vec<_> =
        strangers.map(|mark| violation("L2", format!("nobody asked for {mark}"))).collect();
    for (mark, (intent, outcome)) in &entries {
        let events = by_mark.get(mark).map_or(&[][..], Vec::as_slice);
        broken.extend(outcome_of(intent, outcome, events));
    }
    broken
}

fn outcome_of(intent: &Intent, outcome: &Outcome, events: &[&Event]) -> Option<Violation> {
    let (mark, found) = (intent.mark, events.len());
    let whole = intent
        .streams()
        .all(|stream| events.iter().filter(|event| event.stream == stream).count() as i64 == intent.events);
    let whole = whole && found as i64 == intent.events * intent.streams().count() as i64;
    let last = events.iter().filter(|event| event.stream == intent.probe).map(|event| event.value).max();
    match outcome {
        Outcome::Acknowledged { value } if !whole || last != Some(*value) => {
            let how = format!("{mark} was acknowledged with {value} and has {found} events up to {last:?}");
            Some(violation("L1", how))
        }
        Outcome::Refused if found > 0 => {
            Some(violation("L2", format!("{mark} was refused and has {found} events")))
        }
        Outcome::Begun if !whole => Some(violation(
            "L2",
            format!("{mark} had reached the database and has {found} events: it was cut"),
        )),
        Outcome::Unknown if !whole && found > 0 => {
            Some(violation("L2", format!("{mark} is there in part or twice: {found} events of {intent:?}")))
        }
        _ => None,
    }
}

/// L3: every committed event reached the consumer. L4: once.
fn delivery(rows: &Rows) -> Vec<Violation> {
    let mut effects: HashMap<Uuid, usize> = HashMap::new();
    rows.log.iter().for_each(|effect| *effects.entry(effect.event_id).or_default() += 1);
    let mut broken = Vec::new();
    for event in &rows.events {
        match effects.remove(&event.event_id) {
            None => broken.push(violation("L3", format!("event {} of {} is lost", event.id, event.stream))),
            Some(1) => {}
            Some(n) => broken.push(violation("L4", format!("event {} had its effect {n} times", event.id))),
        }
    }
    let unknown = effects.keys().map(|id| violation("L4", format!("an effect of {id}, which no event is")));
    broken.extend(unknown);
    broken
}

/// L5: without gaps and in order, per stream, in the journal by id and in the log by place.
fn order(rows: &Rows) -> Vec<Violation> {
    let journal = rows.events.iter().map(|event| (event.stream, event.sequence));
    let mut broken = ascending("the journal", journal);
    broken.extend(ascending("the log", rows.log.iter().map(|effect| (effect.stream, effect.sequence))));
    broken
}

fn ascending(place: &str, entries: impl Iterator<Item = (Uuid, i64)>) -> Vec<Violation> {
    let mut last: HashMap<Uuid, i64> = HashMap::new();
    let mut broken = Vec::new();
    for (stream, sequence) in entries {
        let before = last.insert(stream, sequence).unwrap_or(0);
        if sequence != before + 1 {
            broken.push(violation("L5", format!("{stream} in {place}: {sequence} follows {before}")));
        }
    }
    broken
}

/// L8, as far as the database shows it.
fn rest(rows: &Rows) -> Vec<Violation> {
    let letters = (rows.dead_letters, "dead letters that nothing explains");
    let idle = (rows.idle_in_transaction, "sessions idle in a transaction");
    let found = [letters, idle].into_iter().filter(|(count, _)| *count > 0);
    found.map(|(count, what)| violation("L8", format!("{count} {what}"))).collect()
}

/// L9: a probe is the fold of its events.
fn fold(rows: &Rows) -> Vec<Violation> {
    let mut folds: HashMap<Uuid, (i64, HashSet<Uuid>)> = HashMap::new();
    let mut broken = Vec::new();
    for event in &rows.events {
        let (value, marks) = folds.entry(event.stream).or_default();
        *value += 1;
        marks.insert(event.mark);
        if event.value != *value {
            let (id, found) = (event.id, event.value);
            broken.push(violation(
                "L9",
                format!("event {id} is number {value} of its stream and says {found}"),
            ));
        }
    }
    for probe in &rows.probes {
        let (value, marks) = folds.remove(&probe.id).unwrap_or_default();
        if (probe.value, probe.version) != (value, marks.len() as i64) {
            let commits = marks.len();
            broken.push(violation("L9", format!("{probe:?} has {value} events of {commits} commits")));
        }
    }
    broken.extend(folds.keys().map(|id| violation("L9", format!("{id} has events and is not there"))));
    broken
}

pub fn violation(law: &'static str, how: String) -> Violation {
    Violation { law, how }
}

/// Fails with the first few violations, if there is one.
pub fn uphold(broken: &[Violation]) {
    let shown: Vec<String> = broken.iter().take(12).map(Violation::to_string).collect();
    assert!(broken.is_empty(), "{} violations\n{}", broken.len(), shown.join("\n"));
}
