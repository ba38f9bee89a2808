//! What the user reads about a service that was made: words on a terminal, or one JSON document on standard output.
//!
//! A report that cannot be written (a closed pipe) changes nothing about what was done, so its errors are dropped.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::new::names::Names;
use crate::new::outcome::{self, Outcome};
use crate::new::questions::answers::{Answers, Told};
use crate::new::questions::choices::{Api, Choice, Database};
use crate::new::template::vendor;

pub fn warnings(outcome: &Outcome<'_>, err: &mut dyn Write) {
    for warning in &outcome.warnings {
        let _ = writeln!(err, "warning: {warning}");
    }
}

/// The outcome as one JSON document.
pub fn as_json(outcome: &Outcome<'_>, out: &mut dyn Write) {
    let document = json!({
        "status": if outcome.is_planned { "planned" } else { "written" },
        "name": outcome.names.service.as_str(),
        "path": outcome.path.display().to_string(),
        "files": outcome.files,
        "vendored": outcome.vendored,
        "elapsed_ms": u64::try_from(outcome.elapsed.as_millis()).unwrap_or(u64::MAX),
        "blueprint": outcome.answers.blueprint.value(),
        "answers": answered(outcome.answers),
        "names": { "aggregate": outcome.names.singular.pascal(), "plural": outcome.names.plural.kebab() },
        "warnings": outcome.warnings,
        "next": next_steps(outcome),
    });
    let _ = writeln!(out, "{document:#}");
}

fn answered(answers: &Answers) -> Value {
    let answer = |told| match told {
        Told::One(word) => Value::from(word),
        Told::Many(words) => Value::from(words),
    };
    answers.told().into_iter().map(|(question, told)| (question, answer(told))).collect()
}

/// The command line that asks nothing and writes the same.
pub fn command_line(names: &Names, answers: &Answers, parent: &Path) -> String {
    let mut words = vec!["cloudlab".into(), "new".into(), names.service.as_str().to_string()];
    if parent != Path::new(".") {
        words.extend(["--path".into(), outcome::quoted(&parent.display().to_string())]);
    }
    if names.singular != names.service.aggregate() {
        words.extend(["--aggregate".into(), names.singular.pascal()]);
    }
    if names.plural != names.singular.with_s() {
        words.extend(["--plural".into(), names.plural.kebab()]);
    }
    for (question, answer) in answers.told() {
        let answer = match answer {
            Told::One(word) => word,
            Told::Many(words) => words.join(","),
        };
        words.extend([format!("--{question}"), outcome::quoted(&answer)]);
    }
    words.join(" ")
}

/// The outcome of a dry run: every file, with the crates of the chassis by their number of files.
pub fn planned(outcome: &Outcome<'_>, out: &mut dyn Write) {
    let of_no_crate = outcome.vendored.iter().filter(|path| vendor::crate_of(path).is_none());
    for path in outcome.files.iter().chain(of_no_crate) {
        let _ = writeln!(out, "{}", outcome.path.join(path).display());
    }
    let mut crates: BTreeMap<&str, usize> = BTreeMap::new();
    for name in outcome.vendored.iter().filter_map(|path| vendor::crate_of(path)) {
        *crates.entry(name).or_default() += 1;
    }
    for (name, count) in crates {
        let folder = outcome.path.join(vendor::FOLDER).join(name);
        let _ = writeln!(out, "{}/   ({count} files)", folder.display());
    }
    let chassis = if outcome.vendored.is_empty() { "" } else { " and the chassis" };
    let _ = writeln!(out, "{} files{chassis} would be written; nothing was written", outcome.files.len());
}

/// The outcome of a real run, as a small table and what to do next.
pub fn written(outcome: &Outcome<'_>, is_run: bool, out: &mut dyn Write) {
    let answers = outcome.answers;
    let embedded =
        if answers.database == Database::Sqlite { "" } else { "(runs on SQLite until you give it a URL)" };
    let api: Vec<&str> = answers.api.iter().map(Api::words).collect();
    let route = format!("/v1/{}", outcome.names.plural.kebab());
    let rows = [
        ("aggregate", outcome.names.singular.pascal(), route.as_str()),
        ("database", answers.database.words().into(), embedded),
        ("cache", answers.cache.words().into(), "(no cache is built into this version)"),
        ("broker", answers.broker.words().into(), "(in process)"),
        ("outbox wake-up", answers.notifier.words().into(), ""),
        ("API", api.join(", "), ""),
        ("observability", answers.observability.words().into(), ""),
    ];
    let _ = writeln!(out, "\n  ◇ Cloud Lab · a new service");
    for (question, answer, remark) in rows {
        let line = format!("  │  {question:<14} {answer:<14} {remark}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let (count, path, seconds) = (outcome.files.len(), outcome.path.display(), outcome.elapsed.as_secs_f64());
    let _ = writeln!(out, "  ✔ {count} files in {path} · {seconds:.2} s\n");
    if is_run {
        let _ = writeln!(out, "  ▸ building and starting (the first build takes some minutes)\n");
    } else {
        let _ = writeln!(out, "    next   {} && cargo run", outcome.change_folder());
    }
    let _ = writeln!(out, "    try    {}", outcome.first_request());
    let _ = writeln!(out, "    see    http://127.0.0.1:8080/docs     API, try it out");
    let _ = writeln!(
        out,
        "           http://127.0.0.1:8081          admin: health, metrics, outbox, dead letters\n"
    );
}

fn next_steps(outcome: &Outcome<'_>) -> Value {
    json!([outcome.change_folder(), "cargo run", outcome.first_request()])
}
