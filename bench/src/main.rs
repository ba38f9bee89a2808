//! How fast it is, beside what limits it: every figure is a ratio of two things measured in turn in one run.
//!
//! `cargo bench-all` runs everything and rewrites `docs/reference/benchmarks.md`; `cargo bench-all b2 b5` runs some
//! and prints only; `--quick` takes two short rounds, for a look.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "a bench reads its environment and lets processes settle")]

mod b1;
mod b11;
mod b2;
mod b3;
mod b5;
mod freshness;
mod load;
mod report;
mod servers;

use report::Line;
use servers::Fallible;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// How long and how often is measured.
pub struct Plan {
    rounds: usize,
    length: Duration,
}

impl Plan {
    /// The whole seconds of a side's time in a round.
    fn seconds(&self) -> u32 {
        u32::try_from(self.length.as_secs()).unwrap_or(u32::MAX).max(1)
    }
}

const ALL: [&str; 7] = ["b1", "b2", "b3", "b5", "freshness", "b11", "b14"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(async {
        match arguments.first().map(String::as_str) {
            Some("serve-bare") => b1::serve_bare().await,
            Some("serve-edge") => b1::serve_edge().await,
            _ => run(&arguments).await,
        }
    });
    outcome.map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS)
}

fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run(arguments: &[String]) -> Fallible<()> {
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let plan = if quick {
        Plan { rounds: 2, length: Duration::from_secs(2) }
    } else {
        Plan { rounds: 7, length: Duration::from_secs(4) }
    };
    let named: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|argument| ALL.contains(argument)).collect();
    let wanted = if named.is_empty() { ALL.to_vec() } else { named.clone() };
    let mut lines: Vec<Line> = Vec::new();
    for name in wanted {
        eprintln!("{name} ...");
        lines.extend(match name {
            "b1" => b1::run(&plan).await?,
            "b2" => b2::run(&plan).await?,
            "b3" => b3::run(&plan).await?,
            "b5" => b5::run(&plan).await?,
            "freshness" => freshness::run(&plan).await?,
            "b11" => b11::run(&plan).await?,
            _ => b2::run_sqlite(&plan).await?,
        });
    }
    let table = report::table(&lines);
    println!("{table}");
    if named.is_empty() && !quick {
        write(&table)?;
    }
    Ok(())
}

/// The page of the documents, with where and when.
fn write(table: &str) -> Fallible<()> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference");
    std::fs::create_dir_all(folder)?;
    let shell = |command: &str| -> Fallible<String> {
        let output = Command::new("sh").args(["-c", command]).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let date = shell("date -u +%Y-%m-%d")?;
    let machine = shell(
        "echo \"$(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(free -g | awk '/Mem/{print $2}') GiB, $(. /etc/os-release; echo $PRETTY_NAME), $(rustc --version)\"",
    )?;
    let explanation = include_str!("../explanation.md");
    std::fs::write(
        format!("{folder}/benchmarks.md"),
        format!(
            "# Benchmarks\n\nMeasured on {date} with `cargo bench-all`: {machine}.\n\n{table}\n{explanation}"
        ),
    )?;
    Ok(())
}
