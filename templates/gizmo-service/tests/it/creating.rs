use crate::{ROOT, create, path_of, with_service};
use serde_json::json;

#[test]
fn a_new_one_is_a_draft_of_version_1_and_its_location_shows_it() {
    with_service(|service| {
        let reply = service.post(ROOT, &json!({ "name": "first", "description": "of all" })).is(201);
        let made = reply.json();
        assert_eq!(made["name"], "first");
        assert_eq!(made["description"], "of all");
        assert_eq!(made["status"], "draft");
        assert_eq!(made["version"], 1);
        assert_eq!(made["created_at"], made["updated_at"]);
        assert_eq!(made.as_object().unwrap().len(), 7, "{made}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("etag"), Some("\"1\""));
        assert_eq!(reply.header("location"), Some(path_of(&made).as_str()));

        let shown = service.get(&path_of(&made)).is(200);
        assert_eq!(shown.json(), made);
        assert_eq!(shown.header("etag"), Some("\"1\""));
    });
}

#[test]
fn a_caller_who_has_the_version_already_gets_no_body() {
    with_service(|service| {
        let made = create(service, "known");
        let ask = |tag| service.request("GET", &path_of(&made)).header("if-none-match", tag).send();
        for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
            let reply = ask(known).is(304);
            assert_eq!(reply.header("etag"), Some("\"1\""), "{known}");
            assert!(reply.body.is_empty(), "{known}");
        }
        assert_eq!(ask("\"2\"").is(200).json(), made);
        ask("1").is_problem(400, "malformed_header");
    });
}

#[test]
fn a_name_is_trimmed_and_a_missing_description_is_empty() {
    with_service(|service| {
        let made = create(service, " \t outer spaces\n");
        assert_eq!(made["name"], "outer spaces");
        assert_eq!(made["description"], "");
    });
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    with_service(|service| {
        create(service, "Ångström ÑANDÚ");
        for name in ["Ångström ÑANDÚ", "ångström ñandú", "  ÅNGSTRÖM ÑANDÚ "] {
            service.post(ROOT, &json!({ "name": name })).is_problem(409, "name_taken");
        }
        create(service, "Angstrom Nandu");
    });
}

#[test]
fn names_have_1_to_100_characters_and_descriptions_up_to_500() {
    with_service(|service| {
        let longest = json!({ "name": "é".repeat(100), "description": "🦀".repeat(500) });
        assert_eq!(service.post(ROOT, &longest).is(201).json()["description"], longest["description"]);
        create(service, "x");

        let both = json!({ "name": "é".repeat(101), "description": "é".repeat(501) });
        let problem = service.post(ROOT, &both).is_problem(422, "invalid_fields");
        let errors = problem["errors"].as_array().unwrap();
        let told: Vec<_> = errors.iter().map(|error| (&error["pointer"], &error["code"])).collect();
        let too_long = json!("too_long");
        assert_eq!(told, [(&json!("/name"), &too_long), (&json!("/description"), &too_long)]);
        for empty in ["", "   "] {
            let problem = service.post(ROOT, &json!({ "name": empty })).is_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/name", "{problem}");
        }
    });
}

#[test]
fn a_batch_creates_all_of_its_items_in_their_order() {
    with_service(|service| {
        let items: Vec<_> = (0..100).map(|at| json!({ "name": format!("batch {at}") })).collect();
        let made = service.post(&format!("{ROOT}:batch"), &json!({ "items": items })).is(201).json();
        let made = made["items"].as_array().unwrap();
        assert_eq!(made.len(), 100);
        for (at, one) in made.iter().enumerate() {
            assert_eq!(one["name"], format!("batch {at}"));
            assert_eq!(service.get(&path_of(one)).is(200).json(), *one);
        }
    });
}

#[test]
fn a_batch_with_wrong_items_names_them_and_creates_none() {
    with_service(|service| {
        create(service, "Taken");
        let batch = |items| service.post(&format!("{ROOT}:batch"), &json!({ "items": items }));
        let pointers = |problem: serde_json::Value| -> Vec<String> {
            let errors = problem["errors"].as_array().unwrap().iter();
            errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
        };

        let wrong =
            json!([{ "name": "good" }, { "name": "" }, { "name": "x", "description": "é".repeat(501) }]);
        let problem = batch(wrong).is_problem(422, "invalid_fields");
        assert_eq!(pointers(problem), ["/items/1/name", "/items/2/description"]);

        let taken = json!([{ "name": "taken" }, { "name": "good" }, { "name": "other" }, { "name": "GOOD" }]);
        let problem = batch(taken).is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "name_taken", "{problem}");
        assert_eq!(pointers(problem), ["/items/0/name", "/items/3/name"]);

        for count in [0, 101] {
            let items: Vec<_> = (0..count).map(|at| json!({ "name": format!("one of many {at}") })).collect();
            let problem = batch(json!(items)).is_problem(422, "invalid_fields");
            assert_eq!(pointers(problem), ["/items"]);
        }
        assert_eq!(service.get(ROOT).json()["items"].as_array().unwrap().len(), 1);
    });
}
