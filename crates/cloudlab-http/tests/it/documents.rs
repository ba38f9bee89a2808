//! What a service says about itself.

use crate::gizmos::INVALID_TRANSITION;
use crate::support::{ask, edged, get, request, settings};
use axum::Router;
use cloudlab_core::words;
use cloudlab_http::{
    CommandProblems, IfMatch, IfNoneMatch, Page, Problem, ReadProblems, Settings, Tenancy, Word, codes,
    complete, docs,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, OpenApi, ToSchema};

#[derive(Serialize, ToSchema)]
pub struct Gizmo {
    pub name: String,
}

words! {
    pub enum Sort {
        Name = "name",
        NameDescending = "-name",
    }
}

type SortWord = Word<Sort>;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its attributes are what is read")]
struct List {
    /// In which order.
    #[param(value_type = Option<SortWord>, inline)]
    sort: Option<Sort>,
}

/// Lists gizmos.
#[utoipa::path(get, path = "/v1/gizmos", params(List), responses((status = 200, body = Page<Gizmo>), ReadProblems))]
#[expect(dead_code, reason = "its attribute is what is read")]
fn list() {}

#[utoipa::path(patch, path = "/v1/gizmos/{id}", request_body = Gizmo,
    responses(CommandProblems, (status = 200, body = Gizmo), (status = 409, body = Problem, description = "Archived.")))]
#[expect(dead_code, reason = "its attribute is what is read")]
fn change() {}

#[utoipa::path(post, path = "/v1/gizmos", request_body = Gizmo, responses((status = 201, body = Gizmo), CommandProblems))]
#[expect(dead_code, reason = "its attribute is what is read")]
fn create() {}

#[utoipa::path(get, path = "/v1/gizmos/{id}", params(IfNoneMatch), responses((status = 200, body = Gizmo), ReadProblems))]
#[expect(dead_code, reason = "its attribute is what is read")]
fn show() {}

#[utoipa::path(post, path = "/v1/gizmos/{id}/stop", params(IfMatch), responses((status = 200, body = Gizmo), CommandProblems))]
#[expect(dead_code, reason = "its attribute is what is read")]
fn stop() {}

#[utoipa::path(get, path = "/health/live", responses((status = 200)))]
#[expect(dead_code, reason = "its attribute is what is read")]
fn live() {}

#[derive(OpenApi)]
#[openapi(info(title = "gizmo <service>", version = "1"), paths(list, change, create, show, stop, live))]
struct Api;

fn service() -> Router {
    let openapi = complete(Api::openapi());
    edged(docs(&openapi, &[&INVALID_TRANSITION]), Settings { tenancy: Tenancy::Required, ..settings() })
}

fn header_names(operation: &Value) -> Vec<&str> {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    parameters.iter().filter(|p| p["in"] == "header").map(|p| p["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_document_has_problems_and_common_headers() {
    let reply = get(&service(), "/openapi.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    let json = reply.json();
    let list = &json["paths"]["/v1/gizmos"]["get"];
    let change = &json["paths"]["/v1/gizmos/{id}"]["patch"];
    assert_eq!(header_names(list), ["x-tenant-id"]);
    assert_eq!(header_names(change), ["x-tenant-id", "Idempotency-Key", "If-Match"]);
    assert!(header_names(&json["paths"]["/health/live"]["get"]).is_empty());
    let problem = &list["responses"]["400"]["content"]["application/problem+json"]["schema"]["$ref"];
    assert_eq!(problem, "#/components/schemas/Problem");
    for status in ["409", "412", "413", "415", "422", "428", "503"] {
        assert!(change["responses"][status].is_object(), "{status} is missing");
    }
    let schema = &json["components"]["schemas"]["Problem"]["properties"];
    for field in ["type", "title", "status", "code", "detail", "instance", "request_id", "errors"] {
        assert!(schema[field].is_object(), "{field} is missing: {schema}");
    }
    assert_references_resolve(&json, &json);
}

#[tokio::test]
async fn operations_are_grouped_by_their_resource() {
    let json = get(&service(), "/openapi.json").await.json();
    assert_eq!(json["paths"]["/v1/gizmos/{id}/stop"]["post"]["tags"], serde_json::json!(["gizmos"]));
    assert_eq!(json["paths"]["/health/live"]["get"]["tags"], serde_json::json!([]));
}

#[tokio::test]
async fn the_document_has_preconditions_and_the_headers_of_replies() {
    let json = get(&service(), "/openapi.json").await.json();
    let operation = |path: &str, method: &str| json["paths"][path][method].clone();
    let headers = |operation: &Value, status: &str| -> Vec<String> {
        let headers = operation["responses"][status]["headers"].as_object();
        headers.map(|headers| headers.keys().cloned().collect()).unwrap_or_default()
    };
    let create = operation("/v1/gizmos", "post");
    assert_eq!(headers(&create, "201"), ["ETag", "Idempotency-Replayed", "Location"]);
    assert!(create["responses"]["404"].is_null() && create["responses"]["412"].is_null(), "{create}");
    assert!(create["responses"]["409"].is_object());
    let stop = operation("/v1/gizmos/{id}/stop", "post");
    assert!(header_names(&stop).contains(&"If-Match"));
    let if_match = stop["parameters"].as_array().unwrap().iter().find(|one| one["name"] == "If-Match");
    assert_eq!(if_match.unwrap()["required"], false);
    assert!(stop["responses"]["412"].is_object());
    assert_eq!(headers(&stop, "200"), ["ETag", "Idempotency-Replayed"]);
    let show = operation("/v1/gizmos/{id}", "get");
    assert!(header_names(&show).contains(&"If-None-Match") && show["responses"]["304"].is_object());
    assert_eq!(headers(&show, "200"), ["ETag"]);
    assert!(headers(&operation("/v1/gizmos", "get"), "200").is_empty());
}

#[tokio::test]
async fn every_reply_has_a_description() {
    let json = get(&service(), "/openapi.json").await.json();
    for (path, methods) in json["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, reply) in operation["responses"].as_object().unwrap() {
                let description = reply["description"].as_str().unwrap_or_default();
                assert!(!description.is_empty(), "{method} {path} {status} lacks a description");
            }
        }
    }
    let list = &json["paths"]["/v1/gizmos"]["get"]["responses"]["200"];
    assert_eq!(list["description"], "Lists gizmos.");
    let archived = &json["paths"]["/v1/gizmos/{id}"]["patch"]["responses"]["409"];
    assert_eq!(archived["description"], "Archived.");
}

#[tokio::test]
async fn a_patch_takes_merge_patches_and_a_post_does_not() {
    let json = get(&service(), "/openapi.json").await.json();
    let content = |path: &str, method: &str| json["paths"][path][method]["requestBody"]["content"].clone();
    let patch = content("/v1/gizmos/{id}", "patch");
    assert_eq!(patch["application/merge-patch+json"]["schema"]["$ref"], "#/components/schemas/Gizmo");
    assert_eq!(patch["application/merge-patch+json"], patch["application/json"]);
    assert_eq!(content("/v1/gizmos", "post").as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_is_missing_where_no_identity_is_asked_for() {
    let json = get(&service(), "/openapi.json").await.json();
    assert!(json["paths"]["/v1/gizmos"]["get"]["responses"]["404"].is_null());
    assert!(json["paths"]["/v1/gizmos/{id}"]["get"]["responses"]["404"].is_object());
}

#[tokio::test]
async fn a_page_refers_to_its_items_and_words_are_listed() {
    let json = get(&service(), "/openapi.json").await.json();
    let items = &json["components"]["schemas"]["Page_Gizmo"]["properties"]["items"]["items"];
    assert_eq!(*items, serde_json::json!({"$ref": "#/components/schemas/Gizmo"}));
    assert!(json["components"]["schemas"]["Gizmo"]["properties"].is_object());
    let sort = &json["paths"]["/v1/gizmos"]["get"]["parameters"][0];
    assert_eq!(sort["schema"], serde_json::json!({"type": "string", "enum": ["name", "-name"]}));
    assert_eq!((&sort["required"], &sort["description"]), (&false.into(), &"In which order.".into()));
}

fn assert_references_resolve(document: &Value, part: &Value) {
    match part {
        Value::Object(entries) => {
            if let Some(reference) = entries.get("$ref").and_then(Value::as_str) {
                assert!(
                    document.pointer(reference.trim_start_matches('#')).is_some(),
                    "{reference} is missing"
                );
            }
            entries.values().for_each(|part| assert_references_resolve(document, part));
        }
        Value::Array(items) => items.iter().for_each(|part| assert_references_resolve(document, part)),
        _ => {}
    }
}

#[tokio::test]
async fn the_page_works_without_a_network_and_names_the_service() {
    let page = get(&service(), "/docs").await;
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("http"));
    assert!(page.text().contains("<title>gizmo &lt;service&gt;</title>"), "{}", page.text());
    assert!(!page.text().contains("://"), "the page names another origin");
    let script = get(&service(), "/docs/api-viewer.js").await;
    assert_eq!((script.header("content-encoding"), &script.body[..2]), ("gzip", &[0x1f, 0x8b][..]));
    assert!(script.header("content-type").starts_with("text/javascript"));
}

#[tokio::test]
async fn every_code_has_its_page_and_the_services_own_too() {
    let service = service();
    let index = get(&service, "/docs/errors").await.text();
    for code in codes::ALL.iter().copied().chain([&INVALID_TRANSITION]) {
        let page = get(&service, &format!("/docs/errors/{}", code.code)).await;
        assert_eq!((page.status.as_u16(), page.text().as_str()), (200, code.page));
        assert!(page.header("content-type").starts_with("text/markdown"));
        assert!(index.contains(&format!("(/docs/errors/{})", code.code)));
    }
    get(&service, "/docs/errors/unheard_of").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_browser_gets_a_page_with_links_and_nothing_unescaped() {
    let headers = [("accept", "text/html,application/xhtml+xml")];
    let page = ask(&service(), request("GET /docs/errors/gizmo_is_archived", &headers, "")).await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains(r#"<a href="/docs/errors/conflict.md">conflict</a>"#), "{}", page.text());
    assert!(page.text().contains("&lt;b&gt;") && page.text().contains("<h1>"), "{}", page.text());
    let linked = ask(&service(), request("GET /docs/errors/conflict.md", &headers, "")).await;
    assert_eq!(linked.status, 200);
}
