//! A report as SARIF 2.1.0, which code hosts show beside the lines of a change.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::finding::Finding;
use super::{Report, Rule};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub fn of(report: &Report) -> Value {
    let rules: Vec<Value> = rules().map(rule).collect();
    let results: Vec<Value> = report.findings.iter().map(result).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "cloudlab", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            // Columns are characters, not the UTF-16 units that SARIF assumes.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rules() -> impl Iterator<Item = Rule> {
    Rule::ALL.into_iter().chain([Rule::Parse])
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "name": rule.id(),
        "shortDescription": { "text": rule.sentence() },
        "fullDescription": { "text": format!("{} Why: {}.", rule.sentence(), rule.why()) },
        "help": { "text": rule.help() },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding) -> Value {
    let text =
        format!("{}. {}. Why: {}. Help: {}.", finding.message, finding.label, finding.why, finding.help);
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": rules().position(|rule| rule == finding.rule),
        "level": "error",
        "message": { "text": text },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&finding.file) },
                "region": {
                    "startLine": finding.line,
                    "startColumn": finding.column,
                    "endLine": finding.line,
                    "endColumn": finding.end_column,
                    "snippet": { "text": finding.code() },
                },
            },
        }],
    })
}

/// Relative to where the check ran, unless an absolute path was given.
fn uri(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "/");
    let mut uri = String::from(if path.is_absolute() { "file://" } else { "" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(byte.into())
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
