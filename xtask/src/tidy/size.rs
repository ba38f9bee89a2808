//! Files of code have up to 400 lines, functions up to 70. Clippy counts the functions of Rust; here are those of shell.

use crate::finding::Finding;
use crate::tree::Tree;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;

/// What is read and changed as code. Prose may be as long as it needs to be.
const CODE: [&str; 8] = [".rs", ".sh", ".sql", ".html", ".css", ".js", ".ts", ".py"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let code = tree
        .texts()
        .filter(|(path, text)| CODE.iter().any(|end| path.ends_with(end)) || is_shell(path, text));
    code.flat_map(|(path, text)| {
        let functions = if is_shell(path, text) { long_functions(path, text) } else { Vec::new() };
        long_file(path, text).into_iter().chain(functions)
    })
    .collect()
}

fn is_shell(path: &str, text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    path.ends_with(".sh") || (first.starts_with("#!") && first.ends_with("sh"))
}

fn long_file(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    (lines > FILE_LINES).then(|| Finding {
        rule: "size",
        place: path.to_owned(),
        what: format!("{lines} lines; {FILE_LINES} is the limit"),
        why: "a file that nobody reads to its end hides what stands there",
        help: "split it where the story changes; a module has its own file".into(),
    })
}

/// A function ends at the brace that is indented as its name is.
fn long_functions(path: &str, text: &str) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, function_name(line)?)));
    starts
        .filter_map(|(at, name)| {
            let indent = lines[at].len() - lines[at].trim_start().len();
            let is_end = |line: &&str| {
                line.len() - line.trim_start().len() == indent && line.trim_start().starts_with('}')
            };
            let length = lines[at..].iter().position(is_end)? + 1;
            (length > FUNCTION_LINES).then(|| Finding {
                rule: "size",
                place: format!("{path}:{}", at + 1),
                what: format!("function {name} has {length} lines; {FUNCTION_LINES} is the limit"),
                why: "a function that does not fit on one screen is not read as one thing",
                help: "branches stay in the parent, loops go to a function of their own".into(),
            })
        })
        .collect()
}

/// The name, if the line opens a function and does not close it again.
fn function_name(line: &str) -> Option<&str> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let (name, rest) = line.split_once("()")?;
    let name = name.trim_start_matches("function ").trim();
    let is_name =
        !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "_-:".contains(letter));
    (is_name && rest.trim_start().starts_with('{') && !rest.trim_end().ends_with('}')).then_some(name)
}
