//! Tidy as a test, so that `cargo test --workspace` is enough to know.

use std::path::Path;
use xtask::tidy;
use xtask::tree::Tree;

#[test]
fn this_repository_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let findings = tidy::whole(&root, &Tree::of(&root).unwrap());
    let told: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    assert!(findings.is_empty(), "\n{told}");
}

#[test]
fn nothing_is_said_of_a_folder_with_nothing_in_it() {
    assert_eq!(tidy::check(&Tree::planted([])), []);
}
