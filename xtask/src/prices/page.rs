//! The page of prices, which is also what the generator reads.

use std::fmt::Write;
use std::path::Path;

use super::Price;
use super::measure::Costs;
use crate::{machine, tidy};
use cloudlab::Refusal;

/// In the generator's folder, since an installed command shows them, too.
pub const PATH: &str = "crates/cloudlab/prices.toml";

pub fn write(root: &Path, today: &str, least: &Costs, prices: &[Price]) -> Result<(), Refusal> {
    let mut text = format!(
        "{}\n# What each choice adds to the service that has the least in its place: seconds of the first `cargo build`, megabytes\n\
         # of the binary (release), megabytes of an idle process (release, on SQLite).\n\n\
         measured = \"{today}\"\nmachine = \"{}\"\n",
        tidy::generated::mark(PATH, "cargo xtask prices"),
        machine::words()
    );
    // Writing to a String cannot fail.
    let _ = write!(text, "\n[least]\n{}", lines(least));
    for price in prices {
        let _ = write!(text, "\n[{}.{}]\n{}", price.question, price.value, lines(&price.costs));
    }
    let path = root.join(PATH);
    std::fs::write(&path, text).map_err(|error| Refusal::io("write", &path, error))
}

fn lines(costs: &Costs) -> String {
    format!(
        "build_seconds = {:.0}\nbinary_mb = {:.1}\nidle_mb = {:.1}\n",
        rounded(costs.build_seconds),
        rounded(costs.binary_mb),
        rounded(costs.idle_mb)
    )
}

/// Without a minus before a zero.
fn rounded(value: f64) -> f64 {
    if value.abs() < 0.05 { 0.0 } else { value }
}
