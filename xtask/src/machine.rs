//! The machine that something was measured on, in words for a page.

use std::fs;
use std::process::Command;

/// Cores, processor, memory, system and compiler, as far as they can be told.
pub fn words() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let parts = [
        Some(format!("{cores} cores")),
        line("/proc/cpuinfo", "model name\t: ").map(|model| model.trim().to_string()),
        line("/proc/meminfo", "MemTotal:").and_then(|memory| gibibytes(&memory)),
        line("/etc/os-release", "PRETTY_NAME=").map(|name| name.trim_matches('"').to_string()),
        compiler(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The rest of the first line of a file that opens like this.
fn line(path: &str, start: &str) -> Option<String> {
    fs::read_to_string(path).ok()?.lines().find_map(|line| line.strip_prefix(start).map(str::to_string))
}

fn gibibytes(memory: &str) -> Option<String> {
    let kibibytes: u64 = memory.split_whitespace().next()?.parse().ok()?;
    Some(format!("{} GiB", kibibytes / (1024 * 1024)))
}

fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}
