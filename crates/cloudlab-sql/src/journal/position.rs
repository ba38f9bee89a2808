//! How far a reader is: the highest id that it has seen, and the ranges below that are still open.

use serde::{Deserialize, Serialize};

#[cfg(test)]
#[path = "position_tests.rs"]
mod tests;

/// Half-open ranges of ids, ascending and apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ranges(Vec<(i64, i64)>);

/// A reader's position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The highest id that was delivered or skipped as a gap.
    pub high: i64,
    /// Ids up to `high` that are not yet delivered for good.
    pub open: Ranges,
}

impl Position {
    /// The lowest id that this reader may still need.
    #[must_use]
    pub fn lowest(&self) -> i64 {
        self.open.0.first().map_or(self.high + 1, |(lo, _)| *lo)
    }
}

impl Ranges {
    /// The ranges.
    #[must_use]
    pub fn as_slice(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// How many ranges.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many ids.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.0.iter().map(|(lo, hi)| hi - lo).sum()
    }

    /// Whether the id lies in a range.
    #[must_use]
    pub fn contains(&self, id: i64) -> bool {
        let after = self.0.partition_point(|(lo, _)| *lo <= id);
        after > 0 && id < self.0[after - 1].1
    }

    /// Adds the ids from `lo` up to, not including, `hi`.
    pub fn add(&mut self, lo: i64, hi: i64) {
        if lo >= hi {
            return;
        }
        let first = self.0.partition_point(|(_, end)| *end < lo);
        let last = self.0.partition_point(|(start, _)| *start <= hi);
        let merged = self.0[first..last]
            .iter()
            .fold((lo, hi), |(lo, hi), (start, end)| (lo.min(*start), hi.max(*end)));
        self.0.splice(first..last, [merged]);
    }

    /// Takes one id out.
    pub fn remove(&mut self, id: i64) {
        self.subtract(id, id + 1);
    }

    /// Takes the ids from `lo` up to, not including, `hi` out.
    pub fn subtract(&mut self, lo: i64, hi: i64) {
        if lo >= hi {
            return;
        }
        let first = self.0.partition_point(|(_, end)| *end <= lo);
        let last = self.0.partition_point(|(start, _)| *start < hi);
        if first >= last {
            return;
        }
        let left = (self.0[first].0, lo.min(self.0[last - 1].1));
        let right = (hi.max(self.0[first].0), self.0[last - 1].1);
        let kept = [left, right].into_iter().filter(|(start, end)| start < end);
        self.0.splice(first..last, kept.collect::<Vec<_>>());
    }

    /// The ids that lie in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut mine, mut theirs) = (0, 0);
        while let (Some(a), Some(b)) = (self.0.get(mine), other.0.get(theirs)) {
            let (lo, hi) = (a.0.max(b.0), a.1.min(b.1));
            if lo < hi {
                both.push((lo, hi));
            }
            if a.1 < b.1 { mine += 1 } else { theirs += 1 }
        }
        Self(both)
    }
}

impl FromIterator<(i64, i64)> for Ranges {
    fn from_iter<I: IntoIterator<Item = (i64, i64)>>(ranges: I) -> Self {
        let mut all = Self::default();
        ranges.into_iter().for_each(|(lo, hi)| all.add(lo, hi));
        all
    }
}
