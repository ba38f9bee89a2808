//! The terms of the repository.

use crate::said;
use xtask::tidy::licences::check;
use xtask::tree::Tree;

#[test]
fn each_licence_that_is_named_is_there() {
    let root = ("Cargo.toml", "[workspace.package]\nlicense = \"MIT OR Apache-2.0\"\n");
    assert_eq!(check(&Tree::planted([root, ("LICENSE-MIT", "x\n"), ("LICENSE-APACHE", "x\n")])), []);
    let found = check(&Tree::planted([root, ("LICENSE-MIT", "x\n")]));
    assert_eq!(
        said(&found),
        ["Cargo.toml: the terms are `MIT OR Apache-2.0`, and there is no LICENSE-APACHE"]
    );
}
