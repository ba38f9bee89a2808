//! `cloudlab check` on the command line.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgMatches, Command};

use super::switch;

/// `cloudlab check`, as given.
pub struct Check {
    pub paths: Vec<PathBuf>,
    pub format: Format,
}

/// How findings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
    Sarif,
}

const AFTER: &str = "\
Rules: layers, domain, repositories, brokers, clocks, root. docs/reference/check.md explains each, and what is not found.
Exit codes: 0 no finding, 1 findings, 2 the request cannot be met.
Example: cloudlab check services/parcel-service --format sarif > check.sarif";

/// Its flags.
pub fn grammar() -> Command {
    let path = NonEmptyStringValueParser::new();
    Command::new("check")
        .about("Checks that services keep to their architecture.")
        .after_help(AFTER)
        .arg(
            Arg::new("path")
                .value_name("PATH")
                .num_args(0..)
                .value_parser(path)
                .help("Folders of services, or folders that hold services [default: .]"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["text", "json", "sarif"]))
                .conflicts_with("json")
                .help("How findings are told on standard output [default: text]"),
        )
        .arg(switch("json", "The same as --format json"))
}

/// The request, from what the grammar accepted.
pub fn read(matches: &ArgMatches) -> Check {
    let given = matches.get_many::<String>("path").into_iter().flatten();
    let mut paths: Vec<PathBuf> = given.map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let format = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Format::Json,
        Some("sarif") => Format::Sarif,
        _ if matches.get_flag("json") => Format::Json,
        _ => Format::Text,
    };
    Check { paths, format }
}
