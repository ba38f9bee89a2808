//! A crate says what it is and what it never does, forbids `unsafe`, and takes from the workspace what all have alike.

use super::members::{self, Member, is_inherited};
use crate::finding::Finding;
use crate::tree::Tree;

/// What a package has from the workspace, and nowhere else.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let members = members::all(tree);
    members.iter().flat_map(|member| roots(tree, member).into_iter().chain(manifest(member))).collect()
}

fn roots(tree: &Tree, member: &Member) -> Vec<Finding> {
    member.roots(tree).into_iter().flat_map(|(path, text)| root(&path, text)).collect()
}

fn root(path: &str, text: &str) -> Vec<Finding> {
    let finding = |what: &str, why, help: &str| Finding {
        rule: "head",
        place: path.to_owned(),
        what: what.into(),
        why,
        help: help.into(),
    };
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings.push(finding(
            "the crate does not open with `//!`",
            "who opens a crate should learn from its first line what it is for",
            "say in one sentence what the crate is",
        ));
    }
    if path.ends_with("lib.rs") && !text.lines().any(|line| line.starts_with("//! **Invariant:**")) {
        findings.push(finding(
            "the crate states no invariant",
            "what is missing cannot be seen in the code, and is what people rely on",
            "add `//! **Invariant:** ...` with what this crate never does",
        ));
    }
    if !text.lines().any(|line| line == "#![forbid(unsafe_code)]") {
        findings.push(finding(
            "the crate does not forbid unsafe code",
            "the copy in a generated service is built without the lints of this workspace",
            "add `#![forbid(unsafe_code)]` below the head",
        ));
    }
    findings
}

fn manifest(member: &Member) -> Vec<Finding> {
    let finding = |what, help: String| Finding {
        rule: "head",
        place: member.manifest_path(),
        what,
        why: "what all packages have alike stands once, in the manifest of the workspace",
        help,
    };
    let package = member.manifest.get("package");
    let field = |name: &str| package.and_then(|package| package.get(name));
    let own = INHERITED.into_iter().filter(|name| !is_inherited(field(name)));
    let mut findings: Vec<Finding> = own
        .map(|name| finding(format!("{name} is not the workspace's"), format!("{name}.workspace = true")))
        .collect();
    if !is_inherited(member.manifest.get("lints")) {
        findings.push(finding("the lints are not the workspace's".into(), "[lints] workspace = true".into()));
    }
    let name = field("name").and_then(|name| name.as_str()).unwrap_or_default();
    if name != member.name() {
        let what = format!("package `{name}` lies in folder `{}`", member.name());
        findings.push(finding(what, "one name per thing: crate = folder = binary".into()));
    }
    findings
}
