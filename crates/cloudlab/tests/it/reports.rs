//! What is told: words, JSON, and the list of a dry run.

use serde_json::Value;

use crate::fixture::{Fixture, everything_in};

#[test]
fn success_tells_what_to_do_next() {
    let fixture = Fixture::new();
    let ran = fixture.new_service("parcel-service", &[]);
    let folder = fixture.parent().join("parcel-service");
    assert!(ran.out.contains(&format!("✔ 15 files in {} · ", folder.display())), "{}", ran.out);
    assert!(ran.out.contains(&format!("next   cd {} && cargo run\n", folder.display())), "{}", ran.out);
    assert!(
        ran.out.contains("curl -X POST localhost:8080/v1/parcels -d '{\"name\":\"first\"}'"),
        "{}",
        ran.out
    );
}

#[test]
fn a_cache_is_not_announced_where_there_is_none() {
    let fixture = Fixture::new();
    let out = fixture.new_service("parcel-service", &[]).out;
    let told = out.lines().find(|line| line.contains("cache")).unwrap();
    let words: Vec<&str> = told.split_whitespace().collect();
    assert_eq!(words.join(" "), "│ cache none (no cache is built into this version)");
    let help = fixture.cloudlab(&["new", "--help"]).out;
    let help = help.lines().find(|line| line.contains("--cache")).unwrap();
    assert!(!help.contains("in the process") && help.contains("not built"), "{help}");
    let err = fixture.refused("other-service", &["--notifier", "redis"]);
    assert!(!err.contains("in the process") && err.contains("without a cache"), "{err}");
}

#[test]
fn the_record_and_the_report_tell_the_same_answers() {
    let fixture = Fixture::new();
    let ran = fixture.new_service("parcel-service", &["--json", "--database", "sqlite"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let record = std::fs::read_to_string(fixture.parent().join("parcel-service/cloudlab.toml")).unwrap();
    let record: toml_edit::DocumentMut = record.parse().unwrap();
    let answers = record["answers"].as_table().unwrap();
    let told = told["answers"].as_object().unwrap();
    let questions: Vec<&str> = answers.iter().map(|(question, _)| question).collect();
    assert_eq!(questions, ["database", "cache", "broker", "notifier", "api", "observability", "chassis"]);
    assert_eq!(told.len(), questions.len());
    for (question, answer) in answers {
        assert_eq!(answer.as_value().unwrap().to_string().trim(), told[question].to_string(), "{question}");
    }
}

#[test]
fn json_is_one_document_for_success_and_for_refusal() {
    let fixture = Fixture::new();
    let written: Value =
        serde_json::from_str(&fixture.new_service("parcel-service", &["--json"]).out).unwrap();
    assert_eq!(written["status"], "written");
    assert_eq!(written["answers"]["notifier"], "notify");
    assert_eq!(written["names"]["aggregate"], "Parcel");
    assert_eq!(written["files"].as_array().unwrap().len(), 15);
    let refused = fixture.new_service("parcel-service", &["--json"]);
    let error: Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!((error["status"].as_str(), error["exit"].as_u64()), (Some("refused"), Some(2)));
    assert!(refused.err.contains(error["error"].as_str().unwrap()));
    let malformed = fixture.cloudlab(&["new", "x", "--nonsense", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&malformed.out).unwrap()["status"], "refused");
}

#[test]
fn a_dry_run_lists_what_a_real_run_writes_and_writes_nothing() {
    let fixture = Fixture::new();
    let before = everything_in(&fixture.at("."));
    let parent = fixture.at("missing").display().to_string();
    let args = ["new", "parcel-service", "--yes", "--json", "--path", &parent];
    let planned = fixture.cloudlab(&args.iter().copied().chain(["--dry-run"]).collect::<Vec<_>>());
    assert_eq!((planned.code, before), (0, everything_in(&fixture.at("."))));
    let planned: Value = serde_json::from_str(&planned.out).unwrap();
    let written: Value = serde_json::from_str(&fixture.cloudlab(&args).out).unwrap();
    assert_eq!(planned["status"], "planned");
    assert_eq!((&planned["files"], &planned["vendored"]), (&written["files"], &written["vendored"]));
    for list in ["files", "vendored"] {
        for path in written[list].as_array().unwrap() {
            assert!(fixture.at("missing/parcel-service").join(path.as_str().unwrap()).is_file(), "{path}");
        }
    }
}

#[test]
fn a_dry_run_in_words_names_every_file_of_the_service() {
    let fixture = Fixture::new();
    let out = fixture.new_service("parcel-service", &["--dry-run"]).out;
    let folder = fixture.parent().join("parcel-service");
    assert!(out.contains(&format!("{}\n", folder.join("src/domain/parcel.rs").display())), "{out}");
    assert!(out.contains("cloudlab-core/   (2 files)\n") && out.contains("nothing was written\n"), "{out}");
}

#[test]
fn version_and_help_go_to_standard_output() {
    let fixture = Fixture::new();
    let version = fixture.cloudlab(&["--version"]);
    assert_eq!(
        (version.code, version.out.as_str()),
        (0, concat!("cloudlab ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    let help = fixture.cloudlab(&["new", "--help"]);
    assert_eq!(help.code, 0);
    for flag in [
        "--path",
        "--aggregate",
        "--plural",
        "--blueprint",
        "--database",
        "--cache",
        "--broker",
        "--notifier",
        "--api",
        "--observability",
        "--chassis",
        "--answers",
        "--yes",
        "--run",
        "--dry-run",
        "--json",
    ] {
        assert!(help.out.contains(flag), "{flag}");
    }
}
