//! The refusal of a command in the words of HTTP: what every aggregate shares is said here once.

use crate::command::CommandError;
use crate::path::not_found;
use crate::precondition::stale_version;
use crate::problem::Problem;
use cloudlab_core::{Refused, store};

/// A rule of the domain, as callers are told of it.
pub trait Described {
    /// The problem.
    fn problem(self) -> Problem;
}

impl<R: Described> From<Refused<R>> for Problem {
    fn from(refused: Refused<R>) -> Self {
        match refused {
            Refused::NotFound => not_found(),
            Refused::StaleVersion => stale_version(),
            Refused::Rule(rule) => rule.problem(),
            Refused::Store(error) => error.into(),
        }
    }
}

impl<R: Described> CommandError for Refused<R> {
    fn store(&self) -> Option<&store::Error> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
