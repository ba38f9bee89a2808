//! `cloudlab check`: whether a service keeps to its architecture.
//!
//! The code is parsed, not searched: [`tree`] follows the modules, [`collect`] notes every path, import, trait and
//! implementation, [`resolve`] says what a path means, and [`judge`], [`repositories`] and [`root`] hold the rules.
//! `docs/reference/check.md` is the page for users, with what is known not to be found.
//!
//! **Invariant:** nothing is written, built or run; what the check says follows from the files under `src` and the
//! manifests alone.

mod attributes;
mod collect;
mod command;
mod depth;
mod facts;
mod finding;
mod imports;
mod json;
mod judge;
mod layer;
mod place;
mod repositories;
mod resolve;
mod root;
mod sarif;
mod service;
mod signatures;
mod strays;
mod tables;
mod text;
mod tokens;
mod tree;
mod words;

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::thread;

pub use finding::{Finding, Rule};

pub(crate) use command::run;

use crate::refusal::Refusal;
use facts::{Facts, Fault};
use resolve::Names;
use service::Service;

/// Expressions nest as deep as their author likes, and the parser with them.
const STACK_BYTES: usize = 256 << 20;

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub services: usize,
    /// Whether they were found inside a folder that is none itself.
    pub is_inside: bool,
    pub files: usize,
    /// Sorted by file and place.
    pub findings: Vec<Finding>,
}

/// The findings of the service in `root`, or of the services right in it, in its `services` and its `templates`.
///
/// # Errors
/// When there is no service, or a file cannot be read at all. A file that is no Rust is a finding.
pub fn findings(root: &Path) -> Result<Vec<Finding>, Refusal> {
    report(root).map(|report| report.findings)
}

/// The same, with what was looked at.
///
/// # Errors
/// As [`findings`].
pub fn report(root: &Path) -> Result<Report, Refusal> {
    report_of(&[root.to_path_buf()])
}

/// The same for several folders. A service that is in two of them counts once.
pub(crate) fn report_of(roots: &[PathBuf]) -> Result<Report, Refusal> {
    let roots = roots.to_vec();
    let checked = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let (mut report, mut known) = (Report::default(), HashSet::new());
        for root in &roots {
            for service in service::find(root)? {
                report.is_inside |= service.folder != *root;
                let real = service.folder.canonicalize().unwrap_or_else(|_| service.folder.clone());
                if known.insert(real) {
                    report.services += 1;
                    check(&service, &mut report)?;
                }
            }
        }
        Ok(report)
    });
    let checked = checked.map_err(|error| Refusal::new(format!("cannot start a thread: {error}")))?;
    checked.join().unwrap_or_else(|_| Err(Refusal::internal("the check has panicked")))
}

fn check(service: &Service, report: &mut Report) -> Result<(), Refusal> {
    let mut facts = tree::read(service)?;
    report.files += facts.files.len();
    let mut faults = std::mem::take(&mut facts.faults);
    let names = Names::of(&facts);
    faults.extend(judge::faults(&names));
    faults.extend(repositories::faults(&names));
    facts.faults = faults;
    strays::find(&mut facts, &service.folder);
    let mut lines = Lines::new();
    let mut found: Vec<Finding> =
        facts.faults.iter().map(|fault| finding(service, &facts, fault, &mut lines)).collect();
    found.sort_by(|a, b| place(a).cmp(&place(b)));
    found.dedup_by(|a, b| place(a) == place(b));
    report.findings.extend(found);
    Ok(())
}

fn place(finding: &Finding) -> (&Path, usize, usize, Rule) {
    (&finding.file, finding.line, finding.column, finding.rule)
}

/// The lines of files with findings, by the file: to count them for every finding takes long where there are many.
type Lines<'a> = HashMap<usize, Vec<&'a str>>;

fn finding<'a>(service: &Service, facts: &'a Facts, fault: &Fault, lines: &mut Lines<'a>) -> Finding {
    let file = &facts.files[fault.file];
    let words = fault.words.clone();
    let lines = lines.entry(fault.file).or_insert_with(|| file.text.lines().collect());
    let source = lines.get(fault.place.line.saturating_sub(1)).copied().unwrap_or_default();
    Finding {
        rule: words.rule,
        file: as_written(&service.folder.join(&file.shown)),
        line: fault.place.line,
        column: fault.place.column,
        end_column: fault.place.end,
        source: source.to_string(),
        message: words.message,
        label: words.label,
        why: words.why,
        help: words.help,
    }
}

/// Without dots that lead nowhere: those in front stay, since they say where the folder lies.
fn as_written(path: &Path) -> PathBuf {
    let mut written = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(written.components().next_back(), Some(Component::Normal(_))) =>
            {
                written.pop();
            }
            component => written.push(component),
        }
    }
    written
}
