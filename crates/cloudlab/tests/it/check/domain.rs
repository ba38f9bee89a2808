//! The rule `domain`.

use super::planted::{DOMAIN, rows};

#[test]
fn the_domain_uses_no_other_crate() {
    rows(&[
        ("any crate", DOMAIN, "use «domain|rust_decimal»::Decimal;"),
        ("a derive", DOMAIN, "#[derive(Debug, «domain|serde»::Serialize)]\npub struct Parcel;"),
        ("an attribute", DOMAIN, "#[«domain|tracing»::instrument]\nfn f() {}"),
        ("a bound", DOMAIN, "fn f<T: «domain|serde»::Serialize>(_: T) {}"),
        ("a macro", DOMAIN, "fn f() { «domain|tracing»::info!(\"x\"); }"),
        ("a crate that is not declared", DOMAIN, "use «domain|left_pad»::pad;"),
        ("a crate of the workspace", DOMAIN, "use «domain|logging»::Log;"),
    ]);
}

#[test]
fn the_domain_does_no_io() {
    rows(&[
        ("files", DOMAIN, "use «domain|std::fs»::File;"),
        ("sockets", DOMAIN, "fn f(_: «domain|std::net»::TcpStream) {}"),
        ("processes", DOMAIN, "fn f() { «domain|std::process»::exit(1); }"),
        ("the environment", DOMAIN, "use std::{collections::HashMap, «domain|env»};"),
        ("threads", DOMAIN, "fn f() { «domain|std::thread»::spawn(|| {}); }"),
        ("streams", DOMAIN, "fn f(_: &mut dyn «domain|std::io»::Write) {}"),
        ("a clock's type", DOMAIN, "pub struct P { at: «domain|std::time::SystemTime» }"),
        ("a stopwatch's type by core's brother", DOMAIN, "use «domain|std::time::Instant»;"),
        ("output", DOMAIN, "fn f() { «domain|println»!(\"x\"); }"),
    ]);
}
