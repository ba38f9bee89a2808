//! What is known about the options: their matrix and their prices.

use std::fs;
use std::path::Path;

use cloudlab::Question;

/// A file of this repository.
fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap()
}

/// Every answer to a question that has more than one.
fn answers() -> impl Iterator<Item = (Question, &'static str)> {
    let open = cloudlab::questions().into_iter().filter(|question| question.built.len() > 1);
    open.flat_map(|question| question.built.clone().into_iter().map(move |value| (question.clone(), value)))
}

#[test]
fn every_answer_was_built_and_tested() {
    let page = file(xtask::matrix::PAGE);
    for (question, value) in answers() {
        let flag = format!("--{} {value} ", question.flag);
        assert!(page.contains(&flag), "{flag}: `cargo xtask matrix --full` tries what is new");
    }
    assert!(!page.contains("**failed**"), "the option matrix has failures");
}

#[test]
fn every_answer_but_the_least_has_a_price() {
    let prices = file(xtask::prices::PATH);
    for question in cloudlab::questions().into_iter().filter(|question| question.built.len() > 1) {
        let priced =
            question.built.iter().filter(|value| prices.contains(&format!("[{}.{value}]", question.flag)));
        let missing = question.built.len() - priced.count();
        assert_eq!(missing, 1, "--{}: `cargo xtask prices` measures what is new", question.flag);
    }
}
