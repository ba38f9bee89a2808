//! The chassis inside a generated service: plain path dependencies that build with nothing but the registry.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::File;
use crate::new::template::checkout::Checkout;
use crate::new::template::manifest::{self, ALL_DEPENDENCIES, DEPENDENCIES, Workspace};
use crate::refusal::Refusal;

/// Where the chassis lies in a service.
pub const FOLDER: &str = "vendor/cloudlab/";

/// A crate of the workspace, as it lies in the checkout.
pub struct Crate {
    pub name: String,
    pub files: Vec<File>,
}

/// The crates that a manifest needs, directly or through others; the tests of the service count, those of the crates
/// do not.
pub fn needed(
    checkout: &Checkout,
    workspace: &Workspace,
    manifest_text: &str,
) -> Result<Vec<Crate>, Refusal> {
    let mut manifest = manifest::parse(manifest_text, "the template's Cargo.toml")?;
    let mut open: BTreeSet<String> = workspace.crates_of(&mut manifest, ALL_DEPENDENCIES);
    let mut found: BTreeMap<String, Crate> = BTreeMap::new();
    while let Some(name) = open.pop_first() {
        let needed = Crate::read(checkout, workspace, &name)?;
        let mut manifest = manifest::parse(needed.manifest()?, &format!("the manifest of {name}"))?;
        let others = workspace.crates_of(&mut manifest, DEPENDENCIES);
        found.insert(name, needed);
        open.extend(others.into_iter().filter(|other| !found.contains_key(other)));
    }
    Ok(found.into_values().collect())
}

/// The crates and their licences as they lie in the service, which itself is under no licence of ours.
pub fn files(checkout: &Checkout, workspace: &Workspace, crates: &[Crate]) -> Result<Vec<File>, Refusal> {
    let mut files = Vec::new();
    for needed in crates {
        files.extend(needed.vendored(workspace)?);
    }
    let licences = checkout.licences()?.into_iter();
    files.extend(licences.map(|file| File { path: format!("{FOLDER}{}", file.path), ..file }));
    Ok(files)
}

/// The crate that a file of [`files`] belongs to; a licence belongs to none.
pub fn crate_of(path: &str) -> Option<&str> {
    Some(path.strip_prefix(FOLDER)?.split_once('/')?.0)
}

impl Crate {
    fn read(checkout: &Checkout, workspace: &Workspace, name: &str) -> Result<Self, Refusal> {
        let folder = workspace.folder_of(name).unwrap_or_default();
        Ok(Self { name: name.to_string(), files: checkout.sources_of_crate(folder)? })
    }

    fn vendored(&self, workspace: &Workspace) -> Result<Vec<File>, Refusal> {
        self.files.iter().map(|file| self.vendored_file(workspace, file)).collect()
    }

    fn vendored_file(&self, workspace: &Workspace, file: &File) -> Result<File, Refusal> {
        let mut vendored = file.clone();
        vendored.path = format!("{FOLDER}{}/{}", self.name, file.path);
        match file.path.as_str() {
            "Cargo.toml" => {
                vendored.bytes = workspace.vendored_manifest(self.manifest()?, &self.name)?.into_bytes()
            }
            // Warnings of the chassis are for its own build; a later compiler must not nag the service's owner.
            "src/lib.rs" => vendored.bytes = [b"#![allow(warnings)]\n".as_slice(), &file.bytes].concat(),
            _ => {}
        }
        Ok(vendored)
    }

    fn manifest(&self) -> Result<&str, Refusal> {
        let manifest = self.files.iter().find(|file| file.path == "Cargo.toml").and_then(File::as_text);
        manifest.ok_or_else(|| Refusal::internal(format!("{} has no manifest", self.name)))
    }
}
