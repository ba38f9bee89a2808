//! A service, rendered in memory: the template under the user's names and options, and the chassis where it is vendored.
//!
//! **Invariant:** rendering writes nothing, so a dry run and a real one take the same way.

use std::collections::BTreeSet;

use crate::files::File;
use crate::new::names::catalogue::Catalogue;
use crate::new::names::clash;
use crate::new::names::{Names, OTHER_AGGREGATE};
use crate::new::questions::answers::{Answers, OPTIONS};
use crate::new::questions::chassis::Chassis;
use crate::new::template::checkout::Checkout;
use crate::new::template::manifest::{self, Place, Workspace};
use crate::new::template::markers;
use crate::new::template::rename::Renamer;
use crate::new::template::vendor::{self, Crate};
use crate::refusal::Refusal;

/// Everything that will be written, before formatting.
pub struct Service {
    /// The service's own files, sorted by path.
    pub files: Vec<File>,
    /// The chassis, with its licences; empty where the service refers to it elsewhere.
    pub vendored: Vec<File>,
}

/// Where the names of Kubernetes hold.
const CLUSTER: &str = "deploy/kubernetes/";

/// The template and what a service has besides, read once.
pub struct Source<'a> {
    pub checkout: &'a Checkout,
    workspace: Workspace,
    template: Vec<File>,
    crates: Vec<Crate>,
    catalogue: Catalogue,
}

impl<'a> Source<'a> {
    /// Reads the blank service.
    pub fn read(checkout: &'a Checkout) -> Result<Self, Refusal> {
        let workspace = checkout.workspace()?;
        let template = checkout.template()?;
        let manifest = manifest_of(&template)?;
        let crates = vendor::needed(checkout, &workspace, manifest)?;
        let catalogue = Catalogue::of(&template, &crates, &manifest::dependencies(manifest)?);
        Ok(Self { checkout, workspace, template, crates, catalogue })
    }

    /// Refuses names that are taken.
    pub fn check(&self, names: &Names) -> Result<(), Refusal> {
        clash::check(names, &self.catalogue)
    }

    /// Renders a service, whose manifest finds the chassis at `place`.
    pub fn render(&self, names: &Names, answers: &Answers, place: &Place) -> Result<Service, Refusal> {
        let rendering = Rendering {
            workspace: &self.workspace,
            renamer: Renamer::new(names),
            in_cluster: Renamer::new(&names.in_cluster()),
            options: answers.options(),
            place,
        };
        let mut own = rendering.files(&self.template)?;
        own.push(File::text("Cargo.lock", renamed_lock(&self.checkout.lock()?, names)));
        own.sort_by(|a, b| a.path.cmp(&b.path));
        let vendored = match answers.chassis {
            Chassis::Vendored => vendor::files(self.checkout, &self.workspace, &self.crates)?,
            _ => Vec::new(),
        };
        Ok(Service { files: own, vendored })
    }
}

fn manifest_of(template: &[File]) -> Result<&str, Refusal> {
    let manifest = template.iter().find(|file| file.path == "Cargo.toml").and_then(File::as_text);
    manifest.ok_or_else(|| Refusal::internal("the template has no manifest"))
}

/// The tested versions, and more packages than the service needs: cargo prunes them when the service is written.
fn renamed_lock(lock: &str, names: &Names) -> String {
    lock.replace("\"gizmo-service\"", &format!("\"{}\"", names.service.as_str()))
}

struct Rendering<'a> {
    workspace: &'a Workspace,
    renamer: Renamer,
    in_cluster: Renamer,
    options: BTreeSet<&'static str>,
    place: &'a Place,
}

impl Rendering<'_> {
    fn files(&self, template: &[File]) -> Result<Vec<File>, Refusal> {
        let mut rendered: Vec<File> = Vec::new();
        for file in template {
            let Some(file) = self.file(file)? else { continue };
            // Two paths that differ in case only are one file on some systems.
            if rendered.iter().any(|other| other.path.eq_ignore_ascii_case(&file.path)) {
                return Err(
                    Refusal::new(format!("two files would be named `{}`", file.path)).help(OTHER_AGGREGATE)
                );
            }
            rendered.push(file);
        }
        Ok(rendered)
    }

    /// The file under the user's names; `None` when its option is off.
    fn file(&self, file: &File) -> Result<Option<File>, Refusal> {
        let path = self.renamer.rename(&file.path);
        let bytes = match file.as_text().map(|text| self.text(&file.path, text)).transpose()? {
            Some(Some(text)) => text.into_bytes(),
            Some(None) => return Ok(None),
            None => file.bytes.clone(),
        };
        let rendered = File { path, bytes, executable: file.executable };
        self.has_no_residue(file, &rendered)?;
        Ok(Some(rendered))
    }

    fn text(&self, path: &str, text: &str) -> Result<Option<String>, Refusal> {
        let Some(text) = markers::strip(path, text, &self.options)? else { return Ok(None) };
        let renamed = self.renamer_of(path).rename(&text);
        if path != "Cargo.toml" {
            return Ok(Some(renamed));
        }
        let off = OPTIONS.into_iter().filter(|option| !self.options.contains(option)).collect();
        self.workspace.service_manifest(&renamed, self.place, &off).map(Some)
    }

    fn renamer_of(&self, path: &str) -> &Renamer {
        if path.starts_with(CLUSTER) { &self.in_cluster } else { &self.renamer }
    }

    fn has_no_residue(&self, source: &File, rendered: &File) -> Result<(), Refusal> {
        let content = String::from_utf8_lossy(&rendered.bytes);
        let residue = self.renamer.residue(&rendered.path).or_else(|| self.renamer.residue(&content));
        match residue {
            Some(word) => Err(Refusal::internal(format!(
                "the template's word `{word}` is still there after renaming {}",
                source.path
            ))),
            None => Ok(()),
        }
    }
}
