//! The binary: hands the process over to the library and knows where the checkout lies.
#![forbid(unsafe_code)]

use std::io::{stderr, stdout};
use std::process::ExitCode;

use cloudlab::{Checkout, Interrupt};

fn main() -> ExitCode {
    let checkout = Checkout::at(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let interrupt = Interrupt::on_signals();
    let code = cloudlab::run(std::env::args_os(), &checkout, &interrupt, &mut stdout(), &mut stderr());
    ExitCode::from(code)
}
