//! Answers that come from a file.

use std::path::Path;
use std::process::Command;

use crate::fixture::{Fixture, read, write};

const ANSWERS: &str = "[answers]\ndatabase = \"sqlite\"\ncache = \"none\"\nbroker = \"none\"\nnotifier = \"polling\"\n\
                       api = [\"rest\"]\nobservability = \"prometheus\"\n";

/// `new` from a file with this text, without `--yes`.
fn from(fixture: &Fixture, name: &str, text: &str, more: &[&str]) -> crate::fixture::Ran {
    let file = fixture.at("answers.toml");
    write(&file, text);
    let (file, parent) = (file.display().to_string(), fixture.parent().display().to_string());
    let args = ["new", name, "--path", &parent, "--answers", &file];
    fixture.cloudlab(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn a_file_answers_every_question() {
    let fixture = Fixture::new();
    let ran = from(&fixture, "parcel-service", ANSWERS, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let record = read(&fixture.parent().join("parcel-service"), "cloudlab.toml");
    assert!(record.contains(ANSWERS), "{record}");
}

#[test]
fn flags_win_over_the_file_and_defaults_follow_both() {
    let fixture = Fixture::new();
    let ran = from(
        &fixture,
        "parcel-service",
        "[answers]\ndatabase = \"sqlite\"\n",
        &["--yes", "--database", "postgres"],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let record = read(&fixture.parent().join("parcel-service"), "cloudlab.toml");
    assert!(
        record.contains("database = \"postgres\"") && record.contains("notifier = \"notify\""),
        "{record}"
    );
}

#[test]
fn what_the_file_leaves_open_is_missing() {
    let fixture = Fixture::new();
    let ran = from(&fixture, "parcel-service", "[answers]\ndatabase = \"sqlite\"\n", &[]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("missing: --cache, --broker, --notifier, --api, --observability\n"),
        "{}",
        ran.err
    );
}

#[test]
fn the_record_of_one_service_answers_for_the_next() {
    let fixture = Fixture::new();
    let first = fixture.written(
        "purchase-order-service",
        &["--aggregate", "Level2", "--plural", "level-2-all", "--database", "sqlite"],
    );
    let record = read(&first, "cloudlab.toml");
    let ran = from(&fixture, "parcel-service", &record, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let next = read(&fixture.parent().join("parcel-service"), "cloudlab.toml");
    assert!(next.contains("aggregate = \"parcel\"\nplural = \"parcels\""), "{next}");
    // The same service, once more.
    std::fs::remove_dir_all(&first).unwrap();
    let ran = from(&fixture, "purchase-order-service", &record, &[]);
    assert_eq!((ran.code, read(&first, "cloudlab.toml")), (0, record), "{}", ran.err);
}

#[test]
fn names_of_nobody_in_particular_are_taken() {
    let fixture = Fixture::new();
    let text =
        format!("{ANSWERS}[names]\naggregate = \"product-category\"\nplural = \"product-categories\"\n");
    assert_eq!(from(&fixture, "catalogue", &text, &[]).code, 0);
    assert!(fixture.parent().join("catalogue/src/domain/product_category.rs").is_file());
    // The plural of another aggregate is of no use.
    assert_eq!(from(&fixture, "third", &text, &["--aggregate", "Shelf"]).code, 0);
    assert!(read(&fixture.parent().join("third"), "cloudlab.toml").contains("plural = \"shelfs\""));
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_its_line() {
    let fixture = Fixture::new();
    for (text, words) in [
        ("[answers]\ndatabse = \"sqlite\"\n", ":2 has an unknown key `databse` in [answers]"),
        ("[answer]\n", ":1 has an unknown key `answer`"),
        ("database = \"sqlite\"\n", ":1 has an unknown key `database`"),
        ("answers = 3\n", ":1 has `answers` as a value"),
        ("[answers]\ndatabase = \"oracle\"\n", ":2 has `oracle` as `database`"),
        ("[answers]\ndatabase = 7\n", ":2 has an integer as `database`"),
        ("[answers]\n\napi = \"rest\"\n", ":3 must have a list of words as `api`"),
        ("[answers]\napi = []\n", ":2 must have a list of words as `api`"),
        ("[answers]\napi = [\"rest\",\n\"soap\"]\n", ":3 has `soap` as `api`"),
        ("[service]\nblueprint = \"none\"\n", ":2 has `none` as `blueprint`"),
        ("[service]\ncloudlab = \"99.0.0\"\n", ":2 was written by cloudlab 99.0.0; this is "),
        (
            "[service]\ncloudlab = \"99.0.0-rc.1\"\n[answers]\nqueue = \"x\"\n",
            ":2 was written by cloudlab 99.0.0-rc.1",
        ),
        ("\"\\u001b[31m\" = 1\n", ":1 has an unknown key `\\u{1b}[31m`"),
        ("[service]\ncloudlab = \"soon\"\n", ":2 names a version that is none"),
        ("[names]\nplural = 1\n", ":2 must have a word as `plural`"),
        ("[answers\n", ":1 is not TOML: "),
    ] {
        let ran = from(&fixture, "parcel-service", text, &["--yes"]);
        assert_eq!(ran.code, 2, "{text}");
        assert!(
            ran.err.starts_with("error: the answers file ") && ran.err.contains(words),
            "{text}: {}",
            ran.err
        );
        assert!(ran.err.ends_with("nothing was written\n"), "{}", ran.err);
    }
    let err = fixture.refused("parcel-service", &["--answers", "/nowhere/answers.toml"]);
    assert!(err.contains("cannot read /nowhere/answers.toml"), "{err}");
    assert!(!fixture.parent().join("parcel-service").exists());
}

#[test]
fn an_answer_from_a_file_is_judged_like_a_flag() {
    let fixture = Fixture::new();
    for (text, words) in [
        ("[answers]\ndatabase = \"sqlite\"\nnotifier = \"notify\"\n", "LISTEN/NOTIFY is PostgreSQL's"),
        ("[answers]\nbroker = \"kafka\"\n", "--broker kafka is not built yet"),
        ("[answers]\n\nchassis = \"git\"\n", "answers.toml:3 is wrong: `git` is not a value of `--chassis"),
        (
            "[names]\naggregate = \"Purchase Order\"\n",
            "answers.toml:2 is wrong: the aggregate `Purchase Order` is not made of",
        ),
    ] {
        let ran = from(&fixture, "parcel-service", text, &["--yes"]);
        assert!(ran.code == 2 && ran.err.contains(words), "{text}: {}", ran.err);
    }
}

#[test]
fn only_a_file_of_sensible_size_is_read() {
    let fixture = Fixture::new();
    let err = fixture.refused("parcel-service", &["--answers", "/dev/zero"]);
    assert!(err.contains("the answers file /dev/zero is not a file"), "{err}");
    write(&fixture.at("large.toml"), &"#".repeat((1 << 20) + 1));
    let err =
        fixture.refused("parcel-service", &["--answers", &fixture.at("large.toml").display().to_string()]);
    assert!(err.contains("is larger than 1 MiB"), "{err}");
}

/// The record of a service that was made from somewhere else still leads to the same checkout.
#[test]
fn a_relative_path_in_a_record_is_meant_from_its_file() {
    let fixture = Fixture::new();
    let at = |name: &str| fixture.at(name).display().to_string();
    let cloudlab = |folder: &str, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlab"));
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let _ = std::os::unix::fs::symlink(checkout, fixture.at("lab"));
        let output = command.arg("new").args(args).arg("--yes").current_dir(at(folder)).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    std::fs::create_dir_all(at("far/away")).unwrap();
    cloudlab("far/away", &["order-service", "--path", "../../services", "--chassis", "path=../../lab"]);
    cloudlab("services/order-service", &["parcel-service", "--path", "..", "--answers", "cloudlab.toml"]);
    let chassis = |name: &str| {
        let record = read(&fixture.parent().join(name), "cloudlab.toml");
        record.lines().find(|line| line.starts_with("chassis")).unwrap().to_string()
    };
    assert_eq!(chassis("order-service"), chassis("parcel-service"));
}
