//! What commands write and how they end.
//!
//! `println!` panics when the output is closed or full. A command that cannot tell its outcome has failed; a service
//! has not, since its work is elsewhere.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Why a command does not end with exit code 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for is not done: 2.
    Refused(String),
    /// It was tried: 1.
    Failed(String),
    /// A signal did not let it finish: 128 and its number, as a shell would say it.
    Signalled(u8),
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::Failed(sentence)
    }
}

impl Failure {
    /// The code to exit with, once whoever waits at the terminal knows why.
    pub fn told(self) -> ExitCode {
        match self {
            Self::Refused(sentence) => {
                complain(&sentence);
                ExitCode::from(2)
            }
            Self::Failed(sentence) => {
                complain(&sentence);
                ExitCode::FAILURE
            }
            Self::Signalled(number) => ExitCode::from(128_u8.saturating_add(number)),
        }
    }
}

/// Writes the answer of a command. Whoever closed the pipe, as `head` does, has read enough: that is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says on standard error what is wrong. When that is closed there is nobody to tell.
pub(crate) fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "error: {sentence}");
}
