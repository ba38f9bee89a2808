use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::error::Error;

const LEVELS: [(&str, LevelFilter); 6] = [
    ("off", LevelFilter::OFF),
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

/// Which events are logged: a level for all, and levels by the beginning of the target. The longest beginning wins.
#[derive(Debug, Clone)]
pub(crate) struct Directives {
    text: String,
    default: LevelFilter,
    targets: Vec<(String, LevelFilter)>,
}

impl Directives {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn level_of(&self, target: &str) -> LevelFilter {
        let named = self.targets.iter().find(|(start, _)| target.starts_with(start.as_str()));
        named.map_or(self.default, |(_, level)| *level)
    }

    /// Spans down to INFO live even where only errors are logged: they carry the request id that the error's line
    /// needs, and write nothing themselves.
    fn enables(&self, metadata: &Metadata<'_>) -> bool {
        let level = self.level_of(metadata.target());
        match metadata.is_span() && level != LevelFilter::OFF {
            true => *metadata.level() <= level.max(LevelFilter::INFO),
            false => *metadata.level() <= level,
        }
    }

    fn most_verbose(&self) -> LevelFilter {
        let levels = self.targets.iter().map(|(_, level)| *level);
        match levels.fold(self.default, LevelFilter::max) {
            LevelFilter::OFF => LevelFilter::OFF,
            level => level.max(LevelFilter::from(Level::INFO)),
        }
    }
}

impl FromStr for Directives {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parsed = Self { text: text.to_owned(), default: LevelFilter::ERROR, targets: Vec::new() };
        for part in text.split(',') {
            let directive = parse(part.trim());
            match directive.map_err(|reason| Error::Level { level: text.to_owned(), reason })? {
                (None, level) => parsed.default = level,
                (Some(target), level) => parsed.targets.push((target, level)),
            }
        }
        parsed.targets.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        Ok(parsed)
    }
}

/// A word alone must be a level. `RUST_LOG` would take it for a target, so that a slip of the pen (`inof`) silences
/// the log.
fn parse(part: &str) -> Result<(Option<String>, LevelFilter), String> {
    match part.split_once('=') {
        _ if part.is_empty() => Err("a part of it is empty".to_owned()),
        None => Ok((None, level(part)?)),
        Some((target, name)) => Ok((Some(checked_target(target.trim())?), level(name.trim())?)),
    }
}

fn level(name: &str) -> Result<LevelFilter, String> {
    let known = LEVELS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.map(|(_, level)| *level).ok_or_else(|| format!("\"{name}\" is no level"))
}

fn checked_target(target: &str) -> Result<String, String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
    match !target.is_empty() && target.chars().all(legal) {
        true => Ok(target.to_owned()),
        false => Err(format!("\"{target}\" is no target, which is the path of a module")),
    }
}

/// The directives in force, shared with whoever changes them.
#[derive(Clone)]
pub(crate) struct Filter(Arc<RwLock<Directives>>);

impl Filter {
    pub(crate) fn new(directives: Directives) -> Self {
        Self(Arc::new(RwLock::new(directives)))
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Directives) -> T) -> T {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Each call site remembers whether it is enabled, which makes a disabled one nearly free; they must be told.
    pub(crate) fn replace(&self, directives: Directives) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = directives;
        tracing::callsite::rebuild_interest_cache();
    }
}

impl<S: Subscriber> Layer<S> for Filter {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.read(|directives| directives.enables(metadata)) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.read(|directives| directives.enables(metadata))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.read(Directives::most_verbose))
    }
}
