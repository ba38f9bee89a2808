//! The documents that a service serves about itself, without a network: its API as OpenAPI and as a page, and the
//! page of each error code.

mod errors;
mod openapi;
mod references;

pub use openapi::{CommandProblems, ReadProblems, Word, complete};

use crate::problem::{Code, codes};
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use errors::Pages;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName};
use std::sync::Arc;
use utoipa::openapi::OpenApi;

const VIEWER: &[u8] = include_bytes!("../../assets/api-viewer.js.gz");
const PAGE: &str = include_str!("../../assets/api.html");

/// Nothing of a page comes from elsewhere, nothing goes elsewhere, and nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const NO_SNIFFING: (HeaderName, &str) = (http::header::X_CONTENT_TYPE_OPTIONS, "nosniff");
const HTML: (HeaderName, &str) = (CONTENT_TYPE, "text/html; charset=utf-8");
const MARKDOWN: (HeaderName, &str) = (CONTENT_TYPE, "text/markdown; charset=utf-8");

/// The routes `/openapi.json`, `/docs`, `/docs/errors` and `/docs/errors/{code}`.
///
/// `openapi` is served as it is given (see [`complete`]); `own_codes` are the service's, beside those of every
/// service.
pub fn docs(openapi: &OpenApi, own_codes: &[&'static Code]) -> Router {
    let document = Bytes::from(serde_json::to_vec(openapi).unwrap_or_default());
    let page = Bytes::from(PAGE.replace("{{title}}", &errors::escape(&openapi.info.title)));
    let pages = Arc::new(Pages::of(codes::ALL.iter().chain(own_codes).copied()));
    let index = Arc::clone(&pages);
    Router::new()
        .route("/openapi.json", get(async move || ([(CONTENT_TYPE, "application/json")], document)))
        .route("/docs", get(async move || ([HTML, NO_SNIFFING, (CONTENT_SECURITY_POLICY, POLICY)], page)))
        .route("/docs/api-viewer.js", get(viewer))
        .route("/docs/errors", get(async move |headers: HeaderMap| show(&headers, index.index())))
        .route(
            "/docs/errors/{code}",
            get(async move |headers: HeaderMap, Path(code): Path<String>| match pages.page(&code) {
                Some(page) => show(&headers, page),
                None => crate::path::not_found().into_response(),
            }),
        )
}

/// Every browser of the last twenty years takes gzip; to unpack it here for others would need a library.
async fn viewer() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CONTENT_ENCODING, "gzip"),
        (CACHE_CONTROL, "public, max-age=3600"),
        NO_SNIFFING,
    ];
    (headers, VIEWER)
}

/// Markdown for programs; browsers, which would offer it for download, get it as a page.
fn show(headers: &HeaderMap, markdown: &str) -> Response {
    let html = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let vary = (VARY, "accept");
    if html {
        let page = errors::page(markdown);
        ([HTML, NO_SNIFFING, vary, (CONTENT_SECURITY_POLICY, POLICY)], page).into_response()
    } else {
        ([MARKDOWN, NO_SNIFFING, vary], markdown.to_owned()).into_response()
    }
}
