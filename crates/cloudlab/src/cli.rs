//! The command line's grammar: flags in, a typed request out.
//!
//! **Invariant:** this module judges form only. Whether the answers fit together is decided in [`crate::answers`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::choices::{Api, Broker, Cache, Choice, Database, Notifier, Observability};
use crate::refusal::Refusal;

/// What a well-formed command line asks for.
pub enum Request {
    /// Help or version, to be printed as it is.
    Text(String),
    New(Box<New>),
}

/// `cloudlab new`, as given: `None` is a flag that was left out.
pub struct New {
    pub name: String,
    pub parent: PathBuf,
    pub aggregate: Option<String>,
    pub plural: Option<String>,
    pub given: Given,
    pub run: bool,
    pub dry_run: bool,
    pub json: bool,
}

/// The choices as given.
pub struct Given {
    pub blueprint: Option<String>,
    pub database: Option<Database>,
    pub cache: Option<Cache>,
    pub broker: Option<Broker>,
    pub notifier: Option<Notifier>,
    pub api: Option<Vec<Api>>,
    pub observability: Option<Observability>,
    pub chassis: Option<String>,
    pub answers: Option<PathBuf>,
    pub yes: bool,
}

/// Reads a command line whose first word is the program.
pub fn parse(args: &[OsString]) -> Result<Request, Refusal> {
    let matches = match grammar().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return text_or_refusal(&error),
    };
    match matches.subcommand() {
        Some(("new", new)) => Ok(Request::New(Box::new(read_new(new)))),
        _ => Err(Refusal::internal("a command without a reader was accepted")),
    }
}

fn grammar() -> Command {
    Command::new("cloudlab")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Writes production-grade Rust services.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(new_grammar())
}

fn new_grammar() -> Command {
    Command::new("new")
        .about("Writes a new service into PARENT/NAME.")
        .after_help("Example: cloudlab new parcel-service --path .. --yes --run")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("Package, folder and binary, like parcel-service"),
        )
        .arg(text("path", "PARENT", "Folder to put it into, made if missing [default: .]"))
        .arg(text("aggregate", "Name", "Type of the aggregate [default: from NAME, without -service]"))
        .arg(text("plural", "names", "Its plural, for the table and the routes [default: with an s]"))
        .arg(text("blueprint", "BLUEPRINT", "What to start from [default: blank]"))
        .arg(choice::<Database>("Where state is kept [default: postgres]"))
        .arg(choice::<Cache>("Cache; none is without one, the others are not built yet [default: none]"))
        .arg(choice::<Broker>("Carrier of events; none is in the process [default: none]"))
        .arg(choice::<Notifier>("What wakes the outbox [default: notify on postgres, else polling]"))
        .arg(choice::<Api>("Kinds of API, separated by commas [default: rest]").value_delimiter(','))
        .arg(choice::<Observability>("Where metrics go [default: prometheus]"))
        .arg(text("chassis", "MODE", "vendored, path[=DIR], git=URL or registry [default: vendored]"))
        .arg(text("answers", "FILE", "Take the answers from a file"))
        .arg(switch("yes", "Take the default of every choice that is not given"))
        .arg(switch("run", "Start the service afterwards, with cargo run"))
        .arg(switch("dry-run", "List what would be written, and leave everything as it is"))
        .arg(switch("json", "Report in JSON on standard output"))
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new()).help(help)
}

fn choice<C: Choice + Send + Sync + 'static>(help: &'static str) -> Arg {
    Arg::new(C::FLAG).long(C::FLAG).value_parser(clap::builder::EnumValueParser::<C>::new()).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).value_parser(value_parser!(bool)).help(help)
}

fn read_new(matches: &ArgMatches) -> New {
    let word = |name: &str| matches.get_one::<String>(name).cloned();
    New {
        name: word("name").unwrap_or_default(),
        parent: PathBuf::from(word("path").unwrap_or_else(|| ".".into())),
        aggregate: word("aggregate"),
        plural: word("plural"),
        given: Given {
            blueprint: word("blueprint"),
            database: one(matches),
            cache: one(matches),
            broker: one(matches),
            notifier: one(matches),
            api: matches.get_many::<Api>(Api::FLAG).map(|values| values.copied().collect()),
            observability: one(matches),
            chassis: word("chassis"),
            answers: word("answers").map(PathBuf::from),
            yes: matches.get_flag("yes"),
        },
        run: matches.get_flag("run"),
        dry_run: matches.get_flag("dry-run"),
        json: matches.get_flag("json"),
    }
}

fn one<C: Choice + Send + Sync + 'static>(matches: &ArgMatches) -> Option<C> {
    matches.get_one::<C>(C::FLAG).cloned()
}

fn text_or_refusal(error: &clap::Error) -> Result<Request, Refusal> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Request::Text(error.to_string())),
        _ => Err(refuse(error)),
    }
}

/// Puts the parser's finding into the house's form.
fn refuse(error: &clap::Error) -> Refusal {
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let usage = "cloudlab new --help lists every flag";
    let refusal = match error.kind() {
        ErrorKind::UnknownArgument => Refusal::new(format!("`{argument}` is not known here")).help(usage),
        ErrorKind::InvalidSubcommand => {
            let command = context(error, ContextKind::InvalidSubcommand);
            Refusal::new(format!("`{command}` is not a command of cloudlab")).help("available: new")
        }
        ErrorKind::InvalidValue if value.is_empty() => Refusal::new(format!("`{argument}` needs a value")),
        ErrorKind::InvalidValue => Refusal::new(format!("`{value}` is not a value of `{argument}`")),
        ErrorKind::MissingRequiredArgument => {
            Refusal::new("the name of the service is missing").help("cloudlab new parcel-service --yes")
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Refusal::new("a command is missing").help("cloudlab new parcel-service --yes").help(usage)
        }
        ErrorKind::ArgumentConflict => {
            Refusal::new(format!("`{argument}` is given twice")).help("give it once")
        }
        _ => Refusal::new(first_line(&error.to_string())).help(usage),
    };
    with_suggestions(refusal, error)
}

fn with_suggestions(refusal: Refusal, error: &clap::Error) -> Refusal {
    let kinds = [
        (ContextKind::SuggestedArg, "did you mean"),
        (ContextKind::SuggestedSubcommand, "did you mean"),
        (ContextKind::SuggestedValue, "did you mean"),
        (ContextKind::ValidValue, "possible:"),
    ];
    kinds.into_iter().fold(refusal, |refusal, (kind, lead)| match context(error, kind) {
        words if words.is_empty() => refusal,
        words => refusal.help(format!("{lead} {words}")),
    })
}

/// A finding's detail as words; empty when there is none.
fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(word)) => word.clone(),
        Some(ContextValue::Strings(words)) => words.join(", "),
        _ => String::new(),
    }
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_string()
}
