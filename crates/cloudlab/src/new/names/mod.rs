//! The names of a service and of its aggregate, in every spelling that the template uses.

pub mod catalogue;
pub mod clash;
mod lexer;
mod reserved;
mod sql_names;

use crate::refusal::Refusal;

/// A name of a service that cargo, Windows and a URL accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceName(String);

/// Lower-case words, from which each spelling is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

/// All that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub service: ServiceName,
    pub singular: Words,
    pub plural: Words,
}

/// What helps when a name is well-formed and cannot be had.
pub const OTHER_AGGREGATE: &str = "--aggregate Name   (another type name, in PascalCase)";
pub const OTHER_PLURAL: &str = "--plural names   (other lower-case words)";

/// The longest name of a service. Aggregate and plural have no limit of their own: [`crate::new::names::sql_names`] knows how long
/// what is made from them may be.
const NAME_LIMIT: usize = 64;
/// The longest name of a service in Kubernetes, and the longest value of a label there.
const CLUSTER_LIMIT: usize = 63;

impl Names {
    /// Puts the names together; the aggregate comes from the service's name and the plural is the singular with an `s`
    /// unless they are given.
    pub fn of(service: ServiceName, singular: Option<Words>, plural: Option<Words>) -> Result<Self, Refusal> {
        let singular = singular.unwrap_or_else(|| service.aggregate());
        let plural = plural.unwrap_or_else(|| singular.with_s());
        let names = Self { service, singular, plural };
        names.are_usable()?;
        Ok(names)
    }

    /// The same names as a cluster takes them.
    pub fn in_cluster(&self) -> Self {
        Self { service: self.service.in_cluster(), ..self.clone() }
    }

    fn are_usable(&self) -> Result<(), Refusal> {
        let aggregate = self.singular.pascal();
        if self.singular == self.plural {
            return Err(Refusal::new(format!(
                "singular and plural are the same word, `{}`",
                shortened(&self.plural.kebab())
            ))
            .help("--plural names   (a word of its own, such as all-sheep)"));
        }
        let claimed = |what: &str| {
            Err(Refusal::new(format!("the aggregate `{aggregate}` would clash with {what}"))
                .help(OTHER_AGGREGATE))
        };
        if reserved::is_prelude(&aggregate) {
            return claimed("a name that every Rust file sees");
        }
        let spellings = [self.singular.snake(), self.singular.camel()];
        if spellings.iter().any(|word| reserved::is_keyword(word) || reserved::is_crate(word)) {
            return claimed(&format!(
                "the word `{}`, which Rust or cargo keeps for itself",
                self.singular.snake()
            ));
        }
        if reserved::is_device(&self.singular.snake()) {
            return claimed("a device name of Windows, since files are named after it");
        }
        self.table_is_usable()
    }

    fn table_is_usable(&self) -> Result<(), Refusal> {
        let table = self.plural.snake();
        let help = "--plural names   (lower-case words, such as parcels)";
        if reserved::is_sql(&table) {
            return Err(Refusal::new(format!(
                "the table `{table}` would be named by a reserved word of SQL"
            ))
            .help(help));
        }
        if reserved::is_keyword(&table) || reserved::is_crate(&table) || reserved::is_device(&table) {
            return Err(
                Refusal::new(format!("the plural `{table}` is a word that Rust or Windows keeps")).help(help)
            );
        }
        Ok(())
    }
}

impl ServiceName {
    /// Accepts what the contract accepts; each refusal names the first rule that is broken.
    pub fn parse(name: &str) -> Result<Self, Refusal> {
        match broken_rule(name) {
            None => Ok(Self(name.to_string())),
            Some(rule) => Err(Refusal::new(format!("the name `{}` {rule}", shortened(name)))
                .help("a name is lower-case letters, digits and single hyphens, such as parcel-service")
                .help("--path PARENT says where the folder goes")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as words, the way prose and types spell it.
    pub fn words(&self) -> Words {
        Words::split(&self.0, '-')
    }

    /// Cut to what Kubernetes accepts, which does not end in a hyphen either.
    fn in_cluster(&self) -> Self {
        let cut = self.0.get(..CLUSTER_LIMIT).unwrap_or(&self.0);
        Self(cut.trim_end_matches('-').to_string())
    }

    /// What the service is about: its name without `-service`.
    pub fn aggregate(&self) -> Words {
        Words::split(self.0.strip_suffix("-service").unwrap_or(&self.0), '-')
    }
}

impl Words {
    /// The words of a type's name.
    pub fn of_type(aggregate: &str) -> Result<Self, Refusal> {
        let refuse = |rule: &str| {
            Err(Refusal::new(format!("the aggregate `{}` {rule}", shortened(aggregate))).help(
                "--aggregate Name   (PascalCase with acronyms as words, such as PurchaseOrder or QrCode)",
            ))
        };
        if !aggregate.starts_with(|first: char| first.is_ascii_uppercase()) {
            return refuse("does not begin with a capital letter");
        }
        if !aggregate.chars().all(|c| c.is_ascii_alphanumeric()) {
            return refuse("has a character that is neither a letter from A to z nor a digit");
        }
        let capitals = |pair: &[u8]| pair.iter().all(u8::is_ascii_uppercase);
        if aggregate.as_bytes().windows(2).any(capitals) {
            return refuse("has two capital letters in a row, so its words cannot be told apart");
        }
        Ok(words_of_pascal(aggregate))
    }

    /// The words of a plural, with hyphens or underscores between them.
    pub fn of_plural(plural: &str) -> Result<Self, Refusal> {
        let kebab = plural.replace('_', "-");
        let letters = kebab.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'));
        let begins = kebab.starts_with(|first: char| first.is_ascii_lowercase());
        let apart = !kebab.contains("--") && !kebab.ends_with('-');
        if letters && begins && apart {
            return Ok(Self::split(&kebab, '-'));
        }
        Err(Refusal::new(format!("the plural `{}` is not made of lower-case words", shortened(plural)))
            .help("--plural names   (letters, digits and single hyphens, such as purchase-orders)"))
    }

    /// The words of an aggregate as a record keeps them.
    pub fn of_record(aggregate: &str) -> Result<Self, Refusal> {
        Self::of_plural(aggregate).map_err(|_| {
            Refusal::new(format!("the aggregate `{}` is not made of lower-case words", shortened(aggregate)))
                .help("aggregate = \"purchase-order\"")
        })
    }

    fn split(text: &str, separator: char) -> Self {
        Self(text.split(separator).map(str::to_string).collect())
    }

    /// `purchase_order`
    pub fn snake(&self) -> String {
        self.0.join("_")
    }

    /// `purchase-order`
    pub fn kebab(&self) -> String {
        self.0.join("-")
    }

    /// `purchase order`
    pub fn prose(&self) -> String {
        self.0.join(" ")
    }

    /// `PurchaseOrder`
    pub fn pascal(&self) -> String {
        self.0.iter().map(|word| capitalized(word)).collect()
    }

    /// `Purchase Order`
    pub fn title(&self) -> String {
        self.0.iter().map(|word| capitalized(word)).collect::<Vec<_>>().join(" ")
    }

    /// `purchaseOrder`
    pub fn camel(&self) -> String {
        let mut words = self.0.iter();
        let first = words.next().cloned().unwrap_or_default();
        first + &words.map(|word| capitalized(word)).collect::<String>()
    }

    /// `PURCHASE_ORDER`
    pub fn upper(&self) -> String {
        self.snake().to_ascii_uppercase()
    }

    /// The only plural that is ever guessed.
    pub fn with_s(&self) -> Self {
        let mut words = self.0.clone();
        if let Some(last) = words.last_mut() {
            last.push('s');
        }
        Self(words)
    }
}

/// `purchase order` as the start of a sentence.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string()).unwrap_or_default() + letters.as_str()
}

fn broken_rule(name: &str) -> Option<String> {
    let identifier = name.replace('-', "_");
    if name.contains(['/', '\\']) || name == ".." || name == "." {
        return Some("is a path; a service is named by one word".into());
    }
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Some("does not begin with a letter from a to z".into());
    }
    if let Some(letter) = name.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
        return Some(format!("contains `{}`", letter.escape_debug()));
    }
    if name.len() > NAME_LIMIT {
        return Some(format!("is {} characters long; {NAME_LIMIT} is the limit", name.chars().count()));
    }
    if name.contains("--") || name.ends_with('-') {
        return Some("has a hyphen that does not stand between two words".into());
    }
    if reserved::is_keyword(&identifier) {
        return Some("is a keyword of Rust".into());
    }
    if reserved::is_crate(&identifier) {
        return Some("is a name that Rust or cargo keeps for itself".into());
    }
    reserved::is_device(&identifier).then(|| "is a device name of Windows".into())
}

/// A name of 300 characters helps nobody in an error, and one with control characters could play with the terminal.
pub fn shortened(name: &str) -> String {
    let is_short = name.chars().count() <= NAME_LIMIT;
    let shown: String =
        if is_short { name.into() } else { name.chars().take(20).collect::<String>() + "..." };
    shown.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

fn words_of_pascal(aggregate: &str) -> Words {
    let mut words: Vec<String> = Vec::new();
    for letter in aggregate.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_ascii_uppercase() => word.push(letter),
            _ => words.push(letter.to_ascii_lowercase().to_string()),
        }
    }
    Words(words)
}
