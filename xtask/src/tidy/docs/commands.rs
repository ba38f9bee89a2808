//! Commands that a document tells the reader to run exist.

use super::{about_here, finding};
use crate::cli;
use crate::finding::Finding;
use crate::tidy::markdown;
use crate::tree::Tree;

/// Where the generator's grammar lies: a command is `Command::new("name")` there.
const GRAMMAR: &str = "crates/cloudlab/src/cli/";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let (ours, generators) = (cli::commands(), generators(tree));
    let pages = about_here(tree);
    pages
        .flat_map(|(path, text)| {
            let spans = markdown::code(text).into_iter().map(|code| (code.line, code.text));
            markdown::code_lines(text).chain(spans).map(move |(line, command)| (path, line, command))
        })
        .filter_map(|(path, line, command)| {
            let (word, known) = match subcommand(command)? {
                (Program::Xtask, word) => (word, &ours),
                (Program::Generator, word) => (word, &generators),
            };
            let is_known = known.is_empty() || known.iter().any(|name| name == word);
            let why = "the first command that fails is the last one that a newcomer tries";
            (!is_known).then(|| {
                let what = format!("`{word}` is no command");
                finding(format!("{path}:{line}"), what, why, format!("available: {}", known.join(", ")))
            })
        })
        .collect()
}

enum Program {
    Xtask,
    Generator,
}

/// The word that names the command, after `cargo xtask` or `cargo run ... --`.
fn subcommand(command: &str) -> Option<(Program, &str)> {
    let command = command.trim_start_matches(['$', ' ']);
    let (program, rest) = if let Some(rest) = command.strip_prefix("cargo xtask ") {
        (Program::Xtask, rest)
    } else {
        (Program::Generator, command.strip_prefix("cargo run ")?.split_once("-- ")?.1)
    };
    rest.split_whitespace().next().filter(|word| !word.starts_with('-')).map(|word| (program, word))
}

fn generators(tree: &Tree) -> Vec<String> {
    let files = tree.texts().filter(|(path, _)| path.starts_with(GRAMMAR));
    let names = files.flat_map(|(_, text)| text.split("Command::new(\"").skip(1));
    names.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
