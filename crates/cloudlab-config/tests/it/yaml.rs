//! YAML in place of TOML: what is read, what is refused, and where it says the mistake is.

use cloudlab_config::Secret;
use serde::{Deserialize, Serialize};

use crate::settings::{Format, Place, Route, Shipping, reported};

fn yaml(text: &str) -> Place {
    Place::new().file("service.yaml", text)
}

/// Asserts that reading fails with `rest` behind the name of the file.
fn fails(text: &str, rest: &str) {
    yaml(text).fails(&format!("service.yaml:{rest}"));
}

const ALL: &str = "\
# of all kinds
---
http:
  address: \"[::1]:9\"   # quoted, since a list begins so
  port: 0x10
  body_limit_bytes: 18446744073709551615
  compress: true
  ratio: 2e0
  origins: [a, 'b']
  name: >-
    two
    lines
database: {url: pg, token: '4711', key: yes}
log:
  format: json
  shipping:
    remote:
      port: 514
routes:
- path: /
  weight: 1
- path: /x
  weight: 2
...
";

#[test]
fn all_kinds_of_values_are_read() {
    for text in [ALL.to_owned(), ALL.replace('\n', "\r\n"), format!("\u{feff}{ALL}")] {
        let value = yaml(&text).load().value;
        assert_eq!((value.http.port, value.http.body_limit_bytes), (16, u64::MAX));
        assert_eq!((value.http.compress, value.http.ratio), (true, 2.0));
        assert_eq!(value.http.origins, ["a", "b"]);
        assert_eq!(value.http.name.as_deref(), Some("two lines"));
        assert_eq!(value.http.address.to_string(), "[::1]:9");
        assert_eq!((value.database.url.as_str(), value.database.key.expose()), ("pg", "yes"));
        assert_eq!(value.database.token.as_ref().map(Secret::expose), Some("4711"));
        assert_eq!(value.log.format, Format::Json);
        assert_eq!(value.log.shipping, Shipping::Remote { port: 514 });
        assert_eq!(value.routes[1], Route { path: "/x".to_owned(), weight: 2 });
    }
}

#[test]
fn every_value_knows_the_line_of_its_key() {
    for text in [ALL.to_owned(), ALL.replace('\n', "\r\n")] {
        let loaded = yaml(&text).load();
        for (key, line) in
            [("http.port", 5), ("http.name", 10), ("database.url", 13), ("routes.1.weight", 23)]
        {
            assert_eq!(loaded.locate(key), Some(format!("service.yaml:{line}")), "{key}");
        }
        assert_eq!(reported(&loaded, "database.token").0, "***");
    }
}

#[test]
fn layers_may_differ_in_their_format_and_references_are_expanded() {
    let place = yaml("http:\n  port: ${PORT:-81}\n  ratio: 1\n")
        .file("service.development.toml", "http.ratio = 2.0")
        .file("service.production.yaml", "http: {ratio: 3}")
        .file("service.staging.yml", "not looked at");
    let http = place.load().value.http;
    assert_eq!((http.port, http.ratio), (81, 2.0));
    let place = place.env("CLOUDLAB__PROFILE", "production").env("PORT", "82");
    let http = place.load().value.http;
    assert_eq!((http.port, http.ratio), (82, 3.0));
}

#[test]
fn one_layer_has_one_file() {
    yaml("").toml("").fails(
        "service.yaml cannot be read: service.toml is there, too, and neither wins over the other. \
         Keep one of them.",
    );
    let twice = Place::new().file("service.development.toml", "").file("service.development.yaml", "");
    assert!(twice.error().to_string().starts_with("service.development.yaml cannot be read: "));
    Place::new()
        .file("service.yml", "")
        .fails("service.yml cannot be read: files in YAML end in .yaml here. Name it service.yaml.");
}

#[test]
fn nothing_in_a_file_is_a_file_with_nothing() {
    for text in ["", "\n# note\n", "---\n", "--- ~\n...\n", "null"] {
        assert_eq!(yaml(text).load().value.http.port, 80, "{text}");
    }
    for text in ["http", "- http", "[1]", "80"] {
        fails(text, "1: the file must hold keys with values, as in `http:`.");
    }
}

#[test]
fn a_null_is_as_if_the_key_were_absent() {
    let place = yaml("http:\n  port: 81\n  name: x\n  origins:\ndatabase:\n")
        .file("service.development.yaml", "http:\n  port:\n  name: ~\n  address: null\n");
    let loaded = place.load();
    assert_eq!((loaded.value.http.port, loaded.value.http.name.as_deref()), (81, Some("x")));
    assert_eq!(reported(&loaded, "http.port"), ("81".to_owned(), "service.yaml:2".to_owned()));
    assert_eq!(reported(&loaded, "http.address").1, "default");
    assert_eq!(place.env("CLOUDLAB__HTTP__ADDRESS", "[::1]:1").load().value.http.address.port(), 1);
    let unknown = yaml("http:\n  prot:\n").error().to_string();
    assert!(unknown.starts_with("service.yaml:2: the key `http.prot` is not known. Did you mean `port`?"));
    fails(
        "http:\n  origins:\n  - a\n  - ~",
        "4: the value of `http.origins.1` is wrong: an element of a list may not be null.",
    );
}

/// A type that says nothing about keys it does not know.
#[derive(Debug, Deserialize, Serialize)]
struct Lax {
    name: Option<String>,
}

#[test]
fn a_null_does_not_hide_a_key_that_is_not_known() {
    let error = yaml("name:\nnmae:\n").sources().load::<Lax>().expect_err("nmae is unknown").to_string();
    assert!(error.starts_with("service.yaml:2: the key `nmae` is not known."), "{error}");
    assert_eq!(yaml("name:\n").sources().load::<Lax>().unwrap().value.name, None);
    let mut open = yaml("service:\n  nmae:\n").load();
    assert!(open.section::<Lax>("service").is_err());
}

#[test]
fn only_true_and_false_are_truth_values() {
    for word in ["yes", "on", "y", "Off", "1"] {
        let error = yaml(&format!("http:\n  compress: {word}")).error().to_string();
        let expected =
            "service.yaml:2: the value of `http.compress` is wrong: expected true or false, found ";
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(yaml("http: {name: on}").load().value.http.name.as_deref(), Some("on"));
    assert!(yaml("http: {compress: TRUE}").load().value.http.compress);
}

#[test]
fn numbers_are_those_of_the_core_schema() {
    for (text, ratio) in
        [("1", 1.0), ("+1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1E2", 100.0), ("0o17", 15.0)]
    {
        assert_eq!(yaml(&format!("http: {{ratio: {text}}}")).load().value.http.ratio, ratio, "{text}");
    }
    for text in ["1_000", "1.2.3", "0xyz", "1:30", "e5", "-x", "2026-11-21", ".inf"] {
        let place = yaml(&format!("http:\n  name: {text}"));
        assert_eq!(place.load().value.http.name.as_deref(), Some(text), "it is text");
        let error = yaml(&format!("http:\n  port: {text}")).error().to_string();
        assert!(
            error.ends_with(&format!("expected a whole number from 0 to 65535, found {text:?}.")),
            "{error}"
        );
    }
    let zero = "a number may not begin with 0; quote it if it is text, write 0o17 for octal.";
    fails("http: {port: 0080}", &format!("1: the value of `http.port` is wrong: {zero}"));
    for text in ["9".repeat(40), "1e999".to_owned(), format!("0x{}", "f".repeat(40))] {
        fails(
            &format!("http: {{ratio: {text}}}"),
            "1: the value of `http.ratio` is wrong: the number is too large.",
        );
    }
}

#[test]
fn a_quoted_number_is_text() {
    fails(
        "http:\n\n  port: \"80\"",
        "3: the value of `http.port` is wrong: expected a whole number from 0 to 65535, found \"80\".",
    );
    fails("database:\n  url: 80", "2: the value of `database.url` is wrong: expected a string, found 80.");
}

#[test]
fn a_key_that_stands_twice_names_both_lines() {
    fails(
        "http:\n  port: 1\n  \"port\": 2",
        "3: the key `http.port` stands twice; service.yaml:2 has it, too.",
    );
    fails("http: {}\n\nhttp: {}", "3: the key `http` stands twice; service.yaml:1 has it, too.");
}

#[test]
fn keys_are_text() {
    for (key, shown) in [("1", "1"), ("true", "true"), ("~", "~"), ("0x1", "0x1")] {
        fails(&format!("{key}: x"), &format!("1: the key `{shown}` is no text; quote it."));
    }
    for key in ["[a]", "{a: b}", "? [a]\n", "&a a", "!!str a"] {
        let error = yaml(&format!("{key} : x")).error().to_string();
        assert!(error.ends_with(": a key must be plain text, without anchor, alias or tag."), "{error}");
    }
    fails("http.port: 80", "1: the key `http.port` holds a dot; write a section for each part of it.");
    let on = yaml("on: x").error().to_string();
    assert!(on.starts_with("service.yaml:1: the key `on` is not known."), "{on}");
}

#[test]
fn anchors_aliases_and_tags_are_refused() {
    let anchors = "anchors are not read; write the value where it is needed.";
    fails("http:\n  name: &x y\n", &format!("2: the value of `http.name` is wrong: {anchors}"));
    fails("http: &x\n  port: 1\n", &format!("1: the value of `http` is wrong: {anchors}"));
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
    fails(bomb, &format!("1: the value of `a` is wrong: {anchors}"));
    let unknown = yaml("http:\n  name: *x\n").error().to_string();
    assert!(unknown.starts_with("service.yaml:2, column 9: it is not valid YAML: "), "{unknown}");
    for tag in ["!!str 1", "!own x", "!!binary aGk="] {
        fails(
            &format!("http:\n  name: {tag}"),
            "2: the value of `http.name` is wrong: tags are not read; quote what is text, and leave other values bare.",
        );
    }
}

#[test]
fn a_second_document_is_refused() {
    for text in ["http: {}\n---\nlog: {}\n", "---\nhttp: {}\n...\n---\n"] {
        let error = yaml(text).error().to_string();
        assert!(error.ends_with(": a second document begins; a configuration is one document."), "{error}");
        assert!(error.starts_with("service.yaml:"), "{error}");
    }
}

#[test]
fn what_is_no_yaml_names_line_and_column() {
    for (text, place) in [
        ("http:\n\tport: 1\n", "2, column "),
        ("http:\n  port: 1\n   ratio: 1\n", "3, column "),
        ("http:\r\n  port: [1\r\n", "3, column "),
        ("http:\n  name: \"x\n", "2, column 9: "),
        ("http:\n  name: `x`\n", "2, column 9: "),
        ("http:\n  name: @x\n", "2, column 9: "),
        ("a: b: c\n", "1, column "),
        ("http: {port: 1\n\u{0}", ""),
    ] {
        let error = yaml(text).error().to_string();
        assert!(error.starts_with(&format!("service.yaml:{place}")), "{text:?}: {error}");
        assert!(error.contains("it is not valid YAML: "), "{text:?}: {error}");
    }
}

#[test]
fn depth_is_bounded() {
    for text in ["[".repeat(60_000), "- ".repeat(200_000), "a: {".repeat(200), "{a: ".repeat(60_000)] {
        assert!(yaml(&text).error().to_string().starts_with("service.yaml:1"));
    }
    let deep = format!("service: {}1{}", "[".repeat(40), "]".repeat(40));
    let error = yaml(&deep).error().to_string();
    assert!(error.contains("it lies deeper than 32 sections"), "{error}");
}

#[test]
fn secrets_in_yaml_are_not_shown() {
    for text in ["database:\n  token: [hush]", "database:\n  url: {x: hush}", "database:\n  key: {x: hush}"] {
        let error = yaml(text).error().to_string();
        assert!(error.starts_with("service.yaml:2: ") && !error.contains("hush"), "{error}");
    }
    let place = yaml("profile: staging").error().to_string();
    assert!(place.starts_with("service.yaml:1: the profile cannot be set in this file"), "{place}");
}

#[test]
fn the_fingerprint_sees_yaml() {
    let place = yaml("");
    let seen = place.load().fingerprint();
    assert_ne!(seen, place.file("service.yaml", "http: {}").sources().fingerprint());
}

const SLIPS: usize = 1_000;

/// Characters that mean something to YAML, and some that do not.
const MEANINGFUL: &[u8] = b" \n\t-:?{}[],&*!|>'\"%@`#~0a.\r\\";

#[test]
fn a_file_with_slips_is_read_or_refused_and_never_ends_the_process() {
    let mut dice: u64 = 4711;
    let mut throw = |sides: usize| {
        dice = dice.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (dice >> 33) as usize % sides
    };
    for _ in 0..SLIPS {
        let mut text = ALL.as_bytes().to_vec();
        for _ in 0..=throw(4) {
            let (at, new) = (throw(text.len()), MEANINGFUL[throw(MEANINGFUL.len())]);
            match throw(3) {
                0 => text[at] = new,
                1 => text.insert(at, new),
                _ => drop(text.remove(at)),
            }
        }
        let text = String::from_utf8(text).unwrap();
        let place = yaml(&text).sources();
        if let Err(error) = place.load::<crate::settings::Settings>() {
            assert!(
                error.to_string().contains("service.yaml:") || error.to_string().contains("missing"),
                "{error}\n{text}"
            );
        }
    }
}
