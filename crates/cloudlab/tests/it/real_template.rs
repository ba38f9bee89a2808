//! The template of this checkout, under names that differ as much as names can.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fixture::everything_in;

fn cloudlab(folder: &Path, args: &[&str]) -> PathBuf {
    let output =
        Command::new(env!("CARGO_BIN_EXE_cloudlab")).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join(args[1])
}

#[test]
fn no_word_of_the_placeholder_is_left_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let service = cloudlab(folder.path(), &["new", "purchase-quagga-service", "--yes"]);
    for (path, content) in everything_in(&service) {
        let name = path.strip_prefix(&service).unwrap().display().to_string();
        let text =
            format!("{name}\n{}", String::from_utf8_lossy(&content.unwrap_or_default())).to_lowercase();
        let line = text.lines().find(|line| {
            line.contains("gizmo")
                || line.contains("acme")
                || line.contains("cloudlab:if")
                || line.contains("cloudlab:file")
        });
        assert_eq!(line, None, "{name}");
    }
}

/// `--locked` fails when the lock names a package too many, and metadata without it would change a version in silence.
#[test]
fn the_lock_is_exact_and_has_only_tested_versions() {
    let folder = tempfile::tempdir().unwrap();
    let tested = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).unwrap();
    let tested: toml_edit::DocumentMut = tested.parse().unwrap();
    let packages = |lock: &toml_edit::DocumentMut| -> Vec<(String, String)> {
        let tables = lock["package"].as_array_of_tables().unwrap().iter();
        tables
            .map(|table| (table["name"].as_str().unwrap().into(), table["version"].as_str().unwrap().into()))
            .collect()
    };
    let known = packages(&tested);
    for (name, database) in [("postgres-quagga", "postgres"), ("embedded-quagga", "sqlite")] {
        let service = cloudlab(folder.path(), &["new", name, "--yes", "--database", database]);
        let lock = fs::read_to_string(service.join("Cargo.lock")).unwrap();
        for package in packages(&lock.parse().unwrap()) {
            assert!(package.0 == name || known.contains(&package), "{package:?}");
        }
        let mut cargo = Command::new("cargo");
        let cargo =
            cargo.args(["tree", "--locked", "--offline", "--quiet"]).current_dir(&service).output().unwrap();
        assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    }
}

#[test]
fn a_plural_of_47_bytes_is_the_longest_that_postgresql_does_not_cut() {
    let folder = tempfile::tempdir().unwrap();
    let planned = |plural: &str| {
        let args = ["new", "quagga-service", "--yes", "--dry-run", "--plural", plural];
        let mut binary = Command::new(env!("CARGO_BIN_EXE_cloudlab"));
        binary.args(args).current_dir(folder.path()).output().unwrap()
    };
    assert_eq!(planned(&"q".repeat(47)).status.code(), Some(0));
    let refused = planned(&"q".repeat(48));
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("help: --aggregate Name or --plural names"), "{words}");
}

#[test]
fn the_service_is_not_put_under_the_licence_of_its_chassis() {
    let folder = tempfile::tempdir().unwrap();
    let service = cloudlab(folder.path(), &["new", "quagga-service", "--yes"]);
    let manifest = fs::read_to_string(service.join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("license"), "{manifest}");
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(licence);
        assert_eq!(fs::read(service.join("vendor/cloudlab").join(licence)).unwrap(), fs::read(root).unwrap());
    }
}

#[test]
fn the_code_is_formatted() {
    let folder = tempfile::tempdir().unwrap();
    let service = cloudlab(folder.path(), &["new", "zebra-service", "--yes"]);
    let check = Command::new("cargo").args(["fmt", "--check"]).current_dir(&service).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}
