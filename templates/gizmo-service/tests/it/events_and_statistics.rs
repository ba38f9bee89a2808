use crate::{ROOT, act, create, until_statistics, with_home, with_service};
use cloudlab_core::{Commit, Principal, RequestContext, TenantId, Uuid, event};
use cloudlab_testing::service::{Service, wait_until};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

event! {
    /// A fact that this service never publishes and so cannot understand.
    pub struct AcmeGizmoMislaid("acme_gizmo", "mislaid") {
        pub shelf: i64,
    }
}

const SUBJECT: Uuid = Uuid::from_u128(0x0190_b5a0_0000_7000_8000_0000_0000_00aa);

/// One commit by somebody else, with an event that no consumer knows.
fn mislaid() -> Commit {
    let operator = RequestContext::new(TenantId::DEVELOPMENT, Principal::anonymous(), "a test");
    Commit::new(&operator).publish(AcmeGizmoMislaid { id: SUBJECT, shelf: 7 })
}

fn letters(service: &Service) -> Vec<Value> {
    let listed = service.operator("GET", "/dead-letters").send().is(200).json();
    listed["items"].as_array().unwrap().clone()
}

#[test]
fn the_statistics_follow_every_change_within_moments() {
    with_service(|service| {
        until_statistics(service, 0, 0, 0);
        let first = create(service, "first");
        create(service, "second");
        let third = create(service, "third");
        until_statistics(service, 3, 0, 0);
        act(service, &first, "activate");
        act(service, &third, "archive");
        until_statistics(service, 1, 1, 1);
        act(service, &first, "archive");
        until_statistics(service, 1, 0, 2);

        let begun = Instant::now();
        create(service, "timed");
        until_statistics(service, 2, 0, 2);
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    });
}

#[test]
fn a_batch_counts_as_often_as_it_has_items() {
    with_service(|service| {
        let items: Vec<_> = (0..100).map(|at| json!({ "name": format!("counted {at}") })).collect();
        service.post(&format!("{ROOT}:batch"), &json!({ "items": items })).is(201);
        until_statistics(service, 100, 0, 0);
    });
}

#[test]
fn events_of_one_aggregate_are_numbered_without_gaps_and_those_of_others_apart() {
    with_home(|home| {
        let service = home.start();
        for name in ["first", "second"] {
            let made = create(&service, name);
            service.post(ROOT, &json!({ "name": name })).is_problem(409, "name_taken");
            act(&service, &made, "activate");
            act(&service, &made, "archive");
        }
        let streams = "SELECT count(*) AS number FROM (SELECT stream FROM journal GROUP BY stream \
            HAVING min(sequence) = 1 AND max(sequence) = 3 AND count(DISTINCT sequence) = 3) AS whole";
        assert_eq!(home.number(streams), 2);
        assert_eq!(home.number("SELECT count(*) AS number FROM journal"), 6);
    });
}

#[test]
fn an_event_that_nobody_understands_is_parked_as_it_travelled_and_holds_up_nothing() {
    with_home(|home| {
        let service = home.start();
        home.commit(mislaid());
        create(&service, "behind it");
        until_statistics(&service, 1, 0, 0);
        wait_until("the event is parked", Duration::from_secs(10), || !letters(&service).is_empty());

        let parked = letters(&service);
        let (letter, message) = (&parked[0], &parked[0]["message"]);
        assert_eq!(letter["consumer"], "statistics");
        assert_eq!(letter["topic"], "cloudlab.gizmo-service.acme_gizmo");
        assert!(letter["cause"].as_str().unwrap().contains("acme_gizmo.mislaid.v1"), "{letter}");
        assert_eq!((&letter["attempts"], &letter["replayed_at"]), (&json!(1), &Value::Null));
        assert_eq!(message["specversion"], "1.0");
        assert_eq!(message["source"], "/gizmo-service");
        assert_eq!(message["type"], "acme_gizmo.mislaid.v1");
        assert_eq!(message["subject"], SUBJECT.to_string());
        assert_eq!(message["tenantid"], TenantId::DEVELOPMENT.to_string());
        assert_eq!(
            (&message["sequence"], &message["datacontenttype"]),
            (&json!(1), &json!("application/json"))
        );
        assert_eq!(message["data"], json!({ "id": SUBJECT.to_string(), "shelf": 7 }));
        assert!(message["id"].is_string() && message["time"].is_string(), "{message}");
        assert_eq!(service.operator("GET", "/outbox").send().is(200).json()["dead_letters_waiting"], 1);
    });
}

#[test]
fn a_dead_letter_that_is_replayed_too_early_is_refused_with_the_cause_and_stays() {
    with_home(|home| {
        let service = home.start();
        home.commit(mislaid());
        wait_until("the event is parked", Duration::from_secs(10), || letters(&service).len() == 1);
        let id = letters(&service)[0]["id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            let problem = service.operator("POST", &format!("/dead-letters/{id}/replay")).send();
            let problem = problem.is_problem(409, "conflict");
            assert!(problem["detail"].as_str().unwrap().contains("acme_gizmo.mislaid.v1"), "{problem}");
        }
        let parked = letters(&service);
        assert_eq!((parked.len(), &parked[0]["replayed_at"]), (1, &Value::Null));
        for unknown in ["0190b5a0-0000-7000-8000-000000000000", "7"] {
            let replay = service.operator("POST", &format!("/dead-letters/{unknown}/replay")).send();
            replay.is_problem(404, "not_found");
        }
    });
}

#[test]
fn an_event_that_was_committed_while_nobody_listened_is_delivered_later() {
    with_home(|home| {
        assert_eq!(home.start().stop().code, Some(0));
        home.commit(mislaid());
        let service = home.start();
        wait_until("the event arrives", Duration::from_secs(10), || letters(&service).len() == 1);
        service.kill();
        let service = home.start();
        create(&service, "afterwards");
        until_statistics(&service, 1, 0, 0);
        assert_eq!(letters(&service).len(), 1);
    });
}
