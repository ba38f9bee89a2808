//! What is known not to be found, as `docs/reference/check.md` lists it. A test that fails here is good news: then the
//! page gets shorter.

use std::fs;

use super::planted::{APPLICATION, DOMAIN, INTERFACES, Planted, rows};

/// Each row stands for the item of the same name in the page.
const NOT_FOUND: [(&str, &str, &str); 14] = [
    (
        "Re-exports by an allowed crate",
        DOMAIN,
        "use cloudlab_core::serde::Serialize;\nuse cloudlab_core::serde_json::Value;",
    ),
    (
        "Names that a macro puts together",
        DOMAIN,
        "fn f() { paste! { [<sq lx>]!(Row); } path_of!(sqlx, Row); }",
    ),
    (
        "A crate's name handed to a macro",
        INTERFACES,
        "macro_rules! now { ($c:ident) => { $c::Utc::now() } }\nfn f() { now!(chrono); }",
    ),
    (
        "What macros of other crates expand to",
        DOMAIN,
        "use cloudlab_core::event;\nevent! { pub struct Sent(\"a\", \"b\") {} }",
    ),
    (
        "Methods of a value",
        INTERFACES,
        "fn f(t: std::time::SystemTime) { t.elapsed(); std::time::UNIX_EPOCH.elapsed(); }",
    ),
    (
        "Associated types",
        INTERFACES,
        "trait Timed { type Source; }\nimpl Timed for A { type Source = chrono::Utc; }\nfn f() { <A as Timed>::Source::now(); }\n\
         impl A { fn g() { Self::Source::now(); } }",
    ),
    (
        "A type that is only inferred",
        INTERFACES,
        "fn f(pool: impl Fn() -> P) { let p = pool(); p.execute(\"DELETE\"); }",
    ),
    ("Objects and closures that are handed in", APPLICATION, "fn f(now: &dyn Fn() -> i64) -> i64 { now() }"),
    (
        "Traits that read a clock",
        APPLICATION,
        "fn f<T: Now>() -> T { T::now() }\ntrait Now { fn now() -> Self; }",
    ),
    (
        "Databases and clients of unknown crates",
        INTERFACES,
        "async fn f() { my_store::connect().await; my_client::get().await; }",
    ),
    ("Clocks and randomness of unknown crates", APPLICATION, "fn f() { my_clock::now(); my_dice::roll(); }"),
    (
        "A type between angles inside a macro",
        INTERFACES,
        "use std::time::SystemTime;\nfn f() { vec![<SystemTime>::now()]; }",
    ),
    (
        "A function of another crate under a crate's name",
        INTERFACES,
        "use std::convert::identity as rand;\nfn f() { rand(1); rand::random(); }",
    ),
    (
        "Effects of std that are not listed",
        DOMAIN,
        "use std::sync::Mutex;\nstatic A: Mutex<u8> = Mutex::new(1);\nfn f() { std::hint::spin_loop(); }",
    ),
];

#[test]
fn known_evasions_are_not_found() {
    rows(&NOT_FOUND);
}

#[test]
fn build_scripts_and_other_targets_are_not_read() {
    let planted = Planted::new(DOMAIN, "pub struct Parcel;");
    planted.write("build.rs", "fn main() { std::fs::write(\"x\", sqlx::x()); }");
    planted.write("tests/it/main.rs", "use sqlx::Row;");
    assert_eq!(planted.found(), []);
}

#[test]
fn the_page_lists_every_known_evasion() {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/check.md")).unwrap();
    let listed = page.matches("\n- **").count();
    for (name, _, _) in NOT_FOUND.iter().chain(&[("Build scripts and other targets", "", "")]) {
        assert!(page.contains(&format!("- **{name}**")), "{name}");
    }
    assert_eq!(listed, NOT_FOUND.len() + 1, "an item of the page has no test");
}
