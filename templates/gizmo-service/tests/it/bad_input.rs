use crate::{ROOT, create, embedded, names_of, path_of, with_service};
use cloudlab_testing::service::{Reply, Service};
use serde_json::{Value, json};

fn send(service: &Service, body: impl Into<Vec<u8>>) -> Reply {
    service.request("POST", ROOT).header("content-type", "application/json").body(body).send()
}

#[test]
fn what_is_no_json_is_malformed() {
    with_service(|service| {
        let invalid_utf8 = b"{\"name\":\"\xff\"}".to_vec();
        for body in [
            &b""[..],
            b"{",
            b"{\"name\":}",
            b"{\"name\":\"x\"} more",
            b"name=x",
            b"{'name':'x'}",
            &invalid_utf8,
        ] {
            send(service, body).is_problem(400, "malformed_body");
        }
        let deep = format!("{{\"name\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!([400, 422].contains(&send(service, deep).status));
        assert!(names_of(&service.get(ROOT).json()).is_empty());
    });
}

#[test]
fn json_of_the_wrong_shape_is_told_field_by_field() {
    with_service(|service| {
        let cases = [
            (r#"{"name":"x","colour":"red"}"#, "/colour"),
            (r#"{"description":"nameless"}"#, "/name"),
            (r#"{"name":7}"#, "/name"),
            (r#"{"name":null}"#, "/name"),
            (r#"{"name":["x"]}"#, "/name"),
            (r#"{"name":"x","description":{}}"#, "/description"),
            (r#"{"name":"with \u0000 inside"}"#, "/name"),
            (r#"["x"]"#, ""),
            (r#""x""#, ""),
            ("null", ""),
        ];
        for (body, pointer) in cases {
            let problem = send(service, body).is_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        }
    });
}

/// What is wrong where, as `/items/0/name required`.
fn told(problem: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| format!("{} {}", text(&error["pointer"]), text(&error["code"]))).collect()
}

#[test]
fn everything_wrong_is_told_at_once_with_the_index_of_each_wrong_item() {
    with_service(|service| {
        let batch = |body: &str| {
            let request = service.request("POST", &format!("{ROOT}:batch"));
            request.header("content-type", "application/json").body(body).send()
        };
        let one = send(service, r#"{"colour":1,"size":2,"name":7}"#).is_problem(422, "invalid_fields");
        assert_eq!(told(&one), ["/colour unknown_field", "/size unknown_field", "/name wrong_type"]);
        let shapes = batch(r#"{"items":[{},{"name":7},{"name":"ok","x":1},{"name":""}]}"#);
        assert_eq!(
            told(&shapes.is_problem(422, "invalid_fields")),
            ["/items/0/name required", "/items/1/name wrong_type", "/items/2/x unknown_field"]
        );
        let long = "x".repeat(501);
        let rules = batch(&format!(
            r#"{{"items":[{{"name":" ","description":"{long}"}},{{"name":"ok"}},{{"name":""}}]}}"#
        ));
        assert_eq!(
            told(&rules.is_problem(422, "invalid_fields")),
            ["/items/0/name required", "/items/0/description too_long", "/items/2/name required"]
        );
        assert!(names_of(&service.get(ROOT).json()).is_empty());
    });
}

#[test]
fn a_reply_is_not_many_times_as_long_as_the_request() {
    let service = &embedded().start();
    for item in [r#"{"name":""}"#, "{}", "7"] {
        let body = format!(r#"{{"items":[{}]}}"#, vec![item; 85_000].join(","));
        let request = service.request("POST", &format!("{ROOT}:batch"));
        let reply = request.header("content-type", "application/json").body(body).send();
        let problem = reply.is_problem(422, "invalid_fields");
        assert!(problem["errors"].as_array().unwrap().len() <= 100 && reply.text().len() < 20_000);
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_since_readers_disagree_which_one_counts() {
    with_service(|service| {
        let reply = send(service, r#"{"name":"first","name":"second"}"#);
        assert!([400, 422].contains(&reply.status), "{}", reply.text());
        assert!(names_of(&service.get(ROOT).json()).is_empty());
    });
}

#[test]
fn names_of_every_script_come_back_as_they_were_sent() {
    with_service(|service| {
        let names = [
            "数据 湖",
            "שלום",
            "🦀🏳️‍🌈",
            "line\nbreak",
            "quote\" \\ slash",
            "'; DROP TABLE journal; --",
            "%_",
            "ß",
        ];
        for name in names {
            let made = create(service, name);
            assert_eq!(service.get(&path_of(&made)).json()["name"], name);
        }
        assert_eq!(names_of(&service.get(ROOT).json()), names);
    });
}

#[test]
fn only_json_is_read() {
    with_service(|service| {
        for media in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "json"] {
            let reply =
                service.request("POST", ROOT).header("content-type", media).body(r#"{"name":"x"}"#).send();
            reply.is_problem(415, "unsupported_media_type");
        }
        let bare = service.request("POST", ROOT).body(r#"{"name":"x"}"#).send();
        bare.is_problem(415, "unsupported_media_type");
        let charset = service.request("POST", ROOT).header("content-type", "application/json; charset=utf-8");
        charset.body(r#"{"name":"x"}"#).send().is(201);
    });
}

#[test]
fn a_body_that_is_too_large_gets_a_reply_that_its_sender_can_read() {
    with_service(|service| {
        for bytes in [1 << 20, 10_000_000] {
            let body = json!({ "name": "x", "description": "x".repeat(bytes) }).to_string();
            send(service, body).is_problem(413, "body_too_large");
        }
        let padded = format!("{{\"name\":\"padded\"{}}}", " ".repeat((1 << 20) - 17));
        assert_eq!(padded.len(), 1 << 20);
        send(service, padded).is(201);
    });
}

#[test]
fn an_unknown_path_and_a_wrong_method_are_told_apart() {
    with_service(|service| {
        let made = create(service, "there");
        let unknown = [
            format!("{ROOT}s"),
            format!("{}/explode", path_of(&made)),
            "/v2".into(),
            "/".into(),
            format!("{ROOT}/"),
        ];
        for path in unknown {
            service.get(&path).is_problem(404, "route_not_found");
        }
        let methods = [
            ("DELETE", ROOT.to_owned(), "POST"),
            ("PUT", path_of(&made), "PATCH"),
            ("GET", format!("{ROOT}:batch"), "POST"),
        ];
        for (method, path, allowed) in methods {
            let reply = service.request(method, &path).send();
            reply.is_problem(405, "method_not_allowed");
            assert!(reply.header("allow").unwrap_or_default().contains(allowed), "{:?}", reply.headers);
        }
    });
}

#[test]
fn the_callers_request_id_comes_back_when_it_is_sane_and_else_a_new_one() {
    with_service(|service| {
        let ask = |id: &str| {
            let reply = service.request("GET", ROOT).header("x-request-id", id).send().is(200);
            reply.header("x-request-id").unwrap().to_owned()
        };
        assert_eq!(ask("order-4711"), "order-4711");
        for insane in ["two words", "", "é", &"x".repeat(500)] {
            let given = ask(insane);
            assert!(given != insane && !given.is_empty(), "{given}");
        }
        let problem = service.request("GET", "/nowhere").header("x-request-id", "traced").send();
        assert_eq!(problem.is_problem(404, "route_not_found")["request_id"], "traced");
        let fresh = service.get(ROOT);
        assert_ne!(fresh.header("x-request-id"), service.get(ROOT).header("x-request-id"));
    });
}
