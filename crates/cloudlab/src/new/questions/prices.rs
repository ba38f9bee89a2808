//! What each choice costs, as it was measured: `cargo xtask prices` writes the table that is read here.

use toml_edit::{Document, Item};

const MEASURED: &str = include_str!("../../../prices.toml");

/// What a choice adds to the service that has the least in its place; `None` for the least itself, and for what costs
/// nothing that was measured.
pub fn of(question: &str, value: &str) -> Option<String> {
    words(MEASURED, question, value)
}

fn words(measured: &str, question: &str, value: &str) -> Option<String> {
    let prices = Document::parse(measured).ok()?;
    let price = prices.get(question)?.get(value)?;
    let part = |key: &str, unit: &str| {
        let cost = number(price.get(key)?)?;
        (cost.abs() >= 0.05).then(|| format!("{cost:+}{unit}"))
    };
    let parts =
        [part("build_seconds", " s build"), part("binary_mb", " MB binary"), part("idle_mb", " MB idle")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("  "))
}

fn number(item: &Item) -> Option<f64> {
    item.as_float().or_else(|| item.as_integer().and_then(|whole| i32::try_from(whole).ok()).map(f64::from))
}

#[cfg(test)]
mod tests {
    use super::{MEASURED, words};

    const TABLE: &str = "[database.a]\nbuild_seconds = 9\nbinary_mb = 1.1\nidle_mb = 0.0\n\
                         [database.b]\nbuild_seconds = 0\nbinary_mb = 0.0\nidle_mb = 0.0\n";

    #[test]
    fn a_price_is_told_in_its_parts_and_nothing_is_told_of_none() {
        assert_eq!(words(TABLE, "database", "a").as_deref(), Some("+9 s build  +1.1 MB binary"));
        assert_eq!(words(TABLE, "database", "b"), None);
        assert_eq!(words(TABLE, "database", "c"), None);
    }

    #[test]
    fn the_measured_table_can_be_read() {
        assert!(toml_edit::Document::parse(MEASURED).is_ok());
    }
}
