//! The rules of an acme gizmo, without a server and without a clock.

use super::events::{AcmeGizmoActivated, AcmeGizmoArchived, AcmeGizmoCreated, AcmeGizmoRenamed};
use super::{AcmeGizmo, Description, Name, Revision, Rule, Status};
use cloudlab_core::{Event, Id, Timestamp, Uuid};

const ID: Uuid = Uuid::from_u128(7);

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// A draft of version 1.
fn draft() -> AcmeGizmo {
    AcmeGizmo::create(Id::new(ID), name("first"), Description::default(), at(1)).0
}

fn active() -> AcmeGizmo {
    let mut acme_gizmo = draft();
    acme_gizmo.activate(at(2)).unwrap();
    acme_gizmo
}

fn archived() -> AcmeGizmo {
    let mut acme_gizmo = draft();
    acme_gizmo.archive(at(2)).unwrap();
    acme_gizmo
}

#[test]
fn a_new_one_is_a_draft_and_tells_what_it_was_given() {
    let description = Description::parse("of all").unwrap();
    let (acme_gizmo, created) = AcmeGizmo::create(Id::new(ID), name("first"), description, at(1));
    let state = acme_gizmo.state();
    assert_eq!((state.status, state.version), (Status::Draft, 1));
    assert_eq!((state.created_at, state.updated_at), (at(1), at(1)));
    assert_eq!(created, AcmeGizmoCreated { id: ID, name: "first".into(), description: "of all".into() });
    assert_eq!(created.aggregate_id(), ID);
}

#[test]
fn a_draft_can_be_activated_and_an_active_one_archived() {
    let mut acme_gizmo = draft();
    assert_eq!(acme_gizmo.activate(at(2)), Ok(AcmeGizmoActivated { id: ID }));
    assert_eq!((acme_gizmo.state().status, acme_gizmo.state().version), (Status::Active, 2));
    assert_eq!(acme_gizmo.archive(at(3)), Ok(AcmeGizmoArchived { id: ID, from: Status::Active }));
    assert_eq!((acme_gizmo.state().status, acme_gizmo.state().version), (Status::Archived, 3));
    assert_eq!((acme_gizmo.state().created_at, acme_gizmo.state().updated_at), (at(1), at(3)));
}

#[test]
fn a_draft_can_be_archived_at_once() {
    assert_eq!(draft().archive(at(2)), Ok(AcmeGizmoArchived { id: ID, from: Status::Draft }));
}

#[test]
fn a_step_that_the_status_forbids_changes_nothing() {
    for (before, status) in [(active(), Status::Active), (archived(), Status::Archived)] {
        let mut after = before.clone();
        assert_eq!(after.activate(at(9)), Err(Rule::WrongStatus(status)));
        assert_eq!(after, before);
    }
    let mut after = archived();
    assert_eq!(after.archive(at(9)), Err(Rule::WrongStatus(Status::Archived)));
    assert_eq!(after, archived());
}

#[test]
fn a_new_name_is_an_event_and_a_new_description_is_none() {
    let mut acme_gizmo = draft();
    let renamed = acme_gizmo.revise(Revision { name: Some(name("second")), description: None }, at(2));
    assert_eq!(renamed, Some(AcmeGizmoRenamed { id: ID, from: "first".into(), to: "second".into() }));
    let described = Revision { name: None, description: Some(Description::parse("told").unwrap()) };
    assert_eq!(acme_gizmo.revise(described, at(3)), None);
    let state = acme_gizmo.state();
    assert_eq!((state.name.as_str(), state.description.as_str(), state.version), ("second", "told", 3));
    assert_eq!(state.updated_at, at(3));
}

#[test]
fn a_revision_to_what_is_there_already_changes_nothing() {
    let same = Revision { name: Some(name(" first ")), description: Some(Description::default()) };
    for revision in [same, Revision::default()] {
        let mut after = draft();
        assert_eq!(after.revise(revision, at(9)), None);
        assert_eq!(after, draft());
    }
}

#[test]
fn a_name_has_1_to_100_characters_without_its_outer_spaces() {
    assert_eq!(name(" \t two words\n").as_str(), "two words");
    assert_eq!(name(&"é".repeat(100)).as_str().chars().count(), 100);
    for wrong in [String::new(), " \n ".into(), "é".repeat(101), "nul \0 inside".into()] {
        assert!(Name::parse(&wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn names_that_differ_in_case_only_have_one_key() {
    assert_eq!(name("ÅNGSTRÖM").key(), name("ångström").key());
    assert_ne!(name("angstrom").key(), name("ångström").key());
}

#[test]
fn a_description_has_up_to_500_characters_and_keeps_its_spaces() {
    assert_eq!(Description::parse(" spaced ").unwrap().as_str(), " spaced ");
    assert!(Description::parse(&"é".repeat(500)).is_ok());
    assert!(Description::parse(&"é".repeat(501)).is_err());
}

/// One step, and whether something came of it.
fn step(acme_gizmo: &mut AcmeGizmo, which: usize, now: Timestamp) -> bool {
    let renamed = |text| Revision { name: Some(name(text)), description: None };
    match which {
        0 => acme_gizmo.activate(now).is_ok(),
        1 => acme_gizmo.archive(now).is_ok(),
        2 => acme_gizmo.revise(renamed("first"), now).is_some(),
        _ => acme_gizmo.revise(renamed("second"), now).is_some(),
    }
}

/// Every life of six steps: 4 to the power of 6 of them, with what must hold after each step.
#[test]
fn in_no_order_of_steps_is_a_version_left_out_or_a_status_taken_back() {
    for life in 0..4_usize.pow(6) {
        let mut acme_gizmo = draft();
        for (second, nth) in (2..).zip(0..6) {
            let before = acme_gizmo.state().clone();
            let happened = step(&mut acme_gizmo, life / 4_usize.pow(nth) % 4, at(second));
            let after = acme_gizmo.state();
            assert_eq!(after.version, before.version + i64::from(happened), "life {life}");
            assert_eq!(
                after.updated_at,
                if happened { at(second) } else { before.updated_at },
                "life {life}"
            );
            assert!(happened || *after == before, "life {life}");
            assert!(how_far(after.status) >= how_far(before.status), "life {life}");
            assert_eq!((after.id, after.created_at), (before.id, before.created_at), "life {life}");
        }
    }
}

fn how_far(status: Status) -> u8 {
    match status {
        Status::Draft => 0,
        Status::Active => 1,
        Status::Archived => 2,
    }
}
