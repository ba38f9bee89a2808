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
