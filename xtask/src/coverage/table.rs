//! The table that a person reads.

use super::{Layer, TARGET};
use std::fmt::Write;

/// How many files are named below a layer that is short of the target.
const NAMED: usize = 5;

/// A line for each layer, and where to begin in those that are short of the target.
pub fn table(layers: &[Layer]) -> String {
    let mut text = format!("{:<26}{:>7}{:>9}{:>8}\n", "layer", "lines", "run", "floor");
    for layer in layers {
        let verdict = if layer.is_below() { "  below" } else { "" };
        let share = share(layer.run, layer.lines);
        let _ = writeln!(text, "{:<26}{:>7}{share:>9}{:>6} %{verdict}", layer.name, layer.lines, layer.floor);
    }
    for layer in layers.iter().filter(|layer| layer.is_short_of_target() && !layer.files.is_empty()) {
        let _ = writeln!(text, "{} is short of {TARGET} %; most is missed in", layer.name);
        for file in layer.files.iter().take(NAMED).filter(|file| file.run < file.lines) {
            let _ =
                writeln!(text, "  {:>4} of {:>4} lines  {}", file.lines - file.run, file.lines, file.path);
        }
    }
    text
}

/// Rounded down, since a floor that is met by rounding is not met.
fn share(run: usize, lines: usize) -> String {
    let thousandths = (run * 1000).checked_div(lines).unwrap_or(1000);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}
