//! The page that shows what a full run found.

use std::fmt::Write;
use std::path::Path;

use super::PAGE;
use super::case::Outcome;
use crate::{machine, tidy};
use cloudlab::Refusal;

pub fn write(root: &Path, today: &str, outcomes: &[Outcome], seconds: u64) -> Result<(), Refusal> {
    let mut page = tidy::generated::mark(PAGE, "cargo xtask matrix --full") + "\n# Option matrix\n\n";
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "Every pair of options that `cloudlab new` offers, and names that are hard to rename, each made, built and tested\n\
         (`cargo test`), and where it says so linted (`cargo clippy --all-targets -- -D warnings`). Measured on {today}\n\
         on {} in {seconds} s.\n",
        machine::words()
    );
    page.push_str("| service | options | result |\n|---|---|---|\n");
    for outcome in outcomes {
        let result = match (&outcome.failure, outcome.is_refusal) {
            (Some(_), _) => "**failed**".to_string(),
            (None, true) => "refused with the reason".to_string(),
            (None, false) if outcome.is_linted => format!("{} tests passed; linted", outcome.tests),
            (None, false) => format!("{} tests passed", outcome.tests),
        };
        let _ = writeln!(page, "| `{}` | `{}` | {result} |", outcome.name, outcome.flags);
    }
    let path = root.join(PAGE);
    std::fs::write(&path, page).map_err(|error| Refusal::io("write", &path, error))
}
