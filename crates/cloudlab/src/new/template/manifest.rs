//! Manifests that stand alone: what a member inherits from the workspace is written out.
//!
//! **Invariant:** manifests are edited as documents, never as text, so comments and order survive.

use std::collections::BTreeSet;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::refusal::Refusal;

/// The root manifest of the checkout.
pub struct Workspace {
    document: DocumentMut,
}

/// Where a manifest finds the crates of the chassis.
pub enum Place {
    /// One folder that holds them all, each under its name; it ends with a slash.
    Folder(String),
    /// A checkout, in which each lies as it does in ours.
    Checkout(String),
    /// A repository that cargo looks through.
    Git(String),
    /// The registry, at the chassis's version.
    Registry,
}

/// Which of a package's dependencies are meant.
pub const DEPENDENCIES: &[&str] = &["dependencies", "build-dependencies"];
pub const ALL_DEPENDENCIES: &[&str] = &["dependencies", "build-dependencies", "dev-dependencies"];

/// Sections of a vendored crate that are for its developers alone.
const DEVELOPERS: [&str; 5] = ["lints", "dev-dependencies", "bench", "test", "example"];

impl Workspace {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self { document: parse(text, "Cargo.toml")? })
    }

    /// Where a dependency's folder lies, when it is a crate of the workspace.
    pub fn folder_of(&self, dependency: &str) -> Option<&str> {
        self.dependency(dependency)?.as_table_like()?.get("path")?.as_str()
    }

    /// The crates of the workspace that a manifest names, in the sections given.
    pub fn crates_of(&self, manifest: &mut DocumentMut, sections: &[&str]) -> BTreeSet<String> {
        let mut crates = BTreeSet::new();
        for table in dependency_tables(manifest.as_table_mut(), sections) {
            crates.extend(
                table.iter().map(|(name, _)| name.to_string()).filter(|name| self.folder_of(name).is_some()),
            );
        }
        crates
    }

    /// The manifest of a generated service: a package that is its own workspace, with the chassis at `place`.
    /// `off` are features of the chassis that were not chosen.
    pub fn service_manifest(
        &self,
        text: &str,
        place: &Place,
        off: &BTreeSet<&str>,
    ) -> Result<String, Refusal> {
        let mut manifest = parse(text, "the template's Cargo.toml")?;
        // The licence is that of the chassis; what the service's owner grants to others is not for us to say.
        if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_like_mut) {
            package.remove("license");
        }
        self.write_out(&mut manifest, ALL_DEPENDENCIES, place, off)?;
        let lints = manifest.remove("lints").is_some();
        let mut workspace = Table::new();
        if matches!(place, Place::Folder(_)) {
            workspace.insert("exclude", Array::from_iter(["vendor"]).into());
        }
        let mut sections = vec![manifest.to_string(), section("workspace", &Item::Table(workspace))];
        let inherited = self.document.get("workspace").and_then(|item| item.get("lints")).filter(|_| lints);
        sections.extend(inherited.map(|item| section("lints", item)));
        sections.extend(self.document.get("profile").map(|item| section("profile", item)));
        let sections: Vec<&str> = sections.iter().map(|section| section.trim()).collect();
        Ok(sections.join("\n\n") + "\n")
    }

    /// The manifest of a crate in `vendor/cloudlab/`: its neighbours by path, nothing for its own developers.
    pub fn vendored_manifest(&self, text: &str, name: &str) -> Result<String, Refusal> {
        let mut manifest = parse(text, &format!("the manifest of {name}"))?;
        for section in DEVELOPERS {
            manifest.remove(section);
        }
        for table in target_tables(manifest.as_table_mut()) {
            table.remove("dev-dependencies");
        }
        self.write_out(&mut manifest, DEPENDENCIES, &Place::Folder("../".into()), &BTreeSet::new())?;
        Ok(manifest.to_string())
    }

    fn write_out(
        &self,
        manifest: &mut DocumentMut,
        sections: &[&str],
        place: &Place,
        off: &BTreeSet<&str>,
    ) -> Result<(), Refusal> {
        if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_like_mut) {
            self.write_out_package(package)?;
        }
        for table in dependency_tables(manifest.as_table_mut(), sections) {
            for (name, item) in table.iter_mut() {
                if let Some(resolved) = self.resolve(name.get(), item, place, off)? {
                    *item = resolved;
                }
            }
        }
        Ok(())
    }

    fn write_out_package(&self, package: &mut dyn TableLike) -> Result<(), Refusal> {
        let values = self.document.get("workspace").and_then(|workspace| workspace.get("package"));
        for (key, item) in package.iter_mut().filter(|(_, item)| is_inherited(item)) {
            let value = values.and_then(|values| values.get(key.get())).and_then(Item::as_value);
            let value =
                value.ok_or_else(|| Refusal::internal(format!("the workspace has no package.{key}")))?;
            *item = Item::Value(value.clone());
        }
        Ok(())
    }

    /// What a dependency is without inheritance; `None` when it inherits nothing.
    fn resolve(
        &self,
        name: &str,
        item: &Item,
        place: &Place,
        off: &BTreeSet<&str>,
    ) -> Result<Option<Item>, Refusal> {
        if !is_inherited(item) {
            let own_path = item.get("path").is_some();
            let refusal =
                || Refusal::internal(format!("{name} has a path of its own; it must be `workspace = true`"));
            return if own_path { Err(refusal()) } else { Ok(None) };
        }
        let base = self.dependency(name);
        let base =
            base.ok_or_else(|| Refusal::internal(format!("{name} is not a dependency of the workspace")))?;
        let mut resolved = self.inherited(base, name, place);
        let unwanted = if self.folder_of(name).is_some() { off.clone() } else { BTreeSet::new() };
        let features = features(base).chain(features(item)).filter(|feature| !unwanted.contains(feature));
        let features: Vec<&str> = without_repeats(features);
        if !features.is_empty() {
            resolved.insert("features", Array::from_iter(features).into());
        }
        for key in ["optional", "default-features"] {
            if let Some(value) = item.get(key).and_then(Item::as_bool) {
                resolved.insert(key, value.into());
            }
        }
        Ok(Some(Item::Value(shortest(resolved))))
    }

    /// The workspace's part of a dependency; a crate of the workspace is looked for at `place`.
    fn inherited(&self, base: &Item, name: &str, place: &Place) -> InlineTable {
        let mut table = InlineTable::new();
        match base.as_table_like() {
            None => {
                table.extend(base.as_value().map(|version| ("version", version.clone().decorated("", ""))));
            }
            Some(base) => {
                if let Some(folder) = base.get("path").and_then(Item::as_str) {
                    let (key, value) = self.pointer(name, folder, place);
                    table.insert(key, value.into());
                }
                let values = base.iter().filter(|(key, _)| !matches!(*key, "path" | "features"));
                table.extend(
                    values.filter_map(|(key, item)| Some((key, item.as_value()?.clone().decorated("", "")))),
                );
            }
        }
        table
    }

    fn pointer(&self, name: &str, folder: &str, place: &Place) -> (&'static str, String) {
        match place {
            Place::Folder(all) => ("path", format!("{all}{name}")),
            Place::Checkout(root) => ("path", format!("{root}/{folder}")),
            Place::Git(url) => ("git", url.clone()),
            Place::Registry => ("version", self.version().to_string()),
        }
    }

    /// Where the crates of the workspace lie.
    pub fn folders(&self) -> Vec<&str> {
        let dependencies = self.document.get("workspace").and_then(|workspace| workspace.get("dependencies"));
        let tables = dependencies.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
        tables.filter_map(|(_, item)| item.as_table_like()?.get("path")?.as_str()).collect()
    }

    /// The one version of the workspace.
    pub fn version(&self) -> &str {
        let package = self.document.get("workspace").and_then(|workspace| workspace.get("package"));
        package.and_then(|package| package.get("version")).and_then(Item::as_str).unwrap_or("*")
    }

    fn dependency(&self, name: &str) -> Option<&Item> {
        self.document.get("workspace")?.get("dependencies")?.get(name)
    }
}

/// Reads a manifest; `what` names it in the error.
pub fn parse(text: &str, what: &str) -> Result<DocumentMut, Refusal> {
    text.parse().map_err(|error| Refusal::internal(format!("{what} does not parse: {error}")))
}

/// The names of all dependencies of a manifest, as its code would write them.
pub fn dependencies(text: &str) -> Result<Vec<String>, Refusal> {
    let mut manifest = parse(text, "the template's Cargo.toml")?;
    let tables = dependency_tables(manifest.as_table_mut(), ALL_DEPENDENCIES);
    Ok(tables.iter().flat_map(|table| table.iter()).map(|(name, _)| name.to_string()).collect())
}

fn is_inherited(item: &Item) -> bool {
    item.as_table_like().and_then(|table| table.get("workspace")).and_then(Item::as_bool) == Some(true)
}

fn features(item: &Item) -> impl Iterator<Item = &str> {
    let array = item.as_table_like().and_then(|table| table.get("features")).and_then(Item::as_array);
    array.into_iter().flat_map(|array| array.iter().filter_map(Value::as_str))
}

fn without_repeats<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    words.fold(Vec::new(), |mut kept, word| {
        if !kept.contains(&word) {
            kept.push(word);
        }
        kept
    })
}

/// A dependency that has only a version is written as one.
fn shortest(mut table: InlineTable) -> Value {
    table.fmt();
    match table.get("version") {
        Some(version) if table.len() == 1 => version.clone().decorated(" ", ""),
        _ => Value::InlineTable(table),
    }
}

/// Every dependency table of these sections, those of single targets included.
fn dependency_tables<'a>(manifest: &'a mut Table, sections: &'a [&str]) -> Vec<&'a mut dyn TableLike> {
    let mut tables: Vec<&mut dyn TableLike> = Vec::new();
    for (key, item) in manifest.iter_mut() {
        if sections.contains(&key.get()) {
            tables.extend(item.as_table_like_mut());
        } else if key.get() == "target" {
            let targets = item.as_table_like_mut().into_iter().flat_map(TableLike::iter_mut);
            let inside =
                targets.filter_map(|(_, target)| target.as_table_like_mut()).flat_map(TableLike::iter_mut);
            tables.extend(
                inside
                    .filter(|(key, _)| sections.contains(&key.get()))
                    .filter_map(|(_, item)| item.as_table_like_mut()),
            );
        }
    }
    tables
}

fn target_tables(manifest: &mut Table) -> Vec<&mut dyn TableLike> {
    let targets = manifest.get_mut("target").and_then(Item::as_table_like_mut);
    targets
        .into_iter()
        .flat_map(TableLike::iter_mut)
        .filter_map(|(_, item)| item.as_table_like_mut())
        .collect()
}

/// One section as text of its own: a table remembers its place in the document that it comes from, and would be printed
/// there.
fn section(name: &str, item: &Item) -> String {
    let mut document = DocumentMut::new();
    document.insert(name, item.clone());
    document.to_string()
}
