//! The checkout of Cloud Lab that templates are read from.

use std::path::{Path, PathBuf};

use crate::files;
use crate::manifest::Workspace;
use crate::refusal::Refusal;

/// The root folder of a checkout: the workspace's manifest, its `Cargo.lock`, `templates/` and `crates/`.
#[derive(Debug, Clone)]
pub struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// Takes the folder as it is; what is missing in it is said when it is read.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder of the service that is renamed.
    pub(crate) fn template(&self) -> PathBuf {
        self.root.join("templates/gizmo-service")
    }

    /// A folder that the workspace's manifest names.
    pub(crate) fn folder(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn workspace(&self) -> Result<Workspace, Refusal> {
        Workspace::parse(&self.read("Cargo.toml")?)
    }

    pub(crate) fn lock(&self) -> Result<String, Refusal> {
        self.read("Cargo.lock")
    }

    fn read(&self, relative: &str) -> Result<String, Refusal> {
        files::read_text(&self.root.join(relative)).map_err(|refusal| refusal.help(moved(&self.root)))
    }
}

fn moved(root: &Path) -> String {
    format!(
        "this binary reads the checkout that it was built from ({}); build it again where that lies now",
        root.display()
    )
}
