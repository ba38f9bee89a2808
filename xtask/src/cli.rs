//! The command line's grammar.

use crate::matrix;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use cloudlab::Refusal;
use std::ffi::OsString;

/// What a well-formed command line asks for.
pub enum Request {
    /// Help, to be printed as it is.
    Text(String),
    Tidy,
    NewAdr {
        title: String,
        date: Option<String>,
    },
    Matrix(matrix::Request),
    Prices,
    Coverage,
}

pub fn parse(arguments: &[OsString]) -> Result<Request, Refusal> {
    let matches = match grammar().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => return Ok(Request::Text(error.to_string())),
        Err(error) => return Err(refuse(&error)),
    };
    match matches.subcommand() {
        Some(("tidy", _)) => Ok(Request::Tidy),
        Some(("prices", _)) => Ok(Request::Prices),
        Some(("matrix", given)) => Ok(Request::Matrix(matrix::Request {
            is_full: given.get_flag("full"),
            only: given.get_one::<String>("only").cloned(),
        })),
        Some(("coverage", _)) => Ok(Request::Coverage),
        Some(("new-adr", given)) => Ok(Request::NewAdr {
            title: given.get_one::<String>("title").cloned().unwrap_or_default(),
            date: given.get_one::<String>("date").cloned(),
        }),
        _ => Err(Refusal::new("a command without a reader was accepted")),
    }
}

/// The names of all commands, for the documents that name some.
pub fn commands() -> Vec<String> {
    grammar().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

fn grammar() -> Command {
    Command::new("cargo xtask")
        .about("Keeps this repository as it says it is.")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(Command::new("tidy").about("Says what breaks a rule of the house"))
        .subcommand(new_adr())
        .subcommand(matrix())
        .subcommand(Command::new("prices").about("Measures what each choice of `cloudlab new` costs"))
        .subcommand(
            Command::new("coverage")
                .about("Measures which lines the tests run, beside a floor for every layer"),
        )
}

fn matrix() -> Command {
    Command::new("matrix")
        .about("Makes, builds and tests services under many names and every set of options")
        .arg(
            Arg::new("full")
                .long("full")
                .action(ArgAction::SetTrue)
                .help("Every pair under every chassis besides; writes the page"),
        )
        .arg(Arg::new("only").long("only").value_name("PART").help("Only services whose name contains this"))
}

fn new_adr() -> Command {
    Command::new("new-adr")
        .about("Begins a page in docs/decisions and its line in the index")
        .arg(Arg::new("title").required(true).value_name("TITLE").help("The decision, as a statement"))
        .arg(Arg::new("date").long("date").value_name("YYYY-MM-DD").help("The day, if it is not today"))
}

/// The parser's first line is its sentence; what it adds below is shown by `--help` too.
fn refuse(error: &clap::Error) -> Refusal {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    let sentence = match error.kind() {
        ErrorKind::MissingRequiredArgument => "the title of the decision is missing",
        ErrorKind::MissingSubcommand => "a command is missing",
        _ => line.strip_prefix("error: ").unwrap_or(line),
    };
    Refusal::new(sentence)
        .help(format!("available: {}", commands().join(", ")))
        .help("cargo xtask --help lists them with what they do")
}
