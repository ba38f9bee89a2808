//! Sets of answers in which every pair occurs.

use cloudlab::Question;
use xtask::matrix::covering::covering;

fn questions() -> Vec<Question> {
    vec![
        Question { flag: "a", built: vec!["1", "2", "3", "4"] },
        Question { flag: "b", built: vec!["1", "2", "3"] },
        Question { flag: "c", built: vec!["1", "2", "3"] },
        Question { flag: "d", built: vec!["1"] },
    ]
}

#[test]
fn every_pair_that_fits_occurs_and_no_set_that_does_not_fit() {
    // As with a wake-up that only one database has.
    let fits = |set: &Vec<(&str, &str)>| !set.contains(&("b", "3")) || set.contains(&("a", "1"));
    let sets = covering(&questions(), &fits);
    assert!(sets.iter().all(&fits));
    for (at, first) in questions().iter().enumerate() {
        for second in &questions()[at + 1..] {
            for one in &first.built {
                for other in &second.built {
                    let pair = [(first.flag, *one), (second.flag, *other)];
                    let is_impossible = first.flag == "a" && *one != "1" && pair[1] == ("b", "3");
                    let is_there = sets.iter().any(|set| pair.iter().all(|answer| set.contains(answer)));
                    assert_eq!(is_there, !is_impossible, "{pair:?}");
                }
            }
        }
    }
}

#[test]
fn few_sets_are_enough_and_always_the_same() {
    let sets = covering(&questions(), &|_| true);
    // Twelve pairs of the two longest questions cannot be had with less than twelve sets; all combinations are 36.
    assert!((12..=15).contains(&sets.len()), "{}", sets.len());
    assert_eq!(sets, covering(&questions(), &|_| true));
}
