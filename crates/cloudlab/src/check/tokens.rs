//! Paths in tokens whose grammar only a macro knows: every `a::b` counts, texts do not.

use proc_macro2::{Delimiter, Ident, Literal, TokenStream, TokenTree};

use super::place::{Place, Segment, Written, name};

/// Arguments of attributes whose text is a path: `#[serde(with = "crate::wire::money")]`.
const PATHS_IN_TEXT: [&str; 14] = [
    "with",
    "serialize_with",
    "deserialize_with",
    "skip_serializing_if",
    "default",
    "remote",
    "from",
    "into",
    "try_from",
    "bound",
    "crate",
    "getter",
    "schema_with",
    "value_type",
];

const KEYWORDS: [&str; 30] = [
    "as", "async", "await", "break", "const", "dyn", "else", "enum", "fn", "for", "if", "impl", "in", "let",
    "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait", "type",
    "unsafe", "use", "where", "while",
];

/// A path in tokens.
pub struct Found {
    pub path: Written,
    /// It is the name of a macro that is called.
    pub is_macro: bool,
}

/// The paths among the tokens of a macro's call or definition.
pub fn in_macro(tokens: TokenStream) -> Vec<Found> {
    let mut scan = Scan { is_attribute: false, found: Vec::new() };
    scan.stream(tokens);
    scan.found
}

/// The paths among the arguments of an attribute.
pub fn in_attribute(tokens: TokenStream) -> Vec<Found> {
    let mut scan = Scan { is_attribute: true, found: Vec::new() };
    scan.stream(tokens);
    scan.found
}

struct Scan {
    is_attribute: bool,
    found: Vec<Found>,
}

impl Scan {
    fn stream(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += match token {
                TokenTree::Ident(ident) => self.word(&tokens, at, ident),
                TokenTree::Group(group) => {
                    let is_attribute = self.is_attribute;
                    self.is_attribute |= is_sign(tokens.get(at.wrapping_sub(1)), '#');
                    self.stream(group.stream());
                    self.is_attribute = is_attribute;
                    1
                }
                TokenTree::Literal(literal) => {
                    self.text(&tokens, at, literal);
                    1
                }
                TokenTree::Punct(_) => 1,
            };
        }
    }

    /// A path that begins with this word; answers with the number of its tokens.
    fn word(&mut self, tokens: &[TokenTree], at: usize, ident: &Ident) -> usize {
        if is_keyword(ident) {
            return 1;
        }
        let before = |steps: usize| at.checked_sub(steps).and_then(|index| tokens.get(index));
        let is_behind_colons = is_sign(before(1), ':') && is_sign(before(2), ':');
        let is_tail = is_behind_colons && !opens_a_path(before(3));
        let is_variable = is_sign(before(1), '$') && ident != "crate";
        let mut segments = vec![Segment::of(ident)];
        let mut next = at + 1;
        while is_sign(tokens.get(next), ':') && is_sign(tokens.get(next + 1), ':') {
            match tokens.get(next + 2) {
                Some(TokenTree::Ident(ident)) => segments.push(Segment::of(ident)),
                Some(TokenTree::Punct(sign)) if sign.as_char() == '*' => {
                    segments.push(Segment { name: "*".into(), place: Place::of(sign.span()) });
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.group(&segments, is_behind_colons, group.stream());
                    return next + 3 - at;
                }
                _ => break,
            }
            next += 3;
        }
        let is_macro = is_sign(tokens.get(next), '!') && !is_sign(tokens.get(next + 1), '=');
        if !(is_tail || is_variable) && (segments.len() > 1 || is_macro) {
            let path = Written::new(segments, is_behind_colons);
            self.found.push(Found { path, is_macro });
        }
        next - at
    }

    /// The members of `a::{b, c::d}`.
    fn group(&mut self, prefix: &[Segment], is_absolute: bool, tokens: TokenStream) {
        let mut inner = Self { is_attribute: self.is_attribute, found: Vec::new() };
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for member in tokens.split(|token| is_sign(Some(token), ',')) {
            inner.found.clear();
            inner.stream(member.iter().cloned().collect());
            let single = match member.first() {
                Some(TokenTree::Ident(ident)) if inner.found.is_empty() => vec![Segment::of(ident)],
                _ => Vec::new(),
            };
            let paths = inner.found.drain(..).map(|found| found.path.segments);
            for tail in paths.chain(Some(single).filter(|single| !single.is_empty())) {
                let segments = prefix.iter().cloned().chain(tail).collect();
                let path = Written { segments, is_absolute, shared: prefix.len() };
                self.found.push(Found { path, is_macro: false });
            }
        }
    }

    /// A text is a path only where an attribute says so.
    fn text(&mut self, tokens: &[TokenTree], at: usize, literal: &Literal) {
        let key = at.checked_sub(2).and_then(|index| tokens.get(index));
        let is_path = self.is_attribute
            && is_sign(at.checked_sub(1).and_then(|index| tokens.get(index)), '=')
            && matches!(key, Some(TokenTree::Ident(key)) if PATHS_IN_TEXT.iter().any(|known| key == known));
        if is_path {
            self.found.extend(path_in_text(literal).map(|path| Found { path, is_macro: false }));
        }
    }
}

/// The path in a text without escapes, with places inside the text.
fn path_in_text(literal: &Literal) -> Option<Written> {
    let source = literal.to_string();
    let text = source.strip_prefix('"')?.strip_suffix('"')?;
    let is_absolute = text.starts_with("::");
    let begin = Place::of(literal.span());
    let mut segments = Vec::new();
    let mut column = begin.column + 1;
    for word in text.split("::") {
        // Type arguments end what is looked at.
        let plain = word.split('<').next().unwrap_or_default();
        let width = plain.chars().count();
        if !plain.is_empty() {
            let is_word = plain.chars().all(|c| c.is_alphanumeric() || c == '_');
            let place = Place { line: begin.line, column, end: column + width };
            segments.push(is_word.then(|| Segment { name: plain.into(), place })?);
        }
        if plain.len() < word.len() {
            break;
        }
        column += width + 2;
    }
    (segments.len() > 1).then(|| Written::new(segments, is_absolute))
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_keyword(ident: &Ident) -> bool {
    let word = ident.to_string();
    KEYWORDS.contains(&word.as_str()) && name(ident) == word
}

/// Whether `::` behind this token opens a path and does not go on with one.
fn opens_a_path(token: Option<&TokenTree>) -> bool {
    match token {
        None | Some(TokenTree::Literal(_)) => true,
        Some(TokenTree::Ident(ident)) => is_keyword(ident),
        Some(TokenTree::Punct(sign)) => sign.as_char() != '>',
        Some(TokenTree::Group(_)) => false,
    }
}
