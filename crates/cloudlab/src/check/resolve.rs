//! What a path means: from the words in the code to a module of the service or to a crate.
//!
//! Names are followed through imports, renames, globs, aliases of types and the root of the crate. What is not found is
//! a type parameter, an item of the prelude, or a crate.
//!
//! **Invariant:** an import is followed at most once on a way, so imports in a circle come to an end.

mod globs;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use self::globs::Glob;
use super::facts::{Crates, Facts, How, Meaning, Mention, ScopeId};
use super::layer::Layer;
use super::tables;

/// What a path may stand for. A path that goes through imports has one for every stage of its way.
pub struct Sighting {
    pub target: Target,
    pub crossings: Vec<Crossing>,
    /// The trait, when the whole path names one.
    pub of_trait: Option<usize>,
    /// It is a function, a constant, a static or a macro, behind which no path goes on.
    is_end: bool,
}

pub enum Target {
    /// From the root of the crate; whether it is something that `lib.rs` itself holds.
    Internal(Vec<String>, bool),
    /// From the crate, under its real name.
    External(Vec<String>),
}

/// An import on the way.
#[derive(Clone, Copy)]
pub struct Crossing {
    /// Where the import stands.
    pub layer: Layer,
    /// How many segments at the end of the target are not the import's.
    pub behind: usize,
    pub is_glob: bool,
}

/// The names of a service. Most names in code are variables and types of the prelude: that they are nobody's is
/// remembered, and so is what a glob opens.
pub struct Names<'a> {
    pub facts: &'a Facts,
    globs: RefCell<HashMap<usize, Glob>>,
    /// Imports, and whether what they bring in has nothing behind it.
    ends: RefCell<HashMap<usize, bool>>,
    /// With how many names are asked for, and whether a macro is: what hides one need not hide the other.
    absent: RefCell<HashSet<(ScopeId, String, bool, bool)>>,
}

impl<'a> Names<'a> {
    pub fn of(facts: &'a Facts) -> Self {
        Self { facts, globs: RefCell::default(), ends: RefCell::default(), absent: RefCell::default() }
    }

    /// Everything that a mentioned path may stand for, in the order of its way.
    pub fn sightings(&self, mention: &Mention) -> Vec<Sighting> {
        let seen = match mention.how {
            How::Import(import) => vec![import],
            _ => Vec::new(),
        };
        let mut search = Search {
            names: self,
            facts: self.facts,
            steps: &Cell::new(0),
            how: mention.how,
            seen,
            crossings: vec![],
            found: vec![],
        };
        search.begin(mention.scope, &mention.path.names(), mention.path.is_absolute);
        search.found
    }
}

struct Search<'a> {
    names: &'a Names<'a>,
    facts: &'a Facts,
    steps: &'a Cell<usize>,
    how: How,
    seen: Vec<usize>,
    crossings: Vec<Crossing>,
    found: Vec<Sighting>,
}

impl Search<'_> {
    fn begin(&mut self, scope: ScopeId, path: &[String], is_absolute: bool) {
        if is_absolute { self.in_a_crate(path) } else { self.lexical(scope, path) }
    }

    /// From where the path is written, outwards.
    fn lexical(&mut self, scope: ScopeId, path: &[String]) {
        let Some((first, rest)) = path.split_first() else { return };
        let module = self.facts.module_of(scope);
        match first.as_str() {
            "crate" => return self.within(self.facts.scopes[module].root, rest),
            "self" => return self.within(module, rest),
            "super" => return self.above(module, rest),
            _ => {}
        }
        let mut at = scope;
        loop {
            if self.named(at, path) {
                return;
            }
            match self.facts.scopes[at].parent {
                Some(parent) if !self.facts.scopes[at].is_module => at = parent,
                _ => break,
            }
        }
        self.unknown(scope, path);
    }

    /// `path` from a module on, as `self::path` would.
    fn within(&mut self, module: ScopeId, path: &[String]) {
        match path.first().map(String::as_str) {
            Some("super") => self.above(module, &path[1..]),
            Some("self") => self.within(module, &path[1..]),
            Some(name) if name != "*" && self.named(module, path) => {}
            first => self.see_internal(module, path, first == Some("*"), None),
        }
    }

    fn above(&mut self, module: ScopeId, rest: &[String]) {
        // Above the root there is nothing, and the compiler says so.
        if let Some(parent) = self.facts.scopes[module].parent {
            self.within(self.facts.module_of(parent), rest);
        }
    }

    /// Whether the first name is one of the scope's own or comes in by a glob; if so, it is followed.
    fn named(&mut self, scope: ScopeId, path: &[String]) -> bool {
        let scope_of = &self.facts.scopes[scope];
        let meanings = scope_of.names.get(&path[0]).map_or(&[][..], Vec::as_slice);
        if meanings.is_empty() && scope_of.globs.is_empty() {
            return false;
        }
        let mut follow = |meaning| match meaning {
            Meaning::Value | Meaning::Macro if !self.may_be(meaning, path) => false,
            Meaning::Value | Meaning::Macro => self.end(scope, path),
            Meaning::Module(module) => {
                self.within(module, &path[1..]);
                true
            }
            Meaning::Import(import) => self.through(scope, import, path),
            Meaning::Trait(id) => self.item(scope, path, Some(id)),
            Meaning::Item => self.item(scope, path, None),
        };
        // Under conditions one name is imported from several places, and each of them counts.
        let mut followed = false;
        for meaning in preferred(meanings, path.len()) {
            followed |= (!followed || matches!(meaning, Meaning::Import(_))) && follow(meaning);
        }
        followed || self.by_open_glob(scope, path)
    }

    fn item(&mut self, scope: ScopeId, path: &[String], of_trait: Option<usize>) -> bool {
        if self.facts.scopes[scope].is_module {
            self.see_internal(scope, path, true, of_trait.filter(|_| path.len() == 1));
        }
        true
    }

    fn end(&mut self, scope: ScopeId, path: &[String]) -> bool {
        let before = self.found.len();
        self.item(scope, path, None);
        self.found[before..].iter_mut().for_each(|sighting| sighting.is_end = true);
        true
    }

    /// Functions, macros and types have names of their own kinds, and only those of types have anything behind them.
    fn may_be(&self, meaning: Meaning, path: &[String]) -> bool {
        let is_whole = path.len() == 1;
        match meaning {
            Meaning::Value => is_whole && self.how != How::Macro,
            Meaning::Macro => is_whole && self.how != How::Code,
            Meaning::Import(id) => is_whole || !self.ends_at(id),
            Meaning::Item | Meaning::Trait(_) | Meaning::Module(_) => true,
        }
    }

    fn through(&mut self, scope: ScopeId, id: usize, path: &[String]) -> bool {
        let import = &self.facts.imports[id];
        // `use sqlx;` says nothing that the crate's name does not say by itself.
        if self.seen.contains(&id) || import.path[..] == path[..1] || !self.may_be(Meaning::Import(id), path)
        {
            return false;
        }
        // An import of the root is private: to name it is to name what it stands for.
        if !self.facts.scopes[scope].path.is_empty() {
            self.see_internal(scope, path, false, None);
        }
        let target: Vec<String> = import.path.iter().chain(&path[1..]).cloned().collect();
        self.cross(
            id,
            Crossing { layer: self.layer(scope), behind: path.len() - 1, is_glob: false },
            &target,
        );
        import.is_sure
    }

    fn cross(&mut self, id: usize, crossing: Crossing, target: &[String]) {
        let import = &self.facts.imports[id];
        self.seen.push(id);
        self.crossings.push(crossing);
        self.begin(import.scope, target, import.is_absolute);
        self.crossings.pop();
        self.seen.pop();
    }

    fn is_a_crate(&self, name: &str) -> bool {
        let crates = &self.facts.crates;
        tables::is_standard(name) || crates.dependencies.contains_key(name)
    }

    /// A search on the side, whose finds are not this one's.
    fn aside(&self, id: usize) -> Search<'_> {
        let seen = self.seen.iter().copied().chain([id]).collect();
        Search { seen, crossings: vec![], found: vec![], ..*self }
    }

    /// Not a name of the service: a crate, or nothing that matters.
    fn unknown(&mut self, scope: ScopeId, path: &[String]) {
        let crates = &self.facts.crates;
        let first = path[0].as_str();
        if path.len() == 1 && !matches!(self.how, How::Import(_)) && self.crossings.is_empty() {
            if self.how == How::Macro && tables::is_prelude_macro(first) {
                self.see_external(vec!["std".into(), first.into()]);
            }
            return;
        }
        if self.is_a_crate(first) || is_own(crates, first) {
            return self.in_a_crate(path);
        }
        let is_plausible = match self.how {
            How::Tokens => tables::is_known(first),
            _ => !self.has_open_glob(scope),
        };
        if is_plausible && tables::looks_like_a_crate(first) {
            self.in_a_crate(path);
        }
    }

    fn in_a_crate(&mut self, path: &[String]) {
        let Some((first, rest)) = path.split_first() else { return };
        let crates = &self.facts.crates;
        match crates.library {
            Some(library) if is_own(crates, first) => self.within(library, rest),
            _ => {
                let real = crates.dependencies.get(first).unwrap_or(first);
                self.see_external(std::iter::once(real).chain(rest).cloned().collect());
            }
        }
    }

    fn see_internal(&mut self, module: ScopeId, path: &[String], is_found: bool, of_trait: Option<usize>) {
        let inside = &self.facts.scopes[module].path;
        let full = inside.iter().chain(path).cloned().collect();
        self.see(Target::Internal(full, is_found && inside.is_empty()), of_trait);
    }

    fn see_external(&mut self, path: Vec<String>) {
        self.see(Target::External(path), None);
    }

    fn see(&mut self, target: Target, of_trait: Option<usize>) {
        self.found.push(Sighting { target, crossings: self.crossings.clone(), of_trait, is_end: false });
    }

    fn layer(&self, scope: ScopeId) -> Layer {
        self.facts.scopes[scope].layer
    }
}

/// A path of several segments goes through modules; a single name is rather an import.
fn preferred(meanings: &[Meaning], length: usize) -> impl Iterator<Item = Meaning> {
    let rank = move |meaning: &Meaning| match meaning {
        Meaning::Module(_) => u8::from(length == 1) * 2,
        Meaning::Import(_) => 1,
        Meaning::Trait(_) | Meaning::Item => 3,
        Meaning::Value | Meaning::Macro => 4,
    };
    let mut sorted = meanings.to_vec();
    sorted.sort_by_key(rank);
    sorted.into_iter()
}

fn is_own(crates: &Crates, name: &str) -> bool {
    crates.library.is_some() && crates.own == name
}
