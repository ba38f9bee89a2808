//! The rules on files that break them, the commands on folders of their own, and tidy on this repository.
#![allow(clippy::unwrap_used, reason = "a test that fails should fail at once and say where")]

mod adr;
mod command_line;
mod coverage;
mod covering;
mod dependencies;
mod docs;
mod generated;
mod head;
mod layers;
mod licences;
mod options;
mod repository;
mod size;
mod tree;
mod words;

use xtask::finding::Finding;

/// Each finding as `place: what`.
fn said(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}: {}", finding.place, finding.what)).collect()
}
