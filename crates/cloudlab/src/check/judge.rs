//! The rules about paths: which layer may name what.
//!
//! A path is judged at every stage of its way through imports. What an import of a layer was already found guilty of is
//! not said again wherever its name is used.

use super::facts::{Fault, How, Mention};
use super::finding::Rule;
use super::layer::Layer;
use super::resolve::{Crossing, Names, Target};
use super::tables::{self, Kind, Source};
use super::words;

/// What is wrong with a path, and how many of its segments it takes to see it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub rule: Rule,
    pub depth: usize,
    pub cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A layer further outside, or beside.
    Layer(Layer),
    /// What `lib.rs` holds.
    Wiring,
    Technology(Kind),
    /// A crate that the domain has no use for.
    Crate(String),
    /// A part of the standard library that does I/O.
    Impure(String),
    /// I/O in a use case.
    Effect(String),
    Source(Source),
    /// The resources of the chassis, which hold the database.
    Resources,
    Include,
    /// What is to be written, made where no table is known.
    Writes,
}

/// Everything that paths do wrong.
pub fn faults(names: &Names<'_>) -> Vec<Fault> {
    names.facts.paths.iter().filter_map(|mention| fault(names, mention)).collect()
}

fn fault(names: &Names<'_>, mention: &Mention) -> Option<Fault> {
    let facts = names.facts;
    let layer = facts.scopes[mention.scope].layer;
    let found = names.sightings(mention);
    let (sighting, verdict) = found.iter().find_map(|sighting| {
        let is_macro = mention.how == How::Macro;
        let verdict = judge(layer, &sighting.target).filter(|_| !(is_macro && is_env(&sighting.target)))?;
        let is_said = |crossing: &Crossing| is_said_there(layer, *crossing, &sighting.target, &verdict);
        (!sighting.crossings.iter().any(is_said)).then_some((sighting, verdict))
    })?;
    let written = mention.path.segments.len();
    let length = match &sighting.target {
        Target::Internal(path, _) | Target::External(path) => path.len(),
    };
    // A name that was imported is wrong as a whole, and so is what it takes to reach it.
    let imported = sighting.crossings.first().map_or(1, |crossing| written.saturating_sub(crossing.behind));
    let count = (written + verdict.depth).saturating_sub(length).max(imported).clamp(1, written.max(1));
    let resolved = (!sighting.crossings.is_empty()).then(|| shown(&sighting.target));
    let stem = facts.files[mention.file].shown.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let words = words::of(layer, &verdict, resolved, stem.as_deref().unwrap_or_default());
    Some(Fault { file: mention.file, place: mention.path.place(count)?, words })
}

/// Whether the import that a path goes through is a finding itself. Drawing from a clock is another offence than naming
/// what has one.
///
/// What `lib.rs` imports wrongly is no excuse for a layer that names it there.
fn is_said_there(layer: Layer, crossing: Crossing, target: &Target, verdict: &Verdict) -> bool {
    if crossing.layer == Layer::Root && layer != Layer::Root {
        return false;
    }
    let own = |path: &Vec<String>| {
        let mut path = path.get(..path.len().saturating_sub(crossing.behind)).unwrap_or_default().to_vec();
        path.extend(crossing.is_glob.then(|| "*".to_string()));
        path
    };
    let target = match target {
        Target::Internal(path, is_wiring) => {
            let own = own(path);
            let is_wiring = *is_wiring || own == ["*"];
            Target::Internal(own, is_wiring)
        }
        Target::External(path) => Target::External(own(path)),
    };
    let is_clock = |verdict: &Verdict| verdict.rule == Rule::Clocks;
    judge(crossing.layer, &target).is_some_and(|there| is_clock(&there) == is_clock(verdict))
}

/// `env!` is a constant when the service runs, and has the name of a module.
fn is_env(target: &Target) -> bool {
    matches!(target, Target::External(path) if matches!(path.as_slice(), [_, last] if last == "env"))
}

/// What a layer may not name.
pub fn judge(layer: Layer, target: &Target) -> Option<Verdict> {
    match target {
        Target::Internal(path, is_wiring) => internal(layer, path, *is_wiring),
        Target::External(path) => external(layer, path),
    }
}

fn internal(layer: Layer, path: &[String], is_wiring: bool) -> Option<Verdict> {
    let first = path.first()?;
    let verdict = |cause| Some(Verdict { rule: Rule::Layers, depth: 1, cause });
    match Layer::named(first) {
        Some(named) if layer.may_name(named) => None,
        Some(named) => verdict(Cause::Layer(named)),
        // A module beside the layers is a finding where it is declared; an unknown name is a macro's.
        None if is_wiring && !layer.may_name(Layer::Root) => verdict(Cause::Wiring),
        None => None,
    }
}

fn external(layer: Layer, given: &[String]) -> Option<Verdict> {
    let path = tables::canonical(given);
    let name = path.first()?.as_str();
    let (rule, depth, cause) = include(&path)
        .or_else(|| drawn(layer, &path))
        .or_else(|| technology(layer, &path))
        .or_else(|| impurity(layer, given, &path))
        .or_else(|| effects(layer, &path))
        .or_else(|| writes(layer, &path))
        .or_else(|| {
            (layer == Layer::Interfaces && name == "cloudlab_chassis").then(|| resources(&path))?
        })?;
    // The depth is meant for the path as it was given, which may be longer in front.
    Some(Verdict { rule, depth: (depth + given.len()).saturating_sub(path.len()), cause })
}

type Offence = (Rule, usize, Cause);

fn include(path: &[String]) -> Option<Offence> {
    (path.len() == 2 && path[0] == "std" && path[1] == "include").then_some((Rule::Root, 2, Cause::Include))
}

fn drawn(layer: Layer, path: &[String]) -> Option<Offence> {
    let (source, depth) = tables::source(path)?;
    let is_chassis = path[0] == "cloudlab_chassis";
    let is_allowed = match layer {
        Layer::Infrastructure => true,
        Layer::Root | Layer::Outside => is_chassis,
        Layer::Interfaces => matches!(source, Source::Stopwatch | Source::Heartbeat),
        Layer::Domain | Layer::Application => false,
    };
    (!is_allowed).then_some((Rule::Clocks, depth, Cause::Source(source)))
}

fn technology(layer: Layer, path: &[String]) -> Option<Offence> {
    let kind = tables::kind(&path[0])?;
    let is_storage = matches!(kind, Kind::Database | Kind::Broker | Kind::Cache);
    let is_messaging = path[0] == "cloudlab_messaging";
    let rule = match layer {
        Layer::Domain => Rule::Layers,
        Layer::Application if is_storage => Rule::Brokers,
        Layer::Application => Rule::Layers,
        Layer::Interfaces if is_messaging => return messaging(path),
        Layer::Interfaces if is_storage => Rule::Brokers,
        Layer::Interfaces if kind == Kind::Client => Rule::Layers,
        Layer::Infrastructure if kind == Kind::Web => Rule::Layers,
        // What the chassis made is handed on here, under whichever name it has.
        Layer::Root | Layer::Outside if path[0].starts_with("cloudlab_") => return None,
        Layer::Root | Layer::Outside if is_storage => Rule::Brokers,
        Layer::Root | Layer::Outside if kind == Kind::Client => Rule::Layers,
        _ => return None,
    };
    Some((rule, 1, Cause::Technology(kind)))
}

/// Whoever listens names consumers; whoever names the port could publish past the journal.
fn messaging(path: &[String]) -> Option<Offence> {
    let name = path.get(1)?;
    let offence = (Rule::Brokers, 2, Cause::Technology(Kind::Broker));
    (!tables::is_for_consumers(name)).then_some(offence)
}

fn impurity(layer: Layer, given: &[String], path: &[String]) -> Option<Offence> {
    if layer != Layer::Domain {
        return None;
    }
    if let Some(depth) = tables::impure(path) {
        return Some((Rule::Domain, depth, Cause::Impure(path[..depth].join("::"))));
    }
    let is_allowed = matches!(given[0].as_str(), "std" | "core" | "alloc" | "cloudlab_core");
    (!is_allowed).then(|| (Rule::Domain, 1, Cause::Crate(given[0].clone())))
}

fn effects(layer: Layer, path: &[String]) -> Option<Offence> {
    let depth = (layer == Layer::Application).then(|| tables::effect(path)).flatten()?;
    Some((Rule::Layers, depth, Cause::Effect(path[..depth].join("::"))))
}

/// Whoever makes a `Write` names a table and its columns.
fn writes(layer: Layer, path: &[String]) -> Option<Offence> {
    let [first, second, made, ..] = path else { return None };
    let is_made = first == "cloudlab_core" && second == "Write" && tables::makes_a_write(made);
    (layer != Layer::Infrastructure && is_made).then_some((Rule::Repositories, 3, Cause::Writes))
}

fn resources(path: &[String]) -> Option<Offence> {
    let is_whole = path.get(1).is_some_and(|name| name == "Resources" || name == "*");
    is_whole.then_some((Rule::Brokers, 2, Cause::Resources))
}

fn shown(target: &Target) -> String {
    match target {
        Target::Internal(path, _) => format!("crate::{}", path.join("::")),
        Target::External(path) => path.join("::"),
    }
}
