//! The tools that read what an instrumented process counted; they must be of the compiler's own version of LLVM.

use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Tools {
    pub profdata: PathBuf,
    pub cov: PathBuf,
}

/// Finds them in the toolchain, after adding the component that has them when it is missing.
///
/// # Errors
/// Why they cannot be had, for people.
pub fn find() -> Result<Tools, String> {
    let folder = folder().ok_or("rustc does not say where its toolchain lies")?;
    if let Some(tools) = tools_in(&folder) {
        return Ok(tools);
    }
    let added = Command::new("rustup").args(["component", "add", "llvm-tools"]).status();
    let is_added = added.is_ok_and(|status| status.success());
    let reason = || {
        let what = if is_added { "has none of them" } else { "could not be added by rustup" };
        format!("llvm-profdata and llvm-cov are missing, and the component llvm-tools {what}")
    };
    tools_in(&folder).ok_or_else(reason)
}

fn folder() -> Option<PathBuf> {
    let sysroot = said_by_rustc(&["--print", "sysroot"])?;
    let version = said_by_rustc(&["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin"))
}

fn said_by_rustc(arguments: &[&str]) -> Option<String> {
    let output = Command::new("rustc").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok().filter(|_| output.status.success())
}

fn tools_in(folder: &Path) -> Option<Tools> {
    let tool = |name: &str| {
        Some(folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))).filter(|path| path.exists())
    };
    Some(Tools { profdata: tool("llvm-profdata")?, cov: tool("llvm-cov")? })
}
