//! Reads what `llvm-cov export -format=lcov` says. That form names each line once, with the runs of all programs added up,
//! while its summaries take the program that ran most of a function and forget what only others ran.

use std::path::Path;

/// How much of a file ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// From the root of the repository.
    pub path: String,
    pub lines: usize,
    pub run: usize,
}

/// The files below the root.
pub fn files(lcov: &str, root: &Path) -> Vec<File> {
    lcov.split("end_of_record").filter_map(|record| file(record, root)).collect()
}

fn file(record: &str, root: &Path) -> Option<File> {
    let path = record.lines().find_map(|line| line.strip_prefix("SF:"))?;
    let path = Path::new(path).strip_prefix(root).ok()?.to_str()?.to_owned();
    let lines = record.lines().filter_map(|line| line.strip_prefix("DA:")?.split(',').nth(1));
    let (lines, run) = lines.fold((0, 0), |(lines, run), count| (lines + 1, run + usize::from(count != "0")));
    Some(File { path, lines, run })
}
