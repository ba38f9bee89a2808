//! What no type of the settings can say: limits, and values that must fit each other or the profile.

use crate::broker_choice;
use crate::settings::Settings;
use cloudlab_config::{Error, Loaded, Profile};
use std::ops::RangeInclusive;

const SECOND_MS: u64 = 1_000;
const HOUR_SECONDS: u64 = 3_600;
const HOUR_MS: u64 = HOUR_SECONDS * SECOND_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
const CENTURY_HOURS: u64 = 100 * 366 * 24;

/// # Errors
/// Names the key, where its value stands, and what is allowed.
pub(crate) fn check(loaded: &Loaded<Settings>) -> Result<(), Error> {
    let settings = &loaded.value;
    if loaded.profile != Profile::Development && settings.database.url.is_none() {
        return Err(no_database(loaded.profile));
    }
    for (key, value, allowed) in numbers(settings) {
        if !allowed.contains(&value) {
            let (least, most) = allowed.into_inner();
            return Err(loaded.reject(key, &format!("it must be from {least} to {most}")));
        }
    }
    if let Some(url) = &settings.database.url {
        cloudlab_sql::Database::check_url(url.expose())
            .map_err(|error| loaded.reject("database.url", &error.to_string()))?;
    }
    if let Some(url) = &settings.broker.url {
        broker_choice(url.expose()).map_err(|sentence| loaded.reject("broker.url", &sentence))?;
    }
    if settings.cache.url.is_some() {
        return Err(loaded.reject("cache.url", "no cache server is built into this version: leave it unset"));
    }
    cloudlab_telemetry::Telemetry::check_level(&settings.log.level)
        .map_err(|error| loaded.reject("log.level", &error.to_string()))
}

/// Every number with what it may be. The upper ends are far above what helps and far below what overflows: what lies
/// beyond is a slip, such as milliseconds in place of seconds.
fn numbers(settings: &Settings) -> [(&'static str, u64, RangeInclusive<u64>); 17] {
    let Settings { http, database, journal, consumers, .. } = settings;
    [
        ("http.timeout_ms", http.timeout_ms, 1..=HOUR_MS),
        ("http.body_limit_bytes", http.body_limit_bytes as u64, 1..=1 << 30),
        ("http.most_in_flight", http.most_in_flight as u64, 1..=1_000_000),
        ("http.drain_seconds", http.drain_seconds, 1..=HOUR_SECONDS),
        ("http.stop_delay_seconds", http.stop_delay_seconds, 0..=HOUR_SECONDS),
        ("http.keep_alive_seconds", http.keep_alive_seconds, 1..=HOUR_SECONDS),
        ("database.pool_size", database.pool_size as u64, 1..=1_000),
        ("database.statement_timeout_ms", database.statement_timeout_ms, 1..=DAY_MS),
        ("database.lock_timeout_ms", database.lock_timeout_ms, 1..=DAY_MS),
        ("journal.poll_ms", journal.poll_ms, 1..=60 * SECOND_MS),
        ("journal.lease_seconds", journal.lease_seconds, 1..=HOUR_SECONDS),
        ("journal.keep_hours", journal.keep_hours, 0..=CENTURY_HOURS),
        ("journal.keep_replies_hours", journal.keep_replies_hours, 1..=CENTURY_HOURS),
        ("journal.keep_inbox_hours", journal.keep_inbox_hours, 1..=CENTURY_HOURS),
        ("consumers.concurrency", consumers.concurrency as u64, 1..=10_000),
        ("consumers.most_attempts", u64::from(consumers.most_attempts), 1..=1_000_000),
        ("consumers.first_pause_ms", consumers.first_pause_ms, 1..=HOUR_MS),
    ]
}

/// Outside development a default would be a file that goes away with its container.
fn no_database(profile: Profile) -> Error {
    let detail = "it is not set, and only development has a default; set it in a configuration file or as \
        CLOUDLAB__DATABASE__URL to postgres://USER:PASSWORD@HOST:PORT/NAME, or to sqlite:PATH on a volume that outlives \
        the process";
    Error::WrongValue {
        place: format!("profile {}", profile.name()),
        key: "database.url".into(),
        detail: detail.into(),
    }
}
