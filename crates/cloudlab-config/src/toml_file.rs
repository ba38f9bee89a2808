use toml::Spanned;
use toml::de::{DeArray, DeFloat, DeInteger, DeTable, DeValue};

use crate::error::Error;
use crate::tree::{Node, Origin, Text, Value};

/// Parses one TOML file into a layer.
pub(crate) fn parse(file: &str, source: &str) -> Result<Node, Error> {
    let reader = Reader { file, source };
    let table = DeTable::parse(source).map_err(|error| reader.syntax(&error))?;
    let value = reader.table(table.into_inner())?;
    Ok(Node { origin: Origin::Whole, value })
}

struct Reader<'s> {
    file: &'s str,
    source: &'s str,
}

impl Reader<'_> {
    fn syntax(&self, error: &toml::de::Error) -> Error {
        let at = error.span().map_or(self.source.len(), |span| span.start);
        let before = self.source.get(..at).unwrap_or(self.source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line_start..].chars().count() + 1;
        let place = format!("{}, column {column}", self.origin(at));
        Error::Syntax { place, detail: format!("it is not valid TOML: {}", error.message()) }
    }

    fn origin(&self, at: usize) -> Origin {
        let before = self.source.as_bytes().get(..at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Origin::Line { file: self.file.to_owned(), line }
    }

    fn table(&self, table: DeTable<'_>) -> Result<Value, Error> {
        let node = |(key, value): (Spanned<_>, Spanned<_>)| {
            let origin = self.origin(key.span().start);
            let value = self.value(value.into_inner(), &origin)?;
            Ok((String::from(key.into_inner()), Node { origin, value }))
        };
        table.into_iter().map(node).collect::<Result<_, _>>().map(Value::Table)
    }

    fn list(&self, list: DeArray<'_>) -> Result<Value, Error> {
        let node = |value: Spanned<_>| {
            let origin = self.origin(value.span().start);
            let value = self.value(value.into_inner(), &origin)?;
            Ok(Node { origin, value })
        };
        list.into_iter().map(node).collect::<Result<_, _>>().map(Value::List)
    }

    fn value(&self, value: DeValue<'_>, origin: &Origin) -> Result<Value, Error> {
        Ok(match value {
            DeValue::Table(table) => self.table(table)?,
            DeValue::Array(list) => self.list(list)?,
            DeValue::String(text) => plain(text.into_owned()),
            DeValue::Datetime(moment) => plain(moment.to_string()),
            DeValue::Boolean(truth) => Value::Boolean(truth),
            DeValue::Integer(number) => integer(&number).ok_or_else(|| out_of_range(origin))?,
            DeValue::Float(number) => float(&number).ok_or_else(|| out_of_range(origin))?,
        })
    }
}

fn plain(raw: String) -> Value {
    Value::Text(Text { raw, masked: None, from_variable: false })
}

fn integer(number: &DeInteger<'_>) -> Option<Value> {
    let parsed = i128::from_str_radix(number.as_str(), number.radix());
    parsed.ok().map(Value::Integer)
}

fn float(number: &DeFloat<'_>) -> Option<Value> {
    number.as_str().parse().ok().map(Value::Float)
}

fn out_of_range(origin: &Origin) -> Error {
    Error::Syntax { place: origin.to_string(), detail: "the number is too large".to_owned() }
}
