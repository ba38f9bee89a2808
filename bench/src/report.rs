//! The table of results.

use std::fmt::Write as _;

/// One line of the table.
pub struct Line {
    /// The bar's number.
    pub bar: &'static str,
    /// What was measured, and beside what.
    pub what: String,
    /// The limit, with its unit.
    pub limit: String,
    /// Ours, with its unit.
    pub ours: String,
    /// The ratio of every round, or empty where none makes sense.
    pub ratios: Vec<f64>,
    /// What the bar asks, in words.
    pub bar_asks: &'static str,
    /// Whether it is met; nothing where nothing is asked.
    pub met: Option<bool>,
}

/// The middle value.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() { 0.0 } else { sorted[sorted.len() / 2] }
}

/// In which order the sides of a round are measured: another one first each time, and every other round backwards, since
/// what one side leaves to the server (checkpoints, vacuum) falls to whoever comes next.
pub fn turns(sides: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sides).map(|turn| (turn + round / 2) % sides).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// The table as Markdown.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| bar | what | limit | ours | ratio: median (least to most) | asked | met |\n|---|---|---|---|---|---|---|\n",
    );
    for line in lines {
        let met = line.met.map_or("–", |met| if met { "yes" } else { "**no**" });
        let ratio = ratio(&line.ratios);
        // To write into a string never fails.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {ratio} | {} | {met} |",
            line.bar, line.what, line.limit, line.ours, line.bar_asks
        );
    }
    text
}

fn ratio(ratios: &[f64]) -> String {
    if ratios.is_empty() {
        return String::from("–");
    }
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    format!("{:.2} ({least:.2} to {most:.2})", median(ratios))
}

/// Ratios round by round, since both sides of a round met the same noise.
pub fn ratios(ours: &[f64], limit: &[f64]) -> Vec<f64> {
    ours.iter().zip(limit).map(|(ours, limit)| ours / limit).collect()
}
