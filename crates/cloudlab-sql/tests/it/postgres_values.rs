//! Columns of types that only PostgreSQL has, for one row and for many that travel together.

use cloudlab_core::store::Error;
use cloudlab_core::{Expect, Key, Value, Write};
use cloudlab_sql::Row;
use cloudlab_testing::store_contract::session::Session;
use cloudlab_testing::{must, on_postgres};

const SUITE: &str = "types of PostgreSQL";

const TABLE: &str = "
CREATE TYPE mood AS ENUM ('glad', 'sad', 'calm');
CREATE DOMAIN code AS text CHECK (value <> '');
CREATE DOMAIN size AS int4;
CREATE DOMAIN humour AS mood;
CREATE TABLE visit (
  tenant_id uuid NOT NULL, kind mood NOT NULL, code code NOT NULL, at int2 NOT NULL,
  small int2, middle int4, size size, mood mood, humour humour, short varchar(5), fixed char(3), label name,
  document json, indexed jsonb, object oid,
  PRIMARY KEY (tenant_id, kind, code, at)
)";

fn visit(at: i64) -> Key {
    let kind = ["sad", "glad", "calm"][at as usize % 3];
    vec![("kind", kind.into()), ("code", format!("c{at}").into()), ("at", at.into())]
}

fn columns(at: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("small", at.into()),
        ("middle", (at * 100_000).into()),
        ("size", (-at).into()),
        ("mood", "calm".into()),
        ("humour", "glad".into()),
        ("short", format!("s{at}").into()),
        ("fixed", "abc".into()),
        ("label", format!("l{at}").into()),
        ("document", format!("{{\"n\":  {at}}}").into()),
        ("indexed", Value::Json(format!("{{\"n\": {at}}}"))),
        ("object", (at + 3_000_000_000).into()),
    ]
}

fn insert(at: i64) -> Write {
    columns(at)
        .into_iter()
        .fold(Write::insert("visit", visit(at)), |write, (name, value)| write.set(name, value))
}

fn assert_as_written(row: &Row, at: i64) {
    for (name, value) in visit(at).into_iter().chain(columns(at)) {
        match value {
            Value::Int(number) => assert_eq!(must(name, row.get::<i64>(name)), number, "{name}"),
            Value::Text(text) | Value::Json(text) => {
                assert_eq!(must(name, row.get::<String>(name)), text, "{name}");
            }
            other => assert_eq!(other, Value::Bool(false), "{name} is not looked at"),
        }
    }
}

#[test]
fn one_row_and_many_go_into_columns_of_every_text_and_integer_type() {
    on_postgres(SUITE, |db| async move {
        let session = Session::new(db).await;
        session.script(TABLE).await;
        session.write([insert(0)]).await;
        session.write((1..5).map(insert)).await;
        let rows = session.rows("SELECT * FROM visit ORDER BY at", Vec::new()).await;
        assert_eq!(rows.len(), 5);
        for (row, at) in rows.iter().zip(0..) {
            assert_as_written(row, at);
        }
    });
}

#[test]
fn rows_are_locked_by_keys_of_every_text_and_integer_type() {
    on_postgres(SUITE, |db| async move {
        let session = Session::new(db).await;
        session.script(TABLE).await;
        session.write((0..4).map(insert)).await;
        let update = |at: i64| {
            Write::update("visit", visit(at)).set("mood", "sad").when("mood", "calm").when("fixed", "abc")
        };
        let expect = Expect::row("visit", visit(3)).when("kind", "sad").when("size", -3_i64);
        session.done(session.empty().expect(expect).write(update(2)).write(update(1)).write(update(0))).await;
        let sad = "SELECT count(*) AS n FROM visit WHERE mood = 'sad'";
        assert_eq!(session.number(sad, Vec::new()).await, 3);
        let stale = session.commit(session.empty().write(update(2)).write(update(3))).await;
        assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    });
}

#[test]
fn a_value_that_is_none_of_the_columns_is_a_defect_for_one_row_and_for_many() {
    on_postgres(SUITE, |db| async move {
        let session = Session::new(db).await;
        session.script(TABLE).await;
        let wrong: [(&str, Value); 6] = [
            ("mood", "furious".into()),
            ("short", "too long".into()),
            ("document", "{".into()),
            ("indexed", "{".into()),
            ("small", 70_000_i64.into()),
            ("size", "seven".into()),
        ];
        for (name, value) in wrong {
            let insert = |at: i64| Write::insert("visit", visit(at)).set(name, value.clone());
            for many in [1, 3] {
                let outcome = session.commit(session.empty().write_all((0..many).map(insert))).await;
                assert!(matches!(outcome, Err(Error::Defect(_))), "{many} of {name}: {outcome:?}");
            }
        }
        assert_eq!(session.number("SELECT count(*) AS n FROM visit", Vec::new()).await, 0);
    });
}
