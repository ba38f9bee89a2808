//! How fast it is, beside what limits it: every figure is a ratio of two things measured in turn in one run.
//!
//! `cargo bench-all` runs everything and rewrites `docs/reference/benchmarks.md`; `cargo bench-all b2 b5` runs some
//! and prints only; `--quick` takes two short rounds, for a look, and prints only.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "a bench reads its environment and lets processes settle")]

mod b1;
mod b11;
mod b12;
mod b2;
mod b3;
mod b5;
mod freshness;
mod load;
mod postgres;
mod process;
mod report;

use report::Line;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Anything that goes wrong ends the bench with a sentence.
pub type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

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

const ALL: [&str; 8] = ["b1", "b2", "b3", "b5", "freshness", "b11", "b14", "b12"];
const QUICK: &str = "--quick";

fn main() -> ExitCode {
    cloudlab_sql::sabotage::allow();
    let form = std::env::var(process::FORM).unwrap_or_default();
    if form == "service" {
        return cloudlab_chassis::run(gizmo_service::service());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(async {
        match form.as_str() {
            "bare" => b1::serve_bare().await,
            "edge" => b1::serve_edge().await,
            _ => run(std::env::args().skip(1).collect()).await,
        }
    });
    outcome.map_or_else(|error| fail(&*error), |()| ExitCode::SUCCESS)
}

fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run(arguments: Vec<String>) -> Fallible<()> {
    let (quick, named): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| *argument == QUICK);
    if let Some(unknown) = named.iter().find(|name| !ALL.contains(&name.as_str())) {
        return Err(
            format!("there is no bench {unknown}; give {QUICK} or some of: {}", ALL.join(", ")).into()
        );
    }
    let plan = if quick.is_empty() {
        Plan { rounds: 7, length: Duration::from_secs(4) }
    } else {
        Plan { rounds: 2, length: Duration::from_secs(2) }
    };
    let wanted =
        if named.is_empty() { ALL.to_vec() } else { named.iter().map(|name| name.as_str()).collect() };
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
            "b12" => b12::run(&plan)?,
            _ => b2::run_sqlite(&plan).await?,
        });
    }
    let table = report::table(&lines);
    println!("{table}");
    if arguments.is_empty() {
        write(&table, &postgres::version().await?)?;
    }
    Ok(())
}

/// The page of the documents, with where and when.
fn write(table: &str, server: &str) -> Fallible<()> {
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
            "<!-- Written by `cargo bench-all`. -->\n# Benchmarks\n\nMeasured on {date} with `cargo bench-all`: {machine}, {server}.\n\n{table}\n{explanation}"
        ),
    )?;
    Ok(())
}
