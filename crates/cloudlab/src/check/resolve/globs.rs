//! What comes in by globs, and what imports open.
//!
//! **Invariant:** what a glob of an unknown crate holds is guessed, never taken for certain: the search goes on.

use super::super::facts::{How, Meaning, ScopeId};
use super::{Crossing, Search, Target};

/// How many globs are tried for one path.
const MOST_STEPS: usize = 1_000;

/// What a glob opens.
#[derive(Clone, Copy)]
pub enum Glob {
    Module(ScopeId),
    Crate,
    /// The variants of an enum, or what is not known.
    Type,
}

impl Search<'_> {
    /// A glob, unless it is known that none of the scope has the name.
    pub(super) fn by_open_glob(&mut self, scope: ScopeId, path: &[String]) -> bool {
        let is_first = self.seen.is_empty();
        let key = (scope, path[0].clone(), path.len() == 1, self.how == How::Macro);
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
                Glob::Module(module) if self.holds(module, path, id) => {
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
        // Each of many globs of unknown crates would ask about all the others, in every order.
        if !self.has_patience() {
            return Glob::Type;
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
        // An import that could mean a crate and something else is an error of the compiler.
        if import.is_absolute
            || self.is_a_crate(&import.path[0]) && !self.is_hidden(import.scope, &import.path)
        {
            return Glob::Crate;
        }
        let mut search = Search { how: How::Import(id), ..self.aside(id) };
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

    fn holds(&self, module: ScopeId, path: &[String], by: usize) -> bool {
        self.has(module, path) || {
            let mut search = self.aside(by);
            search.by_glob(module, path) || !search.found.is_empty()
        }
    }

    /// Whether the first name of a path is one of the scope's own.
    fn has(&self, scope: ScopeId, path: &[String]) -> bool {
        let meanings = self.facts.scopes[scope].names.get(&path[0]);
        meanings.is_some_and(|meanings| meanings.iter().any(|meaning| self.may_be(*meaning, path)))
    }

    /// Whether a scope around the path, or its own, has the name of a crate for something else.
    fn is_hidden(&self, scope: ScopeId, path: &[String]) -> bool {
        let mut at = Some(scope);
        while let Some(scope) = at {
            let names = &self.facts.scopes[scope].names;
            let is_other = |meaning: &Meaning| match meaning {
                Meaning::Import(id) => self.facts.imports[*id].path[..] != path[..1] && !self.ends_at(*id),
                Meaning::Item | Meaning::Trait(_) | Meaning::Module(_) => true,
                Meaning::Value | Meaning::Macro => false,
            };
            if names.get(&path[0]).is_some_and(|meanings| meanings.iter().any(is_other)) {
                return true;
            }
            at = self.facts.scopes[scope].parent.filter(|_| !self.facts.scopes[scope].is_module);
        }
        false
    }

    /// Whether an import brings in a name that no path goes through.
    pub(super) fn ends_at(&self, id: usize) -> bool {
        if let Some(known) = self.names.ends.borrow().get(&id) {
            return *known;
        }
        if !self.has_patience() {
            return false;
        }
        let import = &self.facts.imports[id];
        let mut search = Search { how: How::Import(id), ..self.aside(id) };
        search.begin(import.scope, &import.path, import.is_absolute);
        let is_end = search.found.last().is_some_and(|sighting| sighting.is_end);
        // On the way through other imports the answer may be cut short.
        if self.seen.is_empty() {
            self.names.ends.borrow_mut().insert(id, is_end);
        }
        is_end
    }

    /// Whether an unknown name may come from a crate by a glob.
    pub(super) fn has_open_glob(&self, scope: ScopeId) -> bool {
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

    /// Modules that take everything from each other have more ways than anybody wants to wait for.
    fn has_patience(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() < MOST_STEPS
    }
}
