//! The command line of a service: without an argument it serves.

use crate::configuration::Origin;
use crate::service::{OwnSettings, Service};
use crate::settings::Settings;
use crate::system::SystemIds;
use crate::{configuration, health, lifecycle};
use cloudlab_config::{Loaded, Sources};
use cloudlab_sql::Database;
use std::process::ExitCode;
use std::sync::Arc;

const USAGE: &str = "\
usage: NAME                          serve
       NAME migrate up|down|status   change or show the schema
       NAME config                   the configuration as loaded, and where each value comes from
       NAME --health-check           ask the running service whether it is ready (for containers)
       NAME --version
Configuration is read from service.toml, service.PROFILE.toml and .env in the working directory, and from variables
such as CLOUDLAB__HTTP__ADDRESS; later ones win. `NAME config` shows what came of it.";

/// Runs the service as its command line says; the exit code is 0 when that worked, 1 when it failed, 2 when the
/// request or the configuration was wrong.
#[must_use]
pub fn run<S: OwnSettings>(service: Service<S>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => with_settings(|sources, loaded, own: S| {
            let (service, origin) = (service.configured(Arc::new(own)), Origin::of::<S>(sources));
            block_on(lifecycle::serve(service, origin, loaded))
        }),
        ["migrate", what @ ("up" | "down" | "status")] => {
            with_settings(|_, loaded, _: S| block_on(migrate(service, &loaded, what)))
        }
        ["config"] => with_settings(|_, loaded, _: S| {
            println!("# profile = {}", loaded.profile);
            for entry in configuration::report(&loaded, service.name) {
                println!("{} = {}  # {}", entry.key, entry.value, entry.source);
            }
            Ok(())
        }),
        ["--health-check"] => with_settings(|_, loaded, _: S| health::ask(loaded.value.http.address)),
        ["--version"] => {
            println!("{} {}", service.name, service.version);
            ExitCode::SUCCESS
        }
        ["--help" | "-h"] => {
            println!("{}", USAGE.replace("NAME", service.name));
            ExitCode::SUCCESS
        }
        ["migrate", ..] => refuse(&service, "`migrate` needs one of: up, down, status"),
        _ => refuse(&service, &format!("`{}` is no command of this service", arguments.join(" "))),
    }
}

fn refuse<S>(service: &Service<S>, sentence: &str) -> ExitCode {
    eprintln!("error: {sentence}\n{}", USAGE.replace("NAME", service.name));
    ExitCode::from(2)
}

fn with_settings<S: OwnSettings>(
    work: impl FnOnce(Sources, Loaded<Settings>, S) -> Result<(), String>,
) -> ExitCode {
    let sources = Sources::from_process(".");
    let (loaded, own) = match configuration::load(&sources) {
        Ok(loaded) => loaded,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    match work(sources, loaded, own) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn block_on(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("the runtime cannot start: {error}"))?;
    let outcome = runtime.block_on(work);
    // Nothing is left to wait for: what had to be finished was finished inside.
    runtime.shutdown_background();
    outcome
}

async fn migrate<S>(service: Service<S>, loaded: &Loaded<Settings>, what: &str) -> Result<(), String> {
    let url = loaded.value.database_url(service.name);
    let settings = cloudlab_sql::Settings { notify: false, ..loaded.value.sql() };
    let (clock, ids) = (service.clock, Arc::new(SystemIds));
    let database = Database::open(&url, settings, clock, ids).await.map_err(|error| error.to_string())?;
    let outcome = match what {
        "up" => database.migrate_up(service.name, service.migrations).await.map(|done| match done[..] {
            [] => println!("nothing to apply"),
            _ => done.iter().for_each(|name| println!("applied {name}")),
        }),
        "down" => database.migrate_down(service.name, service.migrations).await.map(|done| match done {
            Some(name) => println!("taken back {}/{name}", service.name),
            None => println!("nothing to take back"),
        }),
        _ => database.migration_status(service.name, service.migrations).await.map(|all| {
            for one in all {
                println!("{}  {}/{}", if one.applied { "applied" } else { "pending" }, one.scope, one.name);
            }
        }),
    };
    database.close().await;
    outcome.map_err(|error| {
        format!("{error}; database.url is {}", configuration::database_url(loaded, service.name))
    })
}
