//! Why a command did nothing: a sentence, and lines that say what to do instead.

use std::fmt::Display;
use std::path::Path;

/// Nothing was done, and nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub sentence: String,
    pub help: Vec<String>,
}

impl Refusal {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), help: Vec::new() }
    }

    /// The system said no.
    pub fn io(doing: &str, path: &Path, error: impl Display) -> Self {
        Self::new(format!("cannot {doing} {}: {error}", path.display()))
    }

    /// Adds a line that names what to do.
    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}
