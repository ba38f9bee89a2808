//! The decisions about a new service: defaults, what fits together, what is built.
//!
//! The order of the checks is the order of usefulness to the reader: a word that nobody knows comes first, then an
//! impossible pair, then a choice that is merely not built yet, and a flag that is missing comes last.

use std::collections::BTreeSet;

use clap::ValueEnum;

use crate::new::questions::chassis::Chassis;
use crate::new::questions::choices::{
    Api, Blueprint, Broker, Cache, Choice, Database, Notifier, Observability,
};
use crate::new::questions::compatibility;
use crate::new::questions::draft::Draft;
use crate::refusal::Refusal;

/// A complete set of answers that fit together and can be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    pub blueprint: Blueprint,
    pub database: Database,
    pub cache: Cache,
    pub broker: Broker,
    pub notifier: Notifier,
    pub api: Vec<Api>,
    pub observability: Observability,
    pub chassis: Chassis,
}

/// One answer, as the record of a service and the report about it tell it.
pub enum Told {
    One(String),
    Many(Vec<&'static str>),
}

/// The names that the template's markers may use.
pub const OPTIONS: [&str; 9] =
    ["postgres", "sqlite", "notify", "prometheus", "rest", "vendored", "path", "git", "registry"];

impl Answers {
    /// Takes what is given, adds the defaults, and refuses what cannot be.
    pub fn decide(draft: &Draft) -> Result<Self, Refusal> {
        let chassis = check(draft)?;
        let database = draft.database();
        Ok(Self {
            blueprint: draft.blueprint.unwrap_or(Blueprint::Blank),
            database,
            cache: draft.cache(),
            broker: draft.broker.unwrap_or(Broker::None),
            notifier: draft.notifier.unwrap_or(default_notifier(database)),
            api: in_order(draft.api.as_deref().unwrap_or(&[Api::Rest])),
            observability: draft.observability.unwrap_or(Observability::Prometheus),
            chassis,
        })
    }

    /// Every question with its answer, in the words of the command line.
    pub fn told(&self) -> [(&'static str, Told); 7] {
        let one = |word: &str| Told::One(word.to_string());
        [
            (Database::FLAG, one(self.database.value())),
            (Cache::FLAG, one(self.cache.value())),
            (Broker::FLAG, one(self.broker.value())),
            (Notifier::FLAG, one(self.notifier.value())),
            (Api::FLAG, Told::Many(self.api.iter().map(Choice::value).collect())),
            (Observability::FLAG, one(self.observability.value())),
            ("chassis", one(&self.chassis.to_string())),
        ]
    }

    /// The marker names that hold. `sqlite` means that SQLite is the chosen database; that it is compiled in
    /// everywhere needs no marker.
    pub fn options(&self) -> BTreeSet<&'static str> {
        let all =
            [self.database.value(), self.notifier.value(), self.observability.value(), self.chassis.option()];
        let api = self.api.iter().map(Choice::value);
        all.into_iter().chain(api).filter(|option| OPTIONS.contains(option)).collect()
    }
}

/// Refuses what cannot be, whatever is still open; answers with how the chassis is referred to.
pub fn check(draft: &Draft) -> Result<Chassis, Refusal> {
    let chassis = Chassis::parse(draft.chassis.as_deref().unwrap_or("vendored"))?;
    compatibility::check(draft)?;
    is_built(draft)?;
    Ok(chassis)
}

/// The questions that have no answer yet, as flags.
pub fn missing(draft: &Draft) -> Vec<String> {
    let questions = [
        (Database::FLAG, draft.database.is_some()),
        (Cache::FLAG, draft.cache.is_some()),
        (Broker::FLAG, draft.broker.is_some()),
        (Notifier::FLAG, draft.notifier.is_some()),
        (Api::FLAG, draft.api.is_some()),
        (Observability::FLAG, draft.observability.is_some()),
    ];
    questions.iter().filter(|(_, answered)| !answered).map(|(flag, _)| format!("--{flag}")).collect()
}

/// What somebody must say who cannot be asked.
pub fn refuse_missing(missing: &[String]) -> Refusal {
    let noun = if missing.len() == 1 { "this answer is" } else { "these answers are" };
    Refusal::new(format!("{noun} missing: {}", missing.join(", "))).help("--yes takes the default of each")
}

/// A default never conflicts with what was given: only PostgreSQL can wake by NOTIFY.
fn default_notifier(database: Database) -> Notifier {
    if database == Database::Postgres { Notifier::Notify } else { Notifier::Polling }
}

/// Each kind once, however often and in whatever order it was asked for.
fn in_order(asked: &[Api]) -> Vec<Api> {
    Api::value_variants().iter().copied().filter(|kind| asked.contains(kind)).collect()
}

fn is_built(draft: &Draft) -> Result<(), Refusal> {
    let mut unbuilt = Unbuilt::default();
    unbuilt.look_at(draft.database.as_slice());
    unbuilt.look_at(draft.cache.as_slice());
    unbuilt.look_at(draft.broker.as_slice());
    unbuilt.look_at(draft.notifier.as_slice());
    unbuilt.look_at(draft.api.as_deref().unwrap_or_default());
    unbuilt.look_at(draft.observability.as_slice());
    unbuilt.look_at(draft.blueprint.as_slice());
    unbuilt.refuse()
}

/// What was asked for and is not built, with what is.
#[derive(Default)]
struct Unbuilt {
    asked: Vec<String>,
    help: Vec<String>,
}

impl Unbuilt {
    fn look_at<C: Choice>(&mut self, given: &[C]) {
        let unbuilt: Vec<&C> = given.iter().filter(|choice| !choice.is_built()).collect();
        if unbuilt.is_empty() {
            return;
        }
        self.asked.extend(unbuilt.iter().map(|choice| choice.on_the_command_line()));
        let built: Vec<&str> = built::<C>().map(|choice| choice.value()).collect();
        self.help.push(format!("available now: --{} {}", C::FLAG, built.join(" or ")));
    }

    fn refuse(self) -> Result<(), Refusal> {
        if self.asked.is_empty() {
            return Ok(());
        }
        let verb = if self.asked.len() == 1 { "is" } else { "are" };
        let refusal = Refusal::new(format!("{} {verb} not built yet", self.asked.join(" and ")));
        Err(self.help.into_iter().fold(refusal, Refusal::help))
    }
}

/// The choices of a question that this version can render.
pub fn built<C: Choice>() -> impl Iterator<Item = &'static C> {
    C::value_variants().iter().filter(|choice| choice.is_built())
}
