//! What a path means: from the words in the code to a module of the service or to a crate.
//!
//! Names are followed through imports, renames, globs, aliases of types and the root of the crate. What is not found is
//! a type parameter, an item of the prelude, or a crate.
//!
//! **Invariant:** an import is followed at most once on a way, so imports in a circle come to an end.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::facts::{Crates, Facts, How, Meaning, Mention, ScopeId};
use super::layer::Layer;
use super::tables;

/// How many globs are tried for one path.
const MOST_STEPS: usize = 1_000;

/// What a path may stand for. A path that goes through imports has one for every stage of its way.
pub struct Sighting {
    pub target: Target,
    pub crossings: Vec<Crossing>,
    /// The trait, when the whole path names one.
    pub of_trait: Option<usize>,
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
    absent: RefCell<HashSet<(ScopeId, String)>>,
}

impl<'a> Names<'a> {
    pub fn of(facts: &'a Facts) -> Self {
        Self { facts, globs: RefCell::default(), absent: RefCell::default() }
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

/// What a glob opens.
#[derive(Clone, Copy)]
enum Glob {
    Module(ScopeId),
    Crate,
    /// The variants of an enum, or what is not known.
    Type,
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
        let followed = preferred(meanings, path.len()).any(|meaning| match meaning {
            Meaning::Module(module) => {
                self.within(module, &path[1..]);
                true
            }
            Meaning::Import(import) => self.through(scope, import, path),
            Meaning::Trait(id) => self.item(scope, path, Some(id)),
            Meaning::Item => self.item(scope, path, None),
        });
        followed || self.by_open_glob(scope, path)
    }

    /// A glob, unless it is known that none of the scope has the name.
    fn by_open_glob(&mut self, scope: ScopeId, path: &[String]) -> bool {
        let is_first = self.seen.is_empty();
        let key = (scope, path[0].clone());
        if is_first && self.names.absent.borrow().contains(&key) {
            return false;
        }
        let before = self.found.len();
        let followed = self.by_glob(scope, path);
        if is_first && !followed && self.found.len() == before {
            self.names.absent.borrow_mut().insert(key);
        }
        followed
    }

    fn item(&mut self, scope: ScopeId, path: &[String], of_trait: Option<usize>) -> bool {
        if self.facts.scopes[scope].is_module {
            self.see_internal(scope, path, true, of_trait.filter(|_| path.len() == 1));
        }
        true
    }

    fn through(&mut self, scope: ScopeId, id: usize, path: &[String]) -> bool {
        let import = &self.facts.imports[id];
        // `use sqlx;` says nothing that the crate's name does not say by itself.
        if self.seen.contains(&id) || import.path[..] == path[..1] {
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
        true
    }

    fn cross(&mut self, id: usize, crossing: Crossing, target: &[String]) {
        let import = &self.facts.imports[id];
        self.seen.push(id);
        self.crossings.push(crossing);
        self.begin(import.scope, target, import.is_absolute);
        self.crossings.pop();
        self.seen.pop();
    }

    /// Globs over modules of the service tell what they hold. Of a crate nobody knows, so its glob is tried and the
    /// search goes on.
    fn by_glob(&mut self, scope: ScopeId, path: &[String]) -> bool {
        for &id in &self.facts.scopes[scope].globs {
            if self.seen.contains(&id) || !self.has_patience() {
                continue;
            }
            let crossing = Crossing { layer: self.layer(scope), behind: path.len(), is_glob: true };
            let inside = || self.facts.imports[id].path.iter().chain(path).cloned().collect::<Vec<String>>();
            match self.glob(id) {
                Glob::Module(module) if self.holds(module, &path[0], id) => {
                    self.cross(id, crossing, &inside());
                    return true;
                }
                Glob::Crate => self.cross(id, crossing, &inside()),
                Glob::Module(_) | Glob::Type => {}
            }
        }
        false
    }

    fn glob(&self, id: usize) -> Glob {
        if let Some(known) = self.names.globs.borrow().get(&id) {
            return *known;
        }
        let opened = self.opened(id);
        // On the way through other imports the answer may be cut short.
        if self.seen.is_empty() {
            self.names.globs.borrow_mut().insert(id, opened);
        }
        opened
    }

    fn opened(&self, id: usize) -> Glob {
        let import = &self.facts.imports[id];
        let mut search = self.aside(id);
        search.begin(import.scope, &import.path, import.is_absolute);
        let root = self.facts.scopes[import.scope].root;
        match search.found.last().map(|sighting| &sighting.target) {
            Some(Target::External(_)) => Glob::Crate,
            Some(Target::Internal(path, _)) => self
                .facts
                .modules
                .get(&(root, path.clone()))
                .map_or(Glob::Type, |module| Glob::Module(*module)),
            None => Glob::Type,
        }
    }

    fn holds(&self, module: ScopeId, name: &str, by: usize) -> bool {
        self.facts.scopes[module].names.contains_key(name) || {
            let mut search = self.aside(by);
            search.by_glob(module, &[name.to_string()]) || !search.found.is_empty()
        }
    }

    /// A search on the side, whose finds are not this one's.
    fn aside(&self, id: usize) -> Search<'_> {
        let seen = self.seen.iter().copied().chain([id]).collect();
        Search { seen, crossings: vec![], found: vec![], ..*self }
    }

    /// Modules that take everything from each other have more ways than anybody wants to wait for.
    fn has_patience(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() < MOST_STEPS
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
        if tables::is_standard(first) || crates.dependencies.contains_key(first) || is_own(crates, first) {
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

    /// Whether an unknown name may come from a crate by a glob.
    fn has_open_glob(&self, scope: ScopeId) -> bool {
        let mut at = Some(scope);
        while let Some(scope) = at {
            let globs = &self.facts.scopes[scope].globs;
            if globs.iter().any(|id| !self.seen.contains(id) && matches!(self.glob(*id), Glob::Crate)) {
                return true;
            }
            at = self.facts.scopes[scope].parent.filter(|_| !self.facts.scopes[scope].is_module);
        }
        false
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
        self.found.push(Sighting { target, crossings: self.crossings.clone(), of_trait });
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
    };
    let mut sorted = meanings.to_vec();
    sorted.sort_by_key(rank);
    sorted.into_iter()
}

fn is_own(crates: &Crates, name: &str) -> bool {
    crates.library.is_some() && crates.own == name
}
