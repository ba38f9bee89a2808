use super::{Origin, database_url, follow, load, report};
use crate::service::NoSettings;
use cloudlab_config::Sources;
use cloudlab_telemetry::{Options, Telemetry};
use cloudlab_testing::service::{Home, wait_until};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[test]
fn a_file_that_changes_between_the_start_and_the_first_look_is_taken_over() {
    let home = Home::sqlite("chassis", "none");
    home.write("service.toml", "log.level = 'info'\n");
    home.write("level", "info,chassis=debug\n");
    let in_a_file = ("CLOUDLAB__LOG__LEVEL_FILE".to_owned(), "./level".to_owned());
    taken_over(
        &home,
        Sources::new(home.folder(), []),
        ("service.toml", "log.level = 'info,chassis=debug'\n"),
    );
    taken_over(&home, Sources::new(home.folder(), [in_a_file]), ("level", "info,chassis=trace\n"));
}

/// Changes a file after the load, and waits for the level in it.
fn taken_over(home: &Home, sources: Sources, (file, text): (&str, &str)) {
    let (loaded, NoSettings {}) = load(&sources).unwrap();
    home.write(file, text);
    let level = load::<NoSettings>(&sources).unwrap().0.value.log.level;
    assert_ne!(level, loaded.value.log.level);
    let telemetry =
        Telemetry::start(&Options { level: loaded.value.log.level.clone(), ..Options::default() });
    let (telemetry, stop) = (telemetry.unwrap(), CancellationToken::new());
    let origin = Origin::of::<NoSettings>(sources, loaded.fingerprint());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let following = runtime.spawn(follow(origin, telemetry.clone(), stop.clone()));
    wait_until("the change is seen", Duration::from_secs(20), || telemetry.level() == level);
    stop.cancel();
    runtime.block_on(following).unwrap();
}

#[test]
fn the_url_of_a_secret_file_is_shown_nowhere() {
    let home = Home::sqlite("chassis", "none");
    home.write("url", "sqlite:hush.db\n");
    let variable = ("CLOUDLAB__DATABASE__URL_FILE".to_owned(), "./url".to_owned());
    let sources = Sources::new(home.folder(), [variable]);
    let (loaded, NoSettings {}) = load(&sources).unwrap();
    assert_eq!(loaded.value.database_url("chassis"), "sqlite:hush.db");
    assert_eq!(database_url(&loaded, "chassis"), "***");
    assert!(!format!("{:?}", report(&loaded, "chassis")).contains("hush"));
    home.write("url", "hush://db");
    let error = load::<NoSettings>(&sources).unwrap_err().to_string();
    assert!(
        error.starts_with("CLOUDLAB__DATABASE__URL_FILE (./url): ") && !error.contains("hush"),
        "{error}"
    );
}
