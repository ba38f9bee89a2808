//! Files that are odd: their bytes, their size, their place.

use std::fs;
use std::time::{Duration, Instant};

use super::commands::check;
use super::planted::{APPLICATION, DOMAIN, Planted, rows};

#[test]
fn columns_are_characters() {
    rows(&[
        ("letters of several bytes", DOMAIN, "const Ä: &str = \"日本語\"; use «layers|sqlx»::A;"),
        ("a text over lines", DOMAIN, "const A: &str = \"ä\nö\"; use «layers|sqlx»::A;"),
        ("windows' ends of lines", DOMAIN, "pub struct Parcel;\r\n\r\nuse «layers|sqlx»::A;\r\n"),
        ("a path over lines", DOMAIN, "use «layers|crate»\n    ::infrastructure\n    ::Stored;"),
        (
            "a raw name in a path",
            APPLICATION,
            "mod r#loop { use «layers|super::super::super::infrastructure»::r#type; }",
        ),
        ("a shebang", DOMAIN, "#!/usr/bin/env run\nuse «layers|sqlx»::A;"),
    ]);
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let planted = Planted::new(DOMAIN, "");
    planted.write(DOMAIN, "\u{feff}use sqlx::A;\r\n");
    let (_, out, _) = check(&planted, &[]);
    assert!(out.contains("parcel.rs:1:5\n") && out.contains("\n1 │ use sqlx::A;\n  │     ^^^^"), "{out}");
    assert!(!out.contains('\r') && !out.contains('\u{feff}'), "{out}");
}

#[test]
fn ten_thousand_lines_are_quick() {
    let mut code = String::from("use super::*;\nuse std::collections::*;\n");
    for number in 0..2_500 {
        let function = "(map: &HashMap<u8, String>) -> Option<&String> {\n    let value = map.get(&1)?;\n    \
            assert_eq!(value.len(), usize::from(u8::MAX), \"{value}\");\n    Some(value)\n}\n";
        code.push_str(&format!("fn f{number}{function}"));
    }
    let planted = Planted::new(DOMAIN, &format!("{code}use «layers|sqlx»::A;"));
    let started = Instant::now();
    assert_eq!(planted.found().len(), 1);
    // A second in a debug build on a busy machine; what is not linear takes minutes.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn deep_nesting_does_not_end_the_process() {
    let sum = vec!["1"; 20_000].join(" + ");
    assert_eq!(Planted::new(DOMAIN, &format!("const A: u64 = {sum};")).found(), []);
}

#[test]
fn brackets_nest_to_a_bound() {
    let nested = |levels: usize| format!("fn f() {}{}", "{".repeat(levels), "}".repeat(levels));
    assert_eq!(Planted::new(DOMAIN, &nested(900)).found(), []);
    let (code, out, _) = check(&Planted::new(DOMAIN, &nested(20_000)), &[]);
    assert!(out.contains("error[parse]: this is not Rust: brackets nest deeper than 1000 levels\n"), "{out}");
    assert!(out.contains("parcel.rs:1:1008\n"), "{out}");
    assert_eq!(code, 1);
    let types = |levels: usize| format!("type A = {}u8{};", "Vec<".repeat(levels), ">".repeat(levels));
    assert_eq!(Planted::new(DOMAIN, &types(900)).found(), []);
    let (code, out, _) = check(&Planted::new(DOMAIN, &types(20_000)), &[]);
    assert!(code == 1 && out.contains("brackets nest deeper than 1000 levels"), "{out}");
    let comparisons = format!("const A: bool = {};", vec!["1 < 2"; 2_000].join(" && "));
    assert_eq!(Planted::new(DOMAIN, &comparisons).found(), []);
}

#[test]
fn many_findings_are_quick() {
    let planted = Planted::new(DOMAIN, "");
    planted.write(DOMAIN, &"fn f() { sqlx::query(); }\n".repeat(16_000));
    let started = Instant::now();
    assert_eq!(planted.found().len(), 16_000);
    // Two seconds in a debug build; to count the lines for every finding takes a minute.
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_is_refused() {
    let planted = Planted::new(DOMAIN, "");
    fs::remove_file(planted.at(DOMAIN)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(planted.at(DOMAIN)).status().unwrap().success());
    let (code, out, err) = check(&planted, &[]);
    assert!(err.starts_with("error: cannot read ") && err.contains("parcel.rs: this is no file"), "{err}");
    assert_eq!((code, out.as_str()), (2, ""));
}

/// Whether one of them is a crate's is asked about all the others, again and again.
#[test]
fn globs_of_crates_that_nobody_declares_come_to_an_end() {
    let globs: String = (0..14).map(|number| format!("use c{number}::m::*;\n")).collect();
    let code = format!("{globs}use chrono::*;\nfn f() {{ Utc::now(); unheard::of(); }}\n");
    let planted = Planted::new(DOMAIN, "");
    planted.write("src/infrastructure/unheard.rs", &code);
    planted.write("src/infrastructure/mod.rs", "mod unheard;\n");
    let started = Instant::now();
    planted.found();
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn globs_that_open_each_other_come_to_an_end() {
    let names: Vec<String> = (0..12).map(|number| format!("m{number}")).collect();
    let globs: String = names.iter().map(|name| format!("pub use super::{name}::*; ")).collect();
    let modules: String = names
        .iter()
        .map(|name| format!("mod {name} {{ {globs} fn f() {{ missing(); a::b(); }} }}\n"))
        .collect();
    let started = Instant::now();
    Planted::new(DOMAIN, &format!("{modules}use m0::*; use m0 as m; use m as n; pub use self::n as m1x;"))
        .found();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn imports_in_a_circle_come_to_an_end() {
    rows(&[(
        "a circle",
        DOMAIN,
        "mod a { pub use super::b::X; }\nmod b { pub use super::a::X; }\nuse a::X;\nfn f() { X::new(); }\nuse self::c as d;\nuse self::d as c;",
    )]);
}

#[test]
fn what_is_no_rust_is_a_finding_with_its_place() {
    rows(&[
        ("a word too many", DOMAIN, "pub struct Parcel;\nfn f() { let «parse|=» ; }\n"),
        ("a module without a file", DOMAIN, "mod «parse|missing»;"),
        ("a module without a file, under a condition", DOMAIN, "#[cfg(feature = \"x\")]\nmod missing;"),
    ]);
    let (_, out, _) = check(&Planted::new(DOMAIN, "fn f( {"), &[]);
    assert!(out.contains("error[parse]: this is not Rust: a bracket or a quote is out of place\n"), "{out}");
    let planted = Planted::new(DOMAIN, "");
    fs::write(planted.at(DOMAIN), b"// \xc3\xa4\nconst A: &str = \"\xff\";\n").unwrap();
    let (code, out, _) = check(&planted, &[]);
    assert!(out.contains("error[parse]: this is not UTF-8\n") && out.contains("parcel.rs:2:18\n"), "{out}");
    assert_eq!(code, 1);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_do_not_hang() {
    let planted = Planted::new(DOMAIN, "");
    std::os::unix::fs::symlink(planted.at("src"), planted.at("src/domain/again")).unwrap();
    assert_eq!(planted.found(), []);
    planted.write(
        "src/domain/mod.rs",
        "pub mod parcel;\nmod repository;\npub use repository::Parcels;\nmod again;\n",
    );
    std::os::unix::fs::symlink(planted.at("src/domain/mod.rs"), planted.at("src/domain/again.rs")).unwrap();
    let (code, out, _) = check(&planted, &[]);
    assert!(out.contains("error[parse]: the module `again` leads back to its own file"), "{out}");
    assert_eq!(code, 1);
}

#[test]
fn a_file_that_cannot_be_read_is_refused_by_name() {
    let planted = Planted::new(DOMAIN, "");
    fs::remove_file(planted.at(DOMAIN)).unwrap();
    fs::create_dir(planted.at(DOMAIN)).unwrap();
    let (code, out, err) = check(&planted, &[]);
    assert!(err.starts_with("error: cannot read ") && err.contains("src/domain/parcel.rs: "), "{err}");
    assert_eq!((code, out.as_str()), (2, ""));
}
