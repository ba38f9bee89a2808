//! What is told: words, JSON, and the list of a dry run.

use serde_json::Value;

use crate::fixture::{Fixture, everything_in};

#[test]
fn success_tells_what_to_do_next() {
    let fixture = Fixture::new();
    let ran = fixture.new_service("parcel-service", &[]);
    let folder = fixture.parent().join("parcel-service");
    assert!(ran.out.contains(&format!("✔ 12 files in {} · ", folder.display())), "{}", ran.out);
    assert!(ran.out.contains(&format!("next   cd {} && cargo run\n", folder.display())), "{}", ran.out);
    assert!(
        ran.out.contains("curl -X POST localhost:8080/v1/parcels -d '{\"name\":\"first\"}'"),
        "{}",
        ran.out
    );
}

#[test]
fn json_is_one_document_for_success_and_for_refusal() {
    let fixture = Fixture::new();
    let written: Value =
        serde_json::from_str(&fixture.new_service("parcel-service", &["--json"]).out).unwrap();
    assert_eq!(written["status"], "written");
    assert_eq!(written["answers"]["notifier"], "notify");
    assert_eq!(written["names"]["aggregate"], "Parcel");
    assert_eq!(written["files"].as_array().unwrap().len(), 12);
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
