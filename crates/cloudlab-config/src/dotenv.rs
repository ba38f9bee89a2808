use crate::error::Error;

/// The file whose variables stand below the process environment.
pub(crate) const FILE: &str = ".env";

/// One assignment of a `.env` file.
pub(crate) struct Assignment {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Parses `KEY=VALUE` lines: `#` comments, an optional `export `, single quotes (literal) and double quotes (with `\n`,
/// `\t`, `\r`, `\"`, `\$` and `\\`). Values are on one line and are not expanded. Errors show no values, because
/// `.env` is where the secrets are.
pub(crate) fn parse(source: &str) -> Result<Vec<Assignment>, Error> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let lines = source.lines().enumerate().map(|(at, text)| (at + 1, text.trim()));
    let written = lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
    written.map(|(line, text)| assignment(line, text).map_err(|rule| syntax(line, rule))).collect()
}

fn syntax(line: usize, rule: &str) -> Error {
    Error::Syntax { place: format!("{FILE}:{line}"), detail: rule.to_owned() }
}

fn assignment(line: usize, text: &str) -> Result<Assignment, &'static str> {
    let text = text.strip_prefix("export ").unwrap_or(text);
    let (name, value) = text.split_once('=').ok_or("the line is no KEY=VALUE; start comments with #")?;
    let name = name.trim();
    if !is_name(name) {
        return Err("the name before = may hold only letters, digits and _, and starts with no digit");
    }
    Ok(Assignment { line, name: name.to_owned(), value: value_of(value.trim())? })
}

/// Whether `name` can be the name of a variable.
pub(crate) fn is_name(name: &str) -> bool {
    let legal = |c: char| c == '_' || c.is_ascii_alphanumeric();
    name.starts_with(|c: char| !c.is_ascii_digit()) && name.chars().all(legal)
}

fn value_of(text: &str) -> Result<String, &'static str> {
    if let Some(inner) = text.strip_prefix('\'') {
        let (value, rest) = inner.split_once('\'').ok_or("the single quote is not closed on its line")?;
        return end_of_line(rest).map(|()| value.to_owned());
    }
    if let Some(inner) = text.strip_prefix('"') {
        let (value, rest) = double_quoted(inner)?;
        return end_of_line(rest).map(|()| value);
    }
    Ok(unquoted(text).to_owned())
}

fn end_of_line(rest: &str) -> Result<(), &'static str> {
    let rest = rest.trim_start();
    let ended = rest.is_empty() || rest.starts_with('#');
    ended.then_some(()).ok_or("text follows the closing quote; put the whole value into the quotes")
}

fn double_quoted(text: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok((value, chars.as_str())),
            '\\' => value.push(escaped(chars.next())?),
            _ => value.push(c),
        }
    }
    Err("the double quote is not closed on its line")
}

fn escaped(c: Option<char>) -> Result<char, &'static str> {
    match c {
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some('r') => Ok('\r'),
        Some(c @ ('"' | '\\' | '$')) => Ok(c),
        _ => Err(
            r#"in double quotes only \n, \t, \r, \", \$ and \\ are escapes; use single quotes for literal text"#,
        ),
    }
}

/// A `#` inside a word belongs to the value (`PASSWORD=a#b`), as in a shell.
fn unquoted(text: &str) -> &str {
    if text.starts_with('#') {
        return "";
    }
    let comment = text.find(" #").or_else(|| text.find("\t#"));
    text[..comment.unwrap_or(text.len())].trim_end()
}
