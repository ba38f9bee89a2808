//! Answers as far as they are given: by flags, by a file, or at the prompt. What is `None` was left open.

use crate::new::questions::choices::{Api, Blueprint, Broker, Cache, Database, Notifier, Observability};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub blueprint: Option<Blueprint>,
    pub database: Option<Database>,
    pub cache: Option<Cache>,
    pub broker: Option<Broker>,
    pub notifier: Option<Notifier>,
    pub api: Option<Vec<Api>>,
    pub observability: Option<Observability>,
    /// A mode as it is written after `--chassis`.
    pub chassis: Option<String>,
}

impl Draft {
    /// These answers; where there is none, the other's.
    pub fn or(self, other: Self) -> Self {
        Self {
            blueprint: self.blueprint.or(other.blueprint),
            database: self.database.or(other.database),
            cache: self.cache.or(other.cache),
            broker: self.broker.or(other.broker),
            notifier: self.notifier.or(other.notifier),
            api: self.api.or(other.api),
            observability: self.observability.or(other.observability),
            chassis: self.chassis.or(other.chassis),
        }
    }

    /// The database that the service would get.
    pub fn database(&self) -> Database {
        self.database.unwrap_or(Database::Postgres)
    }

    /// The cache that the service would get.
    pub fn cache(&self) -> Cache {
        self.cache.unwrap_or(Cache::None)
    }
}
