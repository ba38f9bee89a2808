//! Files under `src` that no module names: either nothing compiles them, or a macro hides them from the check.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::facts::{Facts, Fault, SourceFile};
use super::finding::Rule;
use super::place::Place;
use super::words::Words;

/// Adds a fault for every stray file.
pub fn find(facts: &mut Facts, folder: &Path) {
    // Below a file that could not be read, everything looks like a stray.
    if facts.faults.iter().any(|fault| fault.words.rule == Rule::Parse) {
        return;
    }
    let known: HashSet<PathBuf> = facts.read_files();
    let mut found = Vec::new();
    walk(&folder.join("src"), &mut found);
    found.retain(|path| path.canonicalize().is_ok_and(|path| !known.contains(&path)));
    found.sort();
    for path in found {
        let shown = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
        let text = fs::read_to_string(&path).unwrap_or_default();
        let end = 1 + text.lines().next().unwrap_or_default().chars().count();
        let words =
            Words::new(Rule::Root, "no module names this file", "it is not compiled, or a macro hides it")
                .why("what the check does not reach could be anything")
                .help(declaration(&path));
        let place = Place { line: 1, column: 1, end: end.max(2) };
        facts.faults.push(Fault { file: facts.files.len(), place, words });
        facts.files.push(SourceFile { path, shown, text });
    }
}

/// Under a condition of a macro, as in `cfg_if!`, a module is not seen; under an attribute it is.
fn declaration(path: &Path) -> String {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = match stem(path) {
        Some(name) if name == "mod" => path.parent().and_then(stem),
        name => name,
    };
    let name = name.unwrap_or_default();
    format!("declare it with `mod {name};`, under a condition write `#[cfg(..)] mod {name};`, or remove it")
}

/// Links are left out: what they lead to is read when a module names it.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, kind) = (entry.path(), entry.file_type());
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            walk(&path, found);
        } else if kind.is_ok_and(|kind| kind.is_file()) && is_source(&path) {
            found.push(path);
        }
    }
}

/// Code of tests is nobody's layer, wherever it waits.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs")
}
