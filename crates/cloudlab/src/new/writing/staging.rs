//! The way into the target: a hidden sibling is filled, then renamed into place in one step.
//!
//! **Invariant:** the target is either untouched or complete. Only `kill -9` leaves something behind: the hidden
//! sibling, which no later run looks at.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};

use crate::new::writing::workspace_above;
use crate::refusal::{ELSEWHERE, Refusal};

/// A place where a service may be written.
pub struct Target {
    parent: PathBuf,
    name: String,
}

/// The hidden sibling. Dropped before it is published, it takes everything back, the parents that it made included.
pub struct Staging {
    folder: PathBuf,
    target: PathBuf,
    made_parents: Vec<PathBuf>,
    is_published: bool,
}

/// How often another name is tried when a sibling of that name is there; a collision is one in 65,536.
const ATTEMPTS: usize = 16;

impl Target {
    /// Accepts PARENT/NAME when nothing is lost by writing there.
    pub fn parse(parent: &Path, name: &str) -> Result<Self, Refusal> {
        // Without a slash at its end, which would hide that the parent is a link.
        let target = Self { parent: parent.components().collect(), name: name.to_string() };
        stands_on_a_folder(&target.parent)?;
        leads_straight_on(&target.parent)?;
        let path = target.path();
        workspace_above::leaves_it_alone(&path)?;
        match fs::symlink_metadata(&path) {
            Err(error) if is_absence(&error) => Ok(target),
            Err(error) => Err(Refusal::at_target("look at", &path, &error)),
            Ok(found) if found.is_symlink() => Err(occupied(&path, "is a link")),
            Ok(found) if !found.is_dir() => Err(occupied(&path, "is a file")),
            Ok(_) => target.accept_empty(),
        }
    }

    /// PARENT/NAME, as the user would write it.
    pub fn path(&self) -> PathBuf {
        if self.parent == Path::new(".") { PathBuf::from(&self.name) } else { self.parent.join(&self.name) }
    }

    fn accept_empty(self) -> Result<Self, Refusal> {
        let path = self.path();
        let mut entries =
            fs::read_dir(&path).map_err(|error| Refusal::at_target("look into", &path, &error))?;
        if entries.next().is_some() { Err(occupied(&path, "is there and is not empty")) } else { Ok(self) }
    }
}

impl Staging {
    /// Makes the sibling, and the parents that are missing.
    pub fn open(target: &Target) -> Result<Self, Refusal> {
        let mut staging = Self {
            folder: PathBuf::new(),
            target: target.path(),
            made_parents: Vec::new(),
            is_published: false,
        };
        staging.make_parents(&target.parent)?;
        for _ in 0..ATTEMPTS {
            let suffix = RandomState::new().hash_one(0_u8) & 0xffff;
            let folder = target.parent.join(format!(".{}.cloudlab-{suffix:04x}", target.name));
            match fs::create_dir(&folder) {
                Ok(()) => {
                    staging.folder = folder;
                    return Ok(staging);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Refusal::at_target("write in", &target.parent, &error)),
            }
        }
        Err(Refusal::new(format!(
            "{} is full of hidden folders of interrupted runs",
            target.parent.display()
        ))
        .help(format!("remove the folders .{}.cloudlab-*", target.name)))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Renames the sibling to the target. A rename replaces an empty folder and nothing else, so a target that was
    /// filled in the meantime is safe.
    pub fn publish(mut self) -> Result<(), Refusal> {
        if cfg!(windows) {
            // There a rename does not replace even an empty folder; when this fails, the rename says why.
            let _ = fs::remove_dir(&self.target);
        }
        fs::rename(&self.folder, &self.target)
            .map_err(|error| Refusal::at_target("write", &self.target, &error))?;
        self.is_published = true;
        Ok(())
    }

    fn make_parents(&mut self, parent: &Path) -> Result<(), Refusal> {
        let missing =
            parent.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(&folder) {
                Ok(()) => self.made_parents.push(folder),
                Err(_) if folder.is_dir() => {}
                Err(error) => return Err(Refusal::at_target("make the folder", &folder, &error)),
            }
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.is_published {
            return;
        }
        // An error here has no better remedy than the hidden folder that stays; the cause is already being reported.
        if !self.folder.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.folder);
        }
        for folder in self.made_parents.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// As much of the parent as is there must be a folder, or lead to one: the rest can be made below it.
fn stands_on_a_folder(parent: &Path) -> Result<(), Refusal> {
    for place in parent.ancestors().filter(|place| !place.as_os_str().is_empty()) {
        match fs::metadata(place) {
            Ok(found) if found.is_dir() => return Ok(()),
            Ok(_) => {
                return Err(Refusal::new(format!("{} is not a folder", place.display()))
                    .help("--path PARENT   (a folder; it is made when missing)"));
            }
            Err(error) if is_absence(&error) && place.is_symlink() => {
                return Err(
                    Refusal::new(format!("{} is a link that leads nowhere", place.display())).help(ELSEWHERE)
                );
            }
            // Not there yet, or out of sight: then the look at the target says why.
            Err(_) => {}
        }
    }
    Ok(())
}

/// A way that goes back through a folder that is yet to be made leads to another place afterwards, and the folder would
/// stay.
fn leads_straight_on(parent: &Path) -> Result<(), Refusal> {
    let mut walked = PathBuf::new();
    for step in parent.components() {
        if step == Component::ParentDir && !walked.as_os_str().is_empty() && !walked.exists() {
            return Err(Refusal::new(format!(
                "{} goes back through {}, which is not there",
                parent.display(),
                walked.display()
            ))
            .help("--path PARENT   (without `..` behind a folder that is yet to be made)"));
        }
        walked.push(step);
    }
    Ok(())
}

/// Nothing is there: either the last word of the path is missing, or one on the way to it is no folder.
fn is_absence(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn occupied(path: &Path, what: &str) -> Refusal {
    Refusal::new(format!("{} {what}; a service is only written where nothing is", path.display()))
        .help("choose another NAME, or another folder with --path PARENT")
}
