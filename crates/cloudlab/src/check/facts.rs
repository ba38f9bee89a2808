//! What is known of a service's code once it is read: scopes with their names, paths, traits, implementations.
//!
//! **Invariant:** facts hold no judgement; [`super::judge`] and its neighbours make one of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use super::layer::Layer;
use super::place::{Place, Written};
use super::signatures::{Forward, Signatures};
use super::words::Words;
use crate::refusal::Refusal;

pub type ScopeId = usize;

/// Everything that was read of one service.
#[derive(Default)]
pub struct Facts {
    pub files: Vec<SourceFile>,
    pub scopes: Vec<Scope>,
    /// By the root of their crate and their path.
    pub modules: HashMap<(ScopeId, Vec<String>), ScopeId>,
    pub imports: Vec<Import>,
    pub paths: Vec<Mention>,
    pub traits: Vec<Trait>,
    /// By their paths from the root of the crate.
    pub aliases: HashMap<Vec<String>, Alias>,
    pub impls: Vec<Implementation>,
    pub faults: Vec<Fault>,
    pub crates: Crates,
    /// The files around the one that is being read, which a module must not name again.
    pub opened: Vec<PathBuf>,
    /// The first file that could not be read at all.
    pub refused: Option<Refusal>,
}

pub struct SourceFile {
    /// Where it can be read.
    pub path: PathBuf,
    /// Inside the service, like `src/domain/parcel.rs`.
    pub shown: PathBuf,
    pub text: String,
}

/// Where names are looked up: a module, or a block of a function with items of its own.
pub struct Scope {
    /// The scope around a block, or the parent of a module.
    pub parent: Option<ScopeId>,
    pub is_module: bool,
    /// The module that is `crate` here.
    pub root: ScopeId,
    /// From the root of the crate to the module.
    pub path: Vec<String>,
    pub layer: Layer,
    pub names: HashMap<String, Vec<Meaning>>,
    pub globs: Vec<usize>,
}

#[derive(Clone, Copy)]
pub enum Meaning {
    /// A type: paths may go through it.
    Item,
    /// A function, a constant or a static: a name of its own kind, which hides neither a crate nor a module.
    Value,
    Macro,
    Trait(usize),
    Module(ScopeId),
    /// By its place in [`Facts::imports`].
    Import(usize),
}

/// An import or the alias of a type: a name for a path.
pub struct Import {
    pub scope: ScopeId,
    pub path: Vec<String>,
    pub is_absolute: bool,
    /// Not among the tokens of a macro.
    pub is_sure: bool,
}

/// A path in the code.
pub struct Mention {
    pub scope: ScopeId,
    pub file: usize,
    pub path: Written,
    pub how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// In a `use`; its own name does not count where its first segment is looked up.
    Import(usize),
    Code,
    /// The name of a macro that is called.
    Macro,
    /// In tokens whose meaning only a macro knows: what looks like a path need not be one.
    Tokens,
}

pub struct Trait {
    pub scope: ScopeId,
    pub file: usize,
    pub name: String,
    pub place: Place,
    pub signatures: Signatures,
}

/// What an alias of a type stands for: every path in it.
pub struct Alias {
    pub scope: ScopeId,
    pub file: usize,
    pub paths: Vec<Written>,
}

pub struct Implementation {
    pub scope: ScopeId,
    pub file: usize,
    pub of: Written,
    /// The word `impl`.
    pub keyword: Place,
    pub forward: Option<Forward>,
}

/// A finding before it is put beside the text of its file.
pub struct Fault {
    pub file: usize,
    pub place: Place,
    pub words: Words,
}

/// What crates are called here: Cargo may rename them.
#[derive(Default)]
pub struct Crates {
    /// The name in the code, and the real one.
    pub dependencies: BTreeMap<String, String>,
    /// The service itself, as its binary knows it.
    pub own: String,
    pub library: Option<ScopeId>,
}

impl Facts {
    pub fn add_scope(&mut self, scope: Scope) -> ScopeId {
        let id = self.scopes.len();
        if scope.is_module {
            self.modules.insert((scope.root, scope.path.clone()), id);
        }
        self.scopes.push(scope);
        id
    }

    pub fn declare(&mut self, scope: ScopeId, name: String, meaning: Meaning) {
        self.scopes[scope].names.entry(name).or_default().push(meaning);
    }

    /// The module that a scope belongs to.
    pub fn module_of(&self, scope: ScopeId) -> ScopeId {
        let mut at = scope;
        while let (false, Some(parent)) = (self.scopes[at].is_module, self.scopes[at].parent) {
            at = parent;
        }
        at
    }

    /// The files that were read, wherever they lie.
    pub fn read_files(&self) -> HashSet<PathBuf> {
        self.files.iter().filter_map(|file| file.path.canonicalize().ok()).collect()
    }
}
