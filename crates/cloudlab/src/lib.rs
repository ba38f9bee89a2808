//! The command line of Cloud Lab: `cloudlab new` writes a service from the template of a checkout, `cloudlab check` says
//! where a service leaves its architecture ([`check`]).
//!
//! A request is read at the edge ([`cli`]), carried out by the command that it names ([`new`], [`check`]), and told of by
//! the command's own report. A [`refusal`] is the one error that a user meets.
//!
//! **Invariant:** a refused or interrupted request leaves the file system as it was.
//! **Invariant:** Rust code is renamed word by word and never written from a template language, so the template is
//! itself a service that is compiled, linted and tested.
#![forbid(unsafe_code)]

mod asker;
pub mod check;
mod cli;
mod files;
mod interrupt;
mod new;
mod refusal;
mod report;

use std::ffi::OsString;
use std::io::Write;

pub use asker::{Asker, Judge, Terminal};
pub use interrupt::Interrupt;
pub use new::questions::choices::{Question, questions};
pub use new::template::checkout::{Checkout, Pack};
pub use refusal::Refusal;

use cli::Request;

/// What a command works in.
pub struct Setting<'a> {
    pub checkout: &'a Checkout,
    pub interrupt: &'a Interrupt,
    /// Who is asked for what a command line leaves open; without anybody, that is refused.
    pub asker: Option<&'a mut (dyn Asker + 'static)>,
    /// Whether standard output is a terminal that shows colours.
    pub is_coloured: bool,
}

/// Runs one command line (`args` opens with the program's name) and answers with the exit code: 0 done, 1 done and
/// something was found, 2 refused, 130 interrupted.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    setting: Setting<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let answer = cli::parse(&args).and_then(|request| match request {
        Request::Text(text) => report::text(out, &text),
        Request::New(request) => new::run(&request, setting, out, err),
        Request::Check(request) => check::run(&request, setting.is_coloured, out),
    });
    answer.unwrap_or_else(|refusal| {
        let code = report::refusal(&refusal, cli::wants_json(&args), out, err);
        if cli::writes_files(&args) {
            report::nothing_written(err);
        }
        code
    })
}
