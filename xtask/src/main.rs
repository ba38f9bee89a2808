//! The binary: knows where the checkout lies and what day it is, and hands both to the library.
#![forbid(unsafe_code)]

use std::io::{stderr, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(code) = xtask::coverage::as_compiler(&arguments) {
        return code;
    }
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    ExitCode::from(xtask::run(arguments, &root, &today, &mut stdout(), &mut stderr()))
}

/// The day in UTC, so that two people who record a decision at one time give it one date.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: everything inside takes the date as an argument"
)]
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().date_naive().to_string()
}
