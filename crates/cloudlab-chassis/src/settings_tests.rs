use super::Settings;
use crate::configuration::{self, report};
use crate::service::NoSettings;
use cloudlab_config::{Error, Loaded, Sources};

/// The settings under these variables alone: the folder has no files.
fn under(variables: &[(&str, &str)]) -> Sources {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Sources::new("/nowhere", variables)
}

fn load(sources: &Sources) -> Result<Loaded<Settings>, Error> {
    configuration::load::<NoSettings>(sources).map(|(loaded, _)| loaded)
}

fn refusal(variables: &[(&str, &str)]) -> String {
    load(&under(variables)).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn what_must_be_positive_is_refused_at_zero_with_its_place_and_key() {
    for (variable, key) in [
        ("CLOUDLAB__HTTP__TIMEOUT_MS", "http.timeout_ms"),
        ("CLOUDLAB__HTTP__BODY_LIMIT_BYTES", "http.body_limit_bytes"),
        ("CLOUDLAB__HTTP__MOST_IN_FLIGHT", "http.most_in_flight"),
        ("CLOUDLAB__HTTP__DRAIN_SECONDS", "http.drain_seconds"),
        ("CLOUDLAB__DATABASE__POOL_SIZE", "database.pool_size"),
        ("CLOUDLAB__DATABASE__STATEMENT_TIMEOUT_MS", "database.statement_timeout_ms"),
        ("CLOUDLAB__DATABASE__LOCK_TIMEOUT_MS", "database.lock_timeout_ms"),
        ("CLOUDLAB__JOURNAL__POLL_MS", "journal.poll_ms"),
        ("CLOUDLAB__JOURNAL__LEASE_SECONDS", "journal.lease_seconds"),
        ("CLOUDLAB__JOURNAL__KEEP_REPLIES_HOURS", "journal.keep_replies_hours"),
        ("CLOUDLAB__JOURNAL__KEEP_INBOX_HOURS", "journal.keep_inbox_hours"),
        ("CLOUDLAB__CONSUMERS__CONCURRENCY", "consumers.concurrency"),
        ("CLOUDLAB__CONSUMERS__MOST_ATTEMPTS", "consumers.most_attempts"),
        ("CLOUDLAB__CONSUMERS__FIRST_PAUSE_MS", "consumers.first_pause_ms"),
    ] {
        let refusal = refusal(&[(variable, "0")]);
        assert_eq!(
            refusal,
            format!("{variable}: the value of `{key}` is wrong: it must be at least 1, found \"0\".")
        );
    }
    assert!(load(&under(&[("CLOUDLAB__JOURNAL__KEEP_HOURS", "0")])).is_ok());
}

#[test]
fn what_is_not_built_in_is_refused_with_what_to_do() {
    for (variable, value) in
        [("CLOUDLAB__BROKER__URL", "nats://h:4222"), ("CLOUDLAB__CACHE__URL", "redis://h:6379")]
    {
        let refusal = refusal(&[(variable, value)]);
        assert!(refusal.starts_with(variable) && refusal.contains("leave it unset"), "{refusal}");
    }
    assert!(load(&under(&[("CLOUDLAB__BROKER__URL", "in-process:")])).is_ok());
}

#[test]
fn only_development_has_a_database_by_default() {
    assert!(load(&under(&[])).is_ok());
    for name in ["staging", "production"] {
        let profile = ("CLOUDLAB__PROFILE", name);
        let refusal = refusal(&[profile]);
        let sentence = format!("profile {name}: the value of `database.url` is wrong");
        assert!(refusal.starts_with(&sentence), "{refusal}");
        assert!(load(&under(&[profile, ("CLOUDLAB__DATABASE__URL", "sqlite:/data/x.db")])).is_ok());
    }
}

#[test]
fn a_url_that_names_no_engine_is_refused_with_its_place() {
    let refusal = refusal(&[("CLOUDLAB__DATABASE__URL", "oracle://app:hush@h/app")]);
    assert!(
        refusal.starts_with("CLOUDLAB__DATABASE__URL: the value of `database.url` is wrong"),
        "{refusal}"
    );
    assert!(refusal.contains("use sqlite:PATH or postgres://") && !refusal.contains("hush"), "{refusal}");
}

#[test]
fn a_log_level_is_checked_before_anything_starts() {
    let refusal = refusal(&[("CLOUDLAB__LOG__LEVEL", "info,cloudlab_sql=loud")]);
    assert!(refusal.contains("log.level") && refusal.contains("loud"), "{refusal}");
}

#[test]
fn the_default_database_is_shown_as_the_one_in_use() {
    let loaded = load(&under(&[])).unwrap();
    let entries = report(&loaded, "parcel-service");
    let url = entries.iter().find(|entry| entry.key == "database.url").unwrap();
    assert_eq!((url.value.as_str(), url.source.as_str()), ("sqlite:data/parcel-service.db", "default"));
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let settings = Settings::default();
    assert_eq!(settings.http.address.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.admin.address.to_string(), "127.0.0.1:8081");
    assert_eq!((settings.http.body_limit_bytes, settings.http.drain_seconds), (1 << 20, 20));
    assert_eq!((settings.journal.lease_seconds, settings.journal.keep_replies_hours), (5, 24));
    assert!(settings.journal.poll_ms <= 20 && !settings.database.migrate);
}
