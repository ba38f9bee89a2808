//! The command line's grammar: flags in, a typed request out.
//!
//! **Invariant:** this module judges form only. Whether the answers fit together is decided in [`crate::new::questions::answers`].

mod check;
mod new;

use std::ffi::OsString;

use clap::builder::NonEmptyStringValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::new::questions::choices::Choice;
use crate::refusal::Refusal;

pub use check::{Check, Format};
pub use new::New;

/// What a well-formed command line asks for.
pub enum Request {
    /// Help or version, to be printed as it is.
    Text(String),
    New(Box<New>),
    Check(Check),
}

/// Reads a command line whose first word is the program.
pub fn parse(args: &[OsString]) -> Result<Request, Refusal> {
    let matches = match grammar().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return text_or_refusal(&error, writes_files(args)),
    };
    match matches.subcommand() {
        Some(("check", check)) => Ok(Request::Check(check::read(check))),
        Some(("new", new)) => Ok(Request::New(Box::new(new::read(new)))),
        _ => Err(Refusal::internal("a command without a reader was accepted")),
    }
}

/// Whether a refused command line asks for its one document all the same.
pub fn wants_json(args: &[OsString]) -> bool {
    let is_json = |pair: &[OsString]| pair[0] == "--format" && pair[1] == "json";
    args.iter().any(|arg| arg == "--json" || arg == "--format=json") || args.windows(2).any(is_json)
}

/// Whether the command, when it works, writes files; a refused one that does says that it has not.
pub fn writes_files(args: &[OsString]) -> bool {
    args.get(1).is_none_or(|command| command != "check")
}

fn grammar() -> Command {
    Command::new("cloudlab")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Writes production-grade Rust services, and checks them.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(new::grammar())
        .subcommand(check::grammar())
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new()).help(help)
}

fn choice<C: Choice + Send + Sync>(help: &'static str) -> Arg {
    Arg::new(C::FLAG).long(C::FLAG).value_parser(clap::builder::EnumValueParser::<C>::new()).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).value_parser(value_parser!(bool)).help(help)
}

fn one<C: Choice + Send + Sync>(matches: &ArgMatches) -> Option<C> {
    matches.get_one::<C>(C::FLAG).cloned()
}

fn text_or_refusal(error: &clap::Error, is_new: bool) -> Result<Request, Refusal> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Request::Text(error.to_string())),
        _ => Err(refuse(error, is_new)),
    }
}

/// Puts the parser's finding into the house's form.
fn refuse(error: &clap::Error, is_new: bool) -> Refusal {
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let usage = if is_new {
        "cloudlab new --help lists every flag"
    } else {
        "cloudlab check --help lists every flag"
    };
    let refusal = match error.kind() {
        ErrorKind::UnknownArgument => Refusal::new(format!("`{argument}` is not known here")).help(usage),
        ErrorKind::InvalidSubcommand => {
            let command = context(error, ContextKind::InvalidSubcommand);
            Refusal::new(format!("`{command}` is not a command of cloudlab")).help(available())
        }
        ErrorKind::InvalidValue if value.is_empty() => Refusal::new(format!("`{argument}` needs a value")),
        ErrorKind::InvalidValue => Refusal::new(format!("`{value}` is not a value of `{argument}`")),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Refusal::new("a command is missing").help("cloudlab new parcel-service --yes").help(usage)
        }
        ErrorKind::ArgumentConflict => match context(error, ContextKind::PriorArg) {
            other if other != argument => {
                Refusal::new(format!("`{argument}` and `{other}` exclude each other"))
                    .help("give one of the two")
            }
            _ => Refusal::new(format!("`{argument}` is given twice")).help("give it once"),
        },
        _ => Refusal::new(first_line(&error.to_string())).help(usage),
    };
    with_suggestions(refusal, error)
}

fn available() -> String {
    let grammar = grammar();
    let commands: Vec<&str> = grammar.get_subcommands().map(Command::get_name).collect();
    format!("available: {}", commands.join(", "))
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
