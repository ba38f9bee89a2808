//! The decisions about a new service: defaults, what fits together, what is built.
//!
//! The order of the checks is the order of usefulness to the reader: a word that nobody knows comes first, then an
//! impossible pair, then a choice that is merely not built yet, and a flag that is missing comes last.

use std::collections::BTreeSet;

use clap::ValueEnum;

use crate::choices::{Api, Broker, Cache, Choice, Database, Notifier, Observability};
use crate::cli::Given;
use crate::names::shortened;
use crate::refusal::Refusal;

/// A complete set of answers that fit together and can be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    pub database: Database,
    pub cache: Cache,
    pub broker: Broker,
    pub notifier: Notifier,
    pub api: Vec<Api>,
    pub observability: Observability,
}

/// One answer, as the record of a service and the report about it tell it.
pub enum Told {
    One(&'static str),
    Many(Vec<&'static str>),
}

/// The only blueprint and the only way to refer to the chassis that are built.
pub const BLUEPRINT: &str = "blank";
const CHASSIS: &str = "vendored";

/// Blueprints that will come.
const PLANNED: [&str; 11] = [
    "auth",
    "user",
    "product",
    "order",
    "payment",
    "inventory",
    "notification",
    "analytics",
    "content",
    "search",
    "rules",
];

/// The names that the template's markers may use.
pub const OPTIONS: [&str; 5] = ["postgres", "sqlite", "notify", "prometheus", "rest"];

impl Answers {
    /// Takes what is given, adds the defaults, and refuses what cannot be.
    pub fn decide(given: &Given) -> Result<Self, Refusal> {
        is_known(given)?;
        fits_together(given)?;
        is_built(given)?;
        nothing_missing(given)?;
        let database = given.database.unwrap_or(Database::Postgres);
        Ok(Self {
            database,
            cache: given.cache.unwrap_or(Cache::None),
            broker: given.broker.unwrap_or(Broker::None),
            notifier: given.notifier.unwrap_or(default_notifier(database)),
            api: in_order(given.api.as_deref().unwrap_or(&[Api::Rest])),
            observability: given.observability.unwrap_or(Observability::Prometheus),
        })
    }

    /// Every question with its answer, in the words of the command line.
    pub fn told(&self) -> [(&'static str, Told); 7] {
        [
            (Database::FLAG, Told::One(self.database.value())),
            (Cache::FLAG, Told::One(self.cache.value())),
            (Broker::FLAG, Told::One(self.broker.value())),
            (Notifier::FLAG, Told::One(self.notifier.value())),
            (Api::FLAG, Told::Many(self.api.iter().map(Choice::value).collect())),
            (Observability::FLAG, Told::One(self.observability.value())),
            ("chassis", Told::One(CHASSIS)),
        ]
    }

    /// The marker names that hold. `sqlite` means that SQLite is the chosen database; that it is compiled in
    /// everywhere needs no marker.
    pub fn options(&self) -> BTreeSet<&'static str> {
        let all = [self.database.value(), self.notifier.value(), self.observability.value()];
        let api = self.api.iter().map(Choice::value);
        all.into_iter().chain(api).filter(|option| OPTIONS.contains(option)).collect()
    }
}

/// A default never conflicts with what was given: only PostgreSQL can wake by NOTIFY.
fn default_notifier(database: Database) -> Notifier {
    if database == Database::Postgres { Notifier::Notify } else { Notifier::Polling }
}

/// Each kind once, however often and in whatever order it was asked for.
fn in_order(asked: &[Api]) -> Vec<Api> {
    Api::value_variants().iter().copied().filter(|kind| asked.contains(kind)).collect()
}

/// Blueprint and chassis, of which the grammar of the command line knows only that they are words.
fn is_known(given: &Given) -> Result<(), Refusal> {
    if let Some(mode) = &given.chassis {
        is_chassis_mode(mode)?;
    }
    match given.blueprint.as_deref() {
        Some(name) if name != BLUEPRINT && !PLANNED.contains(&name) => {
            Err(Refusal::new(format!("`{}` is not a known blueprint", shortened(name)))
                .help(format!("--blueprint {BLUEPRINT}"))
                .help(format!("known, but not built yet: {}", PLANNED.join(", "))))
        }
        _ => Ok(()),
    }
}

fn fits_together(given: &Given) -> Result<(), Refusal> {
    let database = given.database.unwrap_or(Database::Postgres);
    let cache = given.cache.unwrap_or(Cache::None);
    match given.notifier {
        Some(Notifier::Notify) if database != Database::Postgres => Err(Refusal::new(format!(
            "LISTEN/NOTIFY is PostgreSQL's; {} cannot wake the outbox that way",
            database.words()
        ))
        .help("--notifier polling   (at most 20 ms late by default)")
        .help("--notifier redis     (needs --cache redis; not built yet)")
        .help("--database postgres")),
        Some(Notifier::Redis) if !matches!(cache, Cache::Redis | Cache::Dragonfly) => {
            Err(Refusal::new(format!(
                "Redis pub/sub needs a Redis; {} cannot wake the outbox",
                if cache == Cache::None { "a service without a cache" } else { cache.words() }
            ))
            .help("--notifier polling   (at most 20 ms late by default)")
            .help("--cache redis        (not built yet)"))
        }
        _ => Ok(()),
    }
}

fn is_built(given: &Given) -> Result<(), Refusal> {
    let mut asked = Vec::new();
    let mut help = Vec::new();
    refuse_unbuilt(given.database.as_slice(), &mut asked, &mut help);
    refuse_unbuilt(given.cache.as_slice(), &mut asked, &mut help);
    refuse_unbuilt(given.broker.as_slice(), &mut asked, &mut help);
    refuse_unbuilt(given.notifier.as_slice(), &mut asked, &mut help);
    refuse_unbuilt(given.api.as_deref().unwrap_or_default(), &mut asked, &mut help);
    refuse_unbuilt(given.observability.as_slice(), &mut asked, &mut help);
    if let Some(blueprint) = given.blueprint.as_deref().filter(|name| *name != BLUEPRINT) {
        asked.push(format!("--blueprint {blueprint}"));
        help.push(format!("available now: --blueprint {BLUEPRINT}"));
    }
    if let Some(mode) = given.chassis.as_deref().filter(|mode| *mode != CHASSIS) {
        asked.push(format!("--chassis {mode}"));
        help.push(format!("available now: --chassis {CHASSIS}"));
    }
    if given.answers.is_some() {
        asked.push("--answers".into());
        help.push("available now: one flag for each answer, and --yes for the rest".into());
    }
    if asked.is_empty() { Ok(()) } else { Err(not_built(&asked, help)) }
}

fn refuse_unbuilt<C: Choice>(given: &[C], asked: &mut Vec<String>, help: &mut Vec<String>) {
    let unbuilt: Vec<&C> = given.iter().filter(|choice| !choice.is_built()).collect();
    if unbuilt.is_empty() {
        return;
    }
    asked.extend(unbuilt.iter().map(|choice| choice.on_the_command_line()));
    let built: Vec<&str> =
        C::value_variants().iter().filter(|choice| choice.is_built()).map(Choice::value).collect();
    help.push(format!("available now: --{} {}", C::FLAG, built.join(" or ")));
}

fn not_built(asked: &[String], help: Vec<String>) -> Refusal {
    let verb = if asked.len() == 1 { "is" } else { "are" };
    let refusal = Refusal::new(format!("{} {verb} not built yet", asked.join(" and ")));
    help.into_iter().fold(refusal, Refusal::help)
}

fn is_chassis_mode(mode: &str) -> Result<(), Refusal> {
    let (kind, argument) =
        mode.split_once('=').map_or((mode, None), |(kind, argument)| (kind, Some(argument)));
    match (kind, argument) {
        (CHASSIS | "path" | "registry", None) => Ok(()),
        ("path" | "git", Some(argument)) if !argument.is_empty() => Ok(()),
        _ => Err(Refusal::new(format!("`{mode}` is not a value of `--chassis <MODE>`"))
            .help("possible: vendored, path, path=DIR, git=URL, registry")),
    }
}

/// Prompts could ask for what is missing; without them every question needs an answer on the command line.
fn nothing_missing(given: &Given) -> Result<(), Refusal> {
    let questions = [
        (Database::FLAG, given.database.is_some()),
        (Cache::FLAG, given.cache.is_some()),
        (Broker::FLAG, given.broker.is_some()),
        (Notifier::FLAG, given.notifier.is_some()),
        (Api::FLAG, given.api.is_some()),
        (Observability::FLAG, given.observability.is_some()),
    ];
    let missing: Vec<String> =
        questions.iter().filter(|(_, answered)| !answered).map(|(flag, _)| format!("--{flag}")).collect();
    if given.yes || missing.is_empty() {
        return Ok(());
    }
    let noun = if missing.len() == 1 { "this answer is" } else { "these answers are" };
    Err(Refusal::new(format!("{noun} missing: {}", missing.join(", ")))
        .help("--yes takes the default of each"))
}
