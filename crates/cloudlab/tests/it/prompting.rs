//! The questions that are asked when somebody is there to answer them.

use std::collections::VecDeque;
use std::{fs, io};

use cloudlab::{Asker, Judge};

use crate::fixture::{Fixture, Ran, everything_in, read, write};

/// Answers by the first words of a question, and keeps what it was shown.
#[derive(Default)]
struct Script {
    replies: VecDeque<(&'static str, Reply)>,
    seen: Vec<String>,
}

enum Reply {
    Word(&'static str),
    /// The line of the list that opens like this.
    Line(&'static str),
    Agree(bool),
    CallOff,
}

impl Script {
    fn of(replies: Vec<(&'static str, Reply)>) -> Self {
        Self { replies: replies.into(), seen: Vec::new() }
    }

    fn reply(&mut self, question: &str) -> io::Result<Reply> {
        self.seen.push(question.to_string());
        let (expected, reply) =
            self.replies.pop_front().unwrap_or_else(|| panic!("asked for more: {question}"));
        assert!(question.starts_with(expected), "{question} instead of {expected}");
        match reply {
            Reply::CallOff => Err(io::ErrorKind::Interrupted.into()),
            reply => Ok(reply),
        }
    }

    fn shown(&self, words: &str) -> bool {
        self.seen.iter().any(|line| line.contains(words))
    }
}

impl Asker for Script {
    fn say(&mut self, line: &str) {
        self.seen.push(line.to_string());
    }

    fn word(&mut self, question: &str, default: Option<&str>, judge: Judge<'_>) -> io::Result<String> {
        match self.reply(question)? {
            // An empty line takes the default, as at a terminal.
            Reply::Word("") => Ok(default.unwrap().to_string()),
            Reply::Word(word) => match judge(word) {
                Ok(()) => Ok(word.to_string()),
                Err(why) => {
                    self.seen.push(why);
                    self.word(question, default, judge)
                }
            },
            _ => panic!("{question} wants a word"),
        }
    }

    fn one(&mut self, question: &str, items: &[String], default: usize) -> io::Result<usize> {
        self.seen.extend(items.iter().cloned());
        match self.reply(question)? {
            Reply::Line("") => Ok(default),
            Reply::Line(start) => Ok(items.iter().position(|item| item.starts_with(start)).unwrap()),
            _ => panic!("{question} wants one of {items:?}"),
        }
    }

    fn agrees(&mut self, question: &str) -> io::Result<bool> {
        match self.reply(question)? {
            Reply::Agree(agree) => Ok(agree),
            _ => panic!("{question} wants yes or no"),
        }
    }
}

fn asked(fixture: &Fixture, args: &[&str], script: &mut Script) -> Ran {
    let parent = fixture.parent().display().to_string();
    let args: Vec<&str> =
        ["new"].into_iter().chain(args.iter().copied()).chain(["--path", &parent]).collect();
    let ran = fixture.cloudlab_asking(&args, script);
    assert!(
        script.replies.is_empty(),
        "not asked: {:?}",
        script.replies.iter().map(|(q, _)| q).collect::<Vec<_>>()
    );
    ran
}

#[test]
fn everything_can_be_asked_for() {
    let fixture = Fixture::new();
    let mut script = Script::of(vec![
        ("name of the service", Reply::Word("category-service")),
        ("type of its aggregate", Reply::Word("")),
        ("its plural", Reply::Word("categories")),
        ("database", Reply::Line("SQLite")),
        ("write the service", Reply::Agree(true)),
    ]);
    let ran = asked(&fixture, &[], &mut script);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let record = read(&fixture.parent().join("category-service"), "cloudlab.toml");
    assert!(
        record.contains("database = \"sqlite\"") && record.contains("notifier = \"polling\""),
        "{record}"
    );
    assert!(record.contains("aggregate = \"category\"\nplural = \"categories\""), "{record}");
}

#[test]
fn a_choice_says_what_it_means_and_which_others_are_not_built() {
    let fixture = Fixture::new();
    let mut script = Script::of(vec![
        ("type of its aggregate", Reply::Word("")),
        ("its plural", Reply::Word("")),
        ("database   (not built yet: MySQL, CockroachDB)", Reply::Line("")),
        ("outbox wake-up   (not built yet: Redis pub/sub)", Reply::Line("LISTEN/NOTIFY")),
        ("write the service", Reply::Agree(true)),
    ]);
    assert_eq!(asked(&fixture, &["parcel-service"], &mut script).code, 0);
    assert!(script.shown("PostgreSQL     a server for production"), "{:#?}", script.seen);
    assert!(
        script.shown("cache          none           no server for it   (not built yet: Redis,"),
        "{:#?}",
        script.seen
    );
    assert!(script.shown("API            REST"), "{:#?}", script.seen);
    let parent = fixture.parent().display().to_string();
    let same = format!(
        "cloudlab new parcel-service --path {parent} --database postgres --cache none --broker none --notifier notify \
         --api rest --observability prometheus --chassis vendored"
    );
    assert!(script.shown(&same), "{:#?}", script.seen);
    // And it is the same.
    let first = everything_in(&fixture.parent().join("parcel-service"));
    fs::remove_dir_all(fixture.parent().join("parcel-service")).unwrap();
    let again = fixture.cloudlab(&same.split(' ').skip(1).collect::<Vec<_>>());
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(first, everything_in(&fixture.parent().join("parcel-service")));
}

#[test]
fn what_does_not_fit_cannot_be_chosen_and_says_why() {
    let fixture = Fixture::new();
    let mut script = Script::of(vec![
        ("type of its aggregate", Reply::Word("")),
        ("its plural", Reply::Word("")),
        ("write the service", Reply::Agree(true)),
    ]);
    assert_eq!(asked(&fixture, &["parcel-service", "--database", "sqlite"], &mut script).code, 0);
    assert!(
        script.shown("outbox wake-up polling")
            && script.shown("(LISTEN/NOTIFY is PostgreSQL's; SQLite cannot"),
        "{:#?}",
        script.seen
    );
}

#[test]
fn a_wrong_word_is_asked_for_again_with_its_reason() {
    let fixture = Fixture::new();
    let mut script = Script::of(vec![
        ("name of the service", Reply::Word("../parcel")),
        ("name of the service", Reply::Word("parcel-service")),
        ("type of its aggregate", Reply::Word("parcel")),
        ("type of its aggregate", Reply::Word("Parcel")),
        ("its plural", Reply::Word("Parcels")),
        ("its plural", Reply::CallOff),
    ]);
    let ran = asked(&fixture, &[], &mut script);
    assert_eq!((ran.code, ran.err.as_str()), (130, "error: interrupted\nnothing was written\n"));
    for why in ["is a path", "does not begin with a capital letter", "is not made of lower-case words"] {
        assert!(script.shown(why), "{why}: {:#?}", script.seen);
    }
    assert_eq!(everything_in(&fixture.parent()), []);
}

#[test]
fn whoever_does_not_agree_gets_nothing() {
    let fixture = Fixture::new();
    let mut script = Script::of(vec![
        ("type of its aggregate", Reply::Word("")),
        ("its plural", Reply::Word("")),
        ("database", Reply::Line("")),
        ("outbox wake-up", Reply::Line("")),
        ("write the service", Reply::Agree(false)),
    ]);
    assert_eq!(asked(&fixture, &["parcel-service"], &mut script).code, 130);
    assert_eq!(everything_in(&fixture.parent()), []);
}

#[test]
fn nobody_is_asked_who_said_enough_or_reads_json() {
    let fixture = Fixture::new();
    let mut script = Script::default();
    assert_eq!(asked(&fixture, &["parcel-service", "--yes"], &mut script).code, 0);
    let complete = "other-service --database sqlite --cache none --broker none --notifier polling --api rest \
                    --observability prometheus";
    assert_eq!(asked(&fixture, &complete.split_whitespace().collect::<Vec<_>>(), &mut script).code, 0);
    let ran = asked(&fixture, &["third-service", "--json"], &mut script);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("these answers are missing"), "{}", ran.err);
    let impossible = asked(&fixture, &["third-service", "--database", "mysql"], &mut script);
    assert!(impossible.err.contains("not built yet"), "{}", impossible.err);
    assert_eq!(script.seen, [""; 0]);
}

#[test]
fn what_a_file_says_is_not_asked_for() {
    let fixture = Fixture::new();
    write(
        &fixture.at("answers.toml"),
        "[answers]\ndatabase = \"sqlite\"\n[names]\naggregate = \"level-2\"\nplural = \"all-levels\"\n",
    );
    let file = fixture.at("answers.toml").display().to_string();
    let mut script = Script::of(vec![("write the service", Reply::Agree(true))]);
    let ran = asked(&fixture, &["parcel-service", "--answers", &file], &mut script);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let record = read(&fixture.parent().join("parcel-service"), "cloudlab.toml");
    assert!(record.contains("aggregate = \"level-2\"\nplural = \"all-levels\""), "{record}");
}

#[test]
fn a_default_that_is_taken_keeps_its_words() {
    let fixture = Fixture::new();
    let mut script = Script::of(vec![
        ("type of its aggregate", Reply::Word("")),
        ("its plural", Reply::Word("")),
        ("write the service", Reply::Agree(true)),
    ]);
    assert_eq!(asked(&fixture, &["level-2-service", "--database", "sqlite"], &mut script).code, 0);
    let record = read(&fixture.parent().join("level-2-service"), "cloudlab.toml");
    assert!(record.contains("aggregate = \"level-2\"\nplural = \"level-2s\""), "{record}");
}

/// A name that is taken is told of when it is chosen, not when everything else is answered.
#[test]
fn names_that_are_taken_are_asked_for_again() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.parent().join("full/inside")).unwrap();
    let mut script = Script::of(vec![
        ("name of the service", Reply::Word("full")),
        ("name of the service", Reply::Word("group-service")),
        ("type of its aggregate", Reply::Word("Commit")),
        ("its plural", Reply::Word("")),
        ("type of its aggregate", Reply::Word("Group")),
        ("its plural", Reply::Word("")),
        ("type of its aggregate", Reply::Word("Group")),
        ("its plural", Reply::Word("all-groups")),
        ("database", Reply::Line("SQLite")),
        ("write the service", Reply::Agree(true)),
    ]);
    let ran = asked(&fixture, &[], &mut script);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for why in
        ["is there and is not empty", "the chassis, which has a type `Commit`", "a reserved word of SQL"]
    {
        assert!(script.shown(why), "{why}: {:#?}", script.seen);
    }
    assert!(fixture.parent().join("group-service/src/domain/group.rs").is_file());
}

#[test]
fn what_was_given_as_a_flag_and_cannot_be_is_refused_before_any_question() {
    let fixture = Fixture::new();
    let mut script = Script::default();
    for flags in [
        &["box-service", "--aggregate", "Event", "--plural", "events"][..],
        &["parcel-service", "--chassis", "path=/nowhere"],
        &["../parcel"],
    ] {
        let ran = asked(&fixture, flags, &mut script);
        assert_eq!(ran.code, 2, "{flags:?}: {}", ran.err);
    }
    assert_eq!(script.seen, [""; 0]);
}
