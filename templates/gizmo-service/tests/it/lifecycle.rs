use crate::{ROOT, act, create, path_of, with_service};
use serde_json::json;

#[test]
fn a_draft_is_activated_and_then_archived_and_each_step_raises_the_version() {
    with_service(|service| {
        let made = create(service, "long-lived");
        let reply = service.request("POST", &format!("{}/activate", path_of(&made))).send().is(200);
        assert_eq!(reply.header("etag"), Some("\"2\""));
        let active = reply.json();
        assert_eq!((&active["status"], &active["version"]), (&json!("active"), &json!(2)));
        assert_eq!(active["created_at"], made["created_at"]);
        assert!(active["updated_at"].as_str() > made["updated_at"].as_str(), "{active}");

        let archived = act(service, &made, "archive");
        assert_eq!((&archived["status"], &archived["version"]), (&json!("archived"), &json!(3)));
        assert_eq!(service.get(&path_of(&made)).json(), archived);
    });
}

#[test]
fn an_empty_body_is_allowed_whatever_it_is_said_to_be() {
    with_service(|service| {
        let made = create(service, "posted by curl");
        let form = "application/x-www-form-urlencoded";
        let activate = || {
            let request = service.request("POST", &format!("{}/activate", path_of(&made)));
            request.header("content-type", form)
        };
        activate().body("a=b").send().is_problem(415, "unsupported_media_type");
        assert_eq!(activate().body("").send().is(200).json()["status"], "active");
    });
}

#[test]
fn a_draft_may_be_archived_at_once() {
    with_service(|service| {
        let made = create(service, "short-lived");
        assert_eq!(act(service, &made, "archive")["status"], "archived");
    });
}

#[test]
fn a_step_that_the_lifecycle_forbids_is_a_conflict_and_changes_nothing() {
    with_service(|service| {
        let active = create(service, "active");
        let active = act(service, &active, "activate");
        let archived = create(service, "archived");
        let archived = act(service, &archived, "archive");
        for (one, step) in [(&active, "activate"), (&archived, "activate"), (&archived, "archive")] {
            let path = format!("{}/{step}", path_of(one));
            let problem = service.request("POST", &path).send().is_problem(409, "invalid_transition");
            assert!(
                problem["detail"].as_str().unwrap().contains(one["status"].as_str().unwrap()),
                "{problem}"
            );
            assert_eq!(service.get(&path_of(one)).json(), *one);
        }
    });
}

#[test]
fn a_step_may_say_for_which_version_it_is_meant() {
    with_service(|service| {
        let path = format!("{}/activate", path_of(&create(service, "guarded")));
        let step = |tag| service.request("POST", &path).header("if-match", tag).send();
        step("\"2\"").is_problem(412, "stale_version");
        step("W/\"1\"").is_problem(412, "stale_version");
        step("1").is_problem(400, "malformed_header");
        assert_eq!(step("\"1\"").is(200).json()["status"], "active");

        // The version is looked at before the lifecycle: the caller decided on something that is no more.
        step("\"1\"").is_problem(412, "stale_version");
        let any = format!("{}/archive", path_of(&create(service, "any version")));
        assert_eq!(service.request("POST", &any).header("if-match", "*").send().is(200).json()["version"], 2);
    });
}

#[test]
fn a_step_takes_an_empty_object_as_its_body_and_nothing_more() {
    with_service(|service| {
        let path = format!("{}/activate", path_of(&create(service, "bodily")));
        service.post(&path, &json!({ "force": true })).is_problem(422, "invalid_fields");
        assert_eq!(service.post(&path, &json!({})).is(200).json()["status"], "active");
    });
}

#[test]
fn what_does_not_exist_cannot_be_shown_or_changed() {
    with_service(|service| {
        for id in
            ["0190b5a0-0000-7000-8000-000000000000", "7", "not-a-uuid", "0190B5A000007000800000000000000"]
        {
            let path = format!("{ROOT}/{id}");
            service.get(&path).is_problem(404, "not_found");
            service.request("POST", &format!("{path}/activate")).send().is_problem(404, "not_found");
            service.request("POST", &format!("{path}/archive")).send().is_problem(404, "not_found");
            let patch = service.request("PATCH", &path).header("if-match", "*");
            patch.json(&json!({ "name": "x" })).send().is_problem(404, "not_found");
        }
    });
}
