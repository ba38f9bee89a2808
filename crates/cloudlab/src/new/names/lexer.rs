//! Just enough of Rust's lexical form to tell identifiers from comments, strings and lifetimes.
//!
//! A parser would be exact; names need only the words, and those of files that are not Rust alone.

/// The pieces that names are looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    Word(&'a str),
    Sign(char),
}

/// The words (keywords included) and signs of a source text, without comments, literals and lifetimes.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let length = word_length(rest).max(first.len_utf8());
            match first {
                first if first.is_ascii_digit() || first.is_whitespace() => {}
                first if is_word(first) => tokens.push(Token::Word(&rest[..length])),
                sign => tokens.push(Token::Sign(sign)),
            }
            length
        });
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// The words alone.
pub fn words(source: &str) -> impl Iterator<Item = &str> {
    tokens(source).into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        Token::Sign(_) => None,
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn word_length(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// The length of the comment, literal or lifetime that `text` opens with.
fn skipped(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(block_comment(text));
    }
    if let Some(quoted) = text.strip_prefix('\'') {
        return Some(1 + lifetime_or_char(quoted));
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| opens_string(text, prefix))?;
    let string = &text[prefix.len()..];
    let length = if prefix.ends_with('r') { raw_string(string) } else { string_literal(string) };
    Some(prefix.len() + length)
}

fn opens_string(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        let unhashed = if prefix.ends_with('r') { rest.trim_start_matches('#') } else { rest };
        unhashed.starts_with('"')
    })
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// `text` follows an apostrophe: a character and its closing apostrophe, or the name of a lifetime.
fn lifetime_or_char(text: &str) -> usize {
    if let Some(escaped) = text.strip_prefix('\\') {
        let width = escaped.chars().next().map_or(0, char::len_utf8);
        return escaped[width..].find('\'').map_or(text.len(), |at| 1 + width + at + 1);
    }
    let width = text.chars().next().map_or(0, char::len_utf8);
    if text[width..].starts_with('\'') { width + 1 } else { word_length(text) }
}

fn string_literal(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let hashes = text.len() - text.trim_start_matches('#').len();
    let close = format!("\"{}", "#".repeat(hashes));
    let open = hashes + 1;
    text[open..].find(&close).map_or(text.len(), |at| open + at + close.len())
}
