//! B12: what `cloudlab new` takes, and what the first build and the next ones of a service take, beside the least that
//! could be called a service.

use crate::report::{self, Line};
use crate::{Fallible, Plan};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A first build takes minutes and varies little, so it is not repeated as often as the rest.
const FIRST_BUILDS: usize = 3;
/// A round of short things takes each so many times, in turn.
const SLICES: usize = 5;

/// Measures.
pub fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let site = Site::prepare()?;
    let mut lines = vec![site.generator(plan)?];
    lines.extend(site.builds(plan)?);
    Ok(lines)
}

/// Where services are written and built.
struct Site {
    folder: tempfile::TempDir,
    cloudlab: PathBuf,
}

impl Site {
    fn prepare() -> Fallible<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut cargo = Command::new("cargo");
        let build = cargo.args(["build", "--release", "--quiet", "--package", "cloudlab"]).current_dir(&root);
        succeeded(build)?;
        // Beside this program, which cargo has just built in the same way.
        let cloudlab = std::env::current_exe()?.with_file_name("cloudlab");
        let site = Self { folder: tempfile::tempdir()?, cloudlab };
        site.write_minimal(&root)?;
        Ok(site)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The least, with the versions of our lock, so that both sides compile the same code where they share any.
    fn write_minimal(&self, root: &Path) -> Fallible<()> {
        fs::create_dir_all(self.at("minimal/src"))?;
        fs::write(self.at("minimal/Cargo.toml"), include_str!("../minimal/Cargo.toml.txt"))?;
        fs::write(self.at("minimal/src/main.rs"), include_str!("../minimal/src/main.rs.txt"))?;
        fs::copy(root.join("Cargo.lock"), self.at("minimal/Cargo.lock"))?;
        let mut cargo = Command::new("cargo");
        succeeded(
            cargo.args(["update", "--workspace", "--offline", "--quiet"]).current_dir(self.at("minimal")),
        )
    }

    /// Writes a service as users do; the folder must not be there.
    fn write(&self, parent: &str, name: &str, more: &[&str]) -> Fallible<PathBuf> {
        let mut command = Command::new(&self.cloudlab);
        succeeded(command.args(["new", name, "--yes", "--path"]).arg(self.at(parent)).args(more))?;
        Ok(self.at(parent).join(name))
    }

    fn generator(&self, plan: &Plan) -> Fallible<Line> {
        let source = self.write("source", "parcel-service", &[])?;
        let (mut ours, mut copied) = (Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let (mut new, mut copy) = (0.0, 0.0);
            for _ in 0..SLICES {
                let started = Instant::now();
                self.write("written", "parcel-service", &[])?;
                new += started.elapsed().as_secs_f64() / SLICES as f64;
                fs::create_dir_all(self.at("copied"))?;
                let started = Instant::now();
                succeeded(Command::new("cp").arg("-r").arg(&source).arg(self.at("copied")))?;
                copy += started.elapsed().as_secs_f64() / SLICES as f64;
                fs::remove_dir_all(self.at("written"))?;
                fs::remove_dir_all(self.at("copied"))?;
            }
            ours.push(new);
            copied.push(copy);
        }
        Ok(Line {
            bar: "B12",
            what: "`cloudlab new`, formatting included, beside `cp -r` of what it writes".into(),
            limit: format!("{:.3} s", report::median(&copied)),
            ours: format!("{:.3} s", report::median(&ours)),
            ratios: report::ratios(&ours, &copied),
            bar_asks: "<= 0.3 s",
            met: Some(report::median(&ours) <= 0.3),
        })
    }

    fn builds(&self, plan: &Plan) -> Fallible<Vec<Line>> {
        let service = self.write("services", "parcel-service", &["--chassis", &chassis()])?;
        let vendored = self.write("vendored", "parcel-service", &[])?;
        let minimal = self.at("minimal");
        let (mut first, mut least_first, mut second) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..plan.rounds.min(FIRST_BUILDS) {
            least_first.push(self.first_build(&minimal, "target-minimal")?);
            first.push(self.first_build(&vendored, "target")?);
            let alone = self.first_build(&service, "target-shared")?;
            let name = format!("order-{round}-service");
            let next = self.write("services", &name, &["--chassis", &chassis()])?;
            second.push(self.build(&next, "target-shared")? / alone);
        }
        let (mut edit, mut least_edit) = (Vec::new(), Vec::new());
        for round in 0..plan.rounds {
            least_edit.push(self.edit_build(&minimal, "src/main.rs", round, "target-minimal")?);
            edit.push(self.edit_build(&vendored, "src/lib.rs", round, "target")?);
        }
        let what = format!(
            "first `cargo build` of a service, beside axum with tokio-postgres, {} times each",
            first.len()
        );
        Ok(vec![
            line(&what, &first, &least_first, ("<= 1.6", 1.6)),
            line("`cargo build` after an edit, beside the same", &edit, &least_edit, ("<= 1.5", 1.5)),
            Line {
                bar: "B12",
                what: "first build of a second service with the same chassis and target folder, beside the first".into(),
                limit: "–".into(),
                ours: "–".into(),
                met: Some(report::median(&second) <= 0.25),
                ratios: second,
                bar_asks: "<= 0.25",
            },
        ])
    }

    fn first_build(&self, service: &Path, target: &str) -> Fallible<f64> {
        let folder = self.at(target);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        self.build(service, target)
    }

    fn edit_build(&self, service: &Path, file: &str, round: usize, target: &str) -> Fallible<f64> {
        let file = service.join(file);
        let code = fs::read_to_string(&file)?;
        fs::write(&file, format!("{code}\n#[allow(dead_code)]\nfn edited_{round}() {{}}\n"))?;
        self.build(service, target)
    }

    fn build(&self, service: &Path, target: &str) -> Fallible<f64> {
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--offline", "--quiet"]).current_dir(service);
        cargo.env("CARGO_TARGET_DIR", self.at(target));
        let started = Instant::now();
        succeeded(&mut cargo)?;
        Ok(started.elapsed().as_secs_f64())
    }
}

fn chassis() -> String {
    format!("path={}/..", env!("CARGO_MANIFEST_DIR"))
}

fn line(what: &str, ours: &[f64], least: &[f64], (bar_asks, most): (&'static str, f64)) -> Line {
    let ratios = report::ratios(ours, least);
    Line {
        bar: "B12",
        what: what.into(),
        limit: format!("{:.1} s", report::median(least)),
        ours: format!("{:.1} s", report::median(ours)),
        met: Some(report::median(&ratios) <= most),
        ratios,
        bar_asks,
    }
}

/// Runs a command that must succeed; what it says on standard error is part of the sentence when it does not.
fn succeeded(command: &mut Command) -> Fallible<()> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let name = Path::new(command.get_program()).file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)).into())
}
