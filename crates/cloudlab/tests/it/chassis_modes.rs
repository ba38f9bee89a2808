//! How a service refers to the chassis.

use std::path::Path;
use std::process::Command;

use crate::fixture::{Fixture, read, write};

/// The lines of a manifest that name the chassis.
fn chassis_lines(folder: &Path) -> String {
    let manifest = read(folder, "Cargo.toml");
    manifest.lines().filter(|line| line.starts_with("cloudlab-c")).collect::<Vec<_>>().join("\n")
}

fn has_no_vendored_chassis(folder: &Path) {
    assert!(!folder.join("vendor").exists());
    assert!(!read(folder, "Cargo.toml").contains("exclude"));
}

#[test]
fn a_path_is_absolute_unless_it_was_given_as_a_relative_one() {
    let fixture = Fixture::new();
    let root = fixture.at("checkout").canonicalize().unwrap();
    for mode in ["path".to_string(), format!("path={}", root.display())] {
        let name = format!("parcel-{}", mode.len());
        let folder = fixture.written(&name, &["--chassis", &mode]);
        let line = format!(
            "cloudlab-chassis = {{ path = \"{}/crates/cloudlab-chassis\", default-features = false, features = [\"postgres\"] }}",
            root.display()
        );
        assert!(chassis_lines(&folder).contains(&line), "{}", chassis_lines(&folder));
        has_no_vendored_chassis(&folder);
    }
}

#[test]
fn a_relative_path_is_seen_from_the_service() {
    let fixture = Fixture::new();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    std::os::unix::fs::symlink(checkout, fixture.at("lab")).unwrap();
    let mut cloudlab = Command::new(env!("CARGO_BIN_EXE_cloudlab"));
    let args = ["new", "parcel-service", "--yes", "--path", "services/deep", "--chassis", "path=lab"];
    let output = cloudlab.args(args).current_dir(fixture.at(".")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = fixture.parent().join("deep/parcel-service");
    let lines = chassis_lines(&folder);
    let (_, path) = lines.split_once("path = \"").unwrap();
    let (path, _) = path.split_once('"').unwrap();
    assert!(path.starts_with("../../../") && folder.join(path).join("Cargo.toml").is_file(), "{lines}");
    let root = path.strip_suffix("/crates/cloudlab-chassis").unwrap();
    assert!(read(&folder, "cloudlab.toml").contains(&format!("chassis = \"path={root}\"")));
}

#[test]
fn a_repository_is_named_by_its_url() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &["--chassis", "git=https://example.org/lab.git"]);
    let line = "cloudlab-core = { git = \"https://example.org/lab.git\", default-features = false }";
    assert!(chassis_lines(&folder).contains(line), "{}", chassis_lines(&folder));
    has_no_vendored_chassis(&folder);
}

#[test]
fn the_registry_is_named_by_version_with_a_warning() {
    let fixture = Fixture::new();
    let ran = fixture.new_service("parcel-service", &["--chassis", "registry"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.starts_with("warning: the service asks the registry for version 0.1.0"), "{}", ran.err);
    let folder = fixture.parent().join("parcel-service");
    let line = "cloudlab-core = { version = \"0.1.0\", default-features = false }";
    assert!(chassis_lines(&folder).contains(line), "{}", chassis_lines(&folder));
    has_no_vendored_chassis(&folder);
}

#[test]
fn a_checkout_must_have_the_crates_of_this_version() {
    let fixture = Fixture::new();
    let path = format!("path={}", fixture.at("other").display());
    write(&fixture.at("other/crates/cloudlab-chassis/Cargo.toml"), "");
    let err = fixture.refused("parcel-service", &["--chassis", &path]);
    assert!(err.contains("is not a checkout of Cloud Lab"), "{err}");
    for crate_name in ["core", "sql", "testing"] {
        write(&fixture.at(&format!("other/crates/cloudlab-{crate_name}/Cargo.toml")), "");
    }
    write(&fixture.at("other/Cargo.toml"), "[workspace.package]\nversion = \"0.0.9\"\n");
    let err = fixture.refused("parcel-service", &["--chassis", &path]);
    assert!(
        err.contains("holds version 0.0.9 of the chassis; this command writes services for 0.1.0"),
        "{err}"
    );
}

#[test]
fn a_user_of_ssh_is_no_secret() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &["--chassis", "git=ssh://git@example.org/lab.git"]);
    assert!(chassis_lines(&folder).contains("git = \"ssh://git@example.org/lab.git\""));
}

#[test]
fn a_mode_that_cannot_be_is_refused() {
    let fixture = Fixture::new();
    for (mode, words) in [
        ("git", "`git` is not a value of `--chassis <MODE>`"),
        ("git=", "`git=` is not a value"),
        ("path=", "`path=` is not a value"),
        ("vendored=x", "`vendored=x` is not a value"),
        ("git=git@example.org:lab.git", "has no scheme"),
        ("git=ftp://example.org/lab.git", "has a scheme that cargo does not know"),
        ("git=https://me:hunter2@example.org/lab.git", "has a place for secrets in it"),
        ("git=https://hunter2@example.org/lab.git", "has a place for secrets in it"),
        ("git=https://example.org/lab.git?token=hunter2", "has a place for secrets in it"),
        ("git=https://me:hunter2/x@example.org/lab", "has a place for secrets in it"),
        ("git=ssh://me:hunter2@example.org/lab", "has a place for secrets in it"),
        ("https://me:hunter2@example.org/lab.git", "`https` is not a value"),
        ("git=https:///lab", "is not complete"),
        ("git=https://", "is not complete"),
        ("path=nowhere", "cannot find the checkout nowhere"),
        ("path=/", "/ is not a checkout of Cloud Lab"),
    ] {
        let err = fixture.refused("parcel-service", &["--chassis", mode]);
        assert!(err.contains(words) && err.contains("help: "), "{mode}: {err}");
        assert!(!err.contains("hunter2"), "{err}");
    }
}
