//! The checkout of Cloud Lab that a service is made from: a folder, or the pack inside an installed command.

use std::path::{Path, PathBuf};

use crate::files::{self, File};
use crate::new::template::manifest::Workspace;
use crate::new::template::sources;
use crate::refusal::Refusal;

/// The files of a checkout that services are made of: path, whether it may be executed, content.
pub type Pack = &'static [(&'static str, bool, &'static [u8])];

/// The workspace's manifest, its `Cargo.lock`, the licences, the template and the crates.
#[derive(Debug, Clone)]
pub struct Checkout {
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    Pack(Pack),
}

impl Checkout {
    /// Takes the folder as it is; what is missing in it is said when it is read.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { place: Place::Folder(root.into()) }
    }

    /// Takes what was packed when the command was built.
    pub fn packed(pack: Pack) -> Self {
        Self { place: Place::Pack(pack) }
    }

    /// The checkout of a running program: the folder that it was built from as long as it lies in one of cargo's target
    /// folders, so that a change of the template shows at once. An installed one uses its pack, since the folder may be
    /// gone or have moved on to another version.
    pub fn of_program(program: Option<&Path>, root: &str, pack: Pack) -> Self {
        let is_target = |folder: &Path| folder.join("CACHEDIR.TAG").is_file();
        let is_built = program.is_some_and(|program| program.ancestors().skip(1).take(4).any(is_target));
        if is_built && Path::new(root).join(sources::TEMPLATE).is_dir() {
            Self::at(root)
        } else {
            Self::packed(pack)
        }
    }

    /// The folder, where there is one.
    pub(crate) fn root(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(root) => Some(root),
            Place::Pack(_) => None,
        }
    }

    /// The service that is renamed.
    pub(crate) fn template(&self) -> Result<Vec<File>, Refusal> {
        self.tree(sources::TEMPLATE, &sources::is_of_the_template)
    }

    /// The files of a crate, whose folder the workspace's manifest names.
    pub(crate) fn sources_of_crate(&self, folder: &str) -> Result<Vec<File>, Refusal> {
        self.tree(folder, &sources::is_of_a_crate)
    }

    pub(crate) fn workspace(&self) -> Result<Workspace, Refusal> {
        Workspace::parse(&self.read(sources::MANIFEST)?)
    }

    pub(crate) fn lock(&self) -> Result<String, Refusal> {
        self.read(sources::LOCK)
    }

    /// The terms under which the chassis is given away.
    pub(crate) fn licences(&self) -> Result<Vec<File>, Refusal> {
        sources::LICENCES.into_iter().map(|name| Ok(File::text(name, self.read(name)?))).collect()
    }

    fn tree(&self, folder: &str, keep: &dyn Fn(&str) -> bool) -> Result<Vec<File>, Refusal> {
        match &self.place {
            Place::Folder(root) => {
                files::read_tree(&root.join(folder), keep).map_err(|refusal| must_be_readable(refusal, root))
            }
            Place::Pack(pack) => Ok(unpack(pack, folder)),
        }
    }

    fn read(&self, path: &str) -> Result<String, Refusal> {
        match &self.place {
            Place::Folder(root) => {
                files::read_text(&root.join(path)).map_err(|refusal| must_be_readable(refusal, root))
            }
            Place::Pack(pack) => {
                let file = pack.iter().find(|(packed, ..)| *packed == path);
                let text = file.and_then(|(_, _, bytes)| std::str::from_utf8(bytes).ok());
                text.map(str::to_string).ok_or_else(|| Refusal::internal(format!("{path} was not packed")))
            }
        }
    }
}

fn unpack(pack: Pack, folder: &str) -> Vec<File> {
    let inside = pack.iter().filter_map(|(path, executable, bytes)| {
        let path = path.strip_prefix(folder)?.strip_prefix('/')?;
        Some(File { path: path.into(), bytes: bytes.to_vec(), executable: *executable })
    });
    let mut files: Vec<File> = inside.collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn must_be_readable(refusal: Refusal, root: &Path) -> Refusal {
    refusal.help(format!(
        "the checkout that this command was built from must be readable ({}); where it has moved, build it again",
        root.display()
    ))
}
