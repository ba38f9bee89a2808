//! The generator as this repository's own tasks use it: in the process, from this checkout.

use cloudlab::{Checkout, Interrupt, Setting};
use std::ffi::OsString;
use std::path::Path;

use cloudlab::Refusal;

/// An answer to each question, as flag and value.
pub type Answers = Vec<(&'static str, &'static str)>;

/// The answers as they are written on a command line.
pub fn flags(answers: &Answers) -> Vec<String> {
    answers.iter().flat_map(|(flag, value)| [format!("--{flag}"), (*value).to_string()]).collect()
}

/// `cloudlab new NAME --yes` with further arguments: the exit code, and what was said on standard error.
pub fn tried(root: &Path, name: &str, more: &[String]) -> (u8, String) {
    let checkout = Checkout::at(root);
    let interrupt = Interrupt::default();
    let setting = Setting { checkout: &checkout, interrupt: &interrupt, asker: None, is_coloured: false };
    let args = ["cloudlab", "new", name, "--yes"].into_iter().map(OsString::from);
    let mut words = Vec::new();
    let code =
        cloudlab::run(args.chain(more.iter().map(OsString::from)), setting, &mut std::io::sink(), &mut words);
    (code, String::from_utf8_lossy(&words).into_owned())
}

/// The same, which must succeed.
pub fn new(root: &Path, name: &str, more: &[String]) -> Result<(), Refusal> {
    match tried(root, name, more) {
        (0, _) => Ok(()),
        (_, words) => Err(Refusal::new(format!("`cloudlab new {name}` failed: {}", words.trim()))),
    }
}

/// Whether these answers fit together, as the command itself judges.
pub fn accepts(root: &Path, answers: &Answers) -> bool {
    let mut args = flags(answers);
    // A folder that nobody fills, so that only the answers are judged.
    let parent = crate::target_of(root).join("no-service-is-here");
    args.extend(["--dry-run".into(), "--path".into(), parent.display().to_string()]);
    tried(root, "parcel-service", &args).0 == 0
}
