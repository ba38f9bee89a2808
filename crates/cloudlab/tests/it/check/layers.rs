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
