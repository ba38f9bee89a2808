//! A report as one JSON document.

use serde_json::{Value, json};

use super::finding::Finding;
use super::{Report, Rule};

pub fn of(report: &Report) -> Value {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    json!({
        "status": if report.findings.is_empty() { "clean" } else { "findings" },
        "services": report.services,
        "files": report.files,
        "rules": Rule::ALL.map(Rule::id),
        "findings": findings,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule.id(),
        "file": finding.file.display().to_string(),
        "line": finding.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "code": finding.code(),
        "message": finding.message,
        "label": finding.label,
        "why": finding.why,
        "help": finding.help,
    })
}
