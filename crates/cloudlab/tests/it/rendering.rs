//! What is written: names in every spelling, no residue, formatted, recorded, and building.

use std::fs;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::fixture::{Fixture, everything_in, read};

#[test]
fn every_spelling_is_renamed() {
    let fixture = Fixture::new();
    fixture.template(
        "acme-gizmos.md",
        "AcmeGizmo AcmeGizmos acme_gizmo acme_gizmos acme-gizmo acme-gizmos acme gizmo acme gizmos Acme gizmo Acme gizmos \
         Acme Gizmos acmeGizmo acmeGizmos ACME_GIZMO ACME_GIZMOS AcmeGizmoCreated create_acme_gizmo acme_gizmo.activated.v1 \
         gizmo-service gizmo_service GIZMO_SERVICE gizmo service Gizmo service",
    );
    let folder = fixture.written("purchase-order-service", &[]);
    assert_eq!(
        read(&folder, "purchase-orders.md"),
        "PurchaseOrder PurchaseOrders purchase_order purchase_orders purchase-order purchase-orders purchase order \
         purchase orders Purchase order Purchase orders Purchase Orders purchaseOrder purchaseOrders PURCHASE_ORDER \
         PURCHASE_ORDERS PurchaseOrderCreated create_purchase_order purchase_order.activated.v1 purchase-order-service \
         purchase_order_service PURCHASE_ORDER_SERVICE purchase order service Purchase order service"
    );
}

#[test]
fn only_sources_are_taken_and_nothing_of_the_placeholder_is_left() {
    let fixture = Fixture::new();
    let folder = fixture.written("parcel-service", &[]);
    let found = everything_in(&folder);
    let own: Vec<String> = found
        .iter()
        .filter(|(path, content)| content.is_some() && !path.starts_with(folder.join("vendor")))
        .map(|(path, _)| path.strip_prefix(&folder).unwrap().display().to_string())
        .collect();
    let expected = [
        ".cargo/config.toml",
        ".dockerignore",
        ".env.example",
        ".github/workflows/ci.yml",
        ".gitignore",
        "Cargo.lock",
        "Cargo.toml",
        "cloudlab.toml",
        "migrations/postgres/0001_parcels.up.sql",
        "migrations/sqlite/0001_parcels.up.sql",
        "src/domain/mod.rs",
        "src/domain/parcel.rs",
        "src/lib.rs",
        "src/main.rs",
        "tests/it/main.rs",
    ];
    assert_eq!(own, expected);
    for (path, content) in found {
        let text = format!("{} {}", path.display(), String::from_utf8_lossy(&content.unwrap_or_default()));
        assert!(!text.to_lowercase().contains("gizmo") && !text.to_lowercase().contains("acme"), "{text}");
    }
}

/// A name has up to 64 characters, the name of a service or a label's value in Kubernetes up to 63.
#[test]
fn a_name_is_cut_for_kubernetes_and_nowhere_else() {
    let fixture = Fixture::new();
    for path in ["deploy/kubernetes/base/service.yaml", "compose.yaml"] {
        fixture.template(path, "name: \"gizmo-service\" # an acme gizmo\n");
    }
    let (long, hyphen) = (format!("p{}", "q".repeat(63)), format!("p{}-q", "q".repeat(61)));
    for (name, cut) in [("quagga", "quagga"), (&long, &long[..63]), (&hyphen, &hyphen[..62])] {
        let folder = fixture.written(name, &["--aggregate", "Parcel"]);
        let expected = format!("name: \"{cut}\" # a parcel\n");
        assert_eq!(read(&folder, "deploy/kubernetes/base/service.yaml"), expected);
        assert_eq!(read(&folder, "compose.yaml"), expected.replace(cut, name));
    }
}

#[test]
fn a_leftover_of_the_placeholder_is_an_internal_error() {
    let fixture = Fixture::new();
    fixture.template("notes.md", "A lone GIZMO.");
    let err = fixture.refused("parcel-service", &[]);
    assert!(err.contains("`gizmo` is still there after renaming notes.md"), "{err}");
    fixture.template("notes.md", "");
    fixture.template("acme.md", "");
    assert!(fixture.refused("parcel-service", &[]).contains("acme.md"));
    fixture.written("acme-service", &[]);
}

#[test]
fn what_was_renamed_is_not_renamed_again() {
    let fixture = Fixture::new();
    fixture.template("notes.md", "an acme gizmo of the gizmo-service");
    let folder = fixture.written("acme-gizmo-service", &["--aggregate", "GizmoServiceThing"]);
    assert_eq!(read(&folder, "notes.md"), "a gizmo service thing of the acme-gizmo-service");
}

#[test]
fn the_templates_own_names_give_the_template() {
    let fixture = Fixture::new();
    let folder = fixture.written("gizmo-service", &["--aggregate", "AcmeGizmo"]);
    for path in ["src/main.rs", "src/lib.rs", "src/domain/acme_gizmo.rs", "tests/it/main.rs"] {
        let source =
            fs::read_to_string(fixture.at(&format!("checkout/templates/gizmo-service/{path}"))).unwrap();
        assert_eq!(read(&folder, path), source);
    }
}

#[test]
fn imports_are_put_into_order_by_the_formatter() {
    let fixture = Fixture::new();
    let folder = fixture.written("zoo-service", &[]);
    let lib = read(&folder, "src/lib.rs");
    assert!(lib.contains("pub use domain::zoo::{Zebra, Zoo};"), "{lib}");
}

#[test]
fn files_that_are_not_text_are_copied() {
    let fixture = Fixture::new();
    let image = fixture.at("checkout/templates/gizmo-service/logo.bin");
    fs::write(&image, [0xff, 0x00, 0xfe]).unwrap();
    let folder = fixture.written("parcel-service", &[]);
    assert_eq!(fs::read(folder.join("logo.bin")).unwrap(), [0xff, 0x00, 0xfe]);
}

#[cfg(unix)]
#[test]
fn scripts_stay_executable() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fixture.template("run.sh", "#!/bin/sh\n");
    let script = fixture.at("checkout/templates/gizmo-service/run.sh");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    let folder = fixture.written("parcel-service", &[]);
    let mode = |path: &str| fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o111;
    assert_ne!(mode("run.sh"), 0);
    assert_eq!(mode("src/main.rs"), 0);
}

#[test]
fn the_record_has_the_digest_of_every_file_as_it_lies_there() {
    let fixture = Fixture::new();
    let folder = fixture.written("zoo-service", &["--database", "sqlite"]);
    let record: toml_edit::DocumentMut = read(&folder, "cloudlab.toml").parse().unwrap();
    assert_eq!(record["service"]["name"].as_str(), Some("zoo-service"));
    assert_eq!(record["service"]["blueprint"].as_str(), Some("blank"));
    assert_eq!(record["answers"]["notifier"].as_str(), Some("polling"));
    let files = record["files"].as_table().unwrap();
    assert!(files.contains_key("src/lib.rs") && files.contains_key("Cargo.lock"));
    assert!(!files.contains_key("cloudlab.toml"));
    for (path, digest) in files {
        let bytes = fs::read(folder.join(path)).unwrap();
        let expected: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest.as_str(), Some(expected.as_str()), "{path}");
    }
}

#[test]
fn the_service_builds_and_tests_and_is_formatted() {
    let fixture = Fixture::new();
    let folder = fixture.written("zoo-service", &[]);
    for args in [&["test", "--offline", "--locked", "--quiet"][..], &["fmt", "--check"]] {
        let cargo =
            Command::new("cargo").args(args).current_dir(&folder).env_remove("CARGO_TARGET_DIR").output();
        let cargo = cargo.unwrap();
        let words = String::from_utf8_lossy(&cargo.stderr);
        assert!(cargo.status.success(), "{words}");
        assert!(!words.contains("warning"), "{words}");
    }
}

#[test]
fn two_files_of_one_name_are_refused() {
    let fixture = Fixture::new();
    fixture.template("docs/parcel.md", "");
    fixture.template("docs/acme_gizmo.md", "");
    assert!(fixture.refused("parcel-service", &[]).contains("two files would be named `docs/parcel.md`"));
}
