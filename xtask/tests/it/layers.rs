//! Services of the repository keep to their architecture.

use std::fs;
use xtask::tidy::layers::check;

#[test]
fn a_service_that_leaves_its_architecture_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join("templates/parcel-service").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[package]\nname = \"parcel-service\"\n");
    write("src/lib.rs", "mod domain;\n");
    write("src/domain/mod.rs", "pub fn ok() {}\n");
    assert_eq!(check(folder.path()), []);
    write("src/domain/mod.rs", "\nuse sqlx::FromRow;\n");
    let found = check(folder.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].place, "templates/parcel-service/src/domain/mod.rs:2");
}

#[test]
fn services_that_cannot_be_looked_at_are_not_clean() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(check(folder.path()), []);
    fs::create_dir_all(folder.path().join("templates/parcel-service")).unwrap();
    let found = check(folder.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.contains("no service"), "{found:?}");
}
