//! The rule `repositories`.

use super::planted::{APPLICATION, DOMAIN, INFRASTRUCTURE, INTERFACES, rows};

#[test]
fn repositories_are_declared_in_the_domain() {
    rows(&[
        ("by its name", APPLICATION, "pub trait «repositories|ParcelRepository» {}"),
        (
            "by what it answers with",
            APPLICATION,
            "use cloudlab_core::Write;\npub trait «repositories|Stored» { fn insert(&self) -> Write; }",
        ),
        (
            "by what it answers with, wrapped and in full",
            INFRASTRUCTURE,
            "pub struct SqlParcels;\ntrait «repositories|Rows» { fn all(&self) -> Option<Vec<cloudlab_core::Write>>; }",
        ),
        (
            "by what it answers with, of the core's glob",
            APPLICATION,
            "use cloudlab_core::*;\npub trait «repositories|Carriers» { fn add(&self) -> Write; }",
        ),
        ("in a handler", INTERFACES, "pub fn routes<T>(_: T) { trait «repositories|Repository» {} }"),
        ("another Write", INTERFACES, "pub trait Sink { fn out(&self) -> Box<dyn std::io::Write>; }"),
        ("a port of the application", APPLICATION, "pub trait Catalog { async fn price(&self) -> i64; }"),
    ]);
}

#[test]
fn repositories_are_implemented_in_the_infrastructure() {
    rows(&[
        (
            "in a use case",
            APPLICATION,
            "use crate::domain::Parcels;\nstruct Memory;\nimpl «repositories|Parcels» for Memory {}",
        ),
        (
            "renamed, in a handler",
            INTERFACES,
            "use crate::domain::Parcels as P;\nstruct Memory;\nimpl<T> «repositories|P» for Vec<T> {}",
        ),
        (
            "in the domain itself",
            DOMAIN,
            "pub struct Parcel;\nimpl «repositories|super::Parcels» for Parcel {}",
        ),
        (
            "in a body",
            APPLICATION,
            "fn f() { struct M; impl «repositories|crate::domain::Parcels» for M {} }",
        ),
        (
            "a future instead of async",
            APPLICATION,
            "=== src/domain/parcel.rs\npub struct Parcel;\npub trait Log { fn add(&self) -> impl Future<Output = ()>; }\n\
             === src/application/ship.rs\nimpl «repositories|crate::domain::parcel::Log» for () {}",
        ),
        (
            "a trait of the domain that stores nothing",
            APPLICATION,
            "=== src/domain/parcel.rs\npub struct Parcel;\npub trait Named { fn name(&self) -> String; }\n\
             === src/application/ship.rs\nimpl crate::domain::parcel::Named for () {}",
        ),
        (
            "a test's own",
            APPLICATION,
            "#[cfg(test)]\nmod tests { struct M; impl crate::domain::Parcels for M {} }",
        ),
    ]);
}

#[test]
fn repositories_are_seen_by_all_that_they_say() {
    rows(&[
        ("a short name", APPLICATION, "pub trait «repositories|ParcelRepo» {}"),
        (
            "a parameter",
            APPLICATION,
            "use cloudlab_core::Write;\npub trait «repositories|Rows» { fn add(&self, to: &mut Vec<Write>); }",
        ),
        (
            "an alias of what it answers with",
            APPLICATION,
            "type Rows = Vec<cloudlab_core::Write>;\npub trait «repositories|Stored» { fn all(&self) -> Rows; }",
        ),
        (
            "an associated type",
            APPLICATION,
            "pub trait «repositories|Stored» { type Row: Into<cloudlab_core::Write>; fn row(&self) -> Self::Row; }",
        ),
        ("a report is none", APPLICATION, "pub trait Reports { fn all(&self) -> Vec<String>; }"),
    ]);
    let implemented = |declared: &str| {
        format!(
            "=== src/domain/parcel.rs\npub struct Parcel;\n{declared}\n\
             === src/application/ship.rs\nimpl «repositories|crate::domain::parcel::Log» for () {{}}"
        )
    };
    let texts = [
        implemented(
            "type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;\npub trait Log { fn add(&self) -> Later<'_, ()>; }",
        ),
        implemented(
            "use std::future::Future as Later;\npub trait Log { fn add(&self) -> impl Later<Output = ()>; }",
        ),
        implemented("pub trait Log { type Done: Future<Output = ()>; fn add(&self) -> Self::Done; }"),
        implemented("pub trait Log { fn add(&self, rows: &mut Vec<cloudlab_core::Write>); }"),
        implemented("pub trait ParcelRepository {}").replace("::Log", "::ParcelRepository"),
    ];
    let names = ["an alias of a future", "a future renamed", "an associated future", "a parameter", "a name"];
    let cases: Vec<_> =
        names.iter().zip(&texts).map(|(name, text)| (*name, APPLICATION, text.as_str())).collect();
    rows(&cases);
}

#[test]
fn pointers_to_a_repository_may_be_one_in_the_domain() {
    let with = "use super::Parcels;\nuse std::sync::Arc;\npub struct Parcel;\n";
    let domain = |code: &str| format!("{with}{code}");
    let texts = [
        domain("impl<T: Parcels + ?Sized> Parcels for Arc<T> {}"),
        domain("impl<T> Parcels for Box<T> where T: Parcels + ?Sized {}"),
        domain("impl<T: Parcels> Parcels for &T {}\nimpl<T: Parcels> Parcels for std::rc::Rc<T> {}"),
        domain("impl Parcels for Box<dyn Parcels> {}"),
        domain("impl<T> «repositories|Parcels» for Arc<T> {}"),
        domain("impl «repositories|Parcels» for Arc<Parcel> {}"),
        domain(
            "mod own { pub struct Box<T>(T); impl<T: super::Parcels> «repositories|super::Parcels» for Box<T> {} }",
        ),
    ];
    let cases: Vec<_> = texts.iter().map(|text| (text.as_str(), DOMAIN, text.as_str())).collect();
    rows(&cases);
    rows(&[(
        "elsewhere",
        APPLICATION,
        "use crate::domain::Parcels;\nimpl<T: Parcels> «repositories|Parcels» for Box<T> {}",
    )]);
}

#[test]
fn writes_are_made_in_the_infrastructure() {
    rows(&[
        (
            "in a use case",
            APPLICATION,
            "use cloudlab_core::Write;\nfn f() -> Write { «repositories|Write::insert»(\"t\", k) }",
        ),
        ("in the domain", DOMAIN, "fn f() { «repositories|cloudlab_core::Write::delete»(\"t\", k); }"),
        (
            "in a handler",
            INTERFACES,
            "use cloudlab_core::Write as W;\nfn f() { vec![«repositories|W::update»(\"t\", k)]; }",
        ),
        (
            "in the root",
            "src/lib.rs",
            "mod application;\nmod domain;\nmod infrastructure;\nmod interfaces;\nfn f() { «repositories|cloudlab_core::Write::count»(); }",
        ),
        (
            "handed on",
            APPLICATION,
            "use cloudlab_core::Write;\nfn f(w: Write) -> Option<Write> { w.table(); Some(w).filter(|w| w.change() == C) }",
        ),
        (
            "another Write",
            APPLICATION,
            "struct Write;\nimpl Write { fn insert() {} }\nfn f() { Write::insert(); }",
        ),
        ("in an adapter", INFRASTRUCTURE, "pub struct SqlParcels;\nfn f() { cloudlab_core::Write::add(); }"),
    ]);
}
