//! `cloudlab new` on the command line.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};

use super::{choice, one, switch, text};
use crate::new::questions::choices::{
    Api, Blueprint, Broker, Cache, Choice, Database, Notifier, Observability,
};
use crate::new::questions::draft::Draft;

/// `cloudlab new`, as given: `None` is a flag that was left out.
pub struct New {
    pub name: Option<String>,
    pub parent: PathBuf,
    pub aggregate: Option<String>,
    pub plural: Option<String>,
    pub draft: Draft,
    pub answers: Option<PathBuf>,
    pub yes: bool,
    pub run: bool,
    pub dry_run: bool,
    pub json: bool,
}

/// Its flags.
pub fn grammar() -> Command {
    Command::new("new")
        .about("Writes a new service into PARENT/NAME.")
        .after_help("Example: cloudlab new parcel-service --path .. --yes --run")
        .arg(Arg::new("name").value_name("NAME").help("Package, folder and binary, like parcel-service"))
        .arg(text("path", "PARENT", "Folder to put it into, made if missing [default: .]"))
        .arg(text("aggregate", "Name", "Type of the aggregate [default: from NAME, without -service]"))
        .arg(text("plural", "names", "Its plural, for the table and the routes [default: with an s]"))
        .arg(choice::<Blueprint>("What to start from [default: blank]"))
        .arg(choice::<Database>("Where state is kept [default: postgres]"))
        .arg(choice::<Cache>("Cache; none is without one, the others are not built yet [default: none]"))
        .arg(choice::<Broker>("Carrier of events; none is in the process [default: none]"))
        .arg(choice::<Notifier>("What wakes the outbox [default: notify on postgres, else polling]"))
        .arg(choice::<Api>("Kinds of API, separated by commas [default: rest]").value_delimiter(','))
        .arg(choice::<Observability>("Where metrics go [default: prometheus]"))
        .arg(text("chassis", "MODE", "vendored, path[=DIR], git=URL or registry [default: vendored]"))
        .arg(text(
            "answers",
            "FILE",
            "Take answers from a file, such as another service's cloudlab.toml; flags win",
        ))
        .arg(switch("yes", "Take the default of every choice that is not given"))
        .arg(switch("run", "Start the service afterwards, with cargo run"))
        .arg(switch("dry-run", "List what would be written, and leave everything as it is"))
        .arg(switch("json", "Report in JSON on standard output"))
}

/// The request, from what the grammar accepted.
pub fn read(matches: &ArgMatches) -> New {
    let word = |name: &str| matches.get_one::<String>(name).cloned();
    New {
        name: word("name"),
        parent: PathBuf::from(word("path").unwrap_or_else(|| ".".into())),
        aggregate: word("aggregate"),
        plural: word("plural"),
        draft: Draft {
            blueprint: one(matches),
            database: one(matches),
            cache: one(matches),
            broker: one(matches),
            notifier: one(matches),
            api: matches.get_many::<Api>(Api::FLAG).map(|values| values.copied().collect()),
            observability: one(matches),
            chassis: word("chassis"),
        },
        answers: word("answers").map(PathBuf::from),
        yes: matches.get_flag("yes"),
        run: matches.get_flag("run"),
        dry_run: matches.get_flag("dry-run"),
        json: matches.get_flag("json"),
    }
}
