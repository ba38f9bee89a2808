//! Builds the tests so that they count, runs them, and reads the counts.

use super::tools::Tools;
use cloudlab::Refusal;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Set for cargo while it builds: this program is then called in place of the compiler.
const AS_COMPILER: &str = "CLOUDLAB_COVERAGE_COMPILER";

/// What lets a process count. The second flag lets it count in the file itself, so that nothing is lost when it is
/// killed, and all processes of a program add to one file. A program that has no line of ours, as the tests of a library
/// without any, complains of a missing `__llvm_profile_counter_bias` and runs on.
const COUNTING: [&str; 4] = ["-C", "instrument-coverage", "-C", "llvm-args=-runtime-counter-relocation"];

/// `%m` is the program, `%c` turns on counting in the file.
const COUNTS: &str = "%m%c.profraw";

/// The documentation's tests are left out: they are built by another program.
const TARGETS: [&str; 3] = ["--lib", "--bins", "--tests"];

/// The compiler with the flags that count, when cargo calls this program in its place, which it does for the crates of
/// the workspace only: what others wrote is built as always, and is not counted.
pub fn as_compiler(arguments: &[OsString]) -> Option<ExitCode> {
    std::env::var_os(AS_COMPILER)?;
    let (compiler, rest) = arguments.get(1..)?.split_first()?;
    let name = Path::new(compiler).file_stem();
    name.filter(|name| *name == "rustc")?;
    let status = Command::new(compiler).args(rest).args(COUNTING).status().ok()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Some(ExitCode::from(code.unwrap_or(1)))
}

/// The lines of the packages and how often they ran, in the form of lcov.
pub fn measure(root: &Path, tools: &Tools, packages: &[&str]) -> Result<String, Refusal> {
    let place = Place::of(root, packages)?;
    let programs = place.build()?;
    place.test()?;
    place.read(tools, &programs)
}

/// Where it is built and counted, apart from other builds.
struct Place<'a> {
    root: &'a Path,
    folder: PathBuf,
    counts: PathBuf,
    packages: Vec<String>,
}

impl<'a> Place<'a> {
    fn of(root: &'a Path, packages: &[&str]) -> Result<Self, Refusal> {
        let folder = crate::target_of(root).join("llvm-cov-target");
        // What an earlier run counted does not count for this one.
        let counts = crate::emptied(&folder.join("counts"))?;
        let packages = packages.iter().map(|name| format!("--package={name}")).collect();
        Ok(Self { root, folder, counts, packages })
    }

    fn cargo(&self, command: &str) -> Result<Command, Refusal> {
        let this = std::env::current_exe()
            .map_err(|error| Refusal::new(format!("this program does not know where it lies: {error}")))?;
        let mut cargo = Command::new("cargo");
        cargo.arg(command).args(&self.packages).current_dir(self.root);
        cargo
            .env("CARGO_TARGET_DIR", &self.folder)
            .env("RUSTC_WORKSPACE_WRAPPER", this)
            .env(AS_COMPILER, "1");
        // A build that counts writes where it is told; tests pass this on to the services that they start.
        cargo.env("LLVM_PROFILE_FILE", self.counts.join(COUNTS));
        Ok(cargo)
    }

    /// The programs that will count. Examples are services that tests start, and cargo builds them for whole packages
    /// only.
    fn build(&self) -> Result<BTreeSet<String>, Refusal> {
        let mut examples = self.cargo("build")?;
        examples.arg("--examples");
        let mut tests = self.cargo("test")?;
        tests.arg("--no-run").args(TARGETS);
        let mut programs = BTreeSet::new();
        for mut cargo in [examples, tests] {
            cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
            let said = output(&mut cargo, "build the tests")?;
            let messages =
                said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            programs.extend(messages.filter_map(|message| message["executable"].as_str().map(str::to_owned)));
        }
        Ok(programs)
    }

    fn test(&self) -> Result<(), Refusal> {
        let status = self.cargo("test")?.arg("--no-fail-fast").args(TARGETS).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Refusal::new("tests failed, so what they ran says nothing")
                .help("the output above says which; `cargo test --workspace` runs them without counting")),
            Err(error) => Err(Refusal::new(format!("cannot run cargo: {error}"))),
        }
    }

    fn read(&self, tools: &Tools, programs: &BTreeSet<String>) -> Result<String, Refusal> {
        let merged = self.folder.join("counts.profdata");
        let entries = fs::read_dir(&self.counts).map_err(|error| Refusal::io("list", &self.counts, error))?;
        let counts = entries.flatten().map(|entry| entry.path().into_os_string());
        let mut merge = Command::new(&tools.profdata);
        merge.args(["merge", "-sparse", "-o"]).arg(&merged).args(counts);
        output(&mut merge, "merge the counts")?;
        let mut export = Command::new(&tools.cov);
        export.args(["export", "-format=lcov", "-instr-profile"]).arg(&merged);
        export.args(programs.iter().flat_map(|program| [OsStr::new("-object"), OsStr::new(program)]));
        output(&mut export, "read the counts")
    }
}

fn output(command: &mut Command, doing: &str) -> Result<String, Refusal> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| Refusal::new(format!("cannot run {name}: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or("it said nothing");
    Err(Refusal::new(format!("{name} could not {doing}: {last}")).help("the output above may say more"))
}
