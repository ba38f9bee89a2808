//! What the user reads: words on a terminal, or one JSON document on standard output.
//!
//! A report that cannot be written (a closed pipe) changes nothing about what was done, so its errors are dropped.

use std::io::Write;

use serde_json::json;

use crate::refusal::Refusal;

/// Prints a text as it is.
pub fn text(out: &mut dyn Write, text: &str) -> Result<u8, Refusal> {
    let _ = write!(out, "{text}");
    Ok(0)
}

/// Says why the request was refused; answers with the exit code.
pub fn refusal(refusal: &Refusal, json: bool, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    refusal.tell(err);
    if json {
        let error = json!({ "status": "refused", "exit": refusal.exit, "error": refusal.sentence, "help": refusal.help });
        let _ = writeln!(out, "{error:#}");
    }
    refusal.exit
}

/// The promise of a refused command that would have written.
pub fn nothing_written(err: &mut dyn Write) {
    let _ = writeln!(err, "nothing was written");
}
