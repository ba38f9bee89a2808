//! One service: made, built, tested, perhaps linted; or refused.

use std::fmt::{self, Display};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::names::Named;
use crate::generator::{self, Answers};

/// What is to be made, and what must come of it.
pub struct Case {
    pub name: String,
    flags: Vec<String>,
    expected: Expected,
}

enum Expected {
    Works { is_linted: bool },
    Refused(&'static str),
}

/// What came of a case.
pub struct Outcome {
    pub name: String,
    pub flags: String,
    pub is_refusal: bool,
    pub is_linted: bool,
    pub tests: usize,
    pub seconds: f64,
    pub failure: Option<String>,
}

/// How the last lines of a failed command are kept: enough to see what is wrong, and no whole log.
const LINES_KEPT: usize = 40;

impl Case {
    pub fn of(named: &Named, answers: &Answers, chassis: &str, is_linted: bool) -> Self {
        let mut case = Self::plain(named.service, answers, chassis);
        case.flags.extend(named.flags.iter().map(ToString::to_string));
        case.expected = Expected::Works { is_linted };
        case
    }

    /// A service under a name that says nothing.
    pub fn plain(name: &str, answers: &Answers, chassis: &str) -> Self {
        let mut flags = generator::flags(answers);
        flags.extend(["--chassis".into(), chassis.into()]);
        Self { name: name.into(), flags, expected: Expected::Works { is_linted: true } }
    }

    pub fn refused(name: &str, why: &'static str) -> Self {
        Self { name: name.into(), flags: Vec::new(), expected: Expected::Refused(why) }
    }

    pub fn run(&self, root: &Path, services: &Path, target: &Path) -> Outcome {
        let started = Instant::now();
        let (tests, failure) = match self.tried(root, services, target) {
            Ok(tests) => (tests, None),
            Err(failure) => (0, Some(failure)),
        };
        Outcome {
            name: self.name.clone(),
            flags: self.flags.join(" ").replace(&root.display().to_string(), "."),
            is_refusal: matches!(self.expected, Expected::Refused(_)),
            is_linted: matches!(self.expected, Expected::Works { is_linted: true }),
            tests,
            seconds: started.elapsed().as_secs_f64(),
            failure,
        }
    }

    /// The number of tests that passed, or why the case failed.
    fn tried(&self, root: &Path, services: &Path, target: &Path) -> Result<usize, String> {
        let place = ["--path".to_string(), services.display().to_string()];
        let args: Vec<String> = place.into_iter().chain(self.flags.iter().cloned()).collect();
        let (code, words) = generator::tried(root, &self.name, &args);
        match self.expected {
            Expected::Refused(why) if code == 2 && words.contains(why) => Ok(0),
            Expected::Refused(why) => Err(format!("not refused with `{why}`: exit {code}\n{words}")),
            Expected::Works { .. } if code != 0 || !words.is_empty() => {
                Err(format!("not made: exit {code}\n{words}"))
            }
            Expected::Works { is_linted } => {
                let folder = services.join(&self.name);
                if is_linted {
                    self.cargo(&["clippy", "--all-targets"], &["--", "-D", "warnings"], &folder, target)?;
                }
                self.cargo(&["test"], &[], &folder, target).map(|output| passed(&output))
            }
        }
    }

    fn cargo(&self, start: &[&str], end: &[&str], folder: &Path, target: &Path) -> Result<String, String> {
        // A chassis from a repository is fetched first, and completes the lock.
        let is_fetched = self.flags.iter().any(|flag| flag.starts_with("git="));
        let exact: &[&str] = if is_fetched { &[] } else { &["--offline", "--locked"] };
        let mut cargo = Command::new("cargo");
        cargo.args(start).args(exact).args(end).current_dir(folder).env("CARGO_TARGET_DIR", target);
        // A full build of each would keep what only the next edit of it could use.
        cargo.env("CARGO_INCREMENTAL", "0");
        let output = cargo.output().map_err(|error| format!("cargo cannot be started: {error}"))?;
        let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        let lines: Vec<&str> = text.lines().collect();
        let kept = lines[lines.len().saturating_sub(LINES_KEPT)..].join("\n");
        Err(format!("cargo {} failed in {}:\n{kept}", start.join(" "), folder.display()))
    }
}

/// The sum of the runners' closing lines.
fn passed(output: &str) -> usize {
    let counts = output.lines().filter_map(|line| {
        line.strip_prefix("test result: ok. ")?.split_whitespace().next()?.parse::<usize>().ok()
    });
    counts.sum()
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (&self.failure, self.is_refusal) {
            (Some(_), _) => "FAILED".to_string(),
            (None, true) => "refused, as it must be".to_string(),
            (None, false) if self.is_linted => format!("{} tests, linted", self.tests),
            (None, false) => format!("{} tests", self.tests),
        };
        write!(f, "{:>6.1} s  {what:<24} {} {}", self.seconds, self.name, self.flags)?;
        match &self.failure {
            Some(failure) => write!(f, "\n{failure}"),
            None => Ok(()),
        }
    }
}
