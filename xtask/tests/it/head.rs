//! What a crate's root and manifest say.

use crate::said;
use xtask::tidy::head::check;
use xtask::tree::Tree;

const ROOT: &str = "[workspace]\nmembers = [\"crates/*\"]\n";
const MANIFEST: &str = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\n\
    rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n";
const LIBRARY: &str = "//! A.\n//!\n//! **Invariant:** never.\n#![forbid(unsafe_code)]\n";

fn found(manifest: &str, library: &str, program: &str) -> Vec<String> {
    said(&check(&Tree::planted([
        ("Cargo.toml", ROOT),
        ("crates/a/Cargo.toml", manifest),
        ("crates/a/src/lib.rs", library),
        ("crates/a/src/main.rs", program),
    ])))
}

#[test]
fn a_crate_in_order_is_left_alone() {
    assert_eq!(found(MANIFEST, LIBRARY, "fn main() {\n    a::run();\n}\n"), [""; 0]);
}

#[test]
fn each_part_of_the_head_is_missed() {
    let main = "fn main() {}\n";
    let cases = [
        ("//! A.\n", "// A.\n", "the crate does not open with `//!`"),
        ("**Invariant:**", "Invariant:", "the crate states no invariant"),
        ("#![forbid(unsafe_code)]", "", "the crate does not forbid unsafe code"),
    ];
    for (part, without, what) in cases {
        let library = LIBRARY.replacen(part, without, 1);
        assert_eq!(found(MANIFEST, &library, main), [format!("crates/a/src/lib.rs: {what}")]);
    }
}

#[test]
fn a_program_that_does_more_than_hand_over_has_a_head_too() {
    let program = "fn main() {\n    a();\n    b();\n}\n";
    let wanted = ["the crate does not open with `//!`", "the crate does not forbid unsafe code"];
    assert_eq!(found(MANIFEST, LIBRARY, program), wanted.map(|what| format!("crates/a/src/main.rs: {what}")));
}

#[test]
fn what_all_packages_have_alike_is_inherited() {
    for field in ["version", "edition", "rust-version", "license", "publish"] {
        let manifest =
            MANIFEST.replace(&format!("\n{field}.workspace = true"), &format!("\n{field} = \"1\""));
        let what = format!("crates/a/Cargo.toml: {field} is not the workspace's");
        assert_eq!(found(&manifest, LIBRARY, ""), [what]);
    }
    let manifest = MANIFEST.replace("[lints]\nworkspace = true\n", "");
    assert_eq!(found(&manifest, LIBRARY, ""), ["crates/a/Cargo.toml: the lints are not the workspace's"]);
}

#[test]
fn a_package_has_the_name_of_its_folder() {
    let manifest = MANIFEST.replace("\"a\"", "\"b\"");
    assert_eq!(found(&manifest, LIBRARY, ""), ["crates/a/Cargo.toml: package `b` lies in folder `a`"]);
}
