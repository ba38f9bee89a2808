//! The rule `repositories`: declared in the domain, implemented in the infrastructure.

use super::facts::{Facts, Fault, How, Implementation, Mention, ScopeId, Trait};
use super::finding::Rule;
use super::layer::Layer;
use super::place::Written;
use super::resolve::{Names, Sighting, Target};
use super::signatures::Forward;
use super::tables;
use super::words::Words;

pub fn faults(names: &Names<'_>) -> Vec<Fault> {
    declared(names).chain(implemented(names)).collect()
}

fn declared(names: &Names<'_>) -> impl Iterator<Item = Fault> {
    let facts = names.facts;
    let is_outside = |of: &&Trait| !matches!(layer(facts, of.scope), Layer::Domain | Layer::Outside);
    facts.traits.iter().filter(is_outside).filter_map(|of| {
        let label = if is_named(of) {
            "this is a repository by its name"
        } else if speaks_of_writes(names, of) {
            "this is a repository, since a method of it speaks of `Write`"
        } else {
            return None;
        };
        let place = layer(facts, of.scope).folder();
        let words = Words::new(Rule::Repositories, "repositories are declared in the domain", label).help(
            format!("move the trait from {place} to src/domain; it speaks of aggregates and values only"),
        );
        Some(Fault { file: of.file, place: of.place, words })
    })
}

fn implemented(names: &Names<'_>) -> impl Iterator<Item = Fault> {
    let facts = names.facts;
    let is_outside = |scope| !matches!(layer(facts, scope), Layer::Infrastructure | Layer::Outside);
    facts.impls.iter().filter(move |found| is_outside(found.scope)).filter_map(|found| {
        let of = &facts.traits[named_trait(names, found)?];
        if layer(facts, found.scope) == Layer::Root {
            let what = "lib.rs must not hold an implementation of a layer's trait";
            let words =
                Words::new(Rule::Root, what, "lib.rs chooses what implements it, and implements nothing")
                    .help("adapters lie in src/infrastructure");
            return Some(Fault { file: found.file, place: found.keyword, words });
        }
        let is_storage = || is_named(of) || is_async(names, of) || speaks_of_writes(names, of);
        let is_repository =
            layer(facts, of.scope) == Layer::Domain && !only_hands_on(names, found) && is_storage();
        let place = found.of.place(found.of.segments.len())?;
        is_repository.then(|| {
            let message = format!("`{}` is implemented in the infrastructure", of.name);
            let words = Words::new(Rule::Repositories, message, "a repository of the domain").help(
                "move it to src/infrastructure/persistence; what only tests need belongs under #[cfg(test)]",
            );
            Fault { file: found.file, place, words }
        })
    })
}

fn named_trait(names: &Names<'_>, found: &Implementation) -> Option<usize> {
    let (scope, file, path) = (found.scope, found.file, found.of.clone());
    let mention = Mention { scope, file, path, how: How::Code };
    names.sightings(&mention).iter().rev().find_map(|sighting| sighting.of_trait)
}

fn is_named(of: &Trait) -> bool {
    ["Repository", "Repositories", "Repo", "Repos"].iter().any(|end| of.name.ends_with(end))
}

/// The domain may let pointers to a repository be one, so that use cases take either.
fn only_hands_on(names: &Names<'_>, found: &Implementation) -> bool {
    let (scope, file) = (found.scope, found.file);
    let is_standard = |path: &Written| {
        let mention = Mention { scope, file, path: path.clone(), how: How::Code };
        match names.sightings(&mention).last().map(|sighting| &sighting.target) {
            Some(Target::External(path)) => tables::is_standard(&path[0]),
            Some(Target::Internal(..)) => false,
            None => true,
        }
    };
    layer(names.facts, scope) == Layer::Domain
        && match &found.forward {
            Some(Forward::Reference) => true,
            Some(Forward::Pointer(path)) => is_standard(path),
            None => false,
        }
}

fn is_async(names: &Names<'_>, of: &Trait) -> bool {
    let is_future = |path: &[String]| {
        path.last().is_some_and(|last| matches!(last.as_str(), "Future" | "BoxFuture" | "LocalBoxFuture"))
    };
    of.signatures.is_async || reaches(names, of.scope, of.file, &of.signatures.returned, &is_future, 0)
}

fn speaks_of_writes(names: &Names<'_>, of: &Trait) -> bool {
    let is_write = |path: &[String]| path == ["cloudlab_core", "Write"];
    reaches(names, of.scope, of.file, &of.signatures.named, &is_write, 0)
}

/// How many aliases of aliases are opened.
const MOST_ALIASES: usize = 8;

/// Whether one of the paths, or what an alias among them stands for, is wanted.
fn reaches(
    names: &Names<'_>,
    scope: ScopeId,
    file: usize,
    paths: &[Written],
    is_wanted: &dyn Fn(&[String]) -> bool,
    depth: usize,
) -> bool {
    paths.iter().any(|path| {
        let mention = Mention { scope, file, path: path.clone(), how: How::Code };
        let is_found = |sighting: &Sighting| match &sighting.target {
            Target::External(path) => is_wanted(path),
            Target::Internal(path, _) => {
                names.facts.aliases.get(path).filter(|_| depth < MOST_ALIASES).is_some_and(|alias| {
                    reaches(names, alias.scope, alias.file, &alias.paths, is_wanted, depth + 1)
                })
            }
        };
        is_wanted(&path.names()) || names.sightings(&mention).iter().any(is_found)
    })
}

fn layer(facts: &Facts, scope: ScopeId) -> Layer {
    facts.scopes[scope].layer
}
