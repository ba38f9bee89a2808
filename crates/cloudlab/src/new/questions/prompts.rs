//! The questions of `cloudlab new`, for what the command line left open.
//!
//! **Invariant:** only what is built and fits the answers before it can be chosen; what cannot is named with its reason.

use std::io;

use crate::asker::Asker;
use crate::new::names::{ServiceName, Words};
use crate::new::questions::answers;
use crate::new::questions::choices::{Api, Broker, Cache, Choice, Database, Notifier, Observability};
use crate::new::questions::compatibility;
use crate::new::questions::draft::Draft;
use crate::new::questions::prices;
use crate::refusal::Refusal;

/// A name for the service.
pub fn name(asker: &mut dyn Asker) -> io::Result<String> {
    let judge = |word: &str| ServiceName::parse(word).map(|_| ()).map_err(|refusal| refusal.sentence);
    asker.word("name of the service, like parcel-service", None, &judge)
}

/// The words of the aggregate. The default stays what it is: a type's name does not tell `level-2` from `level2`.
pub fn aggregate(asker: &mut dyn Asker, default: &Words) -> io::Result<Result<Words, Refusal>> {
    let judge = |word: &str| Words::of_type(word).map(|_| ()).map_err(|refusal| refusal.sentence);
    let word = asker.word("type of its aggregate", Some(&default.pascal()), &judge)?;
    Ok(if word == default.pascal() { Ok(default.clone()) } else { Words::of_type(&word) })
}

/// What the table and the routes are called.
pub fn plural(asker: &mut dyn Asker, default: &Words) -> io::Result<Result<Words, Refusal>> {
    let judge = |word: &str| Words::of_plural(word).map(|_| ()).map_err(|refusal| refusal.sentence);
    let word = asker.word("its plural, for the table and the routes", Some(&default.kebab()), &judge)?;
    Ok(Words::of_plural(&word))
}

/// The draft with every question answered.
pub fn complete(mut draft: Draft, asker: &mut dyn Asker) -> io::Result<Draft> {
    draft.database = ask(draft.database, "database", Database::Postgres, asker, &fits)?;
    draft.cache = ask(draft.cache, "cache", Cache::None, asker, &fits)?;
    draft.broker = ask(draft.broker, "broker", Broker::None, asker, &fits)?;
    let so_far = draft.clone();
    let wakes = |notifier: Notifier| compatibility::allows(&so_far, notifier);
    draft.notifier = ask(draft.notifier, "outbox wake-up", Notifier::Notify, asker, &wakes)?;
    // As long as one kind is built there is nothing to choose.
    draft.api = match draft.api {
        None => ask(None, "API", Api::Rest, asker, &fits)?.map(|kind| vec![kind]),
        given => given,
    };
    draft.observability = ask(draft.observability, "observability", Observability::Prometheus, asker, &fits)?;
    Ok(draft)
}

/// Whether the user wants what this command line writes.
pub fn confirm(asker: &mut dyn Asker, command: &str) -> io::Result<bool> {
    asker.say(&format!("  the same without questions: {command}"));
    asker.agrees("write the service")
}

fn fits<C>(_: C) -> Result<(), String> {
    Ok(())
}

/// One answer. Where there is nothing to choose, the answer is told and not asked for.
fn ask<C: Choice>(
    given: Option<C>,
    question: &str,
    default: C,
    asker: &mut dyn Asker,
    fits: &dyn Fn(C) -> Result<(), String>,
) -> io::Result<Option<C>> {
    if given.is_some() {
        return Ok(given);
    }
    let open: Vec<&C> = answers::built::<C>().filter(|choice| fits((*choice).clone()).is_ok()).collect();
    let remark = remarks(fits);
    if let [only] = open.as_slice() {
        asker.say(&told(question, &item(*only), &remark));
        return Ok(Some((*only).clone()));
    }
    let items: Vec<String> = open.iter().map(|choice| item(*choice)).collect();
    let default = open.iter().position(|choice| choice.value() == default.value()).unwrap_or(0);
    let chosen = asker.one(&format!("{question}{remark}"), &items, default)?;
    let chosen = open.get(chosen).map(|choice| (*choice).clone());
    asker.say(&told(question, chosen.as_ref().map_or("", Choice::words), ""));
    Ok(chosen)
}

/// A decided question as a line of the table that the answers make.
fn told(question: &str, answer: &str, remark: &str) -> String {
    format!("  {question:<14} {answer}{remark}")
}

/// A choice as a line: what it is called, what it means, what it costs.
fn item<C: Choice>(choice: &C) -> String {
    let price = prices::of(C::FLAG, choice.value()).map(|price| format!("   {price}")).unwrap_or_default();
    format!("{:<14} {}{price}", choice.words(), choice.meaning())
}

/// What cannot be chosen, and why.
fn remarks<C: Choice>(fits: &dyn Fn(C) -> Result<(), String>) -> String {
    let unbuilt: Vec<&str> =
        C::value_variants().iter().filter(|choice| !choice.is_built()).map(Choice::words).collect();
    let mut remarks: Vec<String> =
        answers::built::<C>().filter_map(|choice| fits(choice.clone()).err()).collect();
    if !unbuilt.is_empty() {
        remarks.push(format!("not built yet: {}", unbuilt.join(", ")));
    }
    if remarks.is_empty() { String::new() } else { format!("   ({})", remarks.join("; ")) }
}
