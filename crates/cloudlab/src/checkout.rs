//! The checkout of Cloud Lab that templates are read from.

use std::path::PathBuf;

use crate::files::{self, File};
use crate::manifest::Workspace;
use crate::refusal::Refusal;

const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The root folder of a checkout: the workspace's manifest, its `Cargo.lock`, the licences, `templates/` and `crates/`.
#[derive(Debug, Clone)]
pub struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// Takes the folder as it is; what is missing in it is said when it is read.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The service that is renamed.
    pub(crate) fn template(&self, keep: &dyn Fn(&str) -> bool) -> Result<Vec<File>, Refusal> {
        self.tree("templates/gizmo-service", keep)
    }

    /// The files of a folder that the workspace's manifest names.
    pub(crate) fn tree(&self, relative: &str, keep: &dyn Fn(&str) -> bool) -> Result<Vec<File>, Refusal> {
        files::read_tree(&self.root.join(relative), keep).map_err(|refusal| self.must_be_readable(refusal))
    }

    pub(crate) fn workspace(&self) -> Result<Workspace, Refusal> {
        Workspace::parse(&self.read("Cargo.toml")?)
    }

    pub(crate) fn lock(&self) -> Result<String, Refusal> {
        self.read("Cargo.lock")
    }

    /// The terms under which the chassis is given away.
    pub(crate) fn licences(&self) -> Result<Vec<File>, Refusal> {
        LICENCES.into_iter().map(|name| Ok(File::text(name, self.read(name)?))).collect()
    }

    fn read(&self, relative: &str) -> Result<String, Refusal> {
        files::read_text(&self.root.join(relative)).map_err(|refusal| self.must_be_readable(refusal))
    }

    fn must_be_readable(&self, refusal: Refusal) -> Refusal {
        refusal.help(format!(
            "the checkout that this command was built from must be readable ({}); where it has moved, build it again",
            self.root.display()
        ))
    }
}
