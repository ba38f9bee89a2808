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
fn a_number_outside_of_its_limits_is_refused_with_its_place_and_key() {
    for (key, least, most) in [
        ("http.timeout_ms", 1, 3_600_000),
        ("http.body_limit_bytes", 1, 1 << 30),
        ("http.most_in_flight", 1, 1_000_000),
        ("http.drain_seconds", 1, 3_600),
        ("http.stop_delay_seconds", 0, 3_600),
        ("http.keep_alive_seconds", 1, 3_600),
        ("database.pool_size", 1, 1_000),
        ("database.statement_timeout_ms", 1, 86_400_000),
        ("database.lock_timeout_ms", 1, 86_400_000),
        ("journal.poll_ms", 1, 60_000),
        ("journal.lease_seconds", 1, 3_600),
        ("journal.keep_hours", 0, 878_400),
        ("journal.keep_replies_hours", 1, 878_400),
        ("journal.keep_inbox_hours", 1, 878_400),
        ("consumers.concurrency", 1, 10_000),
        ("consumers.most_attempts", 1, 1_000_000),
        ("consumers.first_pause_ms", 1, 3_600_000),
    ] {
        let variable = format!("CLOUDLAB__{}", key.replace('.', "__").to_uppercase());
        let is_taken = |value: u64| load(&under(&[(&variable, &value.to_string())])).is_ok();
        assert!(is_taken(least) && is_taken(most), "{key}");
        let refused = |value: u64| {
            let allowed = format!("it must be from {least} to {most}, found \"{value}\"");
            let sentence = format!("{variable}: the value of `{key}` is wrong: {allowed}.");
            assert_eq!(refusal(&[(&variable, &value.to_string())]), sentence);
        };
        refused(most + 1);
        (least > 0).then(|| refused(least - 1));
    }
    let endless = refusal(&[("CLOUDLAB__HTTP__DRAIN_SECONDS", "18446744073709551615")]);
    assert!(endless.contains("from 1 to 3600"), "{endless}");
}

/// A setting that is added later must be limited, too.
#[test]
fn every_number_has_its_limits() {
    let loaded = load(&under(&[])).unwrap();
    let numbers = loaded.report().into_iter().filter(|entry| entry.value.parse::<u64>().is_ok());
    for key in numbers.map(|entry| entry.key) {
        let variable = format!("CLOUDLAB__{}", key.replace('.', "__").to_uppercase());
        assert!(load(&under(&[(&variable, "4294967295")])).is_err(), "{key}");
    }
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
fn a_url_that_is_no_url_is_refused_without_its_password() {
    for url in [
        "host=db user=app password=hush",
        "postgres//app:hush@db/app",
        "postgres:app:hush@db/app",
        "hush@db:5432/app",
        "hush",
        "hu sh@db:1/app",
        "postgres://app:hush@db:x/app",
        "postgres://app:hu sh@db/app",
    ] {
        for variable in ["CLOUDLAB__DATABASE__URL", "CLOUDLAB__BROKER__URL", "CLOUDLAB__CACHE__URL"] {
            let Err(error) = load(&under(&[(variable, url)])) else { continue };
            let said = format!("{error} {error:?}");
            assert!(said.contains(variable), "{said}");
            assert!(!said.contains("hush") && !said.contains("hu sh"), "{said}");
        }
    }
}

#[test]
fn settings_can_be_printed_for_a_look_without_their_passwords() {
    let url = ("CLOUDLAB__DATABASE__URL", "postgres://app:hush@db/app");
    let loaded = load(&under(&[url, ("CLOUDLAB__ADMIN__TOKEN", "hush")])).unwrap();
    let printed = format!("{loaded:?} {:?}", loaded.value.database);
    assert!(printed.contains("postgres://app:***@db/app") && !printed.contains("hush"), "{printed}");
    assert_eq!(loaded.value.database_url("x"), url.1);
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
    assert_eq!((settings.http.stop_delay_seconds, settings.http.keep_alive_seconds), (0, 75));
    assert_eq!((settings.journal.lease_seconds, settings.journal.keep_replies_hours), (5, 24));
    assert!(settings.journal.poll_ms <= 20 && !settings.database.migrate);
}
