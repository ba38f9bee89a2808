//! Migrations, and what is forgotten after its time.

use super::session::{Session, account, identities};
use crate::{TestDatabase, must};
use cloudlab_core::store::Error;
use cloudlab_core::{Commit, InboxKey};
use cloudlab_sql::Migration;
use std::time::Duration;

const SCOPE: &str = "upkeep";

const fn migration(name: &'static str, up: &'static str, down: &'static str) -> Migration {
    Migration { name, postgres: (up, down), sqlite: (up, down) }
}

const FIRST: Migration = migration(
    "0001_first",
    "CREATE TABLE first_thing (a bigint); CREATE TABLE second_thing (a bigint)",
    "DROP TABLE first_thing; DROP TABLE second_thing",
);
const SECOND: Migration =
    migration("0002_second", "INSERT INTO first_thing VALUES (7)", "DELETE FROM first_thing");
const BROKEN: Migration =
    migration("0003_broken", "CREATE TABLE third_thing (a bigint); SELECT * FROM nothing", "");

/// As a branch would bring it that was begun before `0001_first` was merged.
const OTHER: Migration =
    migration("0001_other", "CREATE TABLE other_thing (a bigint)", "DROP TABLE other_thing");

async fn applied(session: &Session, all: &[Migration]) -> Vec<String> {
    let status = must("the status", session.database.migration_status(SCOPE, all).await);
    let ours = status.into_iter().filter(|one| one.scope == SCOPE && one.applied);
    ours.map(|one| one.name).collect()
}

/// Migrations are applied in the order of their numbers, shown, and taken back newest first.
pub async fn migrations_go_up_and_down(db: TestDatabase) {
    let session = Session::new(db).await;
    let all = [SECOND, FIRST];
    assert!(applied(&session, &all).await.is_empty());
    let done = must("up", session.database.migrate_up(SCOPE, &all).await);
    assert_eq!(done, ["upkeep/0001_first", "upkeep/0002_second"]);
    assert_eq!(applied(&session, &all).await.len(), 2);
    assert!(must("up again", session.database.migrate_up(SCOPE, &all).await).is_empty());
    assert_eq!(session.number("SELECT a AS n FROM first_thing", Vec::new()).await, 7);
    assert_eq!(
        must("down", session.database.migrate_down(SCOPE, &all).await).as_deref(),
        Some("0002_second")
    );
    assert_eq!(session.number("SELECT count(*) AS n FROM first_thing", Vec::new()).await, 0);
    let unknown = session.database.migrate_down(SCOPE, &[SECOND]).await;
    assert!(matches!(unknown, Err(Error::Defect(_))), "a build without the script: {unknown:?}");
    assert_eq!(must("down", session.database.migrate_down(SCOPE, &all).await).as_deref(), Some("0001_first"));
    assert_eq!(must("nothing is left", session.database.migrate_down(SCOPE, &all).await), None);
}

/// A script that fails changes nothing, is named, and leaves what came before it.
pub async fn a_migration_that_fails_changes_nothing(db: TestDatabase) {
    let session = Session::new(db).await;
    let failed = session.database.migrate_up(SCOPE, &[FIRST, BROKEN]).await;
    assert!(matches!(&failed, Err(Error::Defect(cause)) if cause.contains("0003_broken")), "{failed:?}");
    assert_eq!(applied(&session, &[FIRST, BROKEN]).await, ["0001_first"]);
    must("it can be tried again", session.database.migrate_up(SCOPE, &[FIRST, SECOND]).await);
    let third = migration("0003_mended", "CREATE TABLE third_thing (a bigint)", "DROP TABLE third_thing");
    must("nothing of it was left", session.database.migrate_up(SCOPE, &[third]).await);
}

/// Several processes that start at once apply each migration once.
pub async fn migrations_of_several_processes_run_once(db: TestDatabase) {
    let mut starts = Vec::new();
    for _ in 0..4 {
        let database = db.open().await;
        starts.push(tokio::spawn(async move { database.migrate_up(SCOPE, &[FIRST, SECOND]).await }));
    }
    for start in starts {
        must("a start", must("a task", start.await));
    }
    let session = Session::new(db).await;
    assert_eq!(session.number("SELECT count(*) AS n FROM first_thing", Vec::new()).await, 1);
}

fn is_defect<T>(result: &Result<T, Error>, words: &[&str]) -> bool {
    matches!(result, Err(Error::Defect(cause)) if words.iter().all(|word| cause.contains(word)))
}

/// Two migrations of one number, and one without a number, are refused before anything runs, in whatever is asked.
pub async fn migrations_whose_numbers_cannot_be_right_are_refused(db: TestDatabase) {
    let session = Session::new(db).await;
    let twice = [SECOND, FIRST, OTHER];
    let words = ["0001_first", "0001_other", "number"];
    let up = session.database.migrate_up(SCOPE, &twice).await;
    assert!(is_defect(&up, &words), "{up:?}");
    let down = session.database.migrate_down(SCOPE, &twice).await;
    assert!(is_defect(&down, &words), "{down:?}");
    let status = session.database.migration_status(SCOPE, &twice).await;
    assert!(is_defect(&status, &words), "{status:?}");
    for name in ["orders", "0000_orders", "v1_orders", "99999999999_orders", ""] {
        let all = [FIRST, Migration { name, ..OTHER }];
        let up = session.database.migrate_up(SCOPE, &all).await;
        assert!(is_defect(&up, &[name, "has no number"]), "{up:?}");
    }
    assert!(applied(&session, &[FIRST]).await.is_empty());
}

/// A migration does not count as applied because another one was applied under its number.
pub async fn a_migration_under_another_name_is_not_taken_for_the_one_that_was_applied(db: TestDatabase) {
    let session = Session::new(db).await;
    must("up", session.database.migrate_up(SCOPE, &[FIRST]).await);
    let all = [OTHER, SECOND];
    assert!(applied(&session, &all).await.is_empty());
    let words = ["0001_first", "0001_other"];
    let up = session.database.migrate_up(SCOPE, &all).await;
    assert!(is_defect(&up, &words), "{up:?}");
    let down = session.database.migrate_down(SCOPE, &[OTHER]).await;
    assert!(is_defect(&down, &words), "{down:?}");
    assert_eq!(applied(&session, &[FIRST, SECOND]).await, ["0001_first"]);
}

/// The same when builds of both branches start at once: one of the two is told.
pub async fn of_two_migrations_of_one_number_that_start_at_once_one_is_refused(db: TestDatabase) {
    let mut starts = Vec::new();
    for at in 0..6 {
        let (database, migration) = (db.open().await, if at % 2 == 0 { FIRST } else { OTHER });
        starts.push(tokio::spawn(async move { database.migrate_up(SCOPE, &[migration]).await.is_ok() }));
    }
    let mut succeeded = Vec::new();
    for start in starts {
        succeeded.push(must("a task", start.await));
    }
    let first = succeeded[0];
    assert_eq!(succeeded, [first, !first, first, !first, first, !first]);
}

/// Replies and inbox rows are removed after their time, in batches, and not before.
pub async fn what_is_past_its_time_is_forgotten(db: TestDatabase) {
    let session = Session::new(db).await;
    let settings = TestDatabase::settings();
    for (at, id) in identities(3).into_iter().enumerate() {
        let keyed =
            Commit::new(&session.keyed(&at.to_string(), 1)).write(account(id, 1)).reply(&String::new());
        session.done(keyed.handling(InboxKey { consumer: "c".into(), event_id: id })).await;
    }
    let forget = || async { must("forget", session.database.forget_expired().await) };
    session.db.clock().advance(settings.keep_replies);
    assert_eq!((forget().await.replies, forget().await.inbox), (0, 0));
    session.db.clock().advance(Duration::from_micros(1));
    let first = forget().await;
    assert_eq!((first.replies, first.inbox), (3, 0));
    session.db.clock().advance(settings.keep_inbox);
    let second = forget().await;
    assert_eq!((second.replies, second.inbox), (0, 3));
}

/// Times that are kept for ever are no special case.
pub async fn forever_is_a_time_like_any_other(db: TestDatabase) {
    let settings = cloudlab_sql::Settings {
        keep_replies: Duration::MAX,
        keep_inbox: Duration::MAX,
        keep_events: Some(Duration::MAX),
        ..TestDatabase::settings()
    };
    let session = Session::with(db, settings).await;
    let commit = |text: &str| {
        Commit::new(&session.keyed("k", 1)).write(account(identities(1)[0], 1)).reply(&text.to_owned())
    };
    session.done(commit("first")).await;
    session.db.clock().advance(Duration::from_secs(1_000_000_000));
    must("forget", session.database.forget_expired().await);
    let again = session.commit(commit("second")).await;
    assert!(matches!(again, Err(Error::Replayed(_))), "{again:?}");
}
