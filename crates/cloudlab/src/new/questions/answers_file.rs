//! An answers file: the form of `cloudlab.toml`, so that a service's record is the answers file of the next one.
//!
//! `[answers]` holds for every service that is made from the file. `[names]` holds for one: where `[service]` names
//! another service than the one asked for, as in somebody else's record, it is left alone.

use std::fs;
use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, TableLike, Value};

use crate::files;
use crate::new::names::{Words, shortened};
use crate::new::questions::chassis::Chassis;
use crate::new::questions::choices::{
    Api, Blueprint, Broker, Cache, Choice, Database, Notifier, Observability,
};
use crate::new::questions::draft::Draft;
use crate::refusal::Refusal;

/// What a file answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    pub draft: Draft,
    pub service: Option<String>,
    pub aggregate: Option<Words>,
    pub plural: Option<Words>,
}

/// The tables of a record, and what each may hold. Digests of files say nothing about the next service.
const TABLES: [(&str, &[&str]); 4] = [
    ("service", &["name", "blueprint", "cloudlab"]),
    ("answers", &["database", "cache", "broker", "notifier", "api", "observability", "chassis"]),
    ("names", &["aggregate", "plural"]),
    ("files", &[]),
];

/// Reads a file; what is wrong in it is named with its line.
pub fn read(path: &Path) -> Result<Recorded, Refusal> {
    let text = text_of(path)
        .map_err(|refusal| refusal.help("--answers FILE   (such as the cloudlab.toml of a service)"))?;
    Reader { path, text: &text }.recorded()
}

/// Larger than any record. What is no file at all might never end.
const LIMIT_BYTES: u64 = 1 << 20;

fn text_of(path: &Path) -> Result<String, Refusal> {
    let found = fs::metadata(path).map_err(|error| Refusal::io("read", path, &error))?;
    if !found.is_file() {
        return Err(Refusal::new(format!("the answers file {} is not a file", path.display())));
    }
    if found.len() > LIMIT_BYTES {
        return Err(Refusal::new(format!("the answers file {} is larger than 1 MiB", path.display())));
    }
    files::read_text(path)
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn recorded(&self) -> Result<Recorded, Refusal> {
        let document = Document::parse(self.text)
            .map_err(|error| self.refuse(error.span(), &format!("is not TOML: {}", error.message())))?;
        // A newer version may have keys that this one cannot know, so its age is told first.
        self.is_not_newer(&document)?;
        self.knows_every_key(&document)?;
        let answers = |key: &str| document.get("answers").and_then(|table| table.get(key));
        let names = |key: &str| document.get("names").and_then(|table| table.get(key));
        let service = |key: &str| document.get("service").and_then(|table| table.get(key));
        Ok(Recorded {
            draft: Draft {
                blueprint: self.choice::<Blueprint>(service("blueprint"))?,
                database: self.choice::<Database>(answers("database"))?,
                cache: self.choice::<Cache>(answers("cache"))?,
                broker: self.choice::<Broker>(answers("broker"))?,
                notifier: self.choice::<Notifier>(answers("notifier"))?,
                api: self.choices::<Api>(answers("api"))?,
                observability: self.choice::<Observability>(answers("observability"))?,
                chassis: self.chassis(answers("chassis"))?,
            },
            service: self.word("name", service("name"))?,
            aggregate: self.words("aggregate", names("aggregate"), Words::of_record)?,
            plural: self.words("plural", names("plural"), Words::of_plural)?,
        })
    }

    fn words(
        &self,
        key: &str,
        item: Option<&Item>,
        parse: fn(&str) -> Result<Words, Refusal>,
    ) -> Result<Option<Words>, Refusal> {
        let words = self.word(key, item)?.map(|word| parse(&word)).transpose();
        words.map_err(|refusal| self.located(item.and_then(Item::span), refusal))
    }

    /// A relative path in a file is meant from where the file lies.
    fn chassis(&self, item: Option<&Item>) -> Result<Option<String>, Refusal> {
        let Some(mode) = self.word("chassis", item)? else { return Ok(None) };
        let chassis = Chassis::parse(&mode);
        let chassis = chassis.map_err(|refusal| self.located(item.and_then(Item::span), refusal))?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        Ok(Some(chassis.seen_from(folder).to_string()))
    }

    /// The same refusal, with the place in the file before it.
    fn located(&self, span: Option<Range<usize>>, refusal: Refusal) -> Refusal {
        let located = self.refuse(span, &format!("is wrong: {}", refusal.sentence));
        refusal.help.into_iter().fold(located, Refusal::help)
    }

    /// A key that nobody reads is a misspelled answer: it must not be passed over.
    fn knows_every_key(&self, document: &Document<&str>) -> Result<(), Refusal> {
        for (name, item) in document.iter() {
            let Some((_, keys)) = TABLES.iter().find(|(table, _)| *table == name) else {
                let known: Vec<String> = TABLES.iter().map(|(table, _)| format!("[{table}]")).collect();
                return Err(self
                    .refuse(
                        document.key(name).and_then(|key| key.span()),
                        &format!("has an unknown key `{}`", shortened(name)),
                    )
                    .help(format!("known: {}", known.join(", "))));
            };
            let Some(table) = item.as_table_like() else {
                return Err(self.refuse(item.span(), &format!("has `{name}` as a value; it is a table")));
            };
            if !keys.is_empty() {
                self.knows_the_keys_of(name, table, keys)?;
            }
        }
        Ok(())
    }

    fn knows_the_keys_of(&self, name: &str, table: &dyn TableLike, keys: &[&str]) -> Result<(), Refusal> {
        match table.iter().find(|(key, _)| !keys.contains(key)) {
            None => Ok(()),
            Some((key, _)) => Err(self
                .refuse(
                    table.key(key).and_then(|key| key.span()),
                    &format!("has an unknown key `{}` in [{name}]", shortened(key)),
                )
                .help(format!("known: {}", keys.join(", ")))),
        }
    }

    /// A newer version may mean something else by the same words.
    fn is_not_newer(&self, document: &Document<&str>) -> Result<(), Refusal> {
        let item = document.get("service").and_then(|table| table.get("cloudlab"));
        let Some(written) = self.word("cloudlab", item)? else { return Ok(()) };
        let own = env!("CARGO_PKG_VERSION");
        match (version(&written), version(own)) {
            (Some(theirs), Some(ours)) if theirs <= ours => Ok(()),
            (None, _) => Err(self.refuse(item.and_then(Item::span), "names a version that is none")),
            _ => Err(self
                .refuse(
                    item.and_then(Item::span),
                    &format!("was written by cloudlab {}; this is {own}", shortened(&written)),
                )
                .help("use that version, or leave `cloudlab` out of the file to have its answers read as today's")),
        }
    }

    fn choice<C: Choice>(&self, item: Option<&Item>) -> Result<Option<C>, Refusal> {
        let Some(item) = item else { return Ok(None) };
        match item.as_str().and_then(find::<C>) {
            Some(choice) => Ok(Some(choice)),
            None => Err(self.refuse_choice::<C>(item.span(), item)),
        }
    }

    fn choices<C: Choice>(&self, item: Option<&Item>) -> Result<Option<Vec<C>>, Refusal> {
        let Some(item) = item else { return Ok(None) };
        let Some(array) = item.as_array().filter(|array| !array.is_empty()) else {
            return Err(self.refuse(item.span(), &format!("must have a list of words as `{}`", C::FLAG)));
        };
        let chosen = array.iter().map(|value| {
            let choice = value.as_str().and_then(find::<C>);
            choice.ok_or_else(|| self.refuse_choice::<C>(value.span(), value))
        });
        chosen.collect::<Result<_, _>>().map(Some)
    }

    fn refuse_choice<C: Choice>(&self, span: Option<Range<usize>>, given: &dyn Shown) -> Refusal {
        let possible: Vec<&str> = C::value_variants().iter().map(Choice::value).collect();
        self.refuse(span, &format!("has {} as `{}`", given.shown(), C::FLAG))
            .help(format!("possible: {}", possible.join(", ")))
    }

    fn word(&self, key: &str, item: Option<&Item>) -> Result<Option<String>, Refusal> {
        match item {
            None => Ok(None),
            Some(item) => match item.as_str() {
                Some(word) if !word.is_empty() => Ok(Some(word.to_string())),
                _ => Err(self.refuse(item.span(), &format!("must have a word as `{key}`"))),
            },
        }
    }

    fn refuse(&self, span: Option<Range<usize>>, what: &str) -> Refusal {
        let line = span.map(|span| 1 + self.text[..span.start.min(self.text.len())].matches('\n').count());
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        Refusal::new(format!("the answers file {}{line} {what}", self.path.display()))
    }
}

/// A wrong value as it stands in the file.
trait Shown {
    fn shown(&self) -> String;
}

impl Shown for Item {
    fn shown(&self) -> String {
        self.as_value().map_or_else(|| "a table".into(), Shown::shown)
    }
}

impl Shown for Value {
    fn shown(&self) -> String {
        self.as_str().map_or_else(|| with_article(self.type_name()), |word| format!("`{}`", shortened(word)))
    }
}

fn find<C: Choice>(word: &str) -> Option<C> {
    C::value_variants().iter().find(|choice| choice.value() == word).cloned()
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// The numbers of `1.2.3`, to be compared; what comes before a release counts as the release.
fn version(text: &str) -> Option<Vec<u64>> {
    let numbers = text.split(['-', '+']).next().unwrap_or(text);
    numbers.split('.').map(|part| part.parse().ok()).collect()
}
