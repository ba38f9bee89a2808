//! A report for people, in the form of the compiler's own errors.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::finding::Finding;
use super::{Report, Rule};

const TAB: &str = "    ";

/// All findings and a closing line.
pub fn of(report: &Report, elapsed: Duration, is_coloured: bool) -> String {
    let paint = Paint { is_coloured };
    let mut text = String::new();
    for finding in &report.findings {
        paint.finding(&mut text, finding);
    }
    let _ = writeln!(text, "{}", closing(report, elapsed));
    text
}

fn closing(report: &Report, elapsed: Duration) -> String {
    let found = match report.findings.as_slice() {
        [] => "no finding".to_string(),
        findings => {
            let place = common_folder(findings).filter(|folder| !folder.as_os_str().is_empty());
            let place = place.map(|folder| format!(" in {}", folder.display())).unwrap_or_default();
            format!("{}{place} ({})", count(findings.len(), "finding"), by_rule(findings))
        }
    };
    let is_told = report.is_inside || report.services > 1;
    let services = if is_told { count(report.services, "service") + ", " } else { String::new() };
    let (files, rules) = (count(report.files, "file"), count(Rule::ALL.len(), "rule"));
    format!("{found}: {services}{files}, {rules} · {:.2} s", elapsed.as_secs_f64())
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn by_rule(findings: &[Finding]) -> String {
    let counted = Rule::ALL.into_iter().chain([Rule::Parse]).filter_map(|rule| {
        let number = findings.iter().filter(|finding| finding.rule == rule).count();
        (number > 0).then(|| format!("{} {number}", rule.id()))
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// The deepest folder that holds every finding.
fn common_folder(findings: &[Finding]) -> Option<PathBuf> {
    let folders = findings.iter().filter_map(|finding| finding.file.parent());
    folders.map(Path::to_path_buf).reduce(|common, folder| {
        common.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    })
}

struct Paint {
    is_coloured: bool,
}

impl Paint {
    fn finding(&self, text: &mut String, finding: &Finding) {
        let gutter = " ".repeat(finding.line.to_string().len());
        let bar = self.blue("│");
        let (source, before, marked) = laid_out(finding);
        let mark = self.red(&format!("{} {}", "^".repeat(marked), finding.label));
        let at = format!("{}:{}:{}", finding.file.display(), finding.line, finding.column);
        let title = self.red(&format!("error[{}]", finding.rule.id()));
        let _ = writeln!(text, "{title}: {}", self.bold(&finding.message));
        let _ = writeln!(text, "{gutter} {} {at}", self.blue(" ┌─").trim_start());
        let _ = writeln!(text, "{gutter} {bar}");
        let _ = writeln!(text, "{} {bar} {source}", self.blue(&finding.line.to_string()));
        let _ = writeln!(text, "{gutter} {bar} {}{mark}", " ".repeat(before));
        let _ = writeln!(text, "{gutter} {} why: {}", self.blue("="), finding.why);
        let _ = writeln!(text, "{gutter} {} help: {}\n", self.blue("="), finding.help);
    }

    fn red(&self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn blue(&self, text: &str) -> String {
        self.with("1;34", text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(&self, code: &str, text: &str) -> String {
        if self.is_coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// The line as it is shown, and how many columns of a terminal stand before and under the mark.
fn laid_out(finding: &Finding) -> (String, usize, usize) {
    let begin = finding.column.saturating_sub(1);
    let length = finding.end_column.saturating_sub(finding.column);
    let widths: Vec<usize> = finding.source.chars().map(width).collect();
    let before = widths.iter().take(begin).sum();
    let marked: usize = widths.iter().skip(begin).take(length).sum();
    let shown = finding.source.trim_end();
    let shown = shown.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect::<String>();
    (shown.replace('\t', TAB), before, marked.max(1))
}

/// Columns of a terminal: two for the scripts and pictures that take two, none for marks on the letter before.
fn width(c: char) -> usize {
    match u32::from(c) {
        9 => TAB.len(),
        0x0300..=0x036f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}
