//! As much of Markdown as the rules need: links, headings, code.

/// The text between two backticks, or the target of a link, with its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub line: usize,
    pub text: &'a str,
}

/// Lines outside code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    fenced(text).filter(|(_, _, is_code)| !is_code).map(|(at, line, _)| (at, line))
}

/// Lines inside code blocks, with their numbers.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    fenced(text).filter(|(_, line, is_code)| *is_code && !is_fence(line)).map(|(at, line, _)| (at, line))
}

fn fenced(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    let mut is_inside = false;
    text.lines().enumerate().map(move |(at, line)| {
        let was_inside = is_inside;
        is_inside ^= is_fence(line);
        (at + 1, line, was_inside || is_inside)
    })
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

/// What stands between backticks in a line of prose.
pub fn code(text: &str) -> Vec<Piece<'_>> {
    let spans = prose(text)
        .flat_map(|(line, text)| text.split('`').skip(1).step_by(2).map(move |text| Piece { line, text }));
    spans.collect()
}

/// The targets of all links.
pub fn links(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    for (line, prose) in prose(text) {
        // What is code shows a link and is none.
        for words in prose.split('`').step_by(2) {
            let targets = words.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            found.extend(targets.map(|text| Piece { line, text }));
        }
    }
    found
}

/// The names under which headings can be linked to, as GitHub makes them.
pub fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).filter(|(_, line)| line.starts_with('#'));
    let mut anchors: Vec<String> = Vec::new();
    for (_, line) in headings {
        let name: String = line
            .trim_start_matches('#')
            .trim()
            .to_lowercase()
            .chars()
            .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
            .map(|letter| if letter == ' ' { '-' } else { letter })
            .collect();
        let before = anchors.iter().filter(|other| **other == name).count();
        anchors.push(if before == 0 { name } else { format!("{name}-{before}") });
    }
    anchors
}
