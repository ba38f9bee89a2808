//! What a service looks like, for reviewers to read: a change of the generator or of the template shows here as a diff.
//!
//! `UPDATE_GOLDEN=1 cargo test -p cloudlab golden` writes the snapshots anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fixture::{Fixture, everything_in};

/// Where names, options and the chassis meet; the other files are held by the test of identity.
const SHOWN: [&str; 9] = [
    "Cargo.toml",
    "README.md",
    "service.toml",
    "src/lib.rs",
    "src/domain/api_key.rs",
    "src/domain/events.rs",
    "src/application/commands/activate_api_key.rs",
    "migrations/sqlite/0001_api_keys.up.sql",
    "cloudlab.toml",
];

#[test]
fn golden_services_are_as_they_were() {
    let fixture = Fixture::new();
    for (database, chassis) in [("postgres", "vendored"), ("sqlite", "git=https://example.org/cloudlab")] {
        let name = "api-key-service";
        let service =
            fixture.written_from_the_real_template(name, &["--database", database, "--chassis", chassis]);
        compare(&golden(database).join("files.txt"), &list(&service));
        for file in SHOWN {
            let text =
                fs::read_to_string(service.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            compare(&golden(database).join(format!("{file}.txt")), &without_digests(file, &text));
        }
        fs::remove_dir_all(service).unwrap();
    }
}

fn golden(database: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(database)
}

/// The service's own files; of the chassis its crates.
fn list(service: &Path) -> String {
    let all = everything_in(service);
    let files = all.iter().filter(|(_, content)| content.is_some());
    let mut names: Vec<String> =
        files.map(|(path, _)| path.strip_prefix(service).unwrap().display().to_string()).collect();
    for name in &mut names {
        if let Some(rest) = name.strip_prefix("vendor/cloudlab/") {
            *name = format!("vendor/cloudlab/{}", rest.split('/').next().unwrap());
        }
    }
    names.dedup();
    names.join("\n") + "\n"
}

/// A digest says only that a file changed, which the file itself says better.
fn without_digests(file: &str, text: &str) -> String {
    match text.split_once("[files]") {
        Some((head, _)) if file == "cloudlab.toml" => format!("{head}[files]\n"),
        _ => text.to_string(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is told to rewrite its snapshots by the environment")]
fn is_update() -> bool {
    std::env::var("UPDATE_GOLDEN").is_ok()
}

fn compare(golden: &Path, actual: &str) {
    if is_update() {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(golden, actual).unwrap();
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    assert!(
        expected == actual,
        "{} is not what is rendered: look at the difference with\n  \
         UPDATE_GOLDEN=1 cargo test -p cloudlab golden && git diff crates/cloudlab/tests/golden",
        golden.display()
    );
}
