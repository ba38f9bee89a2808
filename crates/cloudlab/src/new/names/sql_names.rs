//! The names of tables, indexes and constraints that come from the aggregate and its plural.
//!
//! An engine that refuses one would do so at the first start; one that cuts it would give two things one name, and
//! would report a broken constraint under a name that the service does not know.

use std::collections::BTreeSet;

use crate::new::names::catalogue::Catalogue;
use crate::new::names::{Names, OTHER_AGGREGATE, OTHER_PLURAL, shortened};
use crate::new::template::rename::Renamer;
use crate::refusal::Refusal;

/// PostgreSQL's `NAMEDATALEN`, less the zero at the end.
const POSTGRES_LIMIT: usize = 63;
/// Beginnings of names that an engine keeps for itself: SQLite refuses them, and PostgreSQL would find its own view
/// where the service's table is meant.
const KEPT_PREFIXES: [(&str, &str); 2] = [("sqlite_", "SQLite"), ("pg_", "PostgreSQL")];

/// The names in a migration that contain the placeholder. What a comment says is no name.
pub fn of_the_template(migration: &str) -> impl Iterator<Item = String> {
    let code = migration.lines().map(|line| line.split("--").next().unwrap_or(line));
    let words = code.flat_map(|code| code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter(|word| Renamer::is_placeholder(word)).map(str::to_string)
}

/// Refuses what an engine would not take as it is.
pub fn check(names: &Names, catalogue: &Catalogue) -> Result<(), Refusal> {
    let renamer = Renamer::new(names);
    let mut renamed: Vec<SqlName> =
        catalogue.sql_names.iter().map(|word| SqlName::of(word, &renamer)).collect();
    // The aggregate's own names first: what is wrong with them, another plural would not mend.
    renamed.sort_by_key(|name| name.is_of_plural);
    engines_take(&renamed)?;
    are_apart(&renamed, &catalogue.relations)?;
    postgres_keeps(&renamed)
}

/// A name after renaming, and whether it is made from the plural or from the singular.
struct SqlName {
    word: String,
    is_of_plural: bool,
}

impl SqlName {
    fn of(word: &str, renamer: &Renamer) -> Self {
        Self { word: renamer.rename(word), is_of_plural: Renamer::is_of_plural(word) }
    }

    fn refused(&self, why: &str) -> Refusal {
        Refusal::new(format!("the table or index `{}` {why}", shortened(&self.word)))
            .help(if self.is_of_plural { OTHER_PLURAL } else { OTHER_AGGREGATE })
    }
}

fn engines_take(renamed: &[SqlName]) -> Result<(), Refusal> {
    for (prefix, engine) in KEPT_PREFIXES {
        if let Some(name) = renamed.iter().find(|name| name.word.starts_with(prefix)) {
            return Err(
                name.refused(&format!("would begin with `{prefix}`, which {engine} keeps for itself"))
            );
        }
    }
    Ok(())
}

/// Tables, indexes and sequences share one namespace, with each other and with those of the chassis.
fn are_apart(renamed: &[SqlName], taken: &BTreeSet<String>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for name in renamed {
        if taken.contains(&name.word) {
            return Err(name.refused("would clash with what the chassis makes in the database"));
        }
        if !seen.insert(&name.word) {
            return Err(name.refused("would be there twice in the database"));
        }
    }
    Ok(())
}

fn postgres_keeps(renamed: &[SqlName]) -> Result<(), Refusal> {
    let longest = renamed.iter().max_by_key(|name| name.word.len());
    let Some(name) = longest.filter(|name| name.word.len() > POSTGRES_LIMIT) else { return Ok(()) };
    let length = name.word.len();
    let (excess, plural) = (length - POSTGRES_LIMIT, if length - POSTGRES_LIMIT == 1 { "" } else { "s" });
    let flags = if name.is_of_plural { "--aggregate Name or --plural names" } else { "--aggregate Name" };
    Err(Refusal::new(format!(
        "the SQL name `{}` would be {length} bytes long; PostgreSQL cuts names at {POSTGRES_LIMIT}",
        shortened(&name.word)
    ))
    .help(format!("{flags}   (at least {excess} character{plural} shorter)")))
}
