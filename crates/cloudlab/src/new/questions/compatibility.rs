//! What does not fit together, why, and what comes nearest.

use crate::new::questions::choices::{Cache, Choice, Database, Notifier};
use crate::new::questions::draft::Draft;
use crate::refusal::Refusal;

/// Answers of which each is right alone.
struct Rule {
    is_broken: fn(&Draft) -> bool,
    /// Why they cannot be together.
    sentence: fn(&Draft) -> String,
    nearest: &'static [Alternative],
}

/// A change of one answer after which the rest fits, and what to know about it.
enum Alternative {
    Database(Database),
    Cache(Cache),
    Notifier(Notifier, &'static str),
}

const LATE: &str = "at most 20 ms late by default";

const RULES: [Rule; 2] = [
    Rule {
        is_broken: |draft| draft.notifier == Some(Notifier::Notify) && draft.database() != Database::Postgres,
        sentence: |draft| {
            let database = draft.database().words();
            format!("LISTEN/NOTIFY is PostgreSQL's; {database} cannot wake the outbox that way")
        },
        nearest: &[
            Alternative::Notifier(Notifier::Polling, LATE),
            Alternative::Notifier(Notifier::Redis, "needs --cache redis"),
            Alternative::Database(Database::Postgres),
        ],
    },
    Rule {
        is_broken: |draft| draft.notifier == Some(Notifier::Redis) && !speaks_redis(draft.cache()),
        sentence: |draft| {
            let without = match draft.cache() {
                Cache::None => "a service without a cache",
                other => other.words(),
            };
            format!("Redis pub/sub needs a Redis; {without} cannot wake the outbox")
        },
        nearest: &[Alternative::Notifier(Notifier::Polling, LATE), Alternative::Cache(Cache::Redis)],
    },
];

fn speaks_redis(cache: Cache) -> bool {
    matches!(cache, Cache::Redis | Cache::Dragonfly)
}

/// Refuses the first pair that cannot be. What is left open gets its default, which never conflicts.
pub fn check(draft: &Draft) -> Result<(), Refusal> {
    match RULES.iter().find(|rule| (rule.is_broken)(draft)) {
        None => Ok(()),
        Some(rule) => {
            let refusal = Refusal::new((rule.sentence)(draft));
            Err(rule.nearest.iter().map(Alternative::line).fold(refusal, Refusal::help))
        }
    }
}

/// Whether this answer fits to those that are there.
pub fn allows(draft: &Draft, notifier: Notifier) -> Result<(), String> {
    let draft = Draft { notifier: Some(notifier), ..draft.clone() };
    check(&draft).map_err(|refusal| refusal.sentence)
}

impl Alternative {
    fn line(&self) -> String {
        match self {
            Self::Database(database) => line(database, ""),
            Self::Cache(cache) => line(cache, ""),
            Self::Notifier(notifier, remark) => line(notifier, remark),
        }
    }
}

fn line<C: Choice>(choice: &C, remark: &str) -> String {
    let unbuilt = if choice.is_built() { "" } else { "not built yet" };
    let remarks: Vec<&str> = [remark, unbuilt].into_iter().filter(|part| !part.is_empty()).collect();
    let flag = choice.on_the_command_line();
    if remarks.is_empty() { flag } else { format!("{flag:<19}  ({})", remarks.join("; ")) }
}
