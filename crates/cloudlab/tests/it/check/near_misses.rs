//! What looks like a violation and is none.

use super::planted::{APPLICATION, DOMAIN, INFRASTRUCTURE, INTERFACES, rows};

#[test]
fn names_of_ones_own() {
    rows(&[
        (
            "a module called rand",
            DOMAIN,
            "mod rand { pub fn random() {} }\nfn f() { rand::random(); self::rand::random(); }",
        ),
        (
            "a module called like a driver",
            APPLICATION,
            "mod redis { pub struct A; }\nuse redis::A;\nfn f(_: A) {}",
        ),
        (
            "an import hides a crate",
            APPLICATION,
            "=== src/domain/parcel.rs\npub struct Parcel;\npub mod rand { pub fn random() {} }\n\
             === src/application/ship.rs\nuse crate::domain::parcel::rand;\nfn f() { rand::random(); vec![rand::random()]; }",
        ),
        ("a variable", DOMAIN, "fn f(sqlx: u8) -> u8 { let rand = sqlx; rand.max(sqlx) }"),
        ("a method called now", APPLICATION, "fn f(deps: &D) { deps.clock.now(); vec![deps.clock.now()]; }"),
        (
            "a function called now",
            DOMAIN,
            "struct Time;\nimpl Time { fn now() -> Self { Time } }\nfn f() { Time::now(); }",
        ),
        (
            "an own SystemTime",
            DOMAIN,
            "fn f() { struct SystemTime; impl SystemTime { fn now() {} } SystemTime::now(); }",
        ),
        (
            "an own SystemTime beside a glob",
            INTERFACES,
            "use std::time::*;\nstruct SystemTime;\nfn f() { SystemTime::now(); }",
        ),
        ("a parameter hides an import", INTERFACES, "use chrono::Utc as T;\nfn f<T: C>() { T::now(); }"),
        ("a function called sleep", APPLICATION, "fn sleep() {}\nfn f() { sleep(); self::sleep(); }"),
        ("a raw name", DOMAIN, "mod r#type { pub fn r#fn() {} }\nfn f() { r#type::r#fn(); }"),
        ("a macro's variable", APPLICATION, "macro_rules! m { ($rand:ident) => { $rand::x() } }"),
        (
            "members and turbofishes in tokens",
            DOMAIN,
            "fn f() { vec![a.sqlx::<u8>(), Vec::<u8>::sqlx(), a.include != b]; }",
        ),
        ("a variant", DOMAIN, "enum Kind { Rand }\nuse Kind::*;\nfn f() { let _ = Rand; Kind::Rand; }"),
        (
            "a variant's glob does not hide crates",
            DOMAIN,
            "enum Kind { A }\nuse Kind::*;\nfn f() { «layers|sqlx»::q(); }",
        ),
    ]);
}

#[test]
fn names_of_several_kinds() {
    rows(&[
        (
            "a function called like a crate, called",
            APPLICATION,
            "fn redis() {}\nfn f() { redis(); self::redis(); }",
        ),
        (
            "an imported module beside a function of its name",
            APPLICATION,
            "=== src/domain/parcel.rs\npub struct Parcel;\npub fn rand() {}\npub mod rand { pub fn random() {} }\n\
             === src/application/ship.rs\nuse crate::domain::parcel::rand;\nfn f() { rand::random(); }",
        ),
        (
            "an own macro called like one of the prelude",
            DOMAIN,
            "macro_rules! println { () => {} }\nfn f() { println!(); }",
        ),
        (
            "a type called like a crate",
            DOMAIN,
            "struct redis;\nimpl redis { fn new() {} }\nfn f() { redis::new(); }",
        ),
    ]);
}

#[test]
fn globs_of_crates() {
    rows(&[
        (
            "the core's",
            DOMAIN,
            "use cloudlab_core::*;\npub struct P { id: Uuid, at: Timestamp }\nfn f() { Uuid::nil(); Vec::<u8>::new(); }",
        ),
        (
            "a crate's in a use case",
            APPLICATION,
            "use rust_decimal::*;\nfn f() { Decimal::new(1, 2); tracing::info!(\"x\"); }",
        ),
        (
            "a framework's in a handler",
            INTERFACES,
            "use axum::*;\nuse std::collections::*;\nfn f() { Router::new(); HashMap::new(); serde::x(); }",
        ),
        (
            "an own trait beside the core's glob",
            APPLICATION,
            "use cloudlab_core::*;\npub trait Prices { fn price(&self) -> Money; }",
        ),
    ]);
}

#[test]
fn words_that_are_no_code() {
    rows(&[
        (
            "comments and texts",
            DOMAIN,
            "//! sqlx::Row and crate::infrastructure.\n/// `rand::random()`\n// use sqlx::Row;\n\
          fn f() -> &'static str { \"use sqlx::Row; {sqlx::x}\" }",
        ),
        ("a format", DOMAIN, "fn f() { let _ = format!(\"sqlx::Row {}\", 1); }"),
        (
            "lints",
            DOMAIN,
            "#![allow(clippy::all)]\n#[expect(clippy::pedantic, reason = \"sqlx::Row\")]\n#[rustfmt::skip]\nfn f() {}",
        ),
        (
            "documentation by attribute",
            DOMAIN,
            "#[doc = \"sqlx::Row\"]\n#[deprecated(note = \"sqlx::Row\")]\nfn f() {}",
        ),
        (
            "texts of attributes",
            INTERFACES,
            "#[utoipa::path(get, path = \"/a\", description = \"sqlx::Row\")]\npub fn routes(_: ()) {}",
        ),
        (
            "a text embedded",
            DOMAIN,
            "const A: &str = include_str!(\"parcel.rs\");\nconst B: &str = env!(\"CARGO_PKG_NAME\");",
        ),
    ]);
}

#[test]
fn what_layers_may_name() {
    rows(&[
        (
            "inwards",
            INTERFACES,
            "use crate::application::Deps;\nuse crate::domain::Parcels;\npub fn routes(_: Deps) {}",
        ),
        ("through the root, inwards", INTERFACES, "pub fn routes(_: crate::Deps) {}"),
        (
            "within a layer",
            DOMAIN,
            "use super::repository::Parcels;\nuse self::a::B;\nmod a { pub struct B; use super::super::Parcels; }",
        ),
        ("visibility", DOMAIN, "pub(crate) struct A;\npub(super) struct B;\npub(in crate::domain) struct C;"),
        (
            "plain parts of std",
            DOMAIN,
            "use std::time::Duration;\nuse core::fmt;\nuse std::net::IpAddr;\nuse std::collections::{HashMap, hash_map::Entry};\nextern \"C\" {}",
        ),
        (
            "the core's macros",
            DOMAIN,
            "use cloudlab_core::{event, words};\nevent! { pub struct Sent(\"parcel\", \"sent\") { pub to: String } }\nwords! { pub enum A { B = \"b\" } }",
        ),
        (
            "primitives and the prelude",
            DOMAIN,
            "fn f() { u64::from_str_radix(\"1\", 10); str::len(\"\"); Vec::<u8>::new(); String::new(); f64::MAX; }",
        ),
        (
            "a crate in a use case",
            APPLICATION,
            "use rust_decimal::Decimal;\nuse serde::Serialize;\nfn f() { tracing::info!(\"x\"); }",
        ),
        ("time limits in a use case", APPLICATION, "async fn f() { tokio::time::timeout(d, g()).await; }"),
        (
            "parsing an identity",
            APPLICATION,
            "fn f() { uuid::Uuid::parse_str(\"\"); cloudlab_core::Uuid::from_u128(7); }",
        ),
        (
            "what a consumer needs",
            INTERFACES,
            "use cloudlab_chassis::messaging::{CloudEvent, Consumer, HandleError};\npub fn routes(_: ()) {}",
        ),
        (
            "a stopwatch in a handler",
            INTERFACES,
            "use std::time::Instant;\npub fn routes(_: ()) { Instant::now(); }",
        ),
        (
            "HTTP in a handler",
            INTERFACES,
            "use axum::Json;\nuse cloudlab_chassis::{OpenApiRouter, routes, http::Problem};",
        ),
        (
            "everything in an adapter",
            INFRASTRUCTURE,
            "use std::time::SystemTime;\nuse sqlx::Row;\npub struct SqlParcels;\nfn f() { SystemTime::now(); rand::random(); async_nats::connect(); reqwest::get(\"\"); }",
        ),
    ]);
}

#[test]
fn tests_may_use_anything() {
    rows(&[
        (
            "a module of tests",
            DOMAIN,
            "pub struct Parcel;\n#[cfg(test)]\nmod tests { use sqlx::Row; fn f() { std::time::SystemTime::now(); } }",
        ),
        (
            "files that only tests reach",
            DOMAIN,
            "=== src/domain/parcel.rs\n#[cfg(all(test, unix))]\nmod tests;\n=== src/domain/parcel/tests.rs\nuse sqlx::Row;\nmod deeper;\n\
             === src/domain/parcel/tests/deeper.rs\nuse crate::infrastructure::Stored;\n",
        ),
        (
            "functions, fields, arms, statements",
            DOMAIN,
            "#[test]\nfn t() { sqlx::a(); }\n#[tokio::test]\nasync fn u() { sqlx::a(); }\n\
          struct A { #[cfg(test)] b: sqlx::B }\nimpl A { #[cfg(test)] fn c(_: sqlx::C) {} }\n\
          fn f() { #[cfg(test)] let a = sqlx::a(); #[cfg(test)] sqlx::b(); let _ = A { #[cfg(test)] b: sqlx::d() }; #[cfg(test)] if sqlx::e() {} match 1 { #[cfg(test)] 2 => sqlx::c(), _ => {} } }",
        ),
        (
            "what is added for tests",
            DOMAIN,
            "#[cfg_attr(test, derive(serde::Serialize))]\npub struct Parcel;",
        ),
        (
            "for tests of either kind",
            DOMAIN,
            "#[cfg(any(doctest, test))]\nuse sqlx::A;\n#[cfg(doctest)]\nmod readme { use sqlx::A; }",
        ),
        (
            "not for tests alone",
            DOMAIN,
            "#[cfg(any(test, unix))]\nuse «layers|sqlx»::A;\n#[cfg(not(test))]\nuse «layers|sqlx»::B;",
        ),
        (
            "a file of tests that is shipped",
            DOMAIN,
            "=== src/domain/parcel.rs\nmod tests;\n=== src/domain/parcel/tests.rs\nuse «layers|sqlx»::Row;\n",
        ),
    ]);
}
