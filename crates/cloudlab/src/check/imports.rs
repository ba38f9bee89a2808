//! What imports bring into a scope.

use proc_macro2::{TokenStream, TokenTree};
use syn::{ItemUse, Macro, UseTree};

use super::collect::Collector;
use super::facts::{How, Import, Meaning};
use super::finding::Rule;
use super::place::{Place, Segment, Written, name};
use super::words::Words;

impl Collector<'_> {
    pub fn import(&mut self, item: &syn::ItemUse) {
        let is_absolute = item.leading_colon.is_some();
        self.import_tree(&item.tree, Written::new(Vec::new(), is_absolute));
    }

    /// Goes down a tree of imports with the path so far.
    fn import_tree(&mut self, tree: &UseTree, mut path: Written) {
        match tree {
            UseTree::Path(tree) => {
                path.segments.push(Segment::of(&tree.ident));
                self.import_tree(&tree.tree, path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    let shared = path.segments.len();
                    self.import_tree(tree, Written { shared, ..path.clone() });
                }
            }
            UseTree::Name(tree) => self.import_name(path, Segment::of(&tree.ident), None),
            UseTree::Rename(tree) => {
                self.import_name(path, Segment::of(&tree.ident), Some(name(&tree.rename)));
            }
            UseTree::Glob(tree) => {
                let id = self.add_import(path.names(), path.is_absolute);
                self.facts.scopes[self.scope].globs.push(id);
                path.segments.push(Segment { name: "*".into(), place: Place::of(tree.star_token.spans[0]) });
                self.mention(path, How::Import(id));
            }
        }
    }

    fn import_name(&mut self, mut path: Written, last: Segment, renamed: Option<String>) {
        // `use a::{self}` is `use a`, marked at the `self`.
        let is_self = last.name == "self" && !path.segments.is_empty();
        if is_self {
            path.shared = path.shared.min(path.segments.len().saturating_sub(1));
            if let Some(of) = path.segments.last_mut() {
                of.place = last.place;
            }
        } else {
            path.segments.push(last);
        }
        let id = self.add_import(path.names(), path.is_absolute);
        let known = renamed.or_else(|| path.segments.last().map(|segment| segment.name.clone()));
        if let Some(known) = known.filter(|known| known != "_") {
            self.facts.declare(self.scope, known, Meaning::Import(id));
        }
        self.mention(path, How::Import(id));
    }

    pub fn add_import(&mut self, path: Vec<String>, is_absolute: bool) -> usize {
        self.facts.imports.push(Import { scope: self.scope, path, is_absolute, is_sure: true });
        self.facts.imports.len() - 1
    }

    /// Imports among the tokens of a macro. Whether they hold where the macro is called only the macro knows, so their
    /// names mean what they say and what they would mean without them.
    pub fn imports_in(&mut self, called: &Macro) {
        let first = self.facts.imports.len();
        for item in of_tokens(called.tokens.clone()) {
            self.import(&item);
        }
        self.facts.imports[first..].iter_mut().for_each(|import| import.is_sure = false);
    }

    pub fn extern_crate(&mut self, item: &syn::ItemExternCrate) {
        let real = name(&item.ident);
        let (path, is_absolute) = if real == "self" { ("crate".into(), false) } else { (real, true) };
        let id = self.add_import(vec![path], is_absolute);
        let known = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
        self.facts.declare(self.scope, name(known), Meaning::Import(id));
        let words = Words::new(
            Rule::Root,
            "crates are not declared in code",
            "Cargo.toml declares the crates, and their names hold everywhere",
        )
        .help("remove the line, and name the crate where it is used");
        self.fault(item.extern_token.span, words);
    }
}

/// Whether there is an import among the tokens of a macro.
pub fn are_in(called: &Macro) -> bool {
    !of_tokens(called.tokens.clone()).is_empty()
}

fn of_tokens(tokens: TokenStream) -> Vec<ItemUse> {
    let mut found = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => found.extend(of_tokens(group.stream())),
            TokenTree::Ident(word) if word == "use" => {
                let mut item = vec![TokenTree::Ident(word)];
                for token in tokens.by_ref() {
                    let is_last = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ';');
                    item.push(token);
                    if is_last {
                        break;
                    }
                }
                found.extend(syn::parse2(item.into_iter().collect()));
            }
            _ => {}
        }
    }
    found
}
