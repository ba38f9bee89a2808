//! What an operator can set about a service: one struct a section of `service.toml`.

use cloudlab_config::{Secret, Section, Url};
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
    /// How long stopping may take once no more requests are taken: requests, consumers and commits under way.
    pub drain_seconds: u64,
    /// How long the service goes on as before when it is told to stop, with readiness down, so that whoever sends it
    /// requests can learn of it.
    pub stop_delay_seconds: u64,
    /// How long a connection may be idle before it is closed; longer than a load balancer keeps it.
    pub keep_alive_seconds: u64,
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
    pub url: Option<Url>,
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
    pub url: Option<Url>,
}

/// `[cache]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    /// The cache server; none when unset.
    pub url: Option<Url>,
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
            stop_delay_seconds: 0,
            keep_alive_seconds: 75,
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

impl Settings {
    /// The database's URL, with the development default.
    pub(crate) fn database_url(&self, service: &str) -> String {
        let default = || format!("sqlite:data/{service}.db");
        self.database.url.as_ref().map_or_else(default, |url| url.expose().to_owned())
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
