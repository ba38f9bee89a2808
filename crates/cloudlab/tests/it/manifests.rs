//! Manifests that stand alone, the vendored chassis, and the pruned lock.

use std::process::Command;

use crate::fixture::{Fixture, read};

#[test]
fn the_services_manifest_inherits_nothing() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &[]);
    assert_eq!(
        read(&folder, "Cargo.toml"),
        r#"[package]
name = "parcel-service"
description = "Keeps parcels."
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
# The chassis.
cloudlab-chassis = { path = "vendor/cloudlab/cloudlab-chassis", default-features = false, features = ["postgres"] }
cloudlab-core = { path = "vendor/cloudlab/cloudlab-core", default-features = false }

[dev-dependencies]
cloudlab-testing = { path = "vendor/cloudlab/cloudlab-testing", default-features = false }

[workspace]
exclude = ["vendor"]

[lints.rust]
unsafe_code = "forbid"

[lints.clippy]
all = { level = "warn", priority = -1 }

[profile.dev]
debug = false

[profile.release]
codegen-units = 4
"#
    );
}

#[test]
fn the_chassis_feature_goes_with_the_database() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &["--database", "sqlite"]);
    let manifest = read(&folder, "Cargo.toml");
    assert!(!manifest.contains("postgres"), "{manifest}");
    // The migrations of every engine stay: another database is a change of configuration.
    assert!(folder.join("migrations/postgres/0001_parcels.up.sql").exists());
}

#[test]
fn vendored_crates_are_plain_neighbours() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &[]);
    assert_eq!(
        read(&folder, "vendor/cloudlab/cloudlab-chassis/Cargo.toml"),
        r#"[package]
name = "cloudlab-chassis"
version = "0.1.0"
edition = "2024"
license = "MIT OR Apache-2.0"
publish = false
[dependencies]
cloudlab-core = { path = "../cloudlab-core", default-features = false }
cloudlab-sql = { path = "../cloudlab-sql", default-features = false }
[features]
postgres = ["cloudlab-sql/postgres"]
"#
    );
    let lib = read(&folder, "vendor/cloudlab/cloudlab-chassis/src/lib.rs");
    assert!(lib.starts_with("#![allow(warnings)]\n//! Chassis.\n"), "{lib}");
    for left_out in ["tests", "benches", ".hidden"] {
        assert!(!folder.join("vendor/cloudlab/cloudlab-chassis").join(left_out).exists(), "{left_out}");
    }
}

#[test]
fn the_licences_lie_with_the_chassis_alone() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &[]);
    assert_eq!(read(&folder, "vendor/cloudlab/LICENSE-MIT"), "Permission is granted.\n");
    assert_eq!(read(&folder, "vendor/cloudlab/LICENSE-APACHE"), "Version 2.0.\n");
    assert!(!folder.join("LICENSE-MIT").exists());
    let planned = fixture.new_service("other-service", &["--dry-run"]).out;
    assert!(planned.contains("/vendor/cloudlab/LICENSE-MIT\n"), "{planned}");
    assert!(!planned.contains("LICENSE-MIT/"), "{planned}");
}

#[test]
fn versions_features_and_targets_are_resolved() {
    let fixture = Fixture::new();
    let root = fixture.at("checkout/Cargo.toml");
    let text = std::fs::read_to_string(&root).unwrap().replace(
        "[workspace.lints.rust]",
        "plain = \"1\"\nrich = { version = \"2\", default-features = false, features = [\"a\"] }\n[workspace.lints.rust]",
    );
    std::fs::write(&root, text).unwrap();
    fixture.template(
        "Cargo.toml",
        "[package]\nname = \"gizmo-service\"\nversion = \"0.1.0\"\n[dependencies]\nown = \"3\"\nplain.workspace = true\n\
         rich = { workspace = true, features = [\"a\", \"b\"], optional = true }\n\
         [target.'cfg(unix)'.dependencies]\nrich = { workspace = true, default-features = true }\n",
    );
    // Cargo does not know these crates, so the copied lock stays, with a warning.
    let ran = fixture.new_service("parcel-service", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.starts_with("warning: cargo failed ("), "{}", ran.err);
    let folder = fixture.parent().join("parcel-service");
    let manifest = read(&folder, "Cargo.toml");
    let expected = "own = \"3\"\nplain = \"1\"\n\
         rich = { version = \"2\", default-features = false, features = [\"a\", \"b\"], optional = true }\n\
         [target.'cfg(unix)'.dependencies]\nrich = { version = \"2\", default-features = true, features = [\"a\"] }\n";
    assert!(manifest.contains(expected), "{manifest}");
    assert!(read(&folder, "Cargo.lock").contains("name = \"stray\""));
}

#[test]
fn a_path_of_its_own_would_break_and_is_an_internal_error() {
    let fixture = Fixture::new();
    fixture.template(
        "Cargo.toml",
        "[package]\nname = \"gizmo-service\"\n[dependencies]\nx = { path = \"../x\" }\n",
    );
    assert!(fixture.refused("parcel-service", &[]).contains("x has a path of its own"));
}

#[test]
fn the_lock_is_what_cargo_would_write() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &[]);
    let lock = read(&folder, "Cargo.lock");
    assert!(lock.contains("name = \"parcel-service\"") && !lock.contains("stray"), "{lock}");
    let mut cargo = Command::new("cargo");
    let cargo = cargo
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .current_dir(&folder)
        .output();
    assert!(cargo.unwrap().status.success());
}
