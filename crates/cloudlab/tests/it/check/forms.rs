//! What the user reads: text, JSON, SARIF.

use serde_json::Value;

use super::commands::{check, shown};
use super::planted::{DOMAIN, Planted};

const PICTURE: &str = "pub struct Parcel;\n\nuse sqlx::FromRow;\n";

#[test]
fn a_finding_looks_like_an_error_of_the_compiler() {
    let planted = Planted::new(DOMAIN, PICTURE);
    let (code, out, err) = check(&planted, &[]);
    let folder = planted.folder.path().display().to_string();
    let (finding, closing) = out.split_once("\n\n").unwrap();
    assert_eq!(
        finding.replace(&folder, "service"),
        "\
error[layers]: the domain must not know the database
  ┌─ service/src/domain/parcel.rs:3:5
  │
3 │ use sqlx::FromRow;
  │     ^^^^ `domain` may use std and cloudlab-core only
  = why: business rules are tested without a server and outlive the storage
  = help: keep the row type in src/infrastructure/persistence/parcels.rs and convert there"
    );
    let closing = closing.replace(&folder, "service");
    assert!(
        closing.starts_with("1 finding in service/src/domain (layers 1): 11 files, 6 rules · 0."),
        "{closing}"
    );
    assert_eq!((code, err.as_str()), (1, ""));
}

#[test]
fn no_finding_is_one_line() {
    let (code, out, _) = check(&Planted::new(DOMAIN, ""), &[]);
    assert!(out.starts_with("no finding: 11 files, 6 rules · ") && out.ends_with(" s\n"), "{out}");
    assert_eq!((code, out.lines().count()), (0, 1));
}

/// The text between the gutter and the mark, and the mark, as wide as a terminal shows them.
fn mark(code: &str) -> (String, String) {
    let (_, out, _) = check(&Planted::new(DOMAIN, code), &[]);
    let line = |start: &str| {
        let found =
            out.lines().filter_map(|line| line.split_once("│ ")).find(|(_, rest)| rest.contains(start));
        found.unwrap().1.to_string()
    };
    (line("sqlx"), line("^"))
}

#[test]
fn the_mark_stands_under_the_code() {
    assert_eq!(mark("\tuse sqlx::A;").1.find('^'), Some(8));
    assert_eq!(mark("\tuse sqlx::A;").0, "    use sqlx::A;");
    // Two columns for each of the three pictures, and one for the letter with a mark of its own.
    let wide = mark("/* 日本語 e\u{301} */ use sqlx::A;");
    assert_eq!(wide.1.find('^'), Some("/* xxyyzz e */ use ".len()));
    assert_eq!(wide.1.matches('^').count(), 4);
}

#[test]
fn the_gutter_is_as_wide_as_the_number_of_the_line() {
    let (_, out, _) = check(&Planted::new(DOMAIN, &format!("{}use sqlx::A;", "\n".repeat(99))), &[]);
    assert!(out.contains("\n    ┌─ ") && out.contains("\n100 │ use sqlx::A;\n    │     ^^^^"), "{out}");
}

#[test]
fn an_imported_name_says_what_it_is() {
    let planted = Planted::new(DOMAIN, "fn f(_: crate::SqlParcels) {}");
    let (_, out, _) = check(&planted, &[]);
    assert!(out.contains("this is `crate::infrastructure::parcels::SqlParcels`; `domain` may use"), "{out}");
}

#[test]
fn colour_is_for_terminals() {
    let planted = Planted::new(DOMAIN, PICTURE);
    let (_, plain, _) = check(&planted, &[]);
    let (_, coloured, _) = shown(planted.folder.path(), &[], true);
    assert!(
        !plain.contains('\u{1b}') && coloured.contains("\u{1b}[1;31merror[layers]\u{1b}[0m"),
        "{coloured}"
    );
}

#[test]
fn json_is_one_document() {
    let planted = Planted::new(DOMAIN, PICTURE);
    for args in [&["--json"][..], &["--format", "json"], &["--format=json"]] {
        let (code, out, _) = check(&planted, args);
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &document["status"], &document["files"]), (1, &"findings".into(), &11.into()));
        let finding = document["findings"][0].as_object().unwrap();
        let keys: Vec<&str> = finding.keys().map(String::as_str).collect();
        for key in ["rule", "file", "line", "column", "end_column", "code", "message", "label", "why", "help"]
        {
            assert!(keys.contains(&key), "{key}");
        }
        assert_eq!((&finding["rule"], &finding["code"]), (&"layers".into(), &"sqlx".into()));
        let place = (&finding["line"], &finding["column"], &finding["end_column"]);
        assert_eq!(place, (&3.into(), &5.into(), &9.into()));
    }
    let (code, out, _) = check(&Planted::new(DOMAIN, ""), &["--json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (code, &document["status"], document["findings"].as_array().unwrap().len()),
        (0, &"clean".into(), 0)
    );
}

#[test]
fn sarif_names_rules_and_regions() {
    let planted = Planted::new(DOMAIN, PICTURE);
    let (code, out, _) = check(&planted, &["--format", "sarif"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["version"]), (1, &"2.1.0".into()));
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["layers", "domain", "repositories", "brokers", "clocks", "root", "parse"]);
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{text}");
        }
    }
    let result = &run["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["ruleIndex"], &result["level"]),
        (&"layers".into(), &0.into(), &"error".into())
    );
    assert!(
        result["message"]["text"].as_str().unwrap().starts_with("the domain must not know the database. ")
    );
    let place = &result["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("file:///") && uri.ends_with("/src/domain/parcel.rs"), "{uri}");
    let region = &place["region"];
    let numbers =
        ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().unwrap());
    assert_eq!(numbers, [3, 5, 3, 9]);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
}
