//! Queries, pages and cursors.

use crate::gizmos::Deps;
use crate::support::{Reply, get, post, service};
use axum::Router;
use cloudlab_http::Cursor;
use std::sync::Arc;

async fn with_gizmos(count: usize) -> Router {
    let service = service(&Arc::new(Deps::default()));
    for n in 0..count {
        let body: &'static str = format!("{{\"name\":\"g{n:03}\"}}").leak();
        assert_eq!(post(&service, "/v1/gizmos", body).await.status, 201);
    }
    service
}

fn names(reply: &Reply) -> Vec<String> {
    reply.json()["items"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let service = with_gizmos(45).await;
    let mut seen = Vec::new();
    let mut path = "/v1/gizmos".to_owned();
    let mut sizes = Vec::new();
    loop {
        let reply = get(&service, &path).await;
        sizes.push(names(&reply).len());
        seen.extend(names(&reply));
        let json = reply.json();
        let Some(cursor) = json["next_cursor"].as_str() else {
            assert!(json["next_cursor"].is_null() && json.get("next_cursor").is_some());
            break;
        };
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{cursor}");
        path = format!("/v1/gizmos?cursor={cursor}");
    }
    assert_eq!(sizes, [20, 20, 5]);
    assert_eq!(seen, (0..45).map(|n| format!("g{n:03}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let service = with_gizmos(2).await;
    assert!(get(&service, "/v1/gizmos?limit=2").await.json()["next_cursor"].is_null());
    assert!(get(&service, "/v1/gizmos?limit=1").await.json()["next_cursor"].is_string());
}

#[tokio::test]
async fn a_query_is_checked_and_the_parameter_named() {
    let service = with_gizmos(1).await;
    for (query, said) in [
        ("limit=0", "the parameter limit: 0 is not from 1 to 100"),
        ("limit=101", "from 1 to 100"),
        ("limit=-1", "the parameter limit"),
        ("limit=many", "\"many\" is not a whole number"),
        ("limit=", "the parameter limit"),
        ("archived=perhaps", "the parameter archived: \"perhaps\" is not true or false"),
        ("sort=colour", "expected `name` or `id`"),
        ("colour=red", "the parameters are archived, sort, limit, cursor"),
        ("limit=1&limit=2", "the parameter limit stands twice"),
    ] {
        let problem =
            get(&service, &format!("/v1/gizmos?{query}")).await.assert_problem(400, "malformed_query");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{query}: {detail}");
    }
    for good in ["", "?", "?limit=100", "?archived=false&sort=id", "?sort=name&limit=1"] {
        assert_eq!(get(&service, &format!("/v1/gizmos{good}")).await.status, 200, "{good}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_filter_or_with_changes_is_refused() {
    let service = with_gizmos(3).await;
    let cursor = get(&service, "/v1/gizmos?limit=1").await.json()["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(names(&get(&service, &format!("/v1/gizmos?limit=1&cursor={cursor}")).await), ["g001"]);
    for other in ["archived=false", "sort=id"] {
        let reply = get(&service, &format!("/v1/gizmos?{other}&cursor={cursor}")).await;
        reply.assert_problem(400, "malformed_cursor");
    }
    let newer = cursor.replacen('a', "b", 1);
    for broken in ["", "a", "nonsense", "%20", &cursor[..cursor.len() - 3], &newer] {
        let reply = get(&service, &format!("/v1/gizmos?cursor={broken}")).await;
        reply.assert_problem(400, "malformed_cursor");
    }
}

#[test]
fn a_cursor_with_a_key_of_another_type_is_refused() {
    let cursor = Cursor::seal("by name", &("name", 7));
    assert_eq!(cursor.open::<(String, u8)>("by name").unwrap(), ("name".to_owned(), 7));
    assert!(cursor.open::<(u8, String)>("by name").is_err());
    assert!(cursor.open::<(String, u8)>("by date").is_err());
}

#[tokio::test]
async fn an_identity_that_is_none_is_unknown() {
    let service = with_gizmos(1).await;
    assert_eq!(get(&service, "/v1/gizmos/00000000-0000-0000-0000-000000000007").await.status, 200);
    for id in [
        "7",
        "00000000000000000000000000000007",
        "%7B00000000-0000-0000-0000-000000000007%7D",
        "%FF",
        "00000000-0000-0000-0000-000000000099",
    ] {
        get(&service, &format!("/v1/gizmos/{id}")).await.assert_problem(404, "not_found");
    }
}

#[test]
fn a_cursor_with_a_nul_is_refused_before_a_store_sees_it() {
    let cursor = Cursor::seal("by name", &("na\0me", 7));
    assert!(cursor.open::<(String, i64)>("by name").is_err());
    let looks_alike = Cursor::seal("by name", &("na\\u0000me", 7));
    assert!(looks_alike.open::<(String, i64)>("by name").is_ok());
}
