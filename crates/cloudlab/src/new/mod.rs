//! `cloudlab new`: from a request to a folder that builds.
//!
//! [`questions`] find out what is wanted and whether it can be had, [`names`] what everything is called and whether that is
//! free. [`template`] renders it all in memory, and [`writing`] puts it beside the target and then into its place.

pub mod names;
mod outcome;
pub mod questions;
mod record;
mod report;
pub mod template;
mod writing;

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::Setting;
use crate::asker::Asker;
use crate::cli::New;
use crate::files::{self, File};
use crate::interrupt::Interrupt;
use crate::new::names::{Names, ServiceName, Words};
use crate::new::outcome::Outcome;
use crate::new::questions::answers::{self, Answers};
use crate::new::questions::answers_file::{self, Recorded};
use crate::new::questions::draft::Draft;
use crate::new::questions::prompts;
use crate::new::template::service::{self, Service};
use crate::new::writing::staging::{Staging, Target};
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
    let (names, answers) = decide(request, setting.asker)?;
    let started = Instant::now();
    let target = Target::parse(&request.parent, names.service.as_str())?;
    let place = answers.chassis.place(setting.checkout, &target.path())?;
    let service = service::render(setting.checkout, &names, &answers, &place)?;
    let mut outcome = Outcome {
        names: &names,
        answers: &answers,
        path: target.path(),
        files: paths(&service.files),
        vendored: paths(&service.vendored),
        warnings: answers.chassis.warning().into_iter().collect(),
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
        outcome.warnings.extend(write(&service, &target, &names, &answers, setting.interrupt)?);
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

/// All that has to be known: flags before the file, the file before a question, a question before a default.
fn decide(request: &New, asker: Option<&mut (dyn Asker + 'static)>) -> Result<(Names, Answers), Refusal> {
    // Whoever reads JSON, or takes every default, is not there to be asked.
    let asker = asker.filter(|_| !request.yes && !request.json);
    let recorded = request.answers.as_deref().map(answers_file::read).transpose()?.unwrap_or_default();
    let draft = request.draft.clone().or(recorded.draft.clone());
    answers::check(&draft)?;
    match asker {
        Some(asker) => ask(request, &recorded, draft, asker),
        None => {
            let name = request.name.as_deref().ok_or_else(Refusal::name_missing)?;
            let names = name_all(request, &recorded, ServiceName::parse(name)?)?;
            let missing = answers::missing(&draft);
            if !request.yes && !missing.is_empty() {
                return Err(answers::refuse_missing(&missing));
            }
            Ok((names, Answers::decide(&draft)?))
        }
    }
}

/// The names as given, by flags or in the file.
fn name_all(request: &New, recorded: &Recorded, service: ServiceName) -> Result<Names, Refusal> {
    let given = request.aggregate.as_deref().map(Words::of_type).transpose()?;
    let plural = request.plural.as_deref().map(Words::of_plural).transpose()?;
    // Somebody else's names are not meant for this service, nor the plural of another aggregate.
    let is_own = recorded.service.as_deref().is_none_or(|name| name == service.as_str());
    let recorded = Some(recorded).filter(|_| is_own && given.is_none());
    let aggregate = recorded.and_then(|recorded| recorded.aggregate.as_deref()).map(Words::of_record);
    let plural_of_record = recorded.and_then(|recorded| recorded.plural.as_deref()).map(Words::of_plural);
    Names::of(service, given.or(aggregate.transpose()?), plural.or(plural_of_record.transpose()?))
}

/// Asks for all that is open. Whoever was asked anything sees the whole once more before it is written.
fn ask(
    request: &New,
    recorded: &Recorded,
    draft: Draft,
    asker: &mut dyn Asker,
) -> Result<(Names, Answers), Refusal> {
    let is_complete = request.name.is_some() && answers::missing(&draft).is_empty();
    let name = match &request.name {
        Some(name) => name.clone(),
        None => prompts::name(asker).map_err(called_off)?,
    };
    let names = name_all(request, recorded, ServiceName::parse(&name)?)?;
    if is_complete {
        return Ok((names, Answers::decide(&draft)?));
    }
    let names = ask_names(request, names, asker)?;
    let draft = prompts::complete(draft, asker).map_err(called_off)?;
    let answers = Answers::decide(&draft)?;
    let command = report::command_line(&names, &answers, &request.parent);
    if prompts::confirm(asker, &command).map_err(called_off)? {
        Ok((names, answers))
    } else {
        Err(Refusal::interrupted())
    }
}

fn ask_names(request: &New, names: Names, asker: &mut dyn Asker) -> Result<Names, Refusal> {
    let singular = match &request.aggregate {
        Some(_) => names.singular,
        None => Words::of_type(&prompts::aggregate(asker, &names.singular).map_err(called_off)?)?,
    };
    let plural = match &request.plural {
        Some(_) => names.plural,
        None => Words::of_plural(&prompts::plural(asker, &singular.with_s()).map_err(called_off)?)?,
    };
    Names::of(names.service, Some(singular), Some(plural))
}

fn called_off(error: std::io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::Interrupted | ErrorKind::UnexpectedEof => Refusal::interrupted(),
        _ => Refusal::new(format!("the terminal cannot be read: {error}"))
            .help("give every answer as a flag, or --yes"),
    }
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
    let service_here = Some(names.service.as_str()).filter(|_| answers.chassis.is_on_disk());
    let warnings = tools::finish(staging.folder(), service_here, &service.files, interrupt)?;
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
