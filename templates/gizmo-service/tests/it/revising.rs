use crate::{ROOT, act, create, path_of, with_home, with_service};
use cloudlab_testing::service::{Reply, Service};
use serde_json::{Value, json};

fn revise(service: &Service, made: &Value, tag: &str, change: &Value) -> Reply {
    service.request("PATCH", &path_of(made)).header("if-match", tag).json(change).send()
}

#[test]
fn any_subset_of_the_fields_can_be_revised() {
    with_service(|service| {
        let made = create(service, "before");
        let reply = revise(service, &made, "\"1\"", &json!({ "name": " after " })).is(200);
        assert_eq!(reply.header("etag"), Some("\"2\""));
        assert_eq!((&reply.json()["name"], &reply.json()["description"]), (&json!("after"), &json!("")));
        let told = revise(service, &made, "\"2\"", &json!({ "description": "told" })).is(200).json();
        assert_eq!(
            (&told["name"], &told["description"], &told["version"]),
            (&json!("after"), &json!("told"), &json!(3))
        );
        let both = revise(service, &made, "*", &json!({ "name": "last", "description": "" })).is(200).json();
        assert_eq!(
            (&both["name"], &both["description"], &both["version"]),
            (&json!("last"), &json!(""), &json!(4))
        );
        assert_eq!(service.get(&path_of(&made)).json(), both);
    });
}

#[test]
fn a_revision_to_what_is_there_already_changes_nothing() {
    with_service(|service| {
        let made = create(service, "same");
        for change in [json!({}), json!({ "name": "same" }), json!({ "name": " same ", "description": "" })] {
            assert_eq!(revise(service, &made, "\"1\"", &change).is(200).json(), made, "{change}");
        }
    });
}

#[test]
fn a_revision_must_say_for_which_version_it_is_meant() {
    with_service(|service| {
        let made = create(service, "guarded");
        let change = json!({ "name": "changed" });
        let bare = service.request("PATCH", &path_of(&made)).json(&change).send();
        bare.is_problem(428, "precondition_required");
        for stale in ["\"2\"", "\"0\"", "W/\"1\"", "\"01\"", "\"abc\""] {
            revise(service, &made, stale, &change).is_problem(412, "stale_version");
        }
        for malformed in ["1", "\"1", "", "\"1\" \"2\""] {
            revise(service, &made, malformed, &change).is_problem(400, "malformed_header");
        }
        assert_eq!(service.get(&path_of(&made)).json(), made);
        revise(service, &made, "\"9\", \"1\"", &change).is(200);
    });
}

#[test]
fn of_two_revisions_of_one_version_one_wins() {
    with_service(|service| {
        let made = create(service, "contested");
        let revise =
            |at: usize| revise(service, &made, "\"1\"", &json!({ "name": format!("by {at}") })).status;
        let mut statuses: Vec<u16> = std::thread::scope(|threads| {
            let all: Vec<_> = (0..6).map(|at| threads.spawn(move || revise(at))).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
        assert_eq!(service.get(&path_of(&made)).json()["version"], 2);
    });
}

#[test]
fn a_revision_may_be_a_merge_patch_which_cannot_remove_a_field() {
    with_service(|service| {
        let made = create(service, "merged");
        let patch = |body: &str| {
            let patch = service.request("PATCH", &path_of(&made)).header("if-match", "*");
            patch.header("content-type", "application/merge-patch+json").body(body).send()
        };
        assert_eq!(
            patch(r#"{"description":"by merge-patch"}"#).is(200).json()["description"],
            "by merge-patch"
        );
        let problem = patch(r#"{"name":null}"#).is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/name", "{problem}");
        let json_patch = service.request("PATCH", &path_of(&made)).header("if-match", "*");
        let json_patch = json_patch.header("content-type", "application/json-patch+json").body("[]").send();
        json_patch.is_problem(415, "unsupported_media_type");
    });
}

#[test]
fn a_revised_name_obeys_the_rules_of_a_new_one() {
    with_service(|service| {
        create(service, "taken");
        let made = create(service, "Mine");
        revise(service, &made, "*", &json!({ "name": "TAKEN" })).is_problem(409, "name_taken");
        revise(service, &made, "*", &json!({ "name": " " })).is_problem(422, "invalid_fields");
        revise(service, &made, "*", &json!({ "description": "é".repeat(501) }))
            .is_problem(422, "invalid_fields");
        assert_eq!(revise(service, &made, "*", &json!({ "name": "mine" })).is(200).json()["name"], "mine");
        service.post(ROOT, &json!({ "name": "Mine" })).is_problem(409, "name_taken");
    });
}

#[test]
fn a_name_that_was_given_up_is_free_again() {
    with_service(|service| {
        let made = create(service, "desired");
        revise(service, &made, "*", &json!({ "name": "other" })).is(200);
        create(service, "desired");
    });
}

#[test]
fn every_change_publishes_its_event_but_a_new_description_none() {
    with_home(|home| {
        let service = home.start();
        let made = create(&service, "eventful");
        revise(&service, &made, "\"1\"", &json!({ "description": "quietly" })).is(200);
        assert_eq!(home.number("SELECT count(*) AS number FROM journal"), 1);
        revise(&service, &made, "\"2\"", &json!({ "name": "renamed" })).is(200);
        act(&service, &made, "activate");
        act(&service, &made, "archive");
        for (at, what) in ["created", "renamed", "activated", "archived"].into_iter().enumerate() {
            let sql = format!("SELECT sequence AS number FROM journal WHERE what = '{what}' AND version = 1");
            assert_eq!(home.number(&sql), i64::try_from(at).unwrap() + 1, "{what}");
        }
    });
}
