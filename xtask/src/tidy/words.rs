//! Words that do not belong into the tree: the template's placeholders outside the template, names that say nothing,
//! notes about unfinished work, paths of somebody's machine, and bytes that differ between editors.

use crate::finding::Finding;
use crate::tree::Tree;

const PLACEHOLDERS: [&str; 2] = ["gizmo", "acme"];

/// The generator knows the placeholder, since it takes it away.
const RENAMING: &[&str] = &[
    "crates/cloudlab/src/new/template/article.rs",
    "crates/cloudlab/src/new/names/clash.rs",
    "crates/cloudlab/src/new/template/rename.rs",
    "crates/cloudlab/src/new/template/service.rs",
    "crates/cloudlab/src/new/template/sources.rs",
];

/// They name the words that are looked for.
const ABOUT_WORDS: [&str; 2] = ["xtask/src/tidy/words.rs", "xtask/tests/it/words.rs"];

const EMPTY_NAMES: [&str; 4] = ["Manager", "Helper", "Util", "Utils"];
const NOTES: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
const HOMES: [&str; 3] = ["/home/", "/root/", "/Users/"];

/// Tests that let time pass, how often, and why waiting for a condition would not do.
const SLEEPS: &[(&str, usize, &str)] = &[
    ("crates/cloudlab/tests/it/check/clocks.rs", 1, "it is planted, to be found"),
    ("crates/cloudlab/tests/it/check/near_misses.rs", 1, "it is planted, not to be found"),
    ("proof/tests/it/cluster.rs", 2, "the pause between two looks of a bounded wait"),
    ("proof/tests/it/driver.rs", 2, "the pace of the load, drawn by dice"),
    (
        "proof/tests/it/faults/f02_command_killed.rs",
        2,
        "the moment of the kill, drawn by dice, and the pace of the load",
    ),
    ("proof/tests/it/http.rs", 1, "a caller that hangs up after a while is what is tested"),
    ("proof/tests/it/postgres_server.rs", 2, "the pause between two looks of a bounded wait"),
    ("proof/tests/it/process.rs", 1, "the pause between two looks of a bounded wait"),
    ("proof/tests/it/strangers.rs", 2, "strangers hold locks for a while, drawn by dice"),
    ("proof/tests/it/wait.rs", 2, "the pause between two looks of a bounded wait"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let texts = tree.texts().filter(|(path, _)| !ABOUT_WORDS.contains(path) && *path != "Cargo.lock");
    texts
        .flat_map(|(path, text)| {
            let lines = text.split('\n').enumerate();
            let in_lines = lines.flat_map(|(at, line)| {
                let rules: [fn(&str, &str) -> Option<Said>; 6] =
                    [placeholder, empty_name, note, home, reason, debris];
                rules
                    .into_iter()
                    .filter_map(move |rule| rule(path, line))
                    .map(move |said| said.at(path, at + 1))
            });
            in_lines.chain(ending(path, text)).chain(sleeps(path, text)).collect::<Vec<_>>()
        })
        .collect()
}

/// A finding whose place is still to come.
struct Said {
    what: String,
    why: &'static str,
    help: &'static str,
}

impl Said {
    fn new(what: impl Into<String>, why: &'static str, help: &'static str) -> Option<Self> {
        Some(Self { what: what.into(), why, help })
    }

    fn at(self, path: &str, line: usize) -> Finding {
        let Self { what, why, help } = self;
        Finding { rule: "words", place: format!("{path}:{line}"), what, why, help: help.into() }
    }
}

fn placeholder(path: &str, line: &str) -> Option<Said> {
    if !(path.starts_with("crates/") && path.contains("/src/")) || RENAMING.contains(&path) {
        return None;
    }
    let line = line.to_lowercase();
    let word = PLACEHOLDERS.into_iter().find(|word| line.contains(word))?;
    Said::new(
        format!("the placeholder `{word}` of the template"),
        "the chassis serves every service; a word of one stays behind in all others when it is renamed",
        "say it without the placeholder, with parcels for example",
    )
}

fn empty_name(path: &str, line: &str) -> Option<Said> {
    let name = declared(line).filter(|_| path.ends_with(".rs"))?;
    let word = EMPTY_NAMES
        .into_iter()
        .find(|word| parts(name).iter().any(|part| part.eq_ignore_ascii_case(word)))?;
    Said::new(
        format!("`{name}` is named {word}"),
        "the word fits everything, so everything ends up there",
        "name the thing that it is, or make it a function where it is used",
    )
}

/// The name that a line of Rust declares for a type or a module.
fn declared(line: &str) -> Option<&str> {
    let mut words =
        line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty());
    let kinds = ["struct", "enum", "trait", "type", "mod", "union"];
    let visible = line.trim_start();
    let is_code = ["pub", "struct", "enum", "trait", "type", "mod", "union"]
        .iter()
        .any(|word| visible.starts_with(word));
    words.find(|word| is_code && kinds.contains(word))?;
    words.next()
}

/// `PageManager` and `page_manager` have the same two parts.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            parts.push(String::new());
        }
        if letter != '_'
            && let Some(last) = parts.last_mut()
        {
            last.push(letter);
        }
    }
    parts
}

fn note(_: &str, line: &str) -> Option<Said> {
    let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let word = words.find(|word| NOTES.contains(word))?;
    Said::new(
        format!("a note `{word}`"),
        "notes about unfinished work are never read again, and age in place",
        "do it, or say in a sentence what is so and why",
    )
}

fn home(_: &str, line: &str) -> Option<Said> {
    let word = HOMES.into_iter().find(|home| {
        let begins = |at: usize| {
            !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || "}._-".contains(letter))
        };
        let goes_on = |at: usize| {
            line[at + home.len()..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '.')
        };
        line.match_indices(home).any(|(at, _)| begins(at) && goes_on(at))
    })?;
    Said::new(
        format!("a path below {word}"),
        "a path of one machine is wrong on every other",
        "start at the root of the checkout, or take the folder as an argument",
    )
}

fn reason(path: &str, line: &str) -> Option<Said> {
    if !path.ends_with(".rs") || line.trim() != "#[ignore]" {
        return None;
    }
    Said::new(
        "a test is left out without a reason",
        "a test that nobody runs and nobody misses can go",
        "#[ignore = \"why, and who runs it instead\"]",
    )
}

fn debris(path: &str, line: &str) -> Option<Said> {
    let is_rust = path.ends_with(".rs");
    let what = match line {
        _ if line.ends_with('\r') => "the line ends as on Windows",
        _ if is_rust && line.contains('\t') => "a tab in Rust",
        _ if is_rust && line.contains("dbg!(") => "a `dbg!` was left behind",
        // Two blanks at the end of a line of Markdown are a line break.
        _ if !path.ends_with(".md") && line.ends_with([' ', '\t']) => "blanks at the end of the line",
        _ => return None,
    };
    Said::new(
        what,
        "what an editor or a debugger leaves behind shows up in other people's differences",
        "take it out",
    )
}

fn ending(path: &str, text: &str) -> Option<Finding> {
    let is_missing = !text.is_empty() && !text.ends_with('\n');
    let said = Said::new(
        "the last line does not end",
        "the next line that is added would change this one too",
        "end the file with a line break",
    );
    said.filter(|_| is_missing).map(|said| said.at(path, text.lines().count()))
}

/// A test waits for a condition. A clock that is paused moves by itself, so sleeping under it takes no time.
fn sleeps(path: &str, text: &str) -> Option<Finding> {
    let is_test = path.ends_with("_tests.rs") || (path.ends_with(".rs") && path.contains("/tests/"));
    if !is_test || text.contains("start_paused = true") {
        return None;
    }
    let lines: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| line.contains("sleep(")).map(|(at, _)| at + 1).collect();
    let excused = SLEEPS.iter().find(|(file, _, _)| *file == path).map_or(0, |(_, count, _)| *count);
    (lines.len() != excused).then(|| Finding {
        rule: "words",
        place: format!("{path}:{}", lines.last().copied().unwrap_or(1)),
        what: format!("{} sleeps in a test, and {excused} are excused", lines.len()),
        why: "a test that lets time pass is slow on a fast machine and wrong on a slow one",
        help: "wait for a condition with a bound, or pause the clock; SLEEPS in this rule lists what cannot"
            .into(),
    })
}
