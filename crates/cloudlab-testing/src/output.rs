//! Lines that reach the reader of a test run.

use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Writes a line past the test harness, which would keep what a passing test prints.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The same, once in a process.
pub fn say_once(line: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().insert(line.to_owned()) {
        say(line);
    }
}
