//! `cloudlab new`: from a request to a folder that builds.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::answers::Answers;
use crate::checkout::Checkout;
use crate::cli::New;
use crate::files::{self, File};
use crate::interrupt::Interrupt;
use crate::names::Names;
use crate::outcome::Outcome;
use crate::record;
use crate::refusal::Refusal;
use crate::report;
use crate::service::{self, Service};
use crate::staging::{Staging, Target};
use crate::tools;

/// Carries out the request; answers with the exit code.
pub fn run(
    request: &New,
    checkout: &Checkout,
    interrupt: &Interrupt,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Refusal> {
    let started = Instant::now();
    flags_agree(request)?;
    let names = Names::parse(&request.name, request.aggregate.as_deref(), request.plural.as_deref())?;
    let answers = Answers::decide(&request.given)?;
    let target = Target::parse(&request.parent, &request.name)?;
    let service = service::render(checkout, &names, &answers)?;
    let mut outcome = Outcome {
        names: &names,
        answers: &answers,
        path: target.path(),
        files: paths(&service.files),
        vendored: paths(&service.vendored),
        warnings: Vec::new(),
        elapsed: started.elapsed(),
        is_planned: request.dry_run,
    };
    outcome.files.push(record::PATH.into());
    outcome.files.sort();
    if request.dry_run {
        // Whether a folder takes a new one, only the attempt tells: modes, lists of rights, quotas and read-only mounts
        // all have a say. What is made here is taken back at once, with the parents.
        drop(Staging::open(&target)?);
    } else {
        outcome.warnings = write(&service, &target, &names, &answers, interrupt)?;
        outcome.elapsed = started.elapsed();
    }
    tell(&outcome, request, out, err);
    Ok(if request.run { start(&outcome.path, err) } else { 0 })
}

/// Two switches of which each is right alone.
fn flags_agree(request: &New) -> Result<(), Refusal> {
    let sentence = match (request.run, request.dry_run, request.json) {
        (true, true, _) => "`--run` needs a service, and `--dry-run` writes none",
        (true, _, true) => {
            "`--json` keeps standard output for one document, and `--run` gives it to the service"
        }
        _ => return Ok(()),
    };
    Err(Refusal::new(sentence).help("give one of the two"))
}

fn paths(files: &[File]) -> Vec<String> {
    files.iter().map(|file| file.path.clone()).collect()
}

/// Writes, formats, records and publishes the service; answers with warnings.
fn write(
    service: &Service,
    target: &Target,
    names: &Names,
    answers: &Answers,
    interrupt: &Interrupt,
) -> Result<Vec<String>, Refusal> {
    let staging = Staging::open(target)?;
    for file in service.files.iter().chain(&service.vendored) {
        interrupt.check()?;
        files::write(staging.folder(), file)?;
    }
    let warnings = tools::finish(staging.folder(), names.service.as_str(), &service.files, interrupt)?;
    let finished = read_back(staging.folder(), &service.files)?;
    files::write(staging.folder(), &record::write(names, answers, &finished))?;
    interrupt.check()?;
    staging.publish()?;
    Ok(warnings)
}

/// The files as the tools left them.
fn read_back(folder: &Path, written: &[File]) -> Result<Vec<File>, Refusal> {
    let read = |file: &File| {
        let path = folder.join(&file.path);
        let bytes = fs::read(&path).map_err(|error| Refusal::at_target("read", &path, &error))?;
        Ok(File { path: file.path.clone(), bytes, executable: file.executable })
    };
    written.iter().map(read).collect()
}

fn tell(outcome: &Outcome<'_>, request: &New, out: &mut dyn Write, err: &mut dyn Write) {
    report::warnings(outcome, err);
    match (request.json, request.dry_run) {
        (true, _) => report::as_json(outcome, out),
        (false, true) => report::planned(outcome, out),
        (false, false) => report::written(outcome, request.run, out),
    }
    // What follows may be another program in this process's place.
    let _ = out.flush();
}

/// Builds and starts the service. On Unix cargo takes this process's place, so signals and the exit code are the
/// service's own.
fn start(folder: &Path, err: &mut dyn Write) -> u8 {
    let mut cargo = Command::new("cargo");
    cargo.arg("run").current_dir(folder);
    match take_over(&mut cargo) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(err, "error: the service is written, but cargo cannot be started: {error}");
            1
        }
    }
}

#[cfg(unix)]
fn take_over(command: &mut Command) -> std::io::Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn take_over(command: &mut Command) -> std::io::Result<u8> {
    Ok(command.status()?.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
