/// The one of `allowed` that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (word.chars().count() / 3).max(1);
    let allowed: Vec<&str> = allowed.into_iter().collect();
    let (steps, other) =
        allowed.iter().map(|other| (distance(word, other), *other)).min_by_key(|(steps, _)| *steps)?;
    // A unit that was left out, or one too many, is more letters than a slip.
    let alike = |other: &&str| word.len() >= 3 && (other.starts_with(word) || word.starts_with(other));
    if steps <= far { Some(other) } else { allowed.iter().copied().find(alike) }
}

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours cost one each, case costs
/// nothing. Two swapped letters are the commonest slip, and plain Levenshtein counts them twice.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.to_lowercase().chars().collect();
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for i in 0..left.len() {
        let mut row = vec![i + 1];
        for j in 0..right.len() {
            let replaced = above[j] + usize::from(left[i] != right[j]);
            let mut steps = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j] {
                steps = steps.min(before[j - 1] + 1);
            }
            row.push(steps);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[right.len()]
}
