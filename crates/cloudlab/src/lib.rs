//! The command line of Cloud Lab: `cloudlab new` writes a service from the template of a checkout.
//!
//! A request is read at the edge ([`cli`], [`answers`], [`names`]), refused there or trusted from then on. The template
//! is rendered in memory ([`service`]), written to a hidden sibling of the target, formatted, and renamed into place.
//!
//! **Invariant:** a refused or interrupted request leaves the file system as it was.
//! **Invariant:** Rust code is renamed word by word and never written from a template language, so the template is
//! itself a service that is compiled, linted and tested.
#![forbid(unsafe_code)]

mod answers;
mod article;
mod catalogue;
mod checkout;
mod choices;
mod clash;
mod cli;
mod files;
mod interrupt;
mod lexer;
mod manifest;
mod markers;
mod names;
mod new;
mod outcome;
mod record;
mod refusal;
mod rename;
mod report;
mod reserved;
mod service;
mod sql_names;
mod staging;
mod tools;
mod vendor;

use std::ffi::OsString;
use std::io::Write;

pub use checkout::Checkout;
pub use interrupt::Interrupt;

use cli::Request;

/// Runs one command line (`args` opens with the program's name) and answers with the exit code: 0 done, 2 refused,
/// 130 interrupted.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    checkout: &Checkout,
    interrupt: &Interrupt,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let json = args.iter().any(|arg| arg == "--json");
    let answer = cli::parse(&args).and_then(|request| match request {
        Request::Text(text) => report::text(out, &text),
        Request::New(request) => new::run(&request, checkout, interrupt, out, err),
    });
    match answer {
        Ok(code) => code,
        Err(refusal) => report::refusal(&refusal, json, out, err),
    }
}
