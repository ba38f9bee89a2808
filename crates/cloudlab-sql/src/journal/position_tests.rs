use super::{Position, Ranges};
use std::collections::BTreeSet;

/// The ids of the ranges, one by one: slow, and too simple to be wrong.
fn ids(ranges: &Ranges) -> BTreeSet<i64> {
    ranges.as_slice().iter().flat_map(|(lo, hi)| *lo..*hi).collect()
}

fn assert_canonical(ranges: &Ranges) {
    assert!(ranges.as_slice().iter().all(|(lo, hi)| lo < hi), "{ranges:?}");
    assert!(ranges.as_slice().windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges:?}");
}

/// A few thousand steps whose every result is compared with a set of ids.
#[test]
fn ranges_behave_like_the_set_of_their_ids() {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % below).unwrap()
    };
    let (mut ranges, mut model, mut other) = (Ranges::default(), BTreeSet::new(), Ranges::default());
    for _ in 0..5_000 {
        let (lo, length) = (draw(60), draw(9));
        let span = lo..lo + length;
        match draw(4) {
            0 | 1 => {
                ranges.add(span.start, span.end);
                model.extend(span);
            }
            2 => {
                ranges.subtract(span.start, span.end);
                model.retain(|id| !span.contains(id));
            }
            _ => {
                ranges.remove(lo);
                model.remove(&lo);
                other.add(span.start, span.end);
                other.subtract(draw(60), 60);
            }
        }
        assert_canonical(&ranges);
        assert_eq!(ids(&ranges), model);
        assert_eq!(ranges.count(), i64::try_from(model.len()).unwrap());
        assert_eq!(ranges.contains(lo), model.contains(&lo));
        let both = ranges.intersection(&other);
        assert_canonical(&both);
        assert_eq!(ids(&both), &model & &ids(&other));
    }
}

#[test]
fn the_lowest_id_that_is_needed_is_the_first_open_one_or_the_next() {
    let at = |high, open: &[(i64, i64)]| Position { high, open: open.iter().copied().collect() }.lowest();
    assert_eq!((at(0, &[]), at(9, &[]), at(9, &[(4, 6), (8, 9)])), (1, 10, 4));
}
