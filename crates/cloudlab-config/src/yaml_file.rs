//! YAML 1.2, of which a configuration needs mappings, lists and scalars.
//!
//! **Invariant:** what this module does not read, it refuses: anchors and aliases (so no small file becomes a large
//! tree), tags, keys that are no text, keys that stand twice, several documents. Nothing is guessed: only `true` and
//! `false` are truth values, and a number that begins with 0 is neither octal nor text.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};

use crate::error::Error;
use crate::tree::{Node, Origin, Text, Value, join};

/// Sections in sections. Nobody nests as deep, and reading is recursive.
const DEEPEST: usize = 32;

/// Parses one YAML file into a layer.
pub(crate) fn parse(file: &str, source: &str) -> Result<Node, Error> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut reader = Reader { file, parser: Parser::new_from_str(source) };
    let value = reader.document()?;
    Ok(Node { origin: Origin::Whole, value })
}

struct Reader<'s> {
    file: &'s str,
    parser: Parser<'s, StrInput<'s>>,
}

/// Where the reader is.
struct At<'k> {
    key: &'k str,
    line: usize,
    depth: usize,
}

impl<'s> Reader<'s> {
    fn document(&mut self) -> Result<Value, Error> {
        let (mut event, mut line) = self.next()?;
        while matches!(event, Event::StreamStart | Event::DocumentStart(_)) {
            (event, line) = self.next()?;
        }
        if event == Event::StreamEnd {
            return Ok(Value::Table(BTreeMap::new()));
        }
        let value = match self.value(event, &At { key: "", line, depth: 0 })? {
            table @ Value::Table(_) => table,
            Value::Null => Value::Table(BTreeMap::new()),
            _ => return Err(self.syntax(line, "the file must hold keys with values, as in `http:`")),
        };
        self.end()?;
        Ok(value)
    }

    fn end(&mut self) -> Result<(), Error> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd, _) => {}
                (_, line) => {
                    let rule = "a second document begins; a configuration is one document";
                    return Err(self.syntax(line, rule));
                }
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'s>, usize), Error> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start.line())),
            Some(Err(error)) => Err(self.invalid(&error)),
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    fn value(&mut self, event: Event<'s>, at: &At<'_>) -> Result<Value, Error> {
        if at.depth > DEEPEST {
            return Err(self.wrong(at, "it lies deeper than 32 sections"));
        }
        let (Event::Scalar(_, _, anchor, ref tag)
        | Event::SequenceStart(anchor, ref tag)
        | Event::MappingStart(anchor, ref tag)) = event
        else {
            return Err(self.wrong(at, "aliases are not read; write the value out"));
        };
        if anchor > 0 {
            return Err(self.wrong(at, "anchors are not read; write the value where it is needed"));
        }
        if tag.is_some() {
            return Err(self.wrong(at, "tags are not read; quote what is text, and leave other values bare"));
        }
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) => plain(&text).map_err(|rule| self.wrong(at, rule)),
            Event::Scalar(text, ..) => Ok(text_of(&text)),
            Event::SequenceStart(..) => self.list(at),
            _ => self.table(at),
        }
    }

    fn table(&mut self, at: &At<'_>) -> Result<Value, Error> {
        let mut table: BTreeMap<String, Node> = BTreeMap::new();
        loop {
            let (event, line) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Value::Table(table));
            }
            let part = self.key(&event, line)?;
            let key = join(at.key, &part);
            if let Some(Node { origin, .. }) = table.get(&part) {
                return Err(self.syntax(line, &format!("the key `{key}` stands twice; {origin} has it, too")));
            }
            let value = self.child(&At { key: &key, line, depth: at.depth + 1 })?;
            table.insert(part, Node { origin: self.origin(line), value });
        }
    }

    /// The line of a value is that of its key, since a value may begin on a later one.
    fn child(&mut self, at: &At<'_>) -> Result<Value, Error> {
        let (event, _) = self.next()?;
        self.value(event, at)
    }

    fn key(&self, event: &Event<'s>, line: usize) -> Result<String, Error> {
        let Event::Scalar(text, style, 0, None) = event else {
            return Err(self.syntax(line, "a key must be plain text, without anchor, alias or tag"));
        };
        if *style == ScalarStyle::Plain {
            if !matches!(plain(text), Ok(Value::Text(_))) {
                return Err(self.syntax(line, &format!("the key `{text}` is no text; quote it")));
            }
            if text.contains('.') {
                let rule = format!("the key `{text}` holds a dot; write a section for each part of it");
                return Err(self.syntax(line, &rule));
            }
        }
        Ok(text.to_string())
    }

    fn list(&mut self, at: &At<'_>) -> Result<Value, Error> {
        let mut list = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Value::List(list));
            }
            let key = join(at.key, &list.len().to_string());
            let at = At { key: &key, line, depth: at.depth + 1 };
            match self.value(event, &at)? {
                Value::Null => return Err(self.wrong(&at, "an element of a list may not be null")),
                value => list.push(Node { origin: self.origin(line), value }),
            }
        }
    }

    fn origin(&self, line: usize) -> Origin {
        Origin::Line { file: self.file.to_owned(), line }
    }

    fn syntax(&self, line: usize, rule: &str) -> Error {
        Error::Syntax { place: self.origin(line).to_string(), detail: rule.to_owned() }
    }

    fn invalid(&self, error: &ScanError) -> Error {
        let (line, column) = (error.marker().line(), error.marker().col() + 1);
        let place = format!("{}, column {column}", self.origin(line));
        Error::Syntax { place, detail: format!("it is not valid YAML: {}", error.info()) }
    }

    fn wrong(&self, at: &At<'_>, detail: &str) -> Error {
        let (place, key) = (self.origin(at.line).to_string(), at.key.to_owned());
        Error::WrongValue { place, key, detail: detail.to_owned() }
    }
}

fn text_of(text: &str) -> Value {
    Value::Text(Text { raw: text.to_owned(), masked: None, from_variable: false })
}

/// What a scalar without quotes means by the core schema of YAML 1.2.
fn plain(text: &str) -> Result<Value, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Ok(Value::Null),
        "true" | "True" | "TRUE" => Ok(Value::Boolean(true)),
        "false" | "False" | "FALSE" => Ok(Value::Boolean(false)),
        _ => number(text).unwrap_or_else(|| Ok(text_of(text))),
    }
}

fn number(text: &str) -> Option<Result<Value, &'static str>> {
    const TOO_LARGE: &str = "the number is too large";
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let in_radix = [("0x", 16), ("0o", 8)].into_iter().find_map(|(prefix, radix)| {
        let digits = text.strip_prefix(prefix)?;
        let legal = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        legal.then(|| i128::from_str_radix(digits, radix).map(Value::Integer).map_err(|_| TOO_LARGE))
    });
    if in_radix.is_some() {
        return in_radix;
    }
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        if digits.len() > 1 && digits.starts_with('0') {
            return Some(Err("a number may not begin with 0; quote it if it is text, write 0o17 for octal"));
        }
        return Some(text.parse().map(Value::Integer).map_err(|_| TOO_LARGE));
    }
    if !digits.bytes().all(|byte| b"0123456789.eE+-".contains(&byte)) {
        return None;
    }
    let float: f64 = text.parse().ok()?;
    Some(if float.is_finite() { Ok(Value::Float(float)) } else { Err(TOO_LARGE) })
}
