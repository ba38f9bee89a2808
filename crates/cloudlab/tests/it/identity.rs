//! Rendering the template as itself changes nothing but what it must: the markers go, and the manifest stands alone.
//!
//! So the template is what a user gets, and not merely something like it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::fixture::Fixture;

/// Where the manifest, the lock and the record come from is said elsewhere.
const MADE: [&str; 3] = ["Cargo.toml", "Cargo.lock", "cloudlab.toml"];

#[test]
fn the_template_rendered_as_itself_is_itself() {
    for (database, off) in [("postgres", "sqlite"), ("sqlite", "postgres")] {
        let fixture = Fixture::new();
        let args = ["--aggregate", "AcmeGizmo", "--plural", "acme-gizmos", "--database", database];
        let rendered = fixture.written_from_the_real_template("gizmo-service", &args);
        let mut compared = Vec::new();
        for (path, bytes) in files_of(&rendered, Path::new("")) {
            if path.starts_with("vendor") || MADE.contains(&path.as_str()) {
                continue;
            }
            let source = fs::read(template().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            match String::from_utf8(source) {
                Ok(source) => {
                    is_same(&without_markers(&source, off), &String::from_utf8(bytes).unwrap(), &path)
                }
                Err(error) => assert!(error.into_bytes() == bytes, "{path} on {database}"),
            }
            compared.push(path);
        }
        compared.sort();
        match tracked() {
            Some(tracked) => assert_eq!(compared, without_those_of(off, tracked), "on {database}"),
            None => eprintln!("skipped: whether every file of the template is rendered (git lists none)"),
        }
        assert!(compared.len() > 50, "only {} files were compared", compared.len());
    }
}

/// The files of the template as version control has them; an archive of the sources has none.
fn tracked() -> Option<Vec<String>> {
    let git = Command::new("git").args(["ls-files"]).current_dir(template()).output().ok()?;
    let files = String::from_utf8(git.stdout).unwrap();
    let files: Vec<String> = files.lines().map(str::to_string).collect();
    (!files.is_empty()).then_some(files)
}

/// Less those that belong to an option that is off.
fn without_those_of(off: &str, files: Vec<String>) -> Vec<String> {
    let belongs = |path: &String| {
        let text = fs::read_to_string(template().join(path)).unwrap_or_default();
        !text.lines().next().is_some_and(|line| line.ends_with(&format!("cloudlab:file {off}")))
    };
    let is_made = |path: &String| MADE.contains(&path.as_str());
    let mut files: Vec<String> = files.into_iter().filter(|path| belongs(path) && !is_made(path)).collect();
    files.sort();
    files
}

/// Line by line, so that a failure shows the line and not the file. Where a block has gone, rustfmt leaves one empty line
/// of two.
fn is_same(source: &str, rendered: &str, path: &str) {
    let lines = |text: &str| -> Vec<String> {
        let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
        if path.ends_with(".rs") {
            lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
        }
        lines
    };
    let (source, rendered) = (lines(source), lines(rendered));
    for (number, (source, rendered)) in source.iter().zip(&rendered).enumerate() {
        assert_eq!(source, rendered, "{path}:{}", number + 1);
    }
    assert_eq!(source.len(), rendered.len(), "{path} has another length");
}

fn template() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/gizmo-service")
}

/// The lines outside the markers, and inside those that hold. Without PostgreSQL nobody notifies.
fn without_markers(source: &str, off: &str) -> String {
    let elsewhere = ["path", "git", "registry"];
    let without: &[&str] = if off == "postgres" { &["postgres", "notify"] } else { &["sqlite"] };
    let off = [without, &elsewhere].concat();
    let mut open: Vec<bool> = Vec::new();
    let mut kept = String::new();
    for line in source.split_inclusive('\n') {
        if let Some((_, option)) = line.split_once("cloudlab:if ") {
            open.push(!off.contains(&option.split_whitespace().next().unwrap()));
        } else if let Some((_, option)) = line.split_once("cloudlab:file ") {
            // A file that belongs to an option that is off has not been written at all.
            assert!(!off.contains(&option.trim()), "{option} is off");
        } else if line.contains("cloudlab:end") {
            open.pop();
        } else if open.iter().all(|on| *on) {
            kept.push_str(line);
        }
    }
    kept
}

fn files_of(root: &Path, inside: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(inside)).unwrap().map(Result::unwrap) {
        let path = inside.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_of(root, &path));
        } else {
            found.push((path.display().to_string(), fs::read(root.join(&path)).unwrap()));
        }
    }
    found
}
