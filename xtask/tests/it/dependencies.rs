//! Versions, features and the direction of dependencies.

use crate::said;
use xtask::tidy::dependencies::check;
use xtask::tree::Tree;

const ROOT: &str = "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\n\
    serde = { version = \"1\", default-features = false }\n";

fn found(root: &str, members: &[(&str, &str)]) -> Vec<String> {
    let paths: Vec<String> = members.iter().map(|(name, _)| format!("crates/{name}/Cargo.toml")).collect();
    let files = paths.iter().zip(members).map(|(path, (_, text))| (path.as_str(), *text));
    said(&check(&Tree::planted(files.chain([("Cargo.toml", root)]))))
}

#[test]
fn a_version_stands_in_the_root_only() {
    let taken = "[dependencies]\nserde = { workspace = true, features = [\"std\"] }\n";
    assert_eq!(found(ROOT, &[("cloudlab-http", taken)]), [""; 0]);
    for kind in ["dependencies", "dev-dependencies", "build-dependencies", "target.'cfg(unix)'.dependencies"]
    {
        let own = format!("[{kind}]\nserde = \"1\"\n");
        let what = "crates/cloudlab-http/Cargo.toml: serde is not taken from the workspace";
        assert_eq!(found(ROOT, &[("cloudlab-http", &own)]), [what]);
    }
}

#[test]
fn what_nobody_uses_is_not_listed() {
    assert_eq!(found(ROOT, &[("cloudlab-http", "")]), ["Cargo.toml: nobody depends on serde"]);
}

#[test]
fn default_features_are_asked_for_by_name() {
    let uses = [("cloudlab-http", "[dependencies]\nserde.workspace = true\n")];
    for entry in ["serde = \"1\"", "serde = { version = \"1\" }"] {
        let root = format!("[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\n{entry}\n");
        assert_eq!(found(&root, &uses), ["Cargo.toml: serde brings its default features"]);
    }
}

#[test]
fn an_arrow_that_is_not_drawn_is_noticed() {
    let root = "[workspace]\nmembers = [\"crates/*\"]\n";
    let on = |name: &str| format!("[dependencies]\n{name}.workspace = true\n");
    let (up, down) = (on("cloudlab-http"), on("cloudlab-core"));
    assert_eq!(found(root, &[("cloudlab-core", ""), ("cloudlab-http", &down)]), [""; 0]);
    assert_eq!(
        found(root, &[("cloudlab-core", &up), ("cloudlab-http", "")]),
        ["crates/cloudlab-core/Cargo.toml: cloudlab-core may not depend on cloudlab-http"]
    );
}

#[test]
fn tests_of_every_crate_but_core_may_use_the_suites() {
    let root = "[workspace]\nmembers = [\"crates/*\"]\n";
    let for_tests = "[dev-dependencies]\ncloudlab-testing.workspace = true\n";
    let members = [("cloudlab-testing", ""), ("cloudlab-http", for_tests), ("cloudlab-core", for_tests)];
    assert_eq!(
        found(root, &members),
        ["crates/cloudlab-core/Cargo.toml: cloudlab-core may not depend on cloudlab-testing"]
    );
}

#[test]
fn a_new_crate_must_be_drawn_first() {
    let root = "[workspace]\nmembers = [\"crates/*\"]\n";
    assert_eq!(
        found(root, &[("cloudlab-new", "")]),
        ["crates/cloudlab-new/Cargo.toml: nothing says what cloudlab-new may depend on"]
    );
}
