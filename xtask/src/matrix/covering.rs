//! Sets of answers in which every pair of answers occurs, so that no two choices meet for the first time at a user's.

use cloudlab::Question;

use crate::generator::Answers;

type Pair = ((&'static str, &'static str), (&'static str, &'static str));

/// Few sets that hold every pair of answers that fits together. `fits` judges a whole set.
pub fn covering(questions: &[Question], fits: &dyn Fn(&Answers) -> bool) -> Vec<Answers> {
    let possible: Vec<Answers> = product(questions).into_iter().filter(|answers| fits(answers)).collect();
    let mut open: Vec<Pair> = possible.iter().flat_map(pairs).collect();
    open.sort_unstable();
    open.dedup();
    let mut chosen: Vec<Answers> = Vec::new();
    while !open.is_empty() {
        let newly = |answers: &&Answers| pairs(answers).filter(|pair| open.contains(pair)).count();
        // The first of the best, so that the same choices always give the same sets.
        let Some(best) = possible.iter().rev().max_by_key(newly) else { break };
        open.retain(|pair| pairs(best).all(|covered| covered != *pair));
        chosen.push(best.clone());
    }
    chosen
}

fn product(questions: &[Question]) -> Vec<Answers> {
    questions.iter().fold(vec![Vec::new()], |sets, question| {
        let more = |set: &Answers| {
            let set = set.clone();
            question.built.iter().map(move |value| {
                let mut set = set.clone();
                set.push((question.flag, *value));
                set
            })
        };
        sets.iter().flat_map(more).collect()
    })
}

fn pairs(answers: &Answers) -> impl Iterator<Item = Pair> {
    let firsts = answers.iter().enumerate();
    firsts.flat_map(|(at, first)| answers[at + 1..].iter().map(move |second| (*first, *second)))
}
