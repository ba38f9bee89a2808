//! The modules of a service: from `lib.rs` and `main.rs` to every file that they name.
//!
//! **Invariant:** a file is read where the compiler would read it, and a module in a circle is an error, not a loop.

use std::fs;
use std::path::{Path, PathBuf};

use syn::ItemMod;

use super::attributes;
use super::collect::Collector;
use super::depth;
use super::facts::{Facts, Fault, Meaning, Scope, ScopeId, SourceFile};
use super::finding::Rule;
use super::layer::Layer;
use super::place::{Place, name};
use super::root;
use super::service::Service;
use super::words::Words;
use crate::refusal::Refusal;

/// Reads all code of a service.
pub fn read(service: &Service) -> Result<Facts, Refusal> {
    let mut facts = Facts::default();
    facts.crates.dependencies = service.dependencies.clone();
    facts.crates.own.clone_from(&service.library);
    let library = open_crate(&mut facts, service, Path::new("src/lib.rs"), Layer::Root);
    facts.crates.library = Some(library);
    for binary in binaries(&service.folder)? {
        open_crate(&mut facts, service, &binary, Layer::Outside);
    }
    match facts.refused.take() {
        Some(refusal) => Err(refusal),
        None => Ok(facts),
    }
}

/// `src/main.rs` and what lies in `src/bin`.
fn binaries(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let mut found = vec![PathBuf::from("src/main.rs")];
    let inside = folder.join("src/bin");
    if inside.is_dir() {
        let unreadable = |error: std::io::Error| Refusal::io("read", &inside, &error);
        for entry in fs::read_dir(&inside).map_err(unreadable)? {
            let name = Path::new("src/bin").join(entry.map_err(unreadable)?.file_name());
            found.push(if name.extension().is_some_and(|end| end == "rs") {
                name
            } else {
                name.join("main.rs")
            });
        }
    }
    found.retain(|path| folder.join(path).is_file());
    found.sort();
    Ok(found)
}

fn open_crate(facts: &mut Facts, service: &Service, shown: &Path, layer: Layer) -> ScopeId {
    let root = facts.scopes.len();
    let scope = module_scope(None, root, Vec::new(), layer);
    facts.add_scope(scope);
    let path = service.folder.join(shown);
    let folder = path.parent().unwrap_or(&service.folder).to_path_buf();
    let file = File { path, shown: shown.to_path_buf(), folder, scope: root, is_test: false };
    open(facts, file);
    root
}

fn module_scope(parent: Option<ScopeId>, root: ScopeId, path: Vec<String>, layer: Layer) -> Scope {
    Scope { parent, is_module: true, root, path, layer, names: Default::default(), globs: Vec::new() }
}

/// A file that is to be read as a module.
struct File {
    path: PathBuf,
    shown: PathBuf,
    folder: PathBuf,
    scope: ScopeId,
    is_test: bool,
}

/// A module: between braces, or in a file of its own.
pub fn module(collector: &mut Collector<'_>, item: &ItemMod) {
    let called = name(&item.ident);
    let around = collector.facts.module_of(collector.scope);
    let outer = &collector.facts.scopes[around];
    let is_layer = outer.layer == Layer::Root && around == collector.scope;
    let layer = if is_layer { Layer::named(&called).unwrap_or(Layer::Outside) } else { outer.layer };
    let path = outer.path.iter().cloned().chain([called.clone()]).collect();
    let scope = module_scope(Some(around), outer.root, path, layer);
    let scope = collector.facts.add_scope(scope);
    if !collector.is_test {
        let around = collector.scope;
        collector.facts.declare(around, called.clone(), Meaning::Module(scope));
        refuse_file_names(collector, item);
    }
    match &item.content {
        Some((_, items)) => {
            let (file, is_test) = (collector.file, collector.is_test);
            let folder = collector.folder.join(&called);
            let facts = &mut *collector.facts;
            Collector { facts, file, scope, folder, is_inline: true, is_test }.items(items);
        }
        None => in_a_file(collector, item, &called, scope),
    }
    if !collector.is_test {
        use syn::visit::Visit;
        item.attrs.iter().for_each(|attribute| collector.visit_attribute(attribute));
    }
}

fn refuse_file_names(collector: &mut Collector<'_>, item: &ItemMod) {
    for attribute in item.attrs.iter().filter(|attribute| attributes::names_a_file(attribute)) {
        let words = Words::new(
            Rule::Root,
            "a module lies where its name says",
            "what it names may lie in another layer, or outside src",
        )
        .why("whoever reads a path must know its layer without looking further")
        .help("remove the attribute, and move the file to where the compiler looks for it");
        collector.fault(attribute.path().segments[0].ident.span(), words);
    }
}

fn in_a_file(collector: &mut Collector<'_>, item: &ItemMod, called: &str, scope: ScopeId) {
    let own = &collector.facts.files[collector.file];
    let beside = own.path.parent().map(Path::to_path_buf).unwrap_or_default();
    let (candidates, is_named) = match attributes::file_named(&item.attrs) {
        Some(named) if collector.is_inline => (vec![collector.folder.join(named)], true),
        Some(named) => (vec![beside.join(named)], true),
        None => {
            let folder = &collector.folder;
            (vec![folder.join(format!("{called}.rs")), folder.join(called).join("mod.rs")], false)
        }
    };
    // Whatever lies there is read, so that a folder or a pipe in a file's place is an error with a name.
    let Some(path) = candidates.iter().find(|path| fs::symlink_metadata(path).is_ok()) else {
        // Under a condition the file may be missing, as long as the condition does not hold.
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            missing(collector, item, called);
        }
        return;
    };
    let is_index = is_named || path.file_name().is_some_and(|name| name == "mod.rs");
    let parent = path.parent().unwrap_or(&beside);
    let folder = if is_index { parent.to_path_buf() } else { parent.join(called) };
    let shown = shown(&own.path, &own.shown, path);
    let file = File { path: path.clone(), shown, folder, scope, is_test: collector.is_test };
    if circle(collector.facts, path) {
        let words =
            Words::new(Rule::Parse, format!("the module `{called}` leads back to its own file"), "here");
        return collector.fault(item.ident.span(), words.help("remove the link that closes the circle"));
    }
    open(collector.facts, file);
}

fn missing(collector: &mut Collector<'_>, item: &ItemMod, called: &str) {
    let words = Words::new(Rule::Parse, format!("the module `{called}` has no file"), "declared here");
    collector.fault(item.ident.span(), words.help(format!("write {called}.rs, or remove the line")));
}

/// A path as it is shown, by the way from a file whose shown path is known.
fn shown(known: &Path, as_shown: &Path, path: &Path) -> PathBuf {
    let root = known.ancestors().nth(as_shown.components().count()).unwrap_or(known);
    path.strip_prefix(root).unwrap_or(path).to_path_buf()
}

fn circle(facts: &Facts, path: &Path) -> bool {
    path.canonicalize().is_ok_and(|path| facts.opened.contains(&path))
}

fn open(facts: &mut Facts, file: File) {
    // A pipe would be waited for without end.
    if fs::metadata(&file.path).is_ok_and(|found| !found.is_file()) {
        let sentence = format!("cannot read {}: this is no file", file.path.display());
        facts.refused.get_or_insert_with(|| Refusal::new(sentence));
        return;
    }
    let bytes = match fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            facts.refused.get_or_insert_with(|| Refusal::io("read", &file.path, &error));
            return;
        }
    };
    let (text, broken) = decoded(bytes);
    let index = facts.files.len();
    let parsed = depth::parse(&text);
    facts.files.push(SourceFile { path: file.path.clone(), shown: file.shown.clone(), text });
    let error = match (broken, parsed) {
        (Some(place), _) => Some((place, "this is not UTF-8".to_string())),
        (None, Err(error)) => Some((Place::of(error.span()), no_rust(&error))),
        (None, Ok(parsed)) => {
            facts.opened.extend(file.path.canonicalize().ok());
            collect(facts, &parsed, &file, index);
            facts.opened.pop();
            None
        }
    };
    if let Some((place, message)) = error {
        let words = Words::new(Rule::Parse, message, "nothing in this file was checked");
        facts.faults.push(Fault { file: index, place, words });
    }
}

/// The tokenizer has one sentence for all that it cannot read.
fn no_rust(error: &syn::Error) -> String {
    match error.to_string().as_str() {
        "cannot parse string into token stream" => {
            "this is not Rust: a bracket or a quote is out of place".into()
        }
        other => format!("this is not Rust: {other}"),
    }
}

fn collect(facts: &mut Facts, parsed: &syn::File, file: &File, index: usize) {
    let layer = facts.scopes[file.scope].layer;
    let is_root = facts.scopes[file.scope].path.is_empty();
    let is_test = file.is_test || attributes::are_for_tests(&parsed.attrs);
    let folder = file.folder.clone();
    let mut collector =
        Collector { facts, file: index, scope: file.scope, folder, is_inline: false, is_test };
    if !is_test {
        use syn::visit::Visit;
        parsed.attrs.iter().for_each(|attribute| collector.visit_attribute(attribute));
        match layer {
            Layer::Root if is_root => root::wiring(&mut collector, &parsed.items),
            Layer::Outside if is_root => root::entry(&mut collector, &parsed.items),
            _ => {}
        }
    }
    collector.items(&parsed.items);
}

/// The text without its byte order mark, and where it stops being text.
fn decoded(bytes: Vec<u8>) -> (String, Option<Place>) {
    let (text, place) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let before = text.get(..valid).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            (text, Some(Place { line, column, end: column + 1 }))
        }
    };
    match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_string(), place),
        None => (text, place),
    }
}
