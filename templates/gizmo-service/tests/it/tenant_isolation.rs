use crate::{ROOT, create, names_of, path_of, with_service};
use cloudlab_testing::service::{Request, Service, wait_until};
use serde_json::{Value, json};
use std::time::Duration;

const RED: &str = "0190b5a0-0000-7000-8000-00000000000a";
const BLUE: &str = "0190b5a0-0000-7000-8000-00000000000b";

fn of(tenant: &str, service: &Service, method: &str, path: &str) -> Request {
    service.request(method, path).header("x-tenant-id", tenant)
}

fn create_of(tenant: &str, service: &Service, name: &str) -> Value {
    of(tenant, service, "POST", ROOT).json(&json!({ "name": name })).send().is(201).json()
}

#[test]
fn what_belongs_to_another_tenant_looks_like_what_does_not_exist() {
    with_service(|service| {
        let made = create_of(RED, service, "red");
        let foreign = path_of(&made);
        let unknown = format!("{ROOT}/0190b5a0-0000-7000-8000-000000000000");
        let requests = [("GET", ""), ("PATCH", ""), ("POST", "/activate"), ("POST", "/archive")];
        for (method, action) in requests {
            let ask = |path: &str| {
                let ask = of(BLUE, service, method, &format!("{path}{action}")).header("if-match", "*");
                let ask = if method == "PATCH" { ask.json(&json!({ "name": "stolen" })) } else { ask };
                let mut problem = ask.send().is_problem(404, "not_found");
                let fields = problem.as_object_mut().unwrap();
                fields.remove("instance");
                fields.remove("request_id");
                problem
            };
            assert_eq!(ask(&foreign), ask(&unknown), "{method} {action}");
        }
        assert_eq!(of(RED, service, "GET", &foreign).send().is(200).json(), made);
    });
}

#[test]
fn lists_names_and_statistics_are_of_one_tenant() {
    with_service(|service| {
        create_of(RED, service, "shared name");
        create_of(BLUE, service, "Shared Name");
        create_of(BLUE, service, "blue only");
        create(service, "shared name");
        let list = |tenant| of(tenant, service, "GET", ROOT).send().is(200).json();
        assert_eq!(names_of(&list(RED)), ["shared name"]);
        assert_eq!(names_of(&list(BLUE)), ["Shared Name", "blue only"]);
        assert_eq!(names_of(&service.get(ROOT).json()), ["shared name"]);
        let count = |tenant| {
            let statistics = of(tenant, service, "GET", &format!("{ROOT}/statistics")).send().is(200).json();
            statistics["draft"].as_i64()
        };
        wait_until("each tenant counts its own", Duration::from_secs(10), || {
            (count(RED), count(BLUE)) == (Some(1), Some(2))
        });
    });
}

#[test]
fn a_cursor_of_one_tenant_shows_another_nothing_but_its_own() {
    with_service(|service| {
        for name in ["a", "b", "c"] {
            create_of(RED, service, name);
        }
        create_of(BLUE, service, "b2");
        let first = of(RED, service, "GET", &format!("{ROOT}?sort=name&limit=1")).send().is(200).json();
        let next = format!("{ROOT}?sort=name&cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(names_of(&of(BLUE, service, "GET", &next).send().is(200).json()), ["b2"]);
    });
}

#[test]
fn a_tenant_is_one_uuid() {
    with_service(|service| {
        for wrong in ["red", "", "7", "0190b5a0-0000-7000-8000-00000000000"] {
            of(wrong, service, "GET", ROOT).send().is_problem(400, "malformed_header");
        }
        of(RED, service, "GET", ROOT).header("x-tenant-id", BLUE).send().is_problem(400, "malformed_header");
    });
}
