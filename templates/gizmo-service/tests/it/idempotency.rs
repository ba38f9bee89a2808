use crate::{ROOT, act, create, names_of, path_of, with_home, with_service};
use cloudlab_testing::service::{Reply, Service};
use serde_json::{Value, json};

fn under(service: &Service, key: &str, path: &str, body: &Value) -> Reply {
    service.request("POST", path).header("idempotency-key", key).json(body).send()
}

/// A repetition has the status, the body to the byte, and every header but those of the single request.
#[track_caller]
fn is_repetition(first: &Reply, again: &Reply) {
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    for name in ["content-type", "etag", "location"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
}

#[test]
fn a_repeated_request_gets_the_first_reply_and_has_no_second_effect() {
    with_service(|service| {
        let body = json!({ "name": "once" });
        let first = under(service, "key-1", ROOT, &body).is(201);
        assert_eq!(first.header("idempotency-replayed"), None);
        is_repetition(&first, &under(service, "key-1", ROOT, &body));
        act(service, &first.json(), "archive");
        is_repetition(&first, &under(service, "key-1", ROOT, &body));

        let batch = json!({ "items": [{ "name": "a" }, { "name": "b" }] });
        let first = under(service, "key-1", &format!("{ROOT}:batch"), &batch).is(201);
        is_repetition(&first, &under(service, "key-1", &format!("{ROOT}:batch"), &batch));
        assert_eq!(names_of(&service.get(ROOT).json()), ["once", "a", "b"]);
    });
}

#[test]
fn another_request_under_the_same_key_is_refused() {
    with_service(|service| {
        let first = under(service, "shared", ROOT, &json!({ "name": "mine" })).is(201).json();
        let other = under(service, "shared", ROOT, &json!({ "name": "other" }));
        other.is_problem(422, "idempotency_key_reused");

        let second = create(service, "second");
        let activate = |one: &Value| format!("{}/activate", path_of(one));
        under(service, "step", &activate(&first), &json!({})).is(200);
        under(service, "step", &activate(&second), &json!({})).is_problem(422, "idempotency_key_reused");
        assert_eq!(service.get(&path_of(&second)).json()["status"], "draft");
    });
}

#[test]
fn a_key_belongs_to_its_tenant_and_its_operation() {
    with_service(|service| {
        let body = json!({ "name": "mine" });
        let mine = under(service, "k", ROOT, &body).is(201);
        let theirs = service.request("POST", ROOT).header("idempotency-key", "k");
        let theirs =
            theirs.header("x-tenant-id", "0190b5a0-0000-7000-8000-00000000000b").json(&body).send().is(201);
        assert_eq!(theirs.header("idempotency-replayed"), None);
        assert_ne!(theirs.json()["id"], mine.json()["id"]);
        let activated =
            under(service, "k", &format!("{}/activate", path_of(&mine.json())), &json!({})).is(200);
        assert_eq!(activated.header("idempotency-replayed"), None);
    });
}

#[test]
fn a_repeated_step_gets_its_reply_and_not_that_it_is_done_already() {
    with_service(|service| {
        let made = create(service, "stepwise");
        for step in ["activate", "archive"] {
            let path = format!("{}/{step}", path_of(&made));
            let first = under(service, "same for both", &path, &json!({})).is(400);
            first.is_problem(400, "malformed_header");
            let first = under(service, "same-for-both", &path, &json!({})).is(200);
            is_repetition(&first, &under(service, "same-for-both", &path, &json!({})));
        }
    });
}

#[test]
fn a_repeated_revision_gets_its_reply_and_not_that_it_is_stale() {
    with_service(|service| {
        let made = create(service, "revised");
        let revise = || {
            let revision = service.request("PATCH", &path_of(&made)).header("idempotency-key", "r");
            revision.header("if-match", "\"1\"").json(&json!({ "name": "anew" })).send()
        };
        let first = revise().is(200);
        act(service, &made, "activate");
        is_repetition(&first, &revise());
        assert_eq!(service.get(&path_of(&made)).json()["version"], 3);
    });
}

#[test]
fn requests_at_one_time_under_one_key_have_one_effect_and_one_reply() {
    with_service(|service| {
        let replies: Vec<Reply> = std::thread::scope(|threads| {
            let send = || under(service, "at-once", ROOT, &json!({ "name": "at once" }));
            let all: Vec<_> = (0..8).map(|_| threads.spawn(send)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        for reply in &replies {
            assert_eq!((reply.status, &reply.body), (201, &replies[0].body));
        }
        let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_some());
        assert_eq!(replayed.count(), 7);
        assert_eq!(names_of(&service.get(ROOT).json()), ["at once"]);
    });
}

#[test]
fn a_failed_attempt_is_not_kept() {
    with_service(|service| {
        let holder = create(service, "wanted");
        let attempt = || under(service, "patient", ROOT, &json!({ "name": "Wanted" }));
        attempt().is_problem(409, "name_taken");
        attempt().is_problem(409, "name_taken");
        let free = service.request("PATCH", &path_of(&holder)).header("if-match", "*");
        free.json(&json!({ "name": "given up" })).send().is(200);
        assert_eq!(attempt().is(201).header("idempotency-replayed"), None);
    });
}

#[test]
fn a_key_has_1_to_255_visible_characters() {
    with_service(|service| {
        let body = json!({ "name": "keyed" });
        for wrong in ["", "two words", "é", &"k".repeat(256)] {
            under(service, wrong, ROOT, &body).is_problem(400, "malformed_header");
        }
        let longest = "k".repeat(255);
        let first = under(service, &longest, ROOT, &body).is(201);
        is_repetition(&first, &under(service, &longest, ROOT, &body));
    });
}

#[test]
fn a_kept_reply_outlives_the_process() {
    with_home(|home| {
        let body = json!({ "name": "durable" });
        let service = home.start();
        let first = under(&service, "durable", ROOT, &body).is(201);
        service.kill();
        let service = home.start();
        is_repetition(&first, &under(&service, "durable", ROOT, &body));
        assert_eq!(names_of(&service.get(ROOT).json()), ["durable"]);
    });
}
