//! Every law fails when its rows are wrong.

use crate::driver::probe;
use crate::laws::judge;
use crate::ledger::{Intent, Ledger, Outcome};
use crate::rows::{Effect, Event, Probe, Rows};
use cloudlab_core::Uuid;

const MARK: Uuid = Uuid::from_u128(1);

/// One step of two events, as it should be.
fn right() -> (Ledger, Rows) {
    let ledger = Ledger::default();
    let mut intent = Intent::new(MARK, probe(0));
    intent.events = 2;
    ledger.intend(&intent);
    ledger.note(MARK, Outcome::Acknowledged { value: 2 });
    let event = |number: i64| Event {
        id: number,
        event_id: Uuid::from_u128(10 + number as u128),
        stream: probe(0),
        sequence: number,
        value: number,
        mark: MARK,
    };
    let events = vec![event(1), event(2)];
    let effect =
        |event: &Event| Effect { event_id: event.event_id, stream: event.stream, sequence: event.sequence };
    let log = events.iter().map(effect).collect();
    let probes = vec![Probe { id: probe(0), value: 2, version: 1 }];
    (ledger, Rows { events, log, probes, dead_letters: 0, idle_in_transaction: 0 })
}

/// Whether exactly these laws are broken once the rows are changed.
fn breaks(laws: &[&str], change: impl FnOnce(&Ledger, &mut Rows)) {
    let (ledger, mut rows) = right();
    change(&ledger, &mut rows);
    let mut found: Vec<_> = judge(&ledger, &rows).iter().map(|violation| violation.law).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, laws);
}

#[test]
fn what_is_right_breaks_no_law() {
    breaks(&[], |_, _| {});
    breaks(&[], |ledger, _| ledger.note(MARK, Outcome::Unknown));
    breaks(&[], |ledger, _| ledger.note(MARK, Outcome::Begun));
}

#[test]
fn an_acknowledged_step_that_is_gone_breaks_the_first_law() {
    breaks(&["L1"], |_, rows| {
        rows.events.clear();
        rows.log.clear();
        rows.probes.clear();
    });
    breaks(&["L1"], |ledger, _| ledger.note(MARK, Outcome::Acknowledged { value: 7 }));
}

#[test]
fn a_refused_a_cut_and_an_unasked_step_break_the_second_law() {
    breaks(&["L2"], |ledger, _| ledger.note(MARK, Outcome::Refused));
    breaks(&["L2"], |ledger, rows| {
        ledger.note(MARK, Outcome::Begun);
        *rows = Rows::default();
    });
    breaks(&["L2"], |ledger, rows| {
        ledger.note(MARK, Outcome::Unknown);
        rows.events.pop();
        rows.log.pop();
        rows.probes[0].value = 1;
    });
    breaks(&["L1", "L2", "L9"], |_, rows| rows.events[1].mark = Uuid::from_u128(99));
}

#[test]
fn an_event_without_an_effect_breaks_the_third_law() {
    breaks(&["L3"], |_, rows| rows.log.truncate(1));
}

#[test]
fn an_effect_that_happens_twice_breaks_the_fourth_law() {
    breaks(&["L4", "L5"], |_, rows| rows.log.push(rows.log[1].clone()));
}

#[test]
fn events_and_effects_out_of_order_break_the_fifth_law() {
    breaks(&["L5"], |_, rows| rows.log.swap(0, 1));
    breaks(&["L5"], |_, rows| rows.events[1].sequence = 3);
}

#[test]
fn a_dead_letter_and_an_open_transaction_break_the_eighth_law() {
    breaks(&["L8"], |_, rows| rows.dead_letters = 1);
    breaks(&["L8"], |_, rows| rows.idle_in_transaction = 1);
}

#[test]
fn a_probe_that_is_not_the_fold_of_its_events_breaks_the_ninth_law() {
    breaks(&["L9"], |_, rows| rows.probes[0].value = 3);
    breaks(&["L9"], |_, rows| rows.probes[0].version = 2);
    breaks(&["L9"], |_, rows| rows.probes.clear());
}
