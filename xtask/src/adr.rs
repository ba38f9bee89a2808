//! Begins the page of a decision: the next number, a name from the title, the form, and a line in the index.

use chrono::NaiveDate;
use cloudlab::Refusal;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Lists all decisions.
pub const INDEX: &str = "docs/decisions/README.md";

const FOLDER: &str = "docs/decisions";
const FORM: &str = "0000-template.md";
const FORM_TITLE: &str = "# 0000: Title, as a statement";
const FORM_STATUS: &str = "**Status:** ";

/// A line of the index must stay readable, and a file's name has its limit.
const LONGEST_TITLE: usize = 100;

/// Writes the page and its line, and answers with the page's path. When anything is wrong, nothing is written.
///
/// # Errors
/// What is wrong with the title, the date or the folder.
pub fn write(root: &Path, title: &str, date: &str) -> Result<String, Refusal> {
    let (title, date) = (parse_title(title)?, parse_date(date)?);
    let folder = root.join(FOLDER);
    let numbers = numbers(&folder)?;
    let slug = slug(title)?;
    if let Some((_, name)) = numbers.iter().find(|(_, name)| name.get(5..) == Some(&format!("{slug}.md"))) {
        return Err(Refusal::new(format!("{FOLDER}/{name} has this title"))
            .help("change that page, or say in the title what is decided anew"));
    }
    let number = format!("{:04}", numbers.iter().map(|(number, _)| number + 1).max().unwrap_or_default());
    let name = format!("{number}-{slug}.md");
    let page = filled(&read(&folder.join(FORM))?, &number, title, date)?;
    let index = with_line(&read(&root.join(INDEX))?, &number, &name, title)?;
    both(&folder.join(&name), &page, &root.join(INDEX), &index)?;
    Ok(format!("{FOLDER}/{name}"))
}

fn parse_title(title: &str) -> Result<&str, Refusal> {
    let title = title.trim();
    let example = "cargo xtask new-adr \"The commit is pipelined\"";
    if title.is_empty() {
        return Err(Refusal::new("the title of a decision is not empty").help(example));
    }
    let length = title.chars().count();
    if length > LONGEST_TITLE {
        let sentence = format!("the title has {length} characters, and {LONGEST_TITLE} is the limit");
        return Err(Refusal::new(sentence).help("the reasons have room in the page"));
    }
    if title.contains(|letter: char| letter.is_control() || letter == '|') {
        return Err(Refusal::new("a title is one line without `|`, since it stands in a table").help(example));
    }
    Ok(title)
}

fn parse_date(date: &str) -> Result<NaiveDate, Refusal> {
    // The parser alone would take 2026-1-2 as well.
    let is_date = |found: &NaiveDate| found.to_string() == date;
    NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(is_date).ok_or_else(|| {
        Refusal::new(format!("`{date}` is no date")).help("a day is written as in --date 2026-11-21")
    })
}

/// The title as it can stand in a path: small letters and digits, joined by hyphens.
fn slug(title: &str) -> Result<String, Refusal> {
    let letters = title.to_lowercase();
    let words = letters.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    if slug.is_empty() {
        let sentence = format!("`{title}` has no letter or digit for the name of a file");
        return Err(Refusal::new(sentence).help("use letters from a to z, or digits, somewhere in the title"));
    }
    Ok(slug)
}

/// The numbers of all pages, with their files.
fn numbers(folder: &Path) -> Result<Vec<(u32, String)>, Refusal> {
    let entries = fs::read_dir(folder).map_err(|error| Refusal::io("list", folder, error))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter_map(|name| Some((name.get(..4)?.parse().ok()?, name))).collect())
}

fn read(path: &Path) -> Result<String, Refusal> {
    fs::read_to_string(path).map_err(|error| Refusal::io("read", path, error))
}

fn filled(form: &str, number: &str, title: &str, date: NaiveDate) -> Result<String, Refusal> {
    let status = form.lines().find(|line| line.starts_with(FORM_STATUS));
    let (Some(status), true) = (status, form.starts_with(FORM_TITLE)) else {
        return Err(Refusal::new(format!("{FOLDER}/{FORM} has another form than it had"))
            .help(format!("it begins with `{FORM_TITLE}`, and has a line with `{}`", FORM_STATUS.trim())));
    };
    let page = form.replacen(FORM_TITLE, &format!("# {number}: {title}"), 1);
    Ok(page.replacen(status, &format!("{FORM_STATUS}proposed on {date}"), 1))
}

/// The line goes behind the last one of the table. Its sentence is the title, until somebody says what was decided.
fn with_line(index: &str, number: &str, name: &str, title: &str) -> Result<String, Refusal> {
    let mut lines: Vec<&str> = index.lines().collect();
    let last = lines.iter().rposition(|line| line.starts_with('|')).ok_or_else(|| {
        Refusal::new(format!("{INDEX} has no table")).help("restore the table whose lines are the decisions")
    })?;
    let line = format!("| [{number}]({name}) | {}. |", title.trim_end_matches('.'));
    lines.insert(last + 1, &line);
    Ok(lines.join("\n") + "\n")
}

/// Writes two files or none.
fn both(page: &Path, text: &str, index: &Path, lines: &str) -> Result<(), Refusal> {
    let new = index.with_extension("md.new");
    let outcome = fs::write(&new, lines)
        .map_err(|error| Refusal::io("write", &new, error))
        .and_then(|()| write_new(page, text))
        .and_then(|()| {
            fs::rename(&new, index).map_err(|error| {
                let _ = fs::remove_file(page);
                Refusal::io("write", index, error)
            })
        });
    if outcome.is_err() {
        let _ = fs::remove_file(&new);
    }
    outcome
}

/// Never over a page that somebody else began in the meantime.
fn write_new(path: &Path, text: &str) -> Result<(), Refusal> {
    let mut file = File::create_new(path).map_err(|error| Refusal::io("begin", path, error))?;
    file.write_all(text.as_bytes()).map_err(|error| {
        let _ = fs::remove_file(path);
        Refusal::io("write", path, error)
    })
}
