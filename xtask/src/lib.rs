//! What keeps this repository as it says it is: `cargo xtask tidy`, `new-adr`, `coverage`, `matrix` and `prices`.
//!
//! A rule of [`tidy`] is a function from the files of the repository to findings. It is given the files, so its tests
//! plant one and see the rule fail.
//!
//! **Invariant:** `tidy` changes nothing and needs no network. What writes into the checkout says so at its head: `new-adr`
//! two files or none, `matrix --full` and `prices` one page each.
#![forbid(unsafe_code)]

pub mod adr;
mod cli;
pub mod coverage;
pub mod finding;
mod generator;
mod machine;
pub mod matrix;
pub mod prices;
pub mod tidy;
pub mod tree;

use cli::Request;
use cloudlab::Refusal;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use tree::Tree;

/// Runs one command line (`arguments` opens with the program's name) in the checkout at `root`, and answers with the
/// exit code: 0 done, 1 something was found, 2 refused.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    root: &Path,
    today: &dyn Fn() -> String,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let answer = cli::parse(&arguments).and_then(|request| match request {
        Request::Text(text) => {
            let _ = write!(out, "{text}");
            Ok(0)
        }
        Request::Tidy => Ok(tell(&tidy::whole(root, &Tree::of(root)?), out)),
        Request::NewAdr { title, date } => {
            let page = adr::write(root, &title, &date.unwrap_or_else(today))?;
            let _ = writeln!(out, "wrote {page}, and its line in {}", adr::INDEX);
            Ok(0)
        }
        Request::Prices => prices::run(root, &today(), out),
        Request::Matrix(request) => matrix::run(root, &today(), &request, out),
        Request::Coverage => coverage::run(root, out),
    });
    answer.unwrap_or_else(|refusal| {
        refusal.tell(err);
        refusal.exit
    })
}

/// Cargo's target folder: the one that is set, or the workspace's own.
#[expect(
    clippy::disallowed_methods,
    reason = "where cargo builds is said to cargo itself, by the environment"
)]
fn target_of(root: &Path) -> PathBuf {
    std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root.join("target"), |target| root.join(target))
}

/// A folder with nothing in it.
fn emptied(folder: &Path) -> Result<PathBuf, Refusal> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Refusal::io("remove", folder, error));
        }
        _ => {}
    }
    std::fs::create_dir_all(folder).map_err(|error| Refusal::io("make", folder, error))?;
    Ok(folder.into())
}

/// Prints findings as a compiler would.
fn tell(findings: &[finding::Finding], out: &mut dyn Write) -> u8 {
    for finding in findings {
        let _ = writeln!(out, "{finding}");
    }
    match findings.len() {
        0 => 0,
        count => {
            let _ = writeln!(out, "tidy: {count} to mend");
            1
        }
    }
}
