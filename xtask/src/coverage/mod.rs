//! Which lines of the chassis and of the template the tests run, beside a floor for every layer.
//!
//! The toolchain has all that it takes: a flag of the compiler, and `llvm-profdata` and `llvm-cov` of its component
//! `llvm-tools`. `cargo-llvm-cov` would do the same, but loses what a process that is killed has run, and most services
//! of the tests are killed.

mod export;
mod layers;
mod run;
mod table;
mod tools;

pub use export::{File, files};
pub use layers::{Layer, TARGET, layers};
pub use run::as_compiler;
pub use table::table;

use crate::tidy::members;
use crate::tree::Tree;
use cloudlab::Refusal;
use std::io::Write;
use std::path::Path;

/// Measures, prints the table, and answers with the exit code: 1 when a layer is below its floor.
///
/// # Errors
/// What keeps it from measuring.
pub fn run(root: &Path, out: &mut dyn Write) -> Result<u8, Refusal> {
    // Half of cloudlab-sql runs on a server only, and its floor would say nothing about the tests.
    if std::env::var_os("TEST_POSTGRES_URL").is_none_or(|url| url.is_empty()) {
        return Err(Refusal::new(
            "TEST_POSTGRES_URL is not set, and the floors hold for tests with a server",
        )
        .help("scripts/servers up postgres; eval \"$(scripts/servers env)\""));
    }
    let tools = match tools::find() {
        Ok(tools) => tools,
        Err(reason) => {
            let _ = writeln!(out, "skipped: coverage ({reason})");
            return Ok(0);
        }
    };
    let members = members::all(&Tree::of(root)?);
    let measured = members.iter().filter(|member| layers::is_measured(&member.folder));
    let packages: Vec<&str> = measured.map(members::Member::name).collect();
    let lines = run::measure(root, &tools, &packages)?;
    let layers = layers(&files(&lines, root));
    let _ = write!(out, "{}", table(&layers));
    Ok(u8::from(layers.iter().any(Layer::is_below)))
}
