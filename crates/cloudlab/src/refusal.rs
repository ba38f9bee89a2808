//! The one error that a user meets: a sentence, and lines that say what to do instead.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

/// What helps when the place is wrong and the request is not.
pub const ELSEWHERE: &str = "choose another folder with --path PARENT";

/// Why a request was not met. Of a command that writes, it promises that nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub sentence: String,
    pub help: Vec<String>,
    pub exit: u8,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)?;
        self.help.iter().try_for_each(|line| write!(f, "; help: {line}"))
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// The request was wrong, or cannot be met here: exit 2.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), help: Vec::new(), exit: 2 }
    }

    /// A defect of Cloud Lab or of its template, not of the request.
    pub fn internal(what: impl Display) -> Self {
        Self::new(format!("internal error: {what}"))
            .help("this is a defect of Cloud Lab, not of your request; please report it with this sentence")
    }

    /// The system said no.
    pub fn io(doing: &str, path: &Path, error: impl Display) -> Self {
        Self::new(format!("cannot {doing} {}: {error}", path.display()))
    }

    /// The file system said no where the service is to lie.
    pub fn at_target(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::io(doing, path, error).help(ELSEWHERE)
    }

    /// There is nobody who could be asked what the service is called.
    pub fn name_missing() -> Self {
        Self::new("the name of the service is missing").help("cloudlab new parcel-service --yes")
    }

    /// Ctrl-C or a polite kill. 130 is what shells expect of an interrupted command, so that their loops stop too.
    pub fn interrupted() -> Self {
        Self { sentence: "interrupted".into(), help: Vec::new(), exit: 130 }
    }

    /// Says it, a line for the sentence and one for each help.
    pub fn tell(&self, err: &mut dyn Write) {
        let _ = writeln!(err, "error: {}", self.sentence);
        for line in &self.help {
            let _ = writeln!(err, "  help: {line}");
        }
    }

    /// Adds a line that names what to do.
    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}
