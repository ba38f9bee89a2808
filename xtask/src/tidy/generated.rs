//! What is written by a command is as the command would write it now, and says which command that is.

use crate::finding::Finding;
use crate::tree::Tree;
use std::path::Path;
use std::process::Command;

/// A file that nobody edits by hand.
struct Generated {
    path: &'static str,
    command: &'static str,
    fresh: Fresh,
}

/// How it is known that the file is as the command would write it.
enum Fresh {
    /// The command measures, so only the text at its end, which comes from this file, can be compared.
    EndsWith(&'static str),
    /// A test writes it anew and compares, or compares what it is about.
    HeldBy(&'static str),
}

/// A new page is one line here.
const ALL: &[Generated] = &[
    Generated {
        path: "docs/reference/benchmarks.md",
        command: "cargo bench-all",
        fresh: Fresh::EndsWith("bench/explanation.md"),
    },
    Generated {
        path: "templates/gizmo-service/openapi.json",
        command: "UPDATE_OPENAPI=1 cargo test --package gizmo-service openapi",
        fresh: Fresh::HeldBy("templates/gizmo-service/tests/it/openapi.rs"),
    },
    Generated {
        path: "docs/reference/option-matrix.md",
        command: "cargo xtask matrix --full",
        fresh: Fresh::HeldBy("xtask/tests/it/options.rs"),
    },
    Generated {
        path: "crates/cloudlab/prices.toml",
        command: "cargo xtask prices",
        fresh: Fresh::HeldBy("xtask/tests/it/options.rs"),
    },
];

const MARK: &str = "<!-- Written by `";
const MARK_OF_TABLES: &str = "# Written by `";
const WHY: &str =
    "a page that is written by a command and mended by hand loses the mending, or is no longer true";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let known = ALL.iter().filter(|page| tree.text(page.path).is_some());
    known
        .flat_map(|page| marked(tree, page).into_iter().chain(stale(tree, page)))
        .chain(unknown(tree))
        .collect()
}

/// The first line of a generated file.
pub fn mark(path: &str, command: &str) -> String {
    if path.ends_with(".md") {
        format!("{MARK}{command}`. -->")
    } else {
        format!("{MARK_OF_TABLES}{command}`.")
    }
}

/// JSON has no comments; its test says the command when it fails.
fn marked(tree: &Tree, page: &Generated) -> Option<Finding> {
    let text = tree.text(page.path).filter(|_| !page.path.ends_with(".json"))?;
    let line = mark(page.path, page.command);
    (text.lines().next() != Some(line.as_str())).then(|| Finding {
        rule: "generated",
        place: format!("{}:1", page.path),
        what: "the first line does not name the command that writes the page".into(),
        why: WHY,
        help: format!("let `{}` write the line {line}", page.command),
    })
}

fn stale(tree: &Tree, page: &Generated) -> Option<Finding> {
    let (what, help) = match page.fresh {
        Fresh::EndsWith(source) => {
            let is_so = tree.text(page.path)?.ends_with(tree.text(source).unwrap_or("\0"));
            (!is_so).then(|| {
                let help = format!("run `{}`, or copy the text of {source} into the page", page.command);
                (format!("the page does not end with the text of {source}"), help)
            })?
        }
        Fresh::HeldBy(test) => {
            let is_there = tree.text(test).is_some_and(|text| text.contains("#[test]"));
            (!is_there)
                .then(|| (format!("{test} holds no test of it"), "restore the test that compares".into()))?
        }
    };
    Some(Finding { rule: "generated", place: page.path.into(), what, why: WHY, help })
}

/// Pages that say they are generated and that nothing holds fresh.
fn unknown(tree: &Tree) -> Vec<Finding> {
    let pages = tree.ending(".md").filter(|(_, text)| text.starts_with(MARK));
    let tables = tree.ending(".toml").filter(|(_, text)| text.starts_with(MARK_OF_TABLES));
    pages
        .chain(tables)
        .filter(|(path, _)| !ALL.iter().any(|known| known.path == *path))
        .map(|(path, _)| Finding {
            rule: "generated",
            place: path.into(),
            what: "nothing holds this page fresh".into(),
            why: WHY,
            help: "add its line to ALL in this rule".into(),
        })
        .collect()
}

/// Cargo.lock names what the manifests ask for. Where cargo cannot say, for want of the crates, nothing is said: the
/// build that fetches them would fail just so.
pub fn lock(root: &Path) -> Option<Finding> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--locked", "--offline", "--format-version", "1"]).current_dir(root);
    let output = cargo.output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    (!output.status.success() && said.contains("--locked")).then(|| Finding {
        rule: "generated",
        place: "Cargo.lock".into(),
        what: "the lock does not fit the manifests".into(),
        why: "a build with --locked, and with it every generated service, would stop",
        help: "run `cargo metadata --offline` and commit Cargo.lock".into(),
    })
}
