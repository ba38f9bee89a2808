//! Folders as lists of files in memory, with paths that look alike on every system.

use std::fs;
use std::path::Path;

use crate::new::template::sources::is_executable;
use crate::refusal::Refusal;

/// A file of a rendered folder. `path` is relative and separated by slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub bytes: Vec<u8>,
    pub executable: bool,
}

impl File {
    pub fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), bytes: text.into().into_bytes(), executable: false }
    }

    /// The content, when it is text.
    pub fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// Every file under `root` whose relative path, and whose folders' paths, are kept; sorted by path.
pub fn read_tree(root: &Path, keep: &dyn Fn(&str) -> bool) -> Result<Vec<File>, Refusal> {
    let mut files = Vec::new();
    read_folder(root, "", keep, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

pub fn read_text(path: &Path) -> Result<String, Refusal> {
    fs::read_to_string(path).map_err(|error| Refusal::io("read", path, &error))
}

/// Writes a file below `root`, with the folders on its way.
pub fn write(root: &Path, file: &File) -> Result<(), Refusal> {
    let path = root.join(&file.path);
    let folder = path.parent().unwrap_or(root);
    fs::create_dir_all(folder).map_err(|error| Refusal::at_target("make", folder, &error))?;
    fs::write(&path, &file.bytes).map_err(|error| Refusal::at_target("write", &path, &error))?;
    if file.executable {
        make_executable(&path).map_err(|error| Refusal::at_target("make executable", &path, &error))?;
    }
    Ok(())
}

/// Links and special files are left out: a template has none, and following one could leave the checkout.
fn read_folder(
    root: &Path,
    inside: &str,
    keep: &dyn Fn(&str) -> bool,
    files: &mut Vec<File>,
) -> Result<(), Refusal> {
    let folder = if inside.is_empty() { root.to_path_buf() } else { root.join(inside) };
    let unreadable = |error: std::io::Error| Refusal::io("read", &folder, &error);
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type().map_err(unreadable)?;
        if !keep(&path) {
            continue;
        }
        if kind.is_dir() {
            read_folder(root, &path, keep, files)?;
        } else if kind.is_file() {
            files.push(read_file(root, path)?);
        }
    }
    Ok(())
}

fn read_file(root: &Path, path: String) -> Result<File, Refusal> {
    let place = root.join(&path);
    let bytes = fs::read(&place).map_err(|error| Refusal::io("read", &place, &error))?;
    let executable = is_executable(&place).map_err(|error| Refusal::io("read", &place, &error))?;
    Ok(File { path, bytes, executable })
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    // Whoever may read it may run it, which keeps to the user's umask.
    fs::set_permissions(path, fs::Permissions::from_mode(mode | ((mode & 0o444) >> 2)))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
