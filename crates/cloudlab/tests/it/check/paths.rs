//! Paths in every place where Rust has them.

use super::planted::{APPLICATION, DOMAIN, INTERFACES, rows};

#[test]
fn one_finding_for_one_wrong_member_of_an_import() {
    rows(&[
        ("a group", DOMAIN, "use sqlx::{«layers|FromRow», «layers|Row»};"),
        (
            "groups in groups",
            APPLICATION,
            "use {std::sync::Arc, sqlx::{«brokers|self», «brokers|Row» as _}};",
        ),
        (
            "right and wrong in one",
            APPLICATION,
            "use crate::{domain::Parcels, infrastructure::{«layers|self»}};",
        ),
        (
            "the last of a long one",
            DOMAIN,
            "use std::{\n    collections::{HashMap, HashSet},\n    «domain|fs»::File,\n};",
        ),
        ("a glob in a group", DOMAIN, "use sqlx::{«layers|*»};"),
        ("a leading colon", DOMAIN, "use ::«layers|sqlx»::Row;"),
        ("a rename, then its use", DOMAIN, "use «layers|sqlx» as y;\nfn f() { y::query(); }"),
        ("one name, used twice", DOMAIN, "use «layers|sqlx»::query;\nfn f() { query(); query(); }"),
    ]);
}

#[test]
fn attributes_and_texts_that_are_paths() {
    rows(&[
        ("a derive among others", DOMAIN, "#[derive(Clone, «layers|sqlx»::FromRow, Debug)]\nstruct R;"),
        ("under a condition", DOMAIN, "#[cfg_attr(feature = \"x\", derive(«layers|sqlx»::Type))]\nstruct R;"),
        (
            "a text",
            INTERFACES,
            "struct B { #[serde(with = \"«layers|crate::infrastructure»::wire\")] a: u8 }",
        ),
        (
            "a text with type arguments",
            INTERFACES,
            "struct B { #[serde(from = \"«brokers|sqlx»::Json<u8>\")] a: u8 }",
        ),
        ("an attribute of a field", DOMAIN, "struct B { #[«layers|sqlx»::column(x)] a: u8 }"),
        ("of the file", DOMAIN, "#![«layers|sqlx»::all]"),
        ("a value", DOMAIN, "#[x = «layers|sqlx»::query!(\"\")]\nstruct B;"),
    ]);
}

#[test]
fn types_bounds_patterns_and_bodies() {
    rows(&[
        ("a field", DOMAIN, "struct B { a: Option<Vec<«layers|sqlx»::Row>> }"),
        ("a bound", DOMAIN, "fn f<T>() where T: «layers|sqlx»::FromRow {}"),
        ("a parameter's bound", DOMAIN, "struct B<T: «layers|sqlx»::FromRow>(T);"),
        ("an associated type", DOMAIN, "trait A { type B: «layers|sqlx»::FromRow; }"),
        ("a trait object", DOMAIN, "fn f(_: &dyn «layers|sqlx»::Executor) {}"),
        ("an answer", DOMAIN, "fn f() -> impl «layers|sqlx»::Executor {}"),
        ("an implementation", DOMAIN, "struct A;\nimpl «layers|sqlx»::Executor for A {}"),
        ("a pattern", DOMAIN, "fn f(a: A) { if let «layers|sqlx»::Error::Io(_) = a {} }"),
        ("a closure", DOMAIN, "fn f() { let _ = |a: «layers|sqlx»::Row| (); }"),
        ("a turbofish", DOMAIN, "fn f() { g::<«layers|sqlx»::Row>(); }"),
        ("between angles, with a trait", DOMAIN, "fn f() { <A as «layers|sqlx»::FromRow>::from_row(); }"),
        ("a struct's literal", DOMAIN, "fn f() { «layers|sqlx»::Options { a: 1 }; }"),
        ("a constant's length", DOMAIN, "const A: [u8; «layers|sqlx»::SIZE] = [];"),
        (
            "an inline module",
            DOMAIN,
            "mod inner { mod deeper { use «layers|super::super::super::super::infrastructure»; } }",
        ),
        ("a type's alias", APPLICATION, "type Pool = «brokers|sqlx»::PgPool;\nfn f(_: Pool) {}"),
    ]);
}

#[test]
fn names_of_functions_and_macros_hide_no_crate() {
    rows(&[
        ("a function", APPLICATION, "pub fn uuid() -> uuid::Uuid { «clocks|uuid::Uuid::new_v4»() }"),
        (
            "a function in a body",
            INTERFACES,
            "fn f() { fn time() {} «clocks|time::OffsetDateTime::now_utc»(); }",
        ),
        ("a constant", DOMAIN, "const rand: u8 = 1;\nfn f() { «clocks|rand»::random(); }"),
        ("a static", APPLICATION, "static redis: u8 = 1;\nfn f() { «brokers|redis»::Client::open(); }"),
        ("a macro", INTERFACES, "macro_rules! rand { () => {} }\nfn f() { «clocks|rand»::random(); }"),
        (
            "an imported function",
            APPLICATION,
            "=== src/domain/parcel.rs\npub struct Parcel;\npub fn time() {}\npub use self::time as chrono;\n\
             === src/application/ship.rs\nuse crate::domain::parcel::time;\nuse crate::domain::parcel::chrono;\n\
             fn f() { «clocks|time::OffsetDateTime::now_utc»(); «clocks|chrono::Utc::now»(); }",
        ),
        (
            "a function by a glob",
            APPLICATION,
            "=== src/domain/parcel.rs\npub struct Parcel;\npub fn redis() {}\n\
             === src/application/ship.rs\nuse crate::domain::parcel::*;\nfn f() { redis(); «brokers|redis»::Client::open(); }",
        ),
        ("a function called like a macro", DOMAIN, "fn println() {}\nfn f() { «domain|println»!(\"x\"); }"),
    ]);
}

#[test]
fn globs_of_crates_hide_nothing() {
    rows(&[
        ("a clock", APPLICATION, "use chrono::*;\nfn f() { «clocks|Utc::now»(); }"),
        ("identities", INTERFACES, "use uuid::*;\nfn f() { «clocks|Uuid::new_v4»(); }"),
        ("identities of the core", DOMAIN, "use cloudlab_core::*;\nfn f() { «clocks|Uuid::now_v7»(); }"),
        ("a module of a runtime", APPLICATION, "use tokio::*;\nfn f() { «clocks|time::sleep»(d); }"),
        ("the standard library's", DOMAIN, "use std::*;\nfn f() { «domain|fs»::read(\"x\"); }"),
        (
            "a glob beside a function of the crate's name",
            APPLICATION,
            "use chrono::*;\nfn chrono() {}\nfn f() { «clocks|Utc::now»(); }",
        ),
        (
            "a forbidden glob, and what is wrong besides",
            APPLICATION,
            "use «layers|axum»::extract::*;\nfn f() { «brokers|sqlx»::query(\"\"); «layers|std::fs»::read(\"x\"); «layers|reqwest»::get(\"x\"); «clocks|chrono::Utc::now»(); }",
        ),
        (
            "one forbidden name says it for all",
            APPLICATION,
            "use «layers|axum»::*;\nfn f() { Router::new(); extract::x(); }",
        ),
    ]);
}

#[test]
fn types_between_angles() {
    rows(&[
        ("arguments of its type", DOMAIN, "fn f() { <Vec<«layers|sqlx»::Row>>::new(); }"),
        ("arguments of a type's path", DOMAIN, "fn f(_: <Vec<«layers|sqlx»::Row> as IntoIterator>::Item) {}"),
        (
            "between brackets",
            INTERFACES,
            "use std::time::SystemTime;\nfn f() { <(«clocks|SystemTime)>::now»(); }",
        ),
        ("angles in angles", DOMAIN, "fn f() { <<Vec<«layers|sqlx»::Row> as IntoIterator>::Item>::new(); }"),
    ]);
}

#[test]
fn tokens_of_macros() {
    rows(&[
        ("a call's arguments", DOMAIN, "fn f() { assert_eq!(1, «layers|sqlx»::query(\"x\")); }"),
        ("a macro of a crate", APPLICATION, "fn f() { «brokers|sqlx»::query!(\"SELECT 1\"); }"),
        (
            "randomness that is not declared",
            APPLICATION,
            "fn f() { log!(t: 1, \"{}\", «clocks|rand»::random::<u8>()); }",
        ),
        ("deep in groups", DOMAIN, "fn f() { vec![(1, { [«layers|sqlx»::A] })]; }"),
        ("a definition", APPLICATION, "macro_rules! m { () => { «layers|crate::infrastructure»::Stored } }"),
        (
            "by the macro's own crate",
            APPLICATION,
            "macro_rules! m { () => { $«layers|crate::infrastructure»::Stored } }",
        ),
        ("an import in tokens", DOMAIN, "m! { use sqlx::{«layers|Row», «layers|postgres::Pg»}; }"),
        (
            "an import that a macro may hold",
            INTERFACES,
            "cfg_if! { if #[cfg(unix)] { use std::time::SystemTime as Wall; } }\nfn f() { «clocks|Wall::now»(); }",
        ),
        (
            "an import that a macro may hold, in a body",
            INTERFACES,
            "fn f() { cfg_if! { if #[cfg(unix)] { use chrono::Utc; } } «clocks|Utc::now»(); }",
        ),
        (
            "an import in a macro hides no crate",
            INTERFACES,
            "macro_rules! m { () => { use crate::domain as chrono; } }\nfn f() { «clocks|chrono::Utc::now»(); }",
        ),
        (
            "one name under two conditions",
            INTERFACES,
            "#[cfg(unix)]\nuse crate::domain::Parcels as T;\n#[cfg(not(unix))]\nuse chrono::Utc as T;\nfn f() { «clocks|T::now»(); }",
        ),
        ("an attribute in tokens", DOMAIN, "m! { #[derive(«layers|sqlx»::FromRow)] struct A; }"),
        (
            "a text in tokens",
            INTERFACES,
            "m! { #[serde(with = \"«layers|crate::infrastructure»::x\")] struct A; }",
        ),
        ("a leading colon in tokens", DOMAIN, "fn f() { vec![&::«layers|sqlx»::A, 0]; }"),
        (
            "a name of the file in tokens",
            INTERFACES,
            "use std::time;\nfn f() { vec![«clocks|time::SystemTime::now»()]; }",
        ),
    ]);
}
