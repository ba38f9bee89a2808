//! The rule `clocks`.

use super::planted::{APPLICATION, DOMAIN, INTERFACES, rows};

#[test]
fn time_comes_from_the_port() {
    rows(&[
        ("the time of day", APPLICATION, "fn f() { «clocks|std::time::SystemTime::now»(); }"),
        ("imported", APPLICATION, "use std::time::SystemTime;\nfn f() { «clocks|SystemTime::now»(); }"),
        ("imported in the body", INTERFACES, "fn f() { use std::time::SystemTime as S; «clocks|S::now»(); }"),
        ("imported by glob", INTERFACES, "use std::time::*;\nfn f() { «clocks|SystemTime::now»(); }"),
        ("renamed", INTERFACES, "use chrono::Utc as T;\nfn f() { «clocks|T::now»(); }"),
        ("local time", INTERFACES, "fn f() { «clocks|chrono::Local::now»(); }"),
        ("an alias", INTERFACES, "type Wall = std::time::SystemTime;\nfn f() { «clocks|Wall::now»(); }"),
        ("not called", INTERFACES, "fn f() { Some(1).map_or_else(«clocks|std::time::SystemTime::now», g); }"),
        (
            "between angles",
            INTERFACES,
            "use std::time::SystemTime;\nfn f() { <«clocks|SystemTime>::now»(); }",
        ),
        ("inside a macro", INTERFACES, "use chrono::Utc;\nfn f() { format!(\"{}\", «clocks|Utc::now»()); }"),
        ("another crate", INTERFACES, "fn f() { «clocks|time::OffsetDateTime::now_utc»(); }"),
        (
            "the crate in the domain, and its clock",
            DOMAIN,
            "use «domain|chrono»::Utc;\nfn f() { «clocks|Utc::now»(); }",
        ),
        ("a stopwatch in a use case", APPLICATION, "fn f() { «clocks|std::time::Instant::now»(); }"),
        ("sleep", APPLICATION, "use «clocks|tokio::time::sleep»;\nasync fn f() { sleep(d).await; }"),
        (
            "sleep by its module",
            INTERFACES,
            "use tokio::time;\nasync fn f() { «clocks|time::sleep»(d).await; }",
        ),
        ("ticks in a use case", APPLICATION, "fn f() { «clocks|tokio::time::interval»(d); }"),
        (
            "a heartbeat in a handler",
            INTERFACES,
            "use tokio::time::interval;\nfn f() { interval(d); tokio::time::interval_at(a, d); }",
        ),
        ("a thread's sleep", INTERFACES, "fn f() { «clocks|std::thread::sleep»(d); }"),
        ("the chassis's clock", INTERFACES, "use «clocks|cloudlab_chassis::SystemClock»;"),
        (
            "the root",
            INTERFACES,
            "=== src/lib.rs\nmod application;\nmod domain;\nmod infrastructure;\nmod interfaces;\n\
             fn f() { «clocks|std::time::SystemTime::now»(); cloudlab_chassis::SystemClock; }",
        ),
    ]);
}

#[test]
fn randomness_comes_from_the_port() {
    rows(&[
        ("an identity", APPLICATION, "fn f() { «clocks|uuid::Uuid::now_v7»(); }"),
        ("through the core", DOMAIN, "use cloudlab_core::Uuid;\nfn f() { «clocks|Uuid::now_v7»(); }"),
        ("through the core in full", DOMAIN, "fn f() { «clocks|cloudlab_core::Uuid::new_v4»(); }"),
        (
            "through a layer",
            APPLICATION,
            "=== src/domain/parcel.rs\npub use cloudlab_core::Uuid as Key;\n\
          === src/application/ship.rs\nuse crate::domain::parcel::Key;\nfn f() { «clocks|Key::new_v4»(); }",
        ),
        ("rand", INTERFACES, "fn f() -> u8 { «clocks|rand»::random() }"),
        ("rand's traits", APPLICATION, "use «clocks|rand»::Rng as _;"),
        ("fastrand in the domain", DOMAIN, "fn f() { «clocks|fastrand»::u8(..); }"),
        ("getrandom", APPLICATION, "fn f() { «clocks|getrandom»::fill(&mut []); }"),
        ("the hasher's keys", DOMAIN, "use «clocks|std::collections::hash_map::RandomState»;"),
        (
            "the hasher's keys by their other name",
            APPLICATION,
            "fn f() { «clocks|std::hash::RandomState»::new(); }",
        ),
        ("sortable identities", INTERFACES, "use ulid::Ulid;\nfn f() { «clocks|Ulid::new»(); }"),
        ("short identities", INTERFACES, "fn f() { «clocks|nanoid»::nanoid!(); }"),
        ("the chassis's identities", INTERFACES, "fn f() { «clocks|cloudlab_chassis::SystemIds»; }"),
    ]);
}
