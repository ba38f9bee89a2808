//! The files of the repository, read once.

use cloudlab::Refusal;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

/// Where walking never goes: what a build makes, and what git keeps for itself.
const NOT_WALKED: [&str; 2] = ["target", ".git"];

/// Every file by its path from the root, with slashes. What is no text, or a link, has none.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
    links: BTreeMap<String, String>,
}

impl Tree {
    /// The files that git tracks; without git, as in an archive of the sources, all that lie there.
    pub fn of(root: &Path) -> Result<Self, Refusal> {
        let paths = match tracked(root) {
            Some(paths) => paths,
            None => walked(root).map_err(|error| Refusal::io("list the files of", root, error))?,
        };
        let mut tree = Self::default();
        for path in paths {
            tree.read(root, path)?;
        }
        Ok(tree)
    }

    /// A tree in memory, for tests of rules.
    pub fn planted<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), Some(text.to_owned())));
        Self { files: files.collect(), links: BTreeMap::new() }
    }

    /// All that is text, in the order of the paths.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Those whose name ends like this.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts().filter(move |(path, _)| path.ends_with(end))
    }

    /// The text of a file; none where it is missing.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// The names of the folders in the root.
    pub fn top_folders(&self) -> Vec<&str> {
        let mut folders: Vec<&str> =
            self.files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        folders.dedup();
        folders
    }

    /// Whether a file, a folder or a link has this path, which may lead through links.
    pub fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        if path.is_empty() || self.files.contains_key(path) || self.links.contains_key(path) {
            return true;
        }
        let inside = format!("{path}/");
        self.files.range(inside.clone()..).next().is_some_and(|(first, _)| first.starts_with(&inside))
            || self.links.iter().any(|(link, target)| {
                path.strip_prefix(link)
                    .is_some_and(|rest| rest.starts_with('/') && self.holds(&format!("{target}{rest}")))
            })
    }

    fn read(&mut self, root: &Path, path: String) -> Result<(), Refusal> {
        let place = root.join(&path);
        match fs::symlink_metadata(&place) {
            // Removed here and not yet from the index.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Refusal::io("look at", &place, error)),
            Ok(found) if found.is_symlink() => {
                let target = fs::read_link(&place).map_err(|error| Refusal::io("follow", &place, error))?;
                let target = resolved(&path, &target.to_string_lossy());
                self.links.insert(path, target.unwrap_or_default());
            }
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let bytes = fs::read(&place).map_err(|error| Refusal::io("read", &place, error))?;
                self.files.insert(path, String::from_utf8(bytes).ok());
            }
        }
        Ok(())
    }
}

/// Where a relative path leads from a file; none when it leaves the repository.
pub fn resolved(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn tracked(root: &Path) -> Option<Vec<String>> {
    // Without this look, an archive that was unpacked inside another repository would count as empty.
    if !root.join(".git").exists() {
        return None;
    }
    let output = Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output().ok()?;
    let listed = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(listed.split_terminator('\0').map(str::to_owned).collect())
}

fn walked(root: &Path) -> io::Result<Vec<String>> {
    let (mut found, mut waiting) = (Vec::new(), vec![String::new()]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if NOT_WALKED.contains(&name.as_str()) {
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            // The kind of a link is that of the link, so none is followed.
            if entry.file_type()?.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
