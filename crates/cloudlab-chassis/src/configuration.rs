//! From files and environment to settings, and the one setting that changes while the service runs.

use crate::checks;
use crate::service::OwnSettings;
use crate::settings::{LogFormat, Settings};
use cloudlab_config::{Entry, Error, Fingerprint, Loaded, Profile, Sources};
use cloudlab_telemetry::{Format, Options, Output, Telemetry};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at. They are read, not watched: Kubernetes exchanges a link far above them.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const DATABASE_URL: &str = "database.url";
/// Log lines that wait for a slow terminal.
const LOG_QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// The section of the service's own settings.
const OWN: &str = "service";

/// Loads and checks the settings from the working directory and the environment, with those of the service's own.
pub(crate) fn load<S: OwnSettings>(sources: &Sources) -> Result<(Loaded<Settings>, S), Error> {
    let mut loaded = sources.load::<Settings>()?;
    checks::check(&loaded)?;
    let own = loaded.section(OWN)?;
    Ok((loaded, own))
}

/// Where the settings of a service with settings `S` come from, once it runs.
#[derive(Clone)]
pub(crate) struct Origin {
    sources: Sources,
    load: fn(&Sources) -> Result<Loaded<Settings>, Error>,
    /// The state of the files from which the running settings were read: a change since then is one.
    seen: Fingerprint,
}

impl Origin {
    pub fn of<S: OwnSettings>(sources: Sources, seen: Fingerprint) -> Self {
        Self { sources, load: |sources| load::<S>(sources).map(|(loaded, _)| loaded), seen }
    }
}

/// The settings as loaded, redacted, with the source of each; what development adds is said, too.
pub(crate) fn report(loaded: &Loaded<Settings>, service: &str) -> Vec<Entry> {
    let mut entries = loaded.report();
    if loaded.value.database.url.is_none() {
        let unset = entries.iter_mut().filter(|entry| entry.key == DATABASE_URL);
        unset.for_each(|entry| entry.value = loaded.value.database_url(service));
    }
    entries
}

/// The URL of the database as it may be shown.
pub(crate) fn database_url(loaded: &Loaded<Settings>, service: &str) -> String {
    let entry = report(loaded, service).into_iter().find(|entry| entry.key == DATABASE_URL);
    entry.map(|entry| entry.value).unwrap_or_default()
}

/// How the log is written: text for people at a terminal, JSON for machines, unless the setting says otherwise.
pub(crate) fn format(loaded: &Loaded<Settings>) -> Format {
    match loaded.value.log.format {
        Some(LogFormat::Json) => Format::Json,
        Some(LogFormat::Text) => Format::Text,
        None if loaded.profile == Profile::Development => Format::Text,
        None => Format::Json,
    }
}

/// Starts logs and metrics.
pub(crate) fn telemetry(loaded: &Loaded<Settings>) -> Result<Telemetry, cloudlab_telemetry::Error> {
    let (level, format) = (loaded.value.log.level.clone(), format(loaded));
    Telemetry::start(&Options { level, format, output: Output::Stdout, queue_bytes: LOG_QUEUE_BYTES })
}

/// Looks at the files now and then, and takes over a new log level; a wrong file changes nothing and is reported.
pub(crate) async fn follow(origin: Origin, telemetry: Telemetry, stop: CancellationToken) {
    let Origin { sources, load, mut seen } = origin;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
        let now = sources.fingerprint();
        if now == seen {
            continue;
        }
        seen = now;
        match load(&sources) {
            Ok(loaded) => apply(&loaded, &telemetry),
            Err(error) => {
                tracing::error!(%error, "the changed configuration is wrong; the running one stays")
            }
        }
    }
}

fn apply(loaded: &Loaded<Settings>, telemetry: &Telemetry) {
    let level = &loaded.value.log.level;
    if *level == telemetry.level() {
        tracing::info!("the configuration has changed; all but log.level takes effect at the next start");
        return;
    }
    match telemetry.set_level(level) {
        Ok(()) => tracing::info!(level, "the log level has changed"),
        Err(error) => tracing::error!(%error, "the log level stays"),
    }
}

#[cfg(test)]
#[path = "configuration_tests.rs"]
mod tests;
