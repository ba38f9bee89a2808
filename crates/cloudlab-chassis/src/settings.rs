//! What an operator can set about a service: one struct a section of `service.toml`.

use crate::broker_choice;
use cloudlab_config::{Error, Loaded, Profile, Secret, Section};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// All sections.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The public address.
    pub http: Http,
    /// The operators' address.
    pub admin: Admin,
    /// The database.
    pub database: Database,
    /// The journal's readers.
    pub journal: Journal,
    /// Consumers of events.
    pub consumers: Consumers,
    /// The broker.
    pub broker: Broker,
    /// The cache.
    pub cache: Cache,
    /// Logs.
    pub log: Log,
    /// The service's own settings, which it reads as a type of its own.
    pub service: Section,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where the API listens.
    pub address: SocketAddr,
    /// How long a request may take.
    pub timeout_ms: u64,
    /// The largest body.
    pub body_limit_bytes: usize,
    /// Requests at one time; more are answered 503.
    pub most_in_flight: usize,
    /// How long requests in flight may take to finish when the service stops.
    pub drain_seconds: u64,
    /// Whether every request is logged at `info`.
    pub access_log: bool,
}

/// `[admin]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// Where operators connect.
    pub address: SocketAddr,
    /// The bearer token that they show; without one, outside development, only health is answered.
    pub token: Option<Secret>,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    pub url: Option<String>,
    /// Connections for requests.
    pub pool_size: usize,
    /// Whether migrations run at start outside development.
    pub migrate: bool,
    /// How long a statement may run.
    pub statement_timeout_ms: u64,
    /// How long a statement may wait for a lock.
    pub lock_timeout_ms: u64,
}

/// `[journal]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    /// How readers of other processes are woken.
    pub notifier: Notifier,
    /// The longest time between two looks when nothing wakes a reader.
    pub poll_ms: u64,
    /// How long a reader's lease lasts without renewal.
    pub lease_seconds: u64,
    /// How long delivered events are kept; 0 keeps them for ever.
    pub keep_hours: u64,
    /// How long a reply is kept under its idempotency key.
    pub keep_replies_hours: u64,
    /// How long the inbox remembers an event.
    pub keep_inbox_hours: u64,
}

/// How commits wake readers of other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notifier {
    /// LISTEN/NOTIFY where the database has it, polling elsewhere.
    Notify,
    /// Readers look every `journal.poll_ms`.
    Polling,
}

/// `[consumers]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Consumers {
    /// Events that one consumer handles at one time.
    pub concurrency: usize,
    /// Failures after which an event is parked.
    pub most_attempts: u32,
    /// The pause after the first failure, doubled after each.
    pub first_pause_ms: u64,
}

/// `[broker]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Broker {
    /// The broker; in process when unset.
    pub url: Option<String>,
}

/// `[cache]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    /// The cache server; none when unset.
    pub url: Option<String>,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Such as `info` or `info,cloudlab_sql=debug`; changes take effect while the service runs.
    pub level: String,
    /// `json`, `text`, or by profile when unset.
    pub format: Option<LogFormat>,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for a terminal.
    Text,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            timeout_ms: 10_000,
            body_limit_bytes: 1024 * 1024,
            most_in_flight: 1024,
            drain_seconds: 20,
            access_log: false,
        }
    }
}

impl Default for Admin {
    fn default() -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], 8081)), token: None }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, pool_size: 16, migrate: false, statement_timeout_ms: 5_000, lock_timeout_ms: 2_000 }
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            notifier: Notifier::Polling,
            poll_ms: 20,
            lease_seconds: 5,
            keep_hours: 7 * 24,
            keep_replies_hours: 24,
            keep_inbox_hours: 14 * 24,
        }
    }
}

impl Default for Consumers {
    fn default() -> Self {
        Self { concurrency: 8, most_attempts: 8, first_pause_ms: 100 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), format: None }
    }
}

/// What no type can say: values that must fit each other or the profile.
///
/// # Errors
/// Names the key, where its value stands, and what is allowed.
pub(crate) fn check(loaded: &Loaded<Settings>) -> Result<(), Error> {
    let settings = &loaded.value;
    if loaded.profile != Profile::Development && settings.database.url.is_none() {
        return Err(no_database(loaded.profile));
    }
    let positive = [
        ("http.timeout_ms", settings.http.timeout_ms),
        ("http.body_limit_bytes", settings.http.body_limit_bytes as u64),
        ("http.most_in_flight", settings.http.most_in_flight as u64),
        ("http.drain_seconds", settings.http.drain_seconds),
        ("database.pool_size", settings.database.pool_size as u64),
        ("database.statement_timeout_ms", settings.database.statement_timeout_ms),
        ("database.lock_timeout_ms", settings.database.lock_timeout_ms),
        ("journal.poll_ms", settings.journal.poll_ms),
        ("journal.lease_seconds", settings.journal.lease_seconds),
        ("journal.keep_replies_hours", settings.journal.keep_replies_hours),
        ("journal.keep_inbox_hours", settings.journal.keep_inbox_hours),
        ("consumers.concurrency", settings.consumers.concurrency as u64),
        ("consumers.most_attempts", u64::from(settings.consumers.most_attempts)),
        ("consumers.first_pause_ms", settings.consumers.first_pause_ms),
    ];
    if let Some((key, _)) = positive.iter().find(|(_, value)| *value == 0) {
        return Err(loaded.reject(key, "it must be at least 1"));
    }
    if let Some(url) = &settings.database.url {
        cloudlab_sql::Database::check_url(url)
            .map_err(|error| loaded.reject("database.url", &error.to_string()))?;
    }
    if let Some(url) = &settings.broker.url {
        broker_choice(url).map_err(|sentence| loaded.reject("broker.url", &sentence))?;
    }
    if settings.cache.url.is_some() {
        return Err(loaded.reject("cache.url", "no cache server is built into this version: leave it unset"));
    }
    cloudlab_telemetry::Telemetry::check_level(&settings.log.level)
        .map_err(|error| loaded.reject("log.level", &error.to_string()))
}

/// Outside development a default would be a file that goes away with its container.
fn no_database(profile: Profile) -> Error {
    let detail = "it is not set, and only development has a default; set it in service.toml or as CLOUDLAB__DATABASE__URL \
        to postgres://USER:PASSWORD@HOST:PORT/NAME, or to sqlite:PATH on a volume that outlives the process";
    Error::WrongValue {
        place: format!("profile {}", profile.name()),
        key: "database.url".into(),
        detail: detail.into(),
    }
}

impl Settings {
    /// The database's URL, with the development default.
    pub(crate) fn database_url(&self, service: &str) -> String {
        self.database.url.clone().unwrap_or_else(|| format!("sqlite:data/{service}.db"))
    }

    pub(crate) fn sql(&self) -> cloudlab_sql::Settings {
        let hours = |hours: u64| Duration::from_secs(hours.saturating_mul(3600));
        cloudlab_sql::Settings {
            pool_size: self.database.pool_size,
            lock_timeout: Duration::from_millis(self.database.lock_timeout_ms),
            statement_timeout: Duration::from_millis(self.database.statement_timeout_ms),
            keep_replies: hours(self.journal.keep_replies_hours),
            keep_inbox: hours(self.journal.keep_inbox_hours),
            keep_events: (self.journal.keep_hours > 0).then(|| hours(self.journal.keep_hours)),
            lease: Duration::from_secs(self.journal.lease_seconds),
            poll_interval: Duration::from_millis(self.journal.poll_ms),
            notify: self.journal.notifier == Notifier::Notify,
            ..cloudlab_sql::Settings::default()
        }
    }

    pub(crate) fn consumer_limits(&self) -> cloudlab_messaging::Limits {
        cloudlab_messaging::Limits {
            concurrency: self.consumers.concurrency,
            most_attempts: self.consumers.most_attempts,
            first_pause: Duration::from_millis(self.consumers.first_pause_ms),
            ..cloudlab_messaging::Limits::default()
        }
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
