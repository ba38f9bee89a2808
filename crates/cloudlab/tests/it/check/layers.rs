//! The rule `layers`.

use super::planted::{APPLICATION, DOMAIN, INFRASTRUCTURE, INTERFACES, rows};

#[test]
fn a_layer_does_not_name_one_further_outside() {
    rows(&[
        ("domain names application", DOMAIN, "use «layers|crate::application»::Deps;"),
        (
            "domain names interfaces in a body",
            DOMAIN,
            "fn f() { «layers|crate::interfaces»::rest::routes(); }",
        ),
        ("domain names infrastructure", DOMAIN, "use «layers|crate::infrastructure»::parcels::SqlParcels;"),
        ("application names infrastructure", APPLICATION, "use «layers|crate::infrastructure»::Stored;"),
        ("application names interfaces", APPLICATION, "fn f(_: «layers|crate::interfaces»::rest::Body) {}"),
        ("interfaces name infrastructure", INTERFACES, "type T = «layers|crate::infrastructure»::Stored;"),
        ("infrastructure names interfaces", INFRASTRUCTURE, "use «layers|crate::interfaces»::rest;"),
        ("by super up to the root", DOMAIN, "use «layers|super::super::infrastructure»::Stored;"),
        ("a whole layer", APPLICATION, "use «layers|crate::infrastructure»;"),
        ("a whole layer by glob", APPLICATION, "use «layers|crate::infrastructure»::*;"),
    ]);
}

#[test]
fn the_root_is_seen_through() {
    rows(&[
        ("a private import of the root", DOMAIN, "fn f() { let _ = «layers|crate::SqlParcels»; }"),
        ("by super", APPLICATION, "use «layers|super::super::SqlParcels»;"),
        ("by the glob of the root", DOMAIN, "use «layers|super::super::*»;\nfn f(_: SqlParcels) {}"),
        ("a function of the root", INTERFACES, "fn f() { «layers|crate::deps»(); }"),
        ("a method behind a name of the root", DOMAIN, "fn f() { «layers|crate::SqlParcels»::new(); }"),
        (
            "a type of the root",
            INFRASTRUCTURE,
            "=== src/lib.rs\nmod application;\nmod domain;\nmod infrastructure;\nmod interfaces;\npub struct Settings;\n\
             === src/infrastructure/parcels.rs\npub struct SqlParcels;\nfn f(_: «layers|crate::Settings») {}",
        ),
        (
            "the root under another name",
            APPLICATION,
            "use crate as all;\nuse «layers|all::infrastructure»::Stored;",
        ),
        ("the crate's own name", APPLICATION, "fn f() { «layers|parcel_service::service»(); }"),
    ]);
}

#[test]
fn a_name_is_followed_through_imports_of_other_layers() {
    rows(&[
        (
            "an allowed layer gives away a forbidden one: said where it does",
            APPLICATION,
            "=== src/domain/parcel.rs\npub use «layers|crate::infrastructure»::Stored;\n\
             === src/application/ship.rs\nuse crate::domain::parcel::Stored;\nfn f(_: Stored) {}",
        ),
        (
            "a standard type behind a forbidden layer",
            INTERFACES,
            "=== src/infrastructure/mod.rs\npub mod parcels;\npub use std::sync::Arc as Shared;\n\
             === src/interfaces/rest.rs\nuse «layers|crate::infrastructure»::Shared;\npub fn routes(_: Shared<()>) {}",
        ),
    ]);
}

#[test]
fn an_inner_layer_does_not_know_the_technology_of_an_outer_one() {
    rows(&[
        ("the picture", DOMAIN, "\nuse «layers|sqlx»::FromRow;"),
        ("a web framework in the domain", DOMAIN, "use «layers|axum»::Json;"),
        ("the chassis in the domain", DOMAIN, "use «layers|cloudlab_chassis»::Service;"),
        ("a broker in the domain", DOMAIN, "use «layers|rdkafka»::producer::FutureProducer;"),
        ("an HTTP client in the domain", DOMAIN, "async fn f() { «layers|reqwest»::get(\"x\").await; }"),
        ("a web framework in a use case", APPLICATION, "use «layers|axum»::extract::State;"),
        ("words of HTTP in a use case", APPLICATION, "fn f() -> «layers|http»::StatusCode { todo!() }"),
        ("the chassis in a use case", APPLICATION, "use «layers|cloudlab_chassis::http»::Problem;"),
        ("an HTTP client in a use case", APPLICATION, "use «layers|reqwest»::Client;"),
        ("an HTTP client in a handler", INTERFACES, "use «layers|ureq»::Agent;"),
        ("a handler in an adapter", INFRASTRUCTURE, "use «layers|axum»::Router;"),
        (
            "the documents of an API in an adapter",
            INFRASTRUCTURE,
            "#[derive(«layers|utoipa»::ToSchema)] struct S;",
        ),
        ("the edge in an adapter", INFRASTRUCTURE, "use «layers|cloudlab_chassis::http»::Problem;"),
        ("a router in an adapter", INFRASTRUCTURE, "use «layers|cloudlab_chassis::OpenApiRouter»;"),
        ("a file in a use case", APPLICATION, "fn f() { «layers|std::fs»::read(\"x\"); }"),
        ("a socket in a use case", APPLICATION, "use «layers|tokio::net»::TcpStream;"),
        ("the environment in a use case", APPLICATION, "fn f() { «layers|std::env»::var(\"X\"); }"),
    ]);
}

#[test]
fn a_use_case_has_no_effect_besides_its_commit() {
    rows(&[
        (
            "output",
            APPLICATION,
            "fn f() { «layers|println»!(\"x\"); «layers|eprint»!(\"x\"); «layers|dbg»!(1); }",
        ),
        ("output by its full name", APPLICATION, "fn f() { «layers|std::eprintln»!(\"x\"); }"),
        ("errors' stream", APPLICATION, "fn f() { «layers|std::io::stderr»(); }"),
        ("streams of the runtime", APPLICATION, "use «layers|tokio::io»::AsyncWriteExt;"),
        ("signals", APPLICATION, "async fn f() { «layers|tokio::signal»::ctrl_c().await; }"),
        (
            "tasks",
            APPLICATION,
            "fn f() { «layers|tokio::spawn»(g()); «layers|tokio::task::spawn_blocking»(h); }",
        ),
        ("threads", APPLICATION, "use std::thread;\nfn f() { «layers|thread::spawn»(|| ()); }"),
        ("another runtime", APPLICATION, "use «layers|async_std»::fs;"),
        (
            "sockets by hand",
            APPLICATION,
            "fn f() { «layers|socket2»::Socket::new(); «layers|libc»::write(); }",
        ),
        (
            "tasks in the domain",
            DOMAIN,
            "fn f() { «domain|tokio»::spawn(g()); «domain|std::thread»::spawn(h); }",
        ),
        ("in a handler", INTERFACES, "fn f() { tokio::spawn(g()); println!(\"x\"); }"),
        (
            "joins and selections",
            APPLICATION,
            "async fn f() { tokio::join!(a(), b()); tokio::select! { a = b() => a } }",
        ),
        ("channels and locks", APPLICATION, "use tokio::sync::{Mutex, mpsc};\nuse tokio::time::timeout;"),
    ]);
}

#[test]
fn plain_parts_of_impure_modules() {
    rows(&[
        (
            "a constant of the build",
            APPLICATION,
            "const A: &str = std::env!(\"X\");\nconst B: &str = core::env!(\"X\");",
        ),
        ("a constant of the build in the domain", DOMAIN, "const A: &str = std::env!(\"X\");"),
        (
            "the platform",
            DOMAIN,
            "const A: &str = std::env::consts::OS;\nfn f() -> std::process::ExitCode { g() }",
        ),
        ("the environment besides", DOMAIN, "fn f() { «domain|std::env»::vars(); std::env!(\"X\"); }"),
        ("a process besides", APPLICATION, "use std::process::{ExitCode, «layers|Command»};"),
    ]);
}

#[test]
fn clients_and_stores_of_many_kinds() {
    rows(&[
        ("sockets of the web", INTERFACES, "use «layers|tokio_tungstenite»::connect_async;"),
        ("a cloud's", APPLICATION, "use «layers|aws_sdk_ses»::Client;\nuse «layers|aws_config»::load;"),
        (
            "a cloud's queue stays a broker",
            APPLICATION,
            "use «brokers|aws_sdk_sqs»::Client;\nuse «brokers|google_cloud_pubsub»::A;",
        ),
        (
            "other clouds'",
            INTERFACES,
            "use «layers|google_cloud_storage»::A;\nuse «layers|azure_core»::B;\nuse «layers|gcloud_sdk»::C;",
        ),
        ("jobs", APPLICATION, "use «brokers|apalis»::prelude::A;\nuse «brokers|faktory»::B;"),
        (
            "stores",
            INTERFACES,
            "use «brokers|influxdb»::A;\nuse «brokers|qdrant_client»::B;\nuse «brokers|rbatis»::C;",
        ),
    ]);
}
