//! The layers that are measured, and how much of each must run.

use super::File;
use std::collections::BTreeMap;

/// What is asked of everything together, in percent, and of a layer that has no floor of its own yet.
pub const TARGET: usize = 90;

/// What each layer had when it was last measured (2026-11-21, PostgreSQL 15), in whole percent and with room for a line or
/// two: which of several ways a wait ends is decided by time. The domain waits for nothing, so all of it runs. A floor is
/// raised with the tests; it is not lowered to let a change pass.
const FLOORS: &[(&str, usize)] = &[
    ("cloudlab-chassis", 91),
    ("cloudlab-config", 91),
    ("cloudlab-core", 94),
    ("cloudlab-http", 91),
    ("cloudlab-messaging", 93),
    ("cloudlab-sql", 94),
    ("cloudlab-telemetry", 94),
    ("cloudlab-testing", 98),
    ("template: application", 95),
    ("template: domain", 100),
    ("template: infrastructure", 98),
    ("template: interfaces", 98),
    ("template: wiring", 95),
];

const CHASSIS: &str = "crates/cloudlab-";
const TEMPLATE: &str = "templates/gizmo-service";

/// The name of what all layers are together.
const ALL: &str = "all";

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    pub name: String,
    /// In percent.
    pub floor: usize,
    pub lines: usize,
    pub run: usize,
    /// The files, those with the most missed lines first; none for all layers together.
    pub files: Vec<File>,
}

impl Layer {
    /// Whether less ran than must. In whole numbers, so that 90 % is 90 %.
    pub fn is_below(&self) -> bool {
        self.run * 100 < self.floor * self.lines
    }

    /// Whether the next engineer should look for what to test.
    pub fn is_short_of_target(&self) -> bool {
        self.run * 100 < TARGET * self.lines
    }

    fn of(name: String, mut files: Vec<File>) -> Self {
        let floor = FLOORS.iter().find(|(layer, _)| *layer == name).map_or(TARGET, |(_, floor)| *floor);
        let (lines, run) = sums(files.iter().map(|file| (file.lines, file.run)));
        files.sort_by_key(|file| std::cmp::Reverse(file.lines - file.run));
        Self { name, floor, lines, run, files }
    }
}

/// Whether a package of the workspace belongs to what is measured.
pub fn is_measured(folder: &str) -> bool {
    folder.starts_with(CHASSIS) || folder == TEMPLATE
}

/// The files by layer, and all together at the end.
pub fn layers(files: &[File]) -> Vec<Layer> {
    let mut by_name: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for file in files {
        if let Some(name) = layer(&file.path) {
            by_name.entry(name).or_default().push(file.clone());
        }
    }
    let mut layers: Vec<Layer> = by_name.into_iter().map(|(name, files)| Layer::of(name, files)).collect();
    let (lines, run) = sums(layers.iter().map(|layer| (layer.lines, layer.run)));
    layers.push(Layer { name: ALL.to_owned(), floor: TARGET, lines, run, files: Vec::new() });
    layers
}

/// The layer of a file; none for tests and for what is not measured.
fn layer(path: &str) -> Option<String> {
    if path.ends_with("_tests.rs") || path.ends_with("/tests.rs") {
        return None;
    }
    let (package, file) = path.split_once("/src/")?;
    if package != TEMPLATE {
        return package.strip_prefix("crates/").filter(|_| is_measured(package)).map(str::to_owned);
    }
    let layer = file.split_once('/').map_or("wiring", |(layer, _)| layer);
    Some(format!("template: {layer}"))
}

fn sums(counts: impl Iterator<Item = (usize, usize)>) -> (usize, usize) {
    counts.fold((0, 0), |(lines, run), (more_lines, more_run)| (lines + more_lines, run + more_run))
}
