//! `cloudlab new`: from a request to a folder that builds.
//!
//! [`request`] finds out what is wanted: [`questions`] say what can be had, [`names`] what everything is called and whether
//! that is free. [`template`] renders it all in memory, and [`writing`] puts it beside the target and then into its place.

pub mod names;
mod outcome;
pub mod questions;
mod record;
mod report;
mod request;
pub mod template;
mod writing;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::Setting;
use crate::cli::New;
use crate::files::{self, File};
use crate::interrupt::Interrupt;
use crate::new::outcome::Outcome;
use crate::new::request::Wanted;
use crate::new::template::service::{Service, Source};
use crate::new::writing::staging::Staging;
use crate::new::writing::tools;
use crate::refusal::Refusal;

/// Carries out the request; answers with the exit code.
pub fn run(
    request: &New,
    setting: Setting<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Refusal> {
    flags_agree(request)?;
    if request.run {
        tools::cargo_is_there()?;
    }
    let source = Source::read(setting.checkout)?;
    let wanted = request::decide(request, &source, setting.interrupt, setting.asker)?;
    let started = Instant::now();
    let service = source.render(&wanted.names, &wanted.answers, &wanted.place)?;
    let mut outcome = Outcome::planned(&wanted, &service);
    if request.dry_run {
        // Whether a folder takes a new one, only the attempt tells: modes, lists of rights, quotas and read-only mounts
        // all have a say. What is made here is taken back at once, with the parents.
        drop(Staging::open(&wanted.target)?);
    } else {
        outcome.is_planned = false;
        outcome.warnings.extend(write(&service, &wanted, setting.interrupt)?);
    }
    outcome.elapsed = started.elapsed();
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

/// Writes, formats, records and publishes the service; answers with warnings.
fn write(service: &Service, wanted: &Wanted, interrupt: &Interrupt) -> Result<Vec<String>, Refusal> {
    let staging = Staging::open(&wanted.target)?;
    for file in service.files.iter().chain(&service.vendored) {
        interrupt.check()?;
        files::write(staging.folder(), file)?;
    }
    let name = Some(wanted.names.service.as_str()).filter(|_| wanted.answers.chassis.is_on_disk());
    let warnings = tools::finish(staging.folder(), name, &service.files, interrupt)?;
    let finished = read_back(staging.folder(), &service.files)?;
    files::write(staging.folder(), &record::write(wanted, &finished))?;
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
