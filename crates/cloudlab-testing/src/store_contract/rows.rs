//! Writes and expectations, one commit at a time.

use super::session::{Session, account, identities, key};
use crate::database::is_stale;
use crate::{TestDatabase, must};
use cloudlab_core::store::Error;
use cloudlab_core::{Expect, Kind, Timestamp, Uuid, Value, Write};
use cloudlab_sql::Row;

fn sample(id: Uuid, values: [Value; 7]) -> Write {
    let names = ["flag", "number", "label", "other", "octets", "instant", "document"];
    names
        .into_iter()
        .zip(values)
        .fold(Write::insert("sample", key(id)), |write, (name, value)| write.set(name, value))
}

fn values(seed: i64, id: Uuid) -> [Value; 7] {
    // Before 1970, after it, and with microseconds that no millisecond has.
    let instant = Timestamp::from_micros((seed - 2) * 1_767_225_600_123_457 / 3);
    [
        (seed % 2 == 0).into(),
        (i64::MAX - seed).into(),
        format!("čšž 'quoted' $1 ?1 \\ {seed}").into(),
        id.into(),
        vec![0, 255, 39, 92, u8::try_from(seed % 256).unwrap_or(0)].into(),
        instant.into(),
        Value::Json(format!("{{\"b\": 1,  \"a\":[{seed}, null], \"b\":2}}")),
    ]
}

fn nulls() -> [Value; 7] {
    use Kind::{Bool, Bytes, Int, Json, Text, Timestamp, Uuid};
    [Bool, Int, Text, Uuid, Bytes, Timestamp, Json].map(Value::Null)
}

fn read(row: &Row) -> [Value; 7] {
    let what = "a value as it was written";
    [
        must(what, row.get::<Option<bool>>("flag")).into(),
        must(what, row.get::<Option<i64>>("number")).into(),
        must(what, row.get::<Option<String>>("label")).into(),
        must(what, row.get::<Option<Uuid>>("other")).into(),
        must(what, row.get::<Option<Vec<u8>>>("octets")).map_or(Value::Null(Kind::Bytes), Value::Bytes),
        must(what, row.get::<Option<Timestamp>>("instant")).into(),
        must(what, row.get::<Option<String>>("document")).map_or(Value::Null(Kind::Json), Value::Json),
    ]
}

async fn assert_samples(session: &Session, expected: &[(Uuid, [Value; 7])]) {
    let rows = session.rows("SELECT * FROM sample ORDER BY id", Vec::new()).await;
    assert_eq!(rows.len(), expected.len());
    for (row, (id, values)) in rows.iter().zip(expected) {
        assert_eq!(must("the key", row.get::<Uuid>("id")), *id);
        assert_eq!(read(row), *values);
    }
}

/// A value of every kind, and a null of every kind, is read as it was written.
pub async fn every_kind_of_value_is_read_as_it_was_written(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(2);
    let expected = [(ids[0], values(1, ids[1])), (ids[1], nulls())];
    for (id, values) in &expected {
        session.write([sample(*id, values.clone())]).await;
    }
    assert_samples(&session, &expected).await;
}

/// The same for many rows that travel together, with nulls between values.
pub async fn many_new_rows_are_read_as_they_were_written(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(1_500);
    let row = |(at, id): (usize, &Uuid)| {
        let seed = i64::try_from(at).unwrap_or(0);
        (*id, if at % 3 == 0 { nulls() } else { values(seed, *id) })
    };
    let expected: Vec<_> = ids.iter().enumerate().map(row).collect();
    session.write(expected.iter().map(|(id, values)| sample(*id, values.clone()))).await;
    assert_samples(&session, &expected).await;
}

/// The end of the range of instants does not overflow on its way.
pub async fn the_ends_of_time_are_refused_or_kept_but_never_wrapped(db: TestDatabase) {
    let session = Session::new(db).await;
    for micros in [i64::MIN, i64::MIN + 1, i64::MAX] {
        let id = identities(1)[0];
        let written = Timestamp::from_micros(micros);
        let write = Write::insert("sample", key(id)).set("instant", written);
        if session.commit(session.empty().write(write)).await.is_ok() {
            let sql = "SELECT instant FROM sample WHERE tenant_id = $1 AND id = $2";
            let rows = session.rows(sql, vec![session.tenant.into(), id.into()]).await;
            assert_eq!(must("an instant", rows[0].get::<Timestamp>("instant")), written);
        }
    }
}

/// An update sets what it names and nothing else, and reads a condition of the row.
pub async fn an_update_sets_only_the_columns_that_it_names(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(2);
    session.write([account(ids[0], 10), account(ids[1], 20)]).await;
    let update =
        Write::update("account", key(ids[0])).set("version", 2_i64).set("note", "x").when("version", 1_i64);
    session.write([update]).await;
    let rows = session.rows("SELECT name, balance, version, note FROM account ORDER BY id", Vec::new()).await;
    assert_eq!(must("balance", rows[0].get::<i64>("balance")), 10);
    assert_eq!(must("version", rows[0].get::<i64>("version")), 2);
    assert_eq!(must("note", rows[0].get::<Option<String>>("note")).as_deref(), Some("x"));
    assert_eq!(must("version", rows[1].get::<i64>("version")), 1);
    assert_eq!(must("note", rows[1].get::<Option<String>>("note")), None);
}

/// A write whose row has changed takes the whole commit back.
pub async fn a_stale_update_writes_nothing(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(3);
    session.write([account(ids[0], 10), account(ids[1], 20)]).await;
    let stale = [
        Write::update("account", key(ids[0])).set("balance", 0_i64).when("version", 7_i64),
        Write::update("account", key(ids[2])).set("balance", 0_i64),
        Write::delete("account", key(ids[0])).when("balance", 11_i64),
        Write::delete("account", key(ids[2])),
        Write::add("account", key(ids[2]), "balance", 1, None),
        Write::add("account", key(ids[0]), "balance", 1, None).when("version", 2_i64),
    ];
    for write in stale {
        let (new, event) =
            (account(identities(1)[0], 1), super::session::Moved { stream: ids[1], number: 1 });
        let other = Write::update("account", key(ids[1])).set("balance", 99_i64);
        let commit = session.empty().write(new).write(write).write(other).publish(event);
        session.refused(commit, |error| is_stale(&Err(error.clone()), "account")).await;
    }
}

/// A row is gone after its removal, and only that row.
pub async fn a_delete_removes_its_row_only(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(2);
    session.write([account(ids[0], 10), account(ids[1], 20)]).await;
    session.write([Write::delete("account", key(ids[0])).when("balance", 10_i64)]).await;
    assert_eq!(session.number("SELECT count(*) AS n FROM account", Vec::new()).await, 1);
    assert_eq!(session.balance(ids[1]).await, 20);
}

/// A condition that a column holds no value holds for a null, and for nothing else.
pub async fn a_condition_can_ask_for_a_null(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(1);
    session.write([account(ids[0], 10)]).await;
    let claim = |by: &str| {
        Write::update("account", key(ids[0])).set("note", by).when("note", Value::Null(Kind::Text))
    };
    let expect = Expect::row("account", key(ids[0])).when("note", Value::Null(Kind::Text));
    session.done(session.empty().expect(expect).write(Write::count("tally", name("a"), "total", 1))).await;
    session.write([claim("first")]).await;
    let second = session.empty().write(claim("second"));
    session.refused(second, |error| is_stale(&Err(error.clone()), "account")).await;
}

fn name(name: &str) -> Vec<(&'static str, Value)> {
    vec![("name", name.into())]
}

/// An addition stops at its floor, exactly.
pub async fn an_addition_leaves_at_least_its_floor(db: TestDatabase) {
    let session = Session::new(db).await;
    let id = identities(1)[0];
    session.write([account(id, 10)]).await;
    let take = |amount: i64| Write::add("account", key(id), "balance", -amount, Some(3)).set("note", "taken");
    session.write([take(7)]).await;
    assert_eq!(session.balance(id).await, 3);
    let more = session.empty().write(take(1));
    session.refused(more, |error| is_stale(&Err(error.clone()), "account")).await;
    session.write([Write::add("account", key(id), "balance", -100, None)]).await;
    assert_eq!(session.balance(id).await, -97);
}

/// A number that would leave the range of 64 bits is refused.
pub async fn an_addition_never_wraps_around(db: TestDatabase) {
    let session = Session::new(db).await;
    let id = identities(1)[0];
    session.write([account(id, i64::MAX - 1)]).await;
    let beyond = session.empty().write(Write::add("account", key(id), "balance", 2, None));
    session.refused(beyond, |error| matches!(error, Error::Defect(_))).await;
}

/// A counter begins at its first amount and goes on from there.
pub async fn a_count_begins_when_its_row_is_missing(db: TestDatabase) {
    let session = Session::new(db).await;
    for amount in [3, 4, -2] {
        session.write([Write::count("tally", name("a"), "total", amount)]).await;
    }
    assert_eq!(session.number("SELECT total AS n FROM tally", Vec::new()).await, 5);
}

/// What a decision relied on must be as it was read.
pub async fn an_expected_row_that_has_changed_refuses_the_commit(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(3);
    session.write([account(ids[0], 10), account(ids[1], 20)]).await;
    let add = || Write::add("account", key(ids[1]), "balance", 1, None);
    let right = Expect::row("account", key(ids[0])).when("version", 1_i64).when("balance", 10_i64);
    session.done(session.empty().expect(right).write(add())).await;
    assert_eq!(session.balance(ids[1]).await, 21);
    let wrong = [
        Expect::row("account", key(ids[0])).when("version", 2_i64),
        Expect::row("account", key(ids[2])),
        Expect::row("account", key(ids[0])).when("balance", 10_i64).when("name", "other"),
    ];
    for expect in wrong {
        let commit = session.empty().expect(expect).write(add());
        session.refused(commit, |error| is_stale(&Err(error.clone()), "account")).await;
    }
}

fn is_duplicate(error: &Error, table: &str, column: &str) -> bool {
    matches!(error, Error::Duplicate { table: t, column: c } if t == table && c == column)
}

/// A value that is there already is named with its table and column.
pub async fn a_duplicate_is_named_and_writes_nothing(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(4);
    session.write([account(ids[0], 10), account(ids[1], 20)]).await;
    let named =
        |id: Uuid| Write::insert("account", key(id)).set("name", ids[0].to_string()).set("balance", 1_i64);
    let free = account(ids[2], 1);
    let name_taken = session.empty().write(Write::count("tally", name("a"), "total", 1)).write(named(ids[3]));
    session.refused(name_taken, |error| is_duplicate(error, "account", "name")).await;
    let in_bulk = session.empty().write_all([free.clone(), named(ids[3])]);
    session.refused(in_bulk, |error| is_duplicate(error, "account", "name")).await;
    let renamed = Write::update("account", key(ids[1])).set("name", ids[0].to_string());
    session.refused(session.empty().write(free).write(renamed), |e| is_duplicate(e, "account", "name")).await;
    let other_name = Write::insert("account", key(ids[0])).set("name", "free").set("balance", 1_i64);
    session.refused(session.empty().write(other_name), |error| is_duplicate(error, "account", "id")).await;
    let booking = |account: Uuid| {
        Write::insert("booking", vec![("account", account.into()), ("place", 1_i64.into())]).set("text", "x")
    };
    session.write([booking(ids[0])]).await;
    let again = session.empty().write(booking(ids[0]));
    session.refused(again, |error| is_duplicate(error, "booking", "place")).await;
}

/// What no retry makes right is a defect, and nothing of its commit is left.
pub async fn a_defect_writes_nothing(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(3);
    session.write([account(ids[0], 10)]).await;
    let row = || Write::update("account", key(ids[0]));
    let defects = [
        Write::insert("no_such_table", key(ids[1])),
        row().set("no_such_column", 1_i64),
        // Eight octets, which a careless binary protocol would take for a number.
        row().set("balance", "1234567x"),
        row().set("balance", vec![1_u8]),
        row().set("balance", Value::Null(Kind::Int)),
        row().set("name", vec![1_u8, 2]),
        Write::insert("account", key(ids[1])).set("name", "x").set("balance", "1234567x"),
        Write::insert("booking", vec![("account", ids[2].into()), ("place", 1_i64.into())])
            .set("text", "orphan"),
    ];
    for defect in defects {
        let what = format!("{defect:?}");
        let before = session.contents().await;
        let event = super::session::Moved { stream: ids[0], number: 1 };
        let tally = Write::count("tally", name("a"), "total", 1);
        let commit = session.empty().write(tally).write(defect).write(account(ids[2], 1)).publish(event);
        let result = session.commit(commit).await;
        assert!(matches!(result, Err(Error::Defect(_))), "{what}: {result:?}");
        assert_eq!(session.contents().await, before, "{what} has left something behind");
        // The connection that met the defect must serve the next commit as if nothing had been.
        session.write([Write::add("account", key(ids[0]), "balance", 1, None)]).await;
    }
    assert_eq!(session.balance(ids[0]).await, 18);
}

/// A row can be named once in a commit, whatever is done to it.
pub async fn the_same_row_twice_is_refused(db: TestDatabase) {
    let session = Session::new(db).await;
    let id = identities(1)[0];
    session.write([account(id, 10)]).await;
    let add = || Write::add("account", key(id), "balance", 1, None);
    let twice = [
        session.empty().write(add()).write(add()),
        session.empty().write(add()).write(Write::delete("account", key(id))),
        session.empty().write(add()).expect(Expect::row("account", key(id))),
        session.empty().write(Write::update("account", Vec::new()).set("balance", 1_i64)),
        session.empty().write(account(identities(1)[0], 1).when("balance", 1_i64)),
    ];
    for commit in twice {
        session.refused(commit, |error| matches!(error, Error::Defect(_))).await;
    }
}

/// What is written first is there when the next is written.
pub async fn writes_happen_in_the_written_order(db: TestDatabase) {
    let session = Session::new(db).await;
    let ids = identities(2);
    let booking = |place: i64| {
        Write::insert("booking", vec![("account", ids[0].into()), ("place", place.into())]).set("text", "x")
    };
    let backwards = session.empty().write(booking(1)).write(account(ids[0], 10));
    session.refused(backwards, |error| matches!(error, Error::Defect(_))).await;
    session.write([account(ids[0], 10), booking(1), booking(2)]).await;
    let parent_first = session.empty().write(Write::delete("account", key(ids[0])));
    session.refused(parent_first, |error| matches!(error, Error::Defect(_))).await;
    let remove =
        |place: i64| Write::delete("booking", vec![("account", ids[0].into()), ("place", place.into())]);
    // The name is free only once its holder has given it up.
    let renamed = Write::update("account", key(ids[0])).set("name", "old");
    let taken = Write::insert("account", key(ids[1])).set("name", ids[0].to_string()).set("balance", 1_i64);
    session.write([remove(2), remove(1), renamed, taken]).await;
    assert_eq!(session.number("SELECT count(*) AS n FROM booking", Vec::new()).await, 0);
}

/// The same keys and names in two tenants are different rows, and no commit reaches into another tenant.
pub async fn tenants_are_apart(db: TestDatabase) {
    let ours = Session::new(db).await;
    let theirs = ours.of_another_tenant();
    let id = identities(1)[0];
    for session in [&ours, &theirs] {
        session.write([account(id, 10)]).await;
        session.write([Write::count("tally", name("a"), "total", 1)]).await;
    }
    ours.write([
        Write::add("account", key(id), "balance", 5, None),
        Write::count("tally", name("a"), "total", 1),
    ])
    .await;
    assert_eq!((ours.balance(id).await, theirs.balance(id).await), (15, 10));
    theirs.write([Write::delete("account", key(id))]).await;
    assert_eq!(ours.balance(id).await, 15);
    let foreign = theirs.empty().expect(Expect::row("account", key(id))).write(account(identities(1)[0], 1));
    theirs.refused(foreign, |error| is_stale(&Err(error.clone()), "account")).await;
}
