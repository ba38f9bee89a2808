//! The two tools that finish a service: rustfmt, because renaming changes the length of lines and the order of imports,
//! and cargo, which prunes the copied `Cargo.lock`.
//!
//! Both are a convenience. Where one is missing or fails the service is complete all the same, and a warning says what
//! was left undone.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::files::File;
use crate::interrupt::Interrupt;
use crate::refusal::Refusal;

/// How late Ctrl-C may be noticed while a tool runs.
const INTERRUPT_POLL: Duration = Duration::from_millis(10);

/// A target folder of its own, so that no build's products are touched.
const SCRATCH: &str = ".cloudlab-scratch";

/// Formats the code and prunes the lock of this service, both at once; answers with warnings. Where no service is named
/// the lock stays as it is: a chassis that cargo must fetch first is not known to it yet, and the first build completes
/// the lock with the same versions.
pub fn finish(
    folder: &Path,
    service: Option<&str>,
    files: &[File],
    interrupt: &Interrupt,
) -> Result<Vec<String>, Refusal> {
    let format = Tool::start(&mut rustfmt(folder, files), "the code is not formatted");
    let prune = service.map(|service| {
        Tool::start(&mut prune(folder, service), "Cargo.lock lists too much until the first build")
    });
    // The second tool is ended too when the user calls the work off during the first.
    let (format, prune) = (format.wait(interrupt), prune.map(|prune| prune.wait(interrupt)));
    let warnings = [format?, prune.transpose()?.flatten()].into_iter().flatten().collect();
    remove_scratch(&folder.join(SCRATCH))?;
    Ok(warnings)
}

/// What is to be built and started needs cargo; better to say so before anything is written.
pub fn cargo_is_there() -> Result<(), Refusal> {
    let mut cargo = Command::new("cargo");
    let version =
        cargo.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let refusal = |error| {
        Refusal::new(format!("`--run` needs cargo, which cannot be started: {error}"))
            .help("leave `--run` out, or put cargo on the PATH")
    };
    version.map(|_| ()).map_err(refusal)
}

/// Cargo notes the compiler's version in a target folder even when there is nothing to clean.
fn remove_scratch(scratch: &Path) -> Result<(), Refusal> {
    match fs::remove_dir_all(scratch) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Refusal::at_target("remove", scratch, &error))
        }
        _ => Ok(()),
    }
}

/// One process for all files.
fn rustfmt(folder: &Path, files: &[File]) -> Command {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024"]).args(crate_roots(files)).current_dir(folder);
    command
}

/// Cleaning one package in an empty target folder: cargo resolves, which prunes the lock and keeps the versions,
/// and has nothing to delete. It needs no crate to be downloaded. `cargo update --workspace --offline` has the same
/// result byte for byte, but asks the index about every package to tell what is behind: 0.9 s instead of 0.15 s.
fn prune(folder: &Path, service: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["clean", "--offline", "--quiet", "--target-dir", SCRATCH, "--package", service]);
    command.current_dir(folder);
    command
}

/// Files that no other file declares as its module: rustfmt walks from them to all others.
fn crate_roots(files: &[File]) -> impl Iterator<Item = &str> {
    let is_root = |path: &&str| {
        let folders: Vec<&str> = path.split('/').collect();
        match folders.as_slice() {
            [_] | ["src", "main.rs" | "lib.rs"] | ["src", "bin", ..] => true,
            ["tests" | "benches" | "examples", _] => true,
            ["tests" | "benches" | "examples", _, file] => *file == "main.rs",
            _ => false,
        }
    };
    files.iter().filter(|file| file.is_rust()).map(|file| file.path.as_str()).filter(is_root)
}

/// A tool under way, or the reason why it is not.
struct Tool {
    name: String,
    running: Result<Child, String>,
    left_undone: &'static str,
}

impl Tool {
    fn start(command: &mut Command, left_undone: &'static str) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        Self { name, running: child.map_err(|error| format!("cannot be started ({error})")), left_undone }
    }

    /// Waits for the end; answers with a warning when the tool did not do its work.
    fn wait(self, interrupt: &Interrupt) -> Result<Option<String>, Refusal> {
        let failure = match self.running {
            Ok(child) => wait(child, interrupt)?,
            Err(why) => Some(why),
        };
        Ok(failure.map(|why| format!("{} {why}: {}", self.name, self.left_undone)))
    }
}

/// Waits for the end, or ends the tool when the user calls the work off; answers with what went wrong.
fn wait(mut child: Child, interrupt: &Interrupt) -> Result<Option<String>, Refusal> {
    let complaints = complaints(&mut child);
    let complaint = loop {
        if let Err(refusal) = interrupt.check() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(refusal);
        }
        match complaints.recv_timeout(INTERRUPT_POLL) {
            Ok(complaint) => break complaint,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break String::new(),
        }
    };
    Ok(match child.wait() {
        Ok(status) if status.success() => None,
        Ok(_) => Some(format!("failed ({})", first_complaint(&complaint))),
        Err(error) => Some(format!("was lost ({error})")),
    })
}

/// What a tool writes on its standard error arrives when it has closed it, which is when it ends.
fn complaints(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    let stderr = child.stderr.take();
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_end(&mut text);
        }
        let _ = sender.send(String::from_utf8_lossy(&text).into_owned());
    });
    receiver
}

fn first_complaint(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines.clone().find(|line| line.starts_with("error"));
    error.or_else(|| lines.next()).unwrap_or("without a word")
}
