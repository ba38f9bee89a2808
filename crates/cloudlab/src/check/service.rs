//! What is checked: the folder of a service, or a folder that holds services.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike};

use super::layer::Layer;
use crate::refusal::Refusal;

/// A service as its folder shows it.
#[derive(Debug)]
pub struct Service {
    pub folder: PathBuf,
    /// The library, as code names it.
    pub library: String,
    /// Crates as code names them, with their real names.
    pub dependencies: BTreeMap<String, String>,
}

/// The service in this folder, or those that lie right in it, in `services` and in `templates`.
pub fn find(folder: &Path) -> Result<Vec<Service>, Refusal> {
    fs::metadata(folder).map_err(|error| {
        Refusal::io("read", folder, &error).help("give the folder of a service: cloudlab check PATH")
    })?;
    let lacking = match lacks(folder) {
        None => return Ok(vec![open(folder)?]),
        Some(lacking) => lacking,
    };
    let mut inside = Vec::new();
    for place in [folder.to_path_buf(), folder.join("services"), folder.join("templates")] {
        inside.extend(children(&place)?.into_iter().filter(|child| lacks(child).is_none()));
    }
    if inside.is_empty() {
        return Err(Refusal::new(format!("{} is no service: {lacking}", folder.display()))
            .help("a service is a package with src/lib.rs and a folder for a layer, such as src/domain")
            .help("give its folder, or one that holds services: cloudlab check PATH"));
    }
    inside.iter().map(|folder| open(folder)).collect()
}

/// What a folder lacks of a service.
fn lacks(folder: &Path) -> Option<&'static str> {
    let source = folder.join("src");
    let has_layer = || Layer::FOLDERS.iter().any(|layer| source.join(layer.folder()).is_dir());
    if !folder.is_dir() {
        Some("it is not a folder")
    } else if !is_package(folder) {
        Some("it has no Cargo.toml with a package")
    } else if !source.join("lib.rs").is_file() {
        Some("it has no src/lib.rs")
    } else if !has_layer() {
        Some("none of src/domain, src/application, src/infrastructure and src/interfaces is there")
    } else {
        None
    }
}

/// A manifest that cannot be read is no reason to pass a service by: reading it later says what is wrong.
fn is_package(folder: &Path) -> bool {
    let path = folder.join("Cargo.toml");
    path.is_file() && manifest(&path).map_or(true, |manifest| manifest.contains_key("package"))
}

/// Folders only, and no links, which may lead in circles.
fn children(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error: std::io::Error| Refusal::io("read", folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn open(folder: &Path) -> Result<Service, Refusal> {
    let manifest = manifest(&folder.join("Cargo.toml"))?;
    let text = |table: &str, key: &str| {
        manifest.get(table).and_then(|table| table.get(key)).and_then(Item::as_str).map(in_code)
    };
    let library = text("lib", "name").or_else(|| text("package", "name")).unwrap_or_default();
    let workspace = workspace(folder);
    let mut dependencies = BTreeMap::new();
    for table in tables(&manifest) {
        for (name, given) in table.iter() {
            dependencies.insert(in_code(name), real_name(name, given, workspace.as_ref()));
        }
    }
    Ok(Service { folder: folder.to_path_buf(), library, dependencies })
}

fn tables(manifest: &DocumentMut) -> Vec<&dyn TableLike> {
    const KINDS: [&str; 2] = ["dependencies", "dev-dependencies"];
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let of_targets = targets.into_iter().flat_map(TableLike::iter).map(|(_, target)| target);
    let of_all = KINDS.into_iter().filter_map(|kind| manifest.get(kind));
    of_all
        .chain(of_targets.flat_map(|target| KINDS.into_iter().filter_map(|kind| target.get(kind))))
        .filter_map(Item::as_table_like)
        .collect()
}

/// `db = { package = "sqlx" }` is sqlx, and so is `db.workspace = true` where the workspace says so.
fn real_name(name: &str, given: &Item, workspace: Option<&DocumentMut>) -> String {
    let package = |item: &Item| item.get("package").and_then(Item::as_str).map(in_code);
    let inherited = || workspace?.get("workspace")?.get("dependencies")?.get(name).and_then(package);
    package(given).or_else(inherited).unwrap_or_else(|| in_code(name))
}

/// The manifest of the workspace around the service.
fn workspace(folder: &Path) -> Option<DocumentMut> {
    let folder = folder.canonicalize().ok()?;
    folder
        .ancestors()
        .filter_map(|above| manifest(&above.join("Cargo.toml")).ok())
        .find(|manifest| manifest.contains_key("workspace"))
}

fn manifest(path: &Path) -> Result<DocumentMut, Refusal> {
    let text = crate::files::read_text(path)?;
    text.parse().map_err(|error: toml_edit::TomlError| {
        let first = error.message().lines().next().unwrap_or_default().to_string();
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Refusal::new(format!("cannot read {} as TOML: line {line}: {first}", path.display()))
    })
}

fn in_code(name: &str) -> String {
    name.replace('-', "_")
}
