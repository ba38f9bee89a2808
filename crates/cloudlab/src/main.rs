//! The binary: hands the process over to the library and knows where the checkout lies.
#![forbid(unsafe_code)]

use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;

use cloudlab::{Asker, Checkout, Interrupt, Pack, Setting, Terminal};

/// The folder that this command was built from, and what was packed there.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const PACK: Pack = include!(concat!(env!("OUT_DIR"), "/pack.rs"));

fn main() -> ExitCode {
    let checkout = Checkout::of_program(std::env::current_exe().ok().as_deref(), ROOT, PACK);
    let interrupt = Interrupt::on_signals();
    let mut terminal = Terminal::attached(&interrupt);
    let asker = terminal.as_mut().map(|terminal| terminal as &mut (dyn Asker + 'static));
    let is_coloured =
        stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let setting = Setting { checkout: &checkout, interrupt: &interrupt, asker, is_coloured };
    ExitCode::from(cloudlab::run(std::env::args_os(), setting, &mut stdout(), &mut stderr()))
}
