//! The command: checks every folder that was given, and tells it in the form that was asked for.

use std::io::Write;
use std::time::Instant;

use super::{json, report_of, sarif, text};
use crate::cli::{Check, Format};
use crate::refusal::Refusal;

/// Answers with the exit code: 0 when nothing was found, 1 when something was.
pub fn run(request: &Check, is_coloured: bool, out: &mut dyn Write) -> Result<u8, Refusal> {
    let started = Instant::now();
    let whole = report_of(&request.paths)?;
    let told = match request.format {
        Format::Text => text::of(&whole, started.elapsed(), is_coloured),
        Format::Json => format!("{:#}\n", json::of(&whole)),
        Format::Sarif => format!("{:#}\n", sarif::of(&whole)),
    };
    // A reader that has gone away changes nothing about what was found.
    let _ = out.write_all(told.as_bytes());
    Ok(u8::from(!whole.findings.is_empty()))
}
