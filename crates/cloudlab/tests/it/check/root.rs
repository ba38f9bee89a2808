//! The rule `root`.

use super::planted::{APPLICATION, DOMAIN, rows};

/// A root with more in it.
fn library(more: &str) -> String {
    format!("mod application;\nmod domain;\nmod infrastructure;\nmod interfaces;\n{more}")
}

fn roots(cases: &[(&str, &str)]) {
    let texts: Vec<(&str, String)> = cases.iter().map(|(name, more)| (*name, library(more))).collect();
    let cases: Vec<(&str, &str, &str)> =
        texts.iter().map(|(name, text)| (*name, "src/lib.rs", text.as_str())).collect();
    rows(&cases);
}

#[test]
fn the_library_wires_and_holds_nothing_else() {
    roots(&[
        ("a public import", "«root|pub» use infrastructure::Stored;"),
        ("an import for the crate", "«root|pub»(crate) use infrastructure::Stored;"),
        ("an inline module", "mod «root|wiring» { pub use crate::infrastructure::Stored; }"),
        ("a macro's definition", "«root|macro_rules»! wire { () => {} }"),
        ("a macro's call", "«root|lazy»! { static ref X: u8 = 1; }"),
        ("a trait", "«root|trait» Wired {}"),
        ("an alias", "«root|type» Store = infrastructure::Stored;"),
        ("a static", "«root|static» STORE: u8 = 1;"),
        ("a method for a layer's type", "«root|impl» application::Deps { fn leak(&self) {} }"),
        (
            "a method for a layer's type, in a body",
            "fn f() { «root|impl» application::Deps { fn leak(&self) {} } }",
        ),
        ("a module in a body", "fn f() { mod «root|hidden» {} }"),
        ("a layer's trait for an own type", "struct M;\n«root|impl» domain::Parcels for M {}"),
        (
            "what is allowed",
            "use std::sync::Arc;\n#[derive(serde::Deserialize)]\npub struct Settings { a: Arc<u8> }\nenum E { A }\n\
             const N: u8 = 1;\nimpl Settings { fn a(&self) {} }\nimpl Default for Settings { fn default() -> Self { todo!() } }\n\
             fn f() { use infrastructure::Stored; migrations![\"x\"]; }\n#[cfg(test)]\nmod tests { pub use x::Y; }",
        ),
    ]);
}

#[test]
fn the_library_reaches_nothing_itself() {
    roots(&[
        ("a driver", "async fn f() { «brokers|sqlx»::query(\"DELETE\"); }"),
        ("a pool", "use «brokers|deadpool_postgres»::Pool;"),
        ("a broker", "async fn f() { «brokers|async_nats»::connect(\"x\").await; }"),
        ("a cache", "fn f(_: «brokers|redis»::Client) {}"),
        ("an HTTP client", "fn f() { «layers|reqwest»::Client::new(); }"),
        ("a driver inside a macro", "fn f() { vec![«brokers|sqlx»::query(\"x\")]; }"),
        ("a stopwatch", "fn f() { «clocks|std::time::Instant::now»(); }"),
        (
            "the chassis and the infrastructure",
            "use cloudlab_chassis::{Resources, SystemClock, SystemIds, migrations, sql::Database};\n\
             use infrastructure::parcels::SqlParcels;\n\
             fn f(r: &Resources) -> Database { let _ = (SqlParcels, SystemClock, SystemIds); migrations![\"x\"]; r.database.clone() }",
        ),
        ("words of HTTP", "fn f(_: axum::Router, _: http::StatusCode) {}"),
    ]);
    rows(&[
        (
            "a driver in a binary",
            "src/bin/tool.rs",
            "use «brokers|sqlx»::query;\nfn main() { run(service()) }",
        ),
        (
            "a clock in a binary",
            "src/bin/tool.rs",
            "fn «root|main»() { «clocks|std::time::Instant::now»(); }",
        ),
        (
            "the chassis's clock in a binary",
            "src/main.rs",
            "use cloudlab_chassis::SystemClock;\nfn main() { run(service(SystemClock)) }",
        ),
        (
            "a driver that lib.rs imports is no layer's",
            APPLICATION,
            "=== src/lib.rs\nmod application;\nmod domain;\nmod infrastructure;\nmod interfaces;\nuse «brokers|sqlx»::Row;\n\
             === src/application/ship.rs\nfn f(_: «brokers|crate::Row») {}",
        ),
    ]);
}

#[test]
fn what_only_the_root_can_say() {
    roots(&[
        ("an allocator", "#[global_allocator]\nstatic A: X = X;"),
        (
            "a conversion of an own type",
            "enum Mode { A }\nimpl From<Mode> for u8 { fn from(_: Mode) -> u8 { 1 } }\nimpl TryFrom<&Mode> for String {}",
        ),
        ("a conversion of another's type", "enum Mode { A }\n«root|impl» From<u16> for domain::Parcel {}"),
        ("a layer's trait, with an own type", "struct M;\n«root|impl» domain::Parcels for Vec<M> {}"),
    ]);
}

#[test]
fn modules_of_the_root_are_the_layers() {
    rows(&[
        (
            "a module beside the layers",
            DOMAIN,
            "=== src/lib.rs\nmod application;\nmod domain;\nmod infrastructure;\nmod interfaces;\nmod «root|shared»;\n\
             === src/shared.rs\npub use crate::infrastructure::Stored;\n",
        ),
        (
            "a layer between braces",
            DOMAIN,
            "=== src/lib.rs\nmod application;\nmod domain;\nmod infrastructure;\nmod «root|interfaces» {\n    pub mod rest;\n}\n\
             === src/interfaces/mod.rs\n«root|pub mod rest;»\n",
        ),
    ]);
}

#[test]
fn main_only_calls_run() {
    rows(&[
        (
            "more than a call",
            "src/main.rs",
            "fn «root|main»() {\n    let s = parcel_service::service();\n    run(s)\n}",
        ),
        ("another call", "src/main.rs", "fn «root|main»() { parcel_service::serve() }"),
        ("a closure in the call", "src/main.rs", "fn «root|main»() { cloudlab_chassis::run(|| now()) }"),
        ("a second function", "src/main.rs", "fn «root|helper»() {}\nfn main() { run(service()) }"),
        ("a module", "src/main.rs", "mod «root|extra» { pub fn f() {} }\nfn main() { run(service()) }"),
        ("another binary", "src/bin/tool.rs", "use std::fs;\nfn «root|main»() { fs::read(\"x\"); }"),
        (
            "an import and an allocator",
            "src/main.rs",
            "use cloudlab_chassis::run;\n#[global_allocator]\nstatic A: X = X;\nfn main() { run(parcel_service::service()) }",
        ),
    ]);
}

#[test]
fn nothing_comes_in_by_another_door() {
    rows(&[
        (
            "a path to another file",
            DOMAIN,
            "=== src/domain/parcel.rs\n#[«root|path» = \"elsewhere.rs\"]\nmod other;\n=== src/domain/elsewhere.rs\n",
        ),
        ("included code", DOMAIN, "«root|include»!(\"generated.rs\");"),
        ("included code by its full name", DOMAIN, "fn f() { «root|std::include»!(\"generated.rs\"); }"),
        ("included code inside a macro", DOMAIN, "fn f() { vec![«root|include»!(\"generated.rs\")]; }"),
        ("a crate declared in code", DOMAIN, "«root|extern» crate std as other;"),
        ("a file of no module", DOMAIN, "=== src/domain/stray.rs\n«root|//! Nobody names me.»\n"),
    ]);
}
