//! The packages of the workspace, by the root's manifest.

use crate::tree::Tree;
use toml_edit::{DocumentMut, Item};

/// A package of the workspace.
pub struct Member {
    /// Its folder, from the root.
    pub folder: String,
    pub manifest: DocumentMut,
}

impl Member {
    pub fn name(&self) -> &str {
        self.folder.rsplit('/').next().unwrap_or_default()
    }

    pub fn manifest_path(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// The files that the compiler starts from and that say what the crate is. A `main.rs` of a few lines beside a
    /// library is left out: it hands over and has nothing to say.
    pub fn roots<'a>(&self, tree: &'a Tree) -> Vec<(String, &'a str)> {
        let at = |name: &str| {
            let path = format!("{}/src/{name}", self.folder);
            tree.text(&path).map(|text| (path, text))
        };
        let (library, program) = (at("lib.rs"), at("main.rs"));
        let is_short = program.as_ref().is_some_and(|(_, text)| text.lines().count() <= 3);
        let program = program.filter(|_| library.is_none() || !is_short);
        library.into_iter().chain(program).collect()
    }
}

/// The root's manifest; none where it cannot be read, which cargo says better.
pub fn workspace(tree: &Tree) -> Option<DocumentMut> {
    tree.text("Cargo.toml")?.parse().ok()
}

/// All members whose manifest can be read.
pub fn all(tree: &Tree) -> Vec<Member> {
    let Some(root) = workspace(tree) else { return Vec::new() };
    let patterns = at(&root, &["workspace", "members"]).and_then(Item::as_array);
    let patterns: Vec<&str> = patterns.into_iter().flatten().filter_map(|pattern| pattern.as_str()).collect();
    let manifests = tree.ending("/Cargo.toml").filter_map(|(path, text)| {
        let folder = path.strip_suffix("/Cargo.toml")?;
        let is_member = patterns.iter().any(|pattern| matches(pattern, folder));
        Some((folder, text)).filter(|_| is_member)
    });
    manifests
        .filter_map(|(folder, text)| Some(Member { folder: folder.to_owned(), manifest: text.parse().ok()? }))
        .collect()
}

/// What lies under these keys, one in the other.
pub fn at<'a>(manifest: &'a DocumentMut, keys: &[&str]) -> Option<&'a Item> {
    keys.iter().try_fold(manifest.as_item(), |item, key| item.get(key))
}

/// Whether a value says `workspace = true`.
pub fn is_inherited(item: Option<&Item>) -> bool {
    item.and_then(|item| item.as_table_like())
        .and_then(|table| table.get("workspace"))
        .and_then(Item::as_bool)
        .unwrap_or(false)
}

/// Cargo's pattern as this workspace uses it: a star for one folder's name at the end.
fn matches(pattern: &str, folder: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => folder.strip_prefix(start).is_some_and(|rest| !rest.contains('/')),
        None => pattern == folder,
    }
}
