use std::fs;
use std::path::{Path, PathBuf};

/// A fresh blank service has at most so many lines outside its tests.
const MOST_LINES: usize = 800;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn source() -> PathBuf {
    repository().join("templates/gizmo-service/src")
}

/// Lines that are neither blank nor a comment, in all files that hold no tests.
fn lines_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { lines_below(&path) } else { lines_of(&path) }).sum()
}

fn lines_of(path: &Path) -> usize {
    let name = path.file_name().unwrap().to_str().unwrap();
    if !name.ends_with(".rs") || name == "tests.rs" || name.ends_with("_tests.rs") {
        return 0;
    }
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn the_blank_service_stays_small() {
    let lines = lines_below(&source());
    assert!((1..=MOST_LINES).contains(&lines), "{lines} lines; at most {MOST_LINES} are allowed");
}

#[test]
fn its_main_has_three_lines() {
    assert_eq!(lines_of(&source().join("main.rs")), 3);
}

/// A generated service lies outside this repository, and must be formatted and linted by the same rules.
#[test]
fn it_carries_the_rules_of_the_repository() {
    for file in ["rustfmt.toml", "clippy.toml"] {
        let read = |folder: &Path| fs::read_to_string(folder.join(file)).unwrap();
        let template = read(&repository().join("templates/gizmo-service"));
        assert_eq!(template, read(repository()), "{file}: copy the repository's into the template");
    }
}
