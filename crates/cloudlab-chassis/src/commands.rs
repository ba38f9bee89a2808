//! The command line of a service: without an argument it serves.

use crate::configuration::Origin;
use crate::output::{Failure, complain, print};
use crate::service::{OwnSettings, Service};
use crate::settings::Settings;
use crate::system::SystemIds;
use crate::{configuration, health, lifecycle};
use cloudlab_config::{Loaded, Profile, Sources};
use cloudlab_sql::Database;
use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;

const USAGE: &str = "\
usage: NAME                          serve
       NAME migrate up|down|status   change or show the schema (down outside development: with --yes)
       NAME config                   the configuration as loaded, and where each value comes from
       NAME --health-check           ask the running service whether it is ready (for containers)
       NAME --version
Configuration is read from service.toml, service.PROFILE.toml and .env in the working directory, and from variables
such as CLOUDLAB__HTTP__ADDRESS; later ones win. A variable with _FILE behind it, such as CLOUDLAB__DATABASE__URL_FILE,
names a file with the value, which is shown nowhere. `NAME config` shows what came of it.";

/// Runs the service as its command line says; the exit code is 0 when that worked, 1 when it failed, 2 when the
/// request or the configuration was wrong.
#[must_use]
pub fn run<S: OwnSettings>(service: Service<S>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => with_settings(|sources, loaded, own: S| {
            let origin = Origin::of::<S>(sources, loaded.fingerprint());
            block_on(lifecycle::serve(service.configured(Arc::new(own)), origin, loaded))
        }),
        ["migrate", what @ ("up" | "down" | "status")] => {
            with_settings(|_, loaded, _: S| block_on(migrate(service, &loaded, what, false)))
        }
        ["migrate", "down", "--yes"] => {
            with_settings(|_, loaded, _: S| block_on(migrate(service, &loaded, "down", true)))
        }
        ["config"] => with_settings(|_, loaded, _: S| print(&shown(&service, &loaded))),
        ["--health-check"] => with_settings(|_, loaded, _: S| Ok(health::ask(loaded.value.http.address)?)),
        ["--version"] => ended(print(&format!("{} {}\n", service.name, service.version))),
        ["--help" | "-h"] => ended(print(&format!("{}\n", usage(&service)))),
        ["migrate", ..] => refuse(&service, "`migrate` needs one of: up, down, status"),
        _ => refuse(&service, &format!("`{}` is no command of this service", arguments.join(" "))),
    }
}

fn ended(outcome: Result<(), Failure>) -> ExitCode {
    outcome.map_or_else(Failure::told, |()| ExitCode::SUCCESS)
}

fn usage<S>(service: &Service<S>) -> String {
    USAGE.replace("NAME", service.name)
}

fn refuse<S>(service: &Service<S>, sentence: &str) -> ExitCode {
    complain(&format!("{sentence}\n{}", usage(service)));
    ExitCode::from(2)
}

fn with_settings<S: OwnSettings>(
    work: impl FnOnce(Sources, Loaded<Settings>, S) -> Result<(), Failure>,
) -> ExitCode {
    let sources = Sources::from_process(".");
    ended(match configuration::load(&sources) {
        Ok((loaded, own)) => work(sources, loaded, own),
        Err(error) => Err(Failure::Refused(error.to_string())),
    })
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("the runtime cannot start: {error}"))?;
    let outcome = runtime.block_on(work);
    // Nothing is left to wait for: what had to be finished was finished inside.
    runtime.shutdown_background();
    outcome
}

fn shown<S>(service: &Service<S>, loaded: &Loaded<Settings>) -> String {
    let mut text = format!("# profile = {}\n", loaded.profile);
    for entry in configuration::report(loaded, service.name) {
        let _ = writeln!(text, "{} = {}  # {}", entry.key, entry.value, entry.source);
    }
    text
}

async fn migrate<S>(
    service: Service<S>,
    loaded: &Loaded<Settings>,
    what: &str,
    yes: bool,
) -> Result<(), Failure> {
    if what == "down" && !yes && loaded.profile != Profile::Development {
        return Err(Failure::Refused(format!(
            "`migrate down` drops tables with all that is in them, and the profile is {}; say `migrate down --yes` \
             if that is meant",
            loaded.profile
        )));
    }
    let url = loaded.value.database_url(service.name);
    let settings = cloudlab_sql::Settings { notify: false, ..loaded.value.sql() };
    let (clock, ids) = (service.clock.clone(), Arc::new(SystemIds));
    let database = Database::open(&url, settings, clock, ids).await.map_err(|error| error.to_string())?;
    let outcome = changed(&database, &service, what).await;
    database.close().await;
    let said = outcome.map_err(|error| {
        format!("{error}; database.url is {}", configuration::database_url(loaded, service.name))
    })?;
    print(&said)
}

/// Does it, and says what was done.
async fn changed<S>(
    database: &Database,
    service: &Service<S>,
    what: &str,
) -> Result<String, cloudlab_core::store::Error> {
    let (name, migrations) = (service.name, service.migrations);
    Ok(match what {
        "up" => {
            let done = database.migrate_up(name, migrations).await?;
            let said: String = done.iter().map(|name| format!("applied {name}\n")).collect();
            if said.is_empty() { "nothing to apply\n".to_owned() } else { said }
        }
        "down" => match database.migrate_down(name, migrations).await? {
            Some(migration) => format!("taken back {name}/{migration}\n"),
            None => "nothing to take back\n".to_owned(),
        },
        _ => {
            let all = database.migration_status(name, migrations).await?;
            let word = |applied| if applied { "applied" } else { "pending" };
            all.iter().map(|one| format!("{}  {}/{}\n", word(one.applied), one.scope, one.name)).collect()
        }
    })
}
