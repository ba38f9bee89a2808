//! A dependency has one version, in the root; none brings features that nobody asked for; and crates of the workspace
//! depend on each other only as ARCHITECTURE.md draws it.

use super::members::{self, Member, is_inherited};
use crate::finding::Finding;
use crate::tree::Tree;
use std::collections::BTreeSet;
use toml_edit::{DocumentMut, Item};

/// Which crates of the workspace a crate may name. The arrows of ARCHITECTURE.md, and nothing else: an edge more is a
/// change of the architecture, and is made here and there.
const EDGES: &[(&str, &[&str])] = &[
    ("cloudlab-core", &[]),
    ("cloudlab-config", &["cloudlab-core"]),
    ("cloudlab-telemetry", &["cloudlab-core"]),
    ("cloudlab-http", &["cloudlab-core"]),
    ("cloudlab-messaging", &["cloudlab-core"]),
    ("cloudlab-sql", &["cloudlab-core"]),
    ("cloudlab-testing", &["cloudlab-core", "cloudlab-sql"]),
    (
        "cloudlab-chassis",
        &[
            "cloudlab-config",
            "cloudlab-core",
            "cloudlab-http",
            "cloudlab-messaging",
            "cloudlab-sql",
            "cloudlab-telemetry",
        ],
    ),
    // A service names the chassis, and core for its domain.
    ("gizmo-service", &["cloudlab-chassis", "cloudlab-core"]),
    // These switch known defects on and measure parts by themselves, so they reach below the chassis.
    ("proof", &["cloudlab-chassis", "cloudlab-core", "cloudlab-sql"]),
    (
        "bench",
        &[
            "cloudlab-chassis",
            "cloudlab-core",
            "cloudlab-http",
            "cloudlab-messaging",
            "cloudlab-sql",
            "cloudlab-testing",
            "gizmo-service",
        ],
    ),
    // The generator knows the chassis by its files and links nothing of it.
    ("cloudlab", &[]),
    // It makes services, as users do, to build and to measure them.
    ("xtask", &["cloudlab"]),
];

/// What tests of every crate may use besides, but for core, whose tests need no server.
const FOR_TESTS: &str = "cloudlab-testing";

/// Not in `[workspace.dependencies]`, since nobody else may depend on it.
const BY_PATH: &[(&str, &str, &str)] =
    &[("bench", "gizmo-service", "the blank service is a template and no library; the bench measures it")];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(root) = members::workspace(tree) else { return Vec::new() };
    let members = members::all(tree);
    let mut findings = shared(&root, &members);
    findings.extend(
        members.iter().flat_map(|member| versions(member).into_iter().chain(edges(member, &members))),
    );
    findings
}

/// One dependency of a package: its name, what the manifest says of it, and whether only tests have it.
struct Dependency<'a> {
    name: &'a str,
    item: &'a Item,
    is_for_tests: bool,
}

fn dependencies(manifest: &DocumentMut) -> Vec<Dependency<'_>> {
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let targets = targets.into_iter().flat_map(|targets| targets.iter().map(|(_, target)| target));
    let sections = std::iter::once(manifest.as_item()).chain(targets);
    let kinds = ["dependencies", "build-dependencies", "dev-dependencies"];
    sections
        .flat_map(|section| {
            kinds.into_iter().filter_map(move |kind| Some((kind, section.get(kind)?.as_table_like()?)))
        })
        .flat_map(|(kind, table)| {
            table.iter().map(move |(name, item)| Dependency {
                name,
                item,
                is_for_tests: kind == "dev-dependencies",
            })
        })
        .collect()
}

fn shared(root: &DocumentMut, members: &[Member]) -> Vec<Finding> {
    let used: BTreeSet<&str> =
        members.iter().flat_map(|member| dependencies(&member.manifest)).map(|one| one.name).collect();
    let table = members::at(root, &["workspace", "dependencies"]).and_then(Item::as_table_like);
    let finding = |what: String, why, help: &str| Finding {
        rule: "dependencies",
        place: "Cargo.toml".into(),
        what,
        why,
        help: help.into(),
    };
    let entries = table.into_iter().flat_map(|table| table.iter());
    entries
        .flat_map(|(name, item)| {
            let unused = (!used.contains(name)).then(|| {
                finding(format!("nobody depends on {name}"), "what is listed is taken for used", "take the line out")
            });
            let plain = item.get("default-features").and_then(Item::as_bool) != Some(false);
            let defaults = plain.then(|| {
                finding(
                    format!("{name} brings its default features"),
                    "a feature that nobody asked for is compiled, audited and shipped by everybody",
                    "default-features = false here, and the features that are needed in the crate that needs them",
                )
            });
            unused.into_iter().chain(defaults)
        })
        .collect()
}

fn versions(member: &Member) -> Vec<Finding> {
    let is_excused = |name| BY_PATH.iter().any(|(who, what, _)| (*who, *what) == (member.name(), name));
    dependencies(&member.manifest)
        .into_iter()
        .filter(|one| !is_inherited(Some(one.item)) && !is_excused(one.name))
        .map(|one| Finding {
            rule: "dependencies",
            place: member.manifest_path(),
            what: format!("{} is not taken from the workspace", one.name),
            why: "two versions of one crate are two types that do not fit, and two audits",
            help: format!("{} = {{ workspace = true }}, with its version in the root's manifest", one.name),
        })
        .collect()
}

fn edges(member: &Member, members: &[Member]) -> Vec<Finding> {
    let finding = |what, help: &str| Finding {
        rule: "dependencies",
        place: member.manifest_path(),
        what,
        why: "dependencies point from the chassis down to core and never back",
        help: help.into(),
    };
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == member.name()) else {
        let what = format!("nothing says what {} may depend on", member.name());
        return vec![finding(what, "draw it in ARCHITECTURE.md and add its line to EDGES in this rule")];
    };
    let names: BTreeSet<&str> = members.iter().map(Member::name).collect();
    let is_allowed = |one: &Dependency<'_>| {
        allowed.contains(&one.name)
            || (one.is_for_tests && one.name == FOR_TESTS && member.name() != "cloudlab-core")
    };
    dependencies(&member.manifest)
        .into_iter()
        .filter(|one| names.contains(one.name) && !is_allowed(one))
        .map(|one| {
            let what = format!("{} may not depend on {}", member.name(), one.name);
            finding(what, "put what both need into cloudlab-core, or take it as an argument")
        })
        .collect()
}
