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
