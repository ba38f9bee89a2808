//! `cargo xtask matrix`: services under thirty names, with every set of options between them, made inside this
//! repository's own folder, built and tested with one target folder; and names that must be refused.
//!
//! With `--full`, every pair of options under every way of referring to the chassis besides, and clippy for each; the
//! dated result is written to a page.

mod case;
pub mod covering;
mod names;
mod page;

use case::{Case, Outcome};
use names::{ACCEPTED, REFUSED};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use crate::generator::{self, Answers};
use cloudlab::Refusal;

pub const PAGE: &str = "docs/reference/option-matrix.md";

/// What is asked of the matrix.
pub struct Request {
    pub is_full: bool,
    /// Only the cases whose name contains this.
    pub only: Option<String>,
}

/// Two at a time: while one is tested, which leaves the target folder alone, the next is built.
const WORKERS: usize = 2;

/// Runs every case and tells about each; answers with the exit code.
pub fn run(root: &Path, today: &str, request: &Request, out: &mut dyn Write) -> Result<u8, Refusal> {
    let started = Instant::now();
    let site = Site::prepare(root)?;
    let mut cases = site.cases(request.is_full)?;
    cases.retain(|case| request.only.as_ref().is_none_or(|part| case.name.contains(part.as_str())));
    if cases.is_empty() {
        return Err(Refusal::new("no service of the matrix is named like that").help("leave `--only` out"));
    }
    let outcomes = site.run_all(&cases, out);
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let seconds = started.elapsed().as_secs();
    let _ = writeln!(out, "option matrix: {} services, {failed} failed, {seconds} s", outcomes.len());
    if request.is_full && request.only.is_none() {
        page::write(root, today, &outcomes, seconds)?;
        let _ = writeln!(out, "wrote {PAGE}");
    }
    Ok(u8::from(failed > 0))
}

/// Where services are made and built.
struct Site {
    root: PathBuf,
    services: PathBuf,
    target: PathBuf,
}

impl Site {
    fn prepare(root: &Path) -> Result<Self, Refusal> {
        let target = crate::target_of(root);
        // What an earlier run left would be in the way of the same names.
        let services = crate::emptied(&target.join("option-matrix"))?;
        Ok(Self { root: root.to_path_buf(), services, target })
    }

    /// Names go round the sets of options, so that every set meets several names.
    fn cases(&self, is_full: bool) -> Result<Vec<Case>, Refusal> {
        let sets =
            covering::covering(&cloudlab::questions(), &|answers| generator::accepts(&self.root, answers));
        if sets.is_empty() {
            return Err(Refusal::new("`cloudlab new` accepts no set of its own options")
                .help("cargo run -- new parcel-service --yes --dry-run says why"));
        }
        let mut cases: Vec<Case> =
            REFUSED.iter().map(|refused| Case::refused(refused.service, refused.why)).collect();
        for (at, named) in ACCEPTED.iter().enumerate() {
            let answers = &sets[at % sets.len()];
            // The first of each set is linted, too; the chassis of the first two is vendored, of the others shared.
            let chassis = if at < 2 { "vendored".to_string() } else { self.by_path() };
            cases.push(Case::of(named, answers, &chassis, at < sets.len()));
        }
        if is_full {
            cases.extend(self.full(&sets));
        }
        Ok(cases)
    }

    /// Every set under every way of referring to the chassis that can be built today.
    fn full(&self, sets: &[Answers]) -> Vec<Case> {
        let modes = ["vendored".to_string(), self.by_path(), format!("git=file://{}", self.root.display())];
        let all = sets.iter().enumerate().flat_map(|(at, answers)| {
            modes.iter().enumerate().map(move |(mode, chassis)| {
                Case::plain(&format!("set-{}-{}-service", at + 1, mode + 1), answers, chassis)
            })
        });
        all.collect()
    }

    fn by_path(&self) -> String {
        format!("path={}", self.root.display())
    }

    fn run_all(&self, cases: &[Case], out: &mut dyn Write) -> Vec<Outcome> {
        let next = AtomicUsize::new(0);
        let (sender, receiver) = channel();
        let mut done: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                let sender = sender.clone();
                let next = &next;
                scope.spawn(move || self.work(cases, next, &sender));
            }
            drop(sender);
            let told = receiver.into_iter().inspect(|(_, outcome)| {
                let _ = writeln!(out, "{outcome}");
            });
            told.collect()
        });
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Takes one case after the other, as long as there is one.
    fn work(&self, cases: &[Case], next: &AtomicUsize, done: &Sender<(usize, Outcome)>) {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(at) else { return };
            // Nobody listens any more only when the run has ended.
            let _ = done.send((at, case.run(&self.root, &self.services, &self.target)));
        }
    }
}
