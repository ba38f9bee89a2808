//! A workspace that would take a new service for one of its members.
//!
//! A service is a workspace of its own, and cargo refuses one inside another that counts it in: neither would build.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Value};

use crate::refusal::{ELSEWHERE, Refusal};

/// Refuses a place that a workspace above it claims.
pub fn leaves_it_alone(target: &Path) -> Result<(), Refusal> {
    let Ok(target) = std::path::absolute(target) else { return Ok(()) };
    let claims = target.ancestors().skip(1).find_map(|folder| claim(folder, &target));
    match claims {
        None => Ok(()),
        Some((manifest, member)) => {
            Err(Refusal::new(format!("{} takes {member} for a member of its workspace", manifest.display()))
                .help(format!("add \"{member}\" to `workspace.exclude` there"))
                .help(ELSEWHERE))
        }
    }
}

/// The manifest in this folder, and what it calls the target, when its workspace counts the target in.
fn claim(folder: &Path, target: &Path) -> Option<(PathBuf, String)> {
    let manifest = folder.join("Cargo.toml");
    let document: DocumentMut = fs::read_to_string(&manifest).ok()?.parse().ok()?;
    let workspace = document.get("workspace")?;
    let member = target.strip_prefix(folder).ok()?.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let is_excluded = patterns(workspace, "exclude").any(|excluded| {
        member == excluded || member.starts_with(&format!("{}/", excluded.trim_end_matches('/')))
    });
    let is_claimed = patterns(workspace, "members").any(|pattern| covers(pattern, &member));
    (is_claimed && !is_excluded).then_some((manifest, member))
}

fn patterns<'a>(workspace: &'a Item, key: &str) -> impl Iterator<Item = &'a str> {
    let list = workspace.get(key).and_then(Item::as_array);
    list.into_iter().flat_map(|list| list.iter().filter_map(Value::as_str))
}

/// Whether a pattern of cargo's covers a path: `*` stands for any part of one name, `**` for any names.
fn covers(pattern: &str, path: &str) -> bool {
    let names = |text: &str| text.trim_matches('/').split('/').map(str::to_string).collect::<Vec<_>>();
    names_cover(&names(pattern), &names(path))
}

fn names_cover(pattern: &[String], path: &[String]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            names_cover(rest, path) || path.split_first().is_some_and(|(_, path)| names_cover(pattern, path))
        }
        (Some((first, rest)), Some((name, names))) => name_covers(first, name) && names_cover(rest, names),
        _ => false,
    }
}

fn name_covers(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            let ends = (0..=name.len()).filter(|at| name.is_char_boundary(*at));
            ends.into_iter().any(|at| name_covers(rest, &name[at..]))
        }),
    }
}
