use crate::{ROOT, act, create, names_of, with_service};
use cloudlab_testing::service::Service;
use serde_json::json;

/// Every name of a list, read page by page.
fn walk(service: &Service, query: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let shown = service.get(&format!("{ROOT}?{query}{cursor}")).is(200).json();
        names.extend(names_of(&shown).into_iter().map(str::to_owned));
        let Some(next) = shown["next_cursor"].as_str() else { return names };
        let is_url_safe = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        assert!(next.chars().all(is_url_safe), "{next}");
        cursor = format!("&cursor={next}");
    }
}

#[test]
fn a_list_is_read_page_by_page_in_every_order() {
    with_service(|service| {
        for name in ["delta", "Alpha", "charlie", "Écho", "bravo"] {
            create(service, name);
        }
        let by_age = ["delta", "Alpha", "charlie", "Écho", "bravo"];
        let by_name = ["Alpha", "bravo", "charlie", "delta", "Écho"];
        let backwards = |names: [&'static str; 5]| names.into_iter().rev().collect::<Vec<_>>();
        for limit in [1, 2, 5, 100] {
            assert_eq!(walk(service, &format!("limit={limit}")), by_age);
            assert_eq!(walk(service, &format!("limit={limit}&sort=created_at")), by_age);
            assert_eq!(walk(service, &format!("limit={limit}&sort=-created_at")), backwards(by_age));
            assert_eq!(walk(service, &format!("limit={limit}&sort=name")), by_name);
            assert_eq!(walk(service, &format!("limit={limit}&sort=-name")), backwards(by_name));
        }
    });
}

#[test]
fn those_that_were_created_at_one_instant_are_shown_once_each() {
    with_service(|service| {
        let items: Vec<_> = (0..30).map(|at| json!({ "name": format!("together {at:02}") })).collect();
        service.post(&format!("{ROOT}:batch"), &json!({ "items": items })).is(201);
        for sort in ["created_at", "-created_at"] {
            let mut names = walk(service, &format!("limit=7&sort={sort}"));
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 30, "{sort}");
        }
    });
}

#[test]
fn a_page_has_20_items_unless_the_caller_says_1_to_100() {
    with_service(|service| {
        let items: Vec<_> = (0..25).map(|at| json!({ "name": format!("one of 25: {at}") })).collect();
        service.post(&format!("{ROOT}:batch"), &json!({ "items": items })).is(201);
        let count = |query: &str| names_of(&service.get(&format!("{ROOT}{query}")).is(200).json()).len();
        assert_eq!((count(""), count("?limit=1"), count("?limit=100")), (20, 1, 25));
        for limit in ["0", "101", "-1", "many", "", "1.5"] {
            service.get(&format!("{ROOT}?limit={limit}")).is_problem(400, "malformed_query");
        }
    });
}

#[test]
fn a_list_shows_every_status_unless_one_is_asked_for() {
    with_service(|service| {
        create(service, "drafted");
        let used = create(service, "used");
        act(service, &used, "activate");
        let gone = create(service, "gone");
        act(service, &gone, "archive");

        assert_eq!(walk(service, "limit=2"), ["drafted", "used", "gone"]);
        assert_eq!(walk(service, "status=draft"), ["drafted"]);
        assert_eq!(walk(service, "status=active"), ["used"]);
        assert_eq!(walk(service, "status=archived&sort=name"), ["gone"]);
        service.get(&format!("{ROOT}?status=lost")).is_problem(400, "malformed_query");
        service.get(&format!("{ROOT}?sort=colour")).is_problem(400, "malformed_query");
    });
}

#[test]
fn a_cursor_serves_the_order_and_filter_that_it_came_from() {
    with_service(|service| {
        for name in ["one", "two", "three"] {
            create(service, name);
        }
        let first = service.get(&format!("{ROOT}?limit=1")).is(200).json();
        let cursor = first["next_cursor"].as_str().unwrap();
        service.get(&format!("{ROOT}?cursor={cursor}")).is(200);
        service.get(&format!("{ROOT}?limit=3&cursor={cursor}")).is(200);
        for other in ["sort=name", "sort=-created_at", "status=draft"] {
            service.get(&format!("{ROOT}?{other}&cursor={cursor}")).is_problem(400, "malformed_cursor");
        }
        let shortened = &cursor[..cursor.len() - 3];
        for forged in [shortened, "", "a", "x", "aW10", "2", "%00", "../../etc"] {
            service.get(&format!("{ROOT}?cursor={forged}")).is_problem(400, "malformed_cursor");
        }
    });
}

#[test]
fn a_walk_neither_repeats_nor_skips_what_was_there_when_it_began() {
    with_service(|service| {
        for name in ["bravo", "delta", "foxtrot"] {
            create(service, name);
        }
        let first = service.get(&format!("{ROOT}?limit=2&sort=name")).is(200).json();
        create(service, "alpha");
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = service.get(&format!("{ROOT}?limit=2&sort=name&cursor={cursor}")).is(200).json();
        assert_eq!((names_of(&first), names_of(&rest)), (vec!["bravo", "delta"], vec!["foxtrot"]));
    });
}

#[test]
fn an_unknown_or_repeated_parameter_is_refused_and_not_ignored() {
    with_service(|service| {
        for query in ["state=draft", "limit=2&limit=3", "offset=10"] {
            service.get(&format!("{ROOT}?{query}")).is_problem(400, "malformed_query");
        }
    });
}
