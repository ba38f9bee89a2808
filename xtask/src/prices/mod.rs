//! `cargo xtask prices`: what each choice of `cloudlab new` costs beside the least that answers its question.
//!
//! A price is the difference between two services that differ in one answer. It is what the prompt shows, so it is
//! measured and committed, with its date and machine, and never estimated.

mod measure;
mod page;

use measure::{Costs, Site};
use std::io::Write;
use std::path::Path;

use crate::generator::{self, Answers};
use cloudlab::Refusal;

pub use page::PATH;

/// The cheapest answer to each question.
const LEAST: [(&str, &str); 7] = [
    ("blueprint", "blank"),
    ("database", "sqlite"),
    ("cache", "none"),
    ("broker", "none"),
    ("notifier", "polling"),
    ("api", "rest"),
    ("observability", "prometheus"),
];

/// A choice and what it adds to the service that has the least in its place.
struct Price {
    question: &'static str,
    value: &'static str,
    costs: Costs,
}

/// Measures every choice that is built and writes the page that the generator reads.
pub fn run(root: &Path, today: &str, out: &mut dyn Write) -> Result<u8, Refusal> {
    let mut site = Site::prepare(root)?;
    let least = site.costs(&LEAST.to_vec(), out)?;
    let mut prices = Vec::new();
    for question in cloudlab::questions() {
        for value in question.built.iter().filter(|value| !LEAST.contains(&(question.flag, value))) {
            let (with, without) = pair(root, question.flag, value)?;
            let costs = site.costs(&with, out)?.less(&site.costs(&without, out)?);
            prices.push(Price { question: question.flag, value, costs });
        }
    }
    page::write(root, today, &least, &prices)?;
    let _ = writeln!(out, "wrote {PATH}");
    Ok(0)
}

/// Two sets of answers that differ in this one, as near to the least as what fits together allows.
fn pair(root: &Path, flag: &str, value: &'static str) -> Result<(Answers, Answers), Refusal> {
    let least = LEAST.to_vec();
    let nearer =
        std::iter::once(least.clone()).chain(cloudlab::questions().into_iter().flat_map(|question| {
            let least = least.clone();
            question.built.into_iter().map(move |other| changed(&least, question.flag, other))
        }));
    for without in nearer {
        let with = changed(&without, flag, value);
        if with != without && [&with, &without].iter().all(|answers| generator::accepts(root, answers)) {
            return Ok((with, without));
        }
    }
    Err(Refusal::new(format!("no service with --{flag} {value} differs from another in that alone"))
        .help("the table of what fits together is crates/cloudlab/src/new/questions/compatibility.rs"))
}

fn changed(answers: &Answers, flag: &str, value: &'static str) -> Answers {
    let change = |(question, old): &(&'static str, &'static str)| {
        (*question, if *question == flag { value } else { *old })
    };
    answers.iter().map(change).collect()
}
