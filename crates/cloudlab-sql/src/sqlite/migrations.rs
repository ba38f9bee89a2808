//! Migrations on SQLite: schema changes are transactional, and the writer is alone.

use crate::engine::{Dialect, Failure};
use crate::migrations::Applied;
use crate::sqlite::writer::Writer;
use crate::sqlite::{errors, values};
use crate::{Migration, Statement};
use cloudlab_core::store::Error;
use rusqlite::Connection;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations \
    (scope TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (scope, number)) STRICT";

/// Runs one script and records it, unless another process was faster.
pub(super) async fn migrate(
    writer: &Writer,
    scope: &str,
    migration: &Migration,
    up: bool,
) -> Result<(), Error> {
    let (scope, migration) = (scope.to_owned(), *migration);
    let work = move |connection: &Connection| {
        if migration.is_among(&scope, &recorded(connection, &scope)?)? == up {
            return Ok(());
        }
        connection.execute_batch(migration.script(Dialect::Sqlite, up)).map_err(|error| {
            Failure::Error(Error::Defect(format!("migration {scope}/{} failed: {error}", migration.name)))
        })?;
        let record = if up {
            "INSERT INTO schema_migrations (scope, number, name) VALUES (?1, ?2, ?3)"
        } else {
            "DELETE FROM schema_migrations WHERE scope = ?1 AND number = ?2 AND name = ?3"
        };
        let row = rusqlite::params![scope, migration.number(), migration.name];
        connection.execute(record, row).map(|_| ()).map_err(errors::failure)
    };
    writer.run(None, work).await.map_err(errors::plain)
}

/// The applied migrations of a scope, in the order of their numbers.
pub(super) async fn applied(writer: &Writer, scope: &str) -> Result<Vec<Applied>, Error> {
    let scope = scope.to_owned();
    writer.run(None, move |connection| recorded(connection, &scope)).await.map_err(errors::plain)
}

fn recorded(connection: &Connection, scope: &str) -> Result<Vec<Applied>, Failure> {
    connection.execute_batch(TABLE).map_err(errors::failure)?;
    let sql = "SELECT number, name FROM schema_migrations WHERE scope = $1 ORDER BY number";
    let rows = values::query(connection, &Statement::new(sql, vec![scope.into()]))?;
    Ok(rows.iter().map(Applied::read).collect::<Result<_, _>>()?)
}
