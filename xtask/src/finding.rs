//! What a rule of tidy says about a place.

use std::fmt;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, which is that of its module.
    pub rule: &'static str,
    /// A path of the repository, with the line behind a colon where there is one.
    pub place: String,
    pub what: String,
    pub why: &'static str,
    pub help: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "error[{}]: {}: {}", self.rule, self.place, self.what)?;
        writeln!(out, "  = why: {}", self.why)?;
        writeln!(out, "  = help: {}", self.help)
    }
}
