//! What is logged, once, with the identity of the request.

use crate::support::{ask, edged, request, settings};
use axum::Router;
use axum::routing::get;
use cloudlab_core::store;
use cloudlab_http::{Problem, Settings};
use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::LazyLock;
use tracing::Level;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what each test logs apart. There is one subscriber for all of them, since one that comes and goes races with
/// the tests beside it for what tracing remembers about levels.
struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

static SUBSCRIBER: LazyLock<()> = LazyLock::new(|| {
    tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_ansi(false).with_writer(|| Lines).init();
});

fn service(access_log: bool) -> Router {
    let away = async || Problem::from(store::Error::Unavailable("host=10.0.0.7".to_owned()));
    let panics = async || -> String { panic!("bad luck") };
    let router = Router::new()
        .route(
            "/v1/good",
            get(async || {
                tracing::info!("inside");
                "good"
            }),
        )
        .route("/v1/away", get(away))
        .route("/v1/panics", get(panics));
    edged(router, Settings { access_log, ..settings() })
}

/// The lines at this level and above.
async fn logged(path: &str, access_log: bool, level: Level) -> Vec<String> {
    LazyLock::force(&SUBSCRIBER);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let headers = [("x-request-id", "r-7"), ("traceparent", trace)];
    ask(&service(access_log), request(&format!("GET {path}"), &headers, "")).await;
    let text = String::from_utf8(LINES.take()).unwrap();
    let quiet = [" DEBUG ", " TRACE "];
    let shown = |line: &&str| level == Level::DEBUG || !quiet.iter().any(|quiet| line.contains(quiet));
    text.lines().filter(shown).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_operators_words_are_logged_once_with_the_request() {
    let lines = logged("/v1/away", false, Level::INFO).await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for said in
        ["WARN", "10.0.0.7", "request_id=r-7", "status=503", "4bf92f3577b34da6a3ce929d0e0e4736", "/v1/away"]
    {
        assert!(lines[0].contains(said), "{said} is missing: {}", lines[0]);
    }
}

#[tokio::test]
async fn a_panic_is_logged_as_an_error_with_the_request() {
    let lines = logged("/v1/panics", false, Level::INFO).await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for said in ["ERROR", "the handler panicked: bad luck", "request_id=r-7", "status=500"] {
        assert!(lines[0].contains(said), "{said} is missing: {}", lines[0]);
    }
}

#[tokio::test]
async fn a_good_request_is_logged_only_when_asked_for() {
    let quiet = logged("/v1/good", false, Level::INFO).await;
    assert_eq!(quiet.len(), 1, "{quiet:#?}");
    let access = logged("/v1/good", true, Level::INFO).await;
    assert_eq!(access.len(), 2, "{access:#?}");
    assert!(
        access[1].contains("status=200") && access[1].contains("tenant=00000000-0000-0000-0000-000000000001")
    );
    assert_eq!(logged("/v1/good", false, Level::DEBUG).await.len(), 2);
}

#[tokio::test]
async fn what_a_handler_logs_stands_inside_the_request() {
    let lines = logged("/v1/good", true, Level::INFO).await;
    assert!(lines[0].contains("inside") && lines[0].contains("request_id=r-7"), "{}", lines[0]);
}
