//! What belongs to an option: lines, from `// cloudlab:if postgres` to `// cloudlab:end`, and a whole file, whose first
//! line is `// cloudlab:file postgres`; each marker is alone on its line.
//!
//! The marker is a comment of the file's own language, so the template stays a service that compiles with every
//! option on.

use std::collections::BTreeSet;

use crate::new::questions::answers::OPTIONS;
use crate::refusal::Refusal;

const LEADERS: [&str; 4] = ["//", "#", "--", "<!--"];

/// Removes the markers, and the lines between them whose option is off; `None` where the whole file belongs to one that
/// is. `path` is for the errors.
pub fn strip(path: &str, text: &str, options: &BTreeSet<&str>) -> Result<Option<String>, Refusal> {
    let mut kept = String::with_capacity(text.len());
    let mut is_wanted = true;
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = index + 1;
        match marker(line).map_err(|what| wrong(path, number, &what))? {
            Some(Marker::File(option)) if number == 1 => is_wanted = options.contains(option),
            Some(Marker::File(_)) => {
                return Err(wrong(path, number, "`cloudlab:file` is for the first line"));
            }
            Some(Marker::If(option)) => open.push((number, options.contains(option))),
            Some(Marker::End) => {
                open.pop().ok_or_else(|| wrong(path, number, "`cloudlab:end` without `cloudlab:if`"))?;
            }
            None if open.iter().all(|(_, on)| *on) => kept.push_str(line),
            None => {}
        }
    }
    match open.pop() {
        Some((number, _)) => Err(wrong(path, number, "`cloudlab:if` without `cloudlab:end`")),
        None => Ok(is_wanted.then_some(kept)),
    }
}

enum Marker<'a> {
    File(&'a str),
    If(&'a str),
    End,
}

fn marker(line: &str) -> Result<Option<Marker<'_>>, String> {
    if !["cloudlab:file", "cloudlab:if", "cloudlab:end"].iter().any(|mark| line.contains(mark)) {
        return Ok(None);
    }
    let words = LEADERS.iter().find_map(|leader| line.trim().strip_prefix(leader));
    let words = words.map(|words| words.trim_end_matches("-->").split_whitespace().collect::<Vec<_>>());
    match words.as_deref() {
        Some(["cloudlab:end"]) => Ok(Some(Marker::End)),
        Some(["cloudlab:file", option]) if OPTIONS.contains(option) => Ok(Some(Marker::File(option))),
        Some(["cloudlab:if", option]) if OPTIONS.contains(option) => Ok(Some(Marker::If(option))),
        Some(["cloudlab:file" | "cloudlab:if", option]) => {
            Err(format!("`{option}` is not an option ({})", OPTIONS.join(", ")))
        }
        _ => Err("an option's marker must stand alone on its line, as a comment".into()),
    }
}

fn wrong(path: &str, line: usize, what: &str) -> Refusal {
    Refusal::internal(format!("the template is wrong at {path}:{line}: {what}"))
}
