//! The rule `repositories`: declared in the domain, implemented in the infrastructure.

use super::facts::{Facts, Fault, How, Implementation, Mention, ScopeId, Trait};
use super::finding::Rule;
use super::layer::Layer;
use super::resolve::{Names, Target};
use super::words::Words;

pub fn faults(names: &Names<'_>) -> Vec<Fault> {
    declared(names).chain(implemented(names)).collect()
}

fn declared(names: &Names<'_>) -> impl Iterator<Item = Fault> {
    let facts = names.facts;
    let is_outside = |of: &&Trait| !matches!(layer(facts, of.scope), Layer::Domain | Layer::Outside);
    facts.traits.iter().filter(is_outside).filter_map(|of| {
        let is_named = of.name.ends_with("Repository") || of.name.ends_with("Repositories");
        let label = if is_named {
            "this is a repository by its name"
        } else if answers_with_writes(names, of) {
            "this is a repository, since a method of it returns `Write`"
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
        let is_storage = of.is_async || answers_with_writes(names, of);
        let is_repository = layer(facts, of.scope) == Layer::Domain && is_storage;
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

fn answers_with_writes(names: &Names<'_>, of: &Trait) -> bool {
    of.returns.iter().any(|path| {
        let mention = Mention { scope: of.scope, file: of.file, path: path.clone(), how: How::Code };
        names.sightings(&mention).iter().any(|sighting| match &sighting.target {
            Target::External(path) => path.as_slice() == ["cloudlab_core", "Write"],
            Target::Internal(..) => false,
        })
    })
}

fn layer(facts: &Facts, scope: ScopeId) -> Layer {
    facts.scopes[scope].layer
}
