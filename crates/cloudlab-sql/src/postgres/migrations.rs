//! Migrations on PostgreSQL: schema changes are transactional; an advisory lock lets one process at a time.

use crate::engine::Dialect;
use crate::migrations::Applied;
use crate::postgres::connections::Connections;
use crate::postgres::errors;
use crate::{Migration, Statement};
use cloudlab_core::store::Error;

/// Any number that nobody else uses: the first octets of "cloudlab".
const LOCK: i64 = 0x636c_6f75_646c_6162;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations \
    (scope text NOT NULL, number bigint NOT NULL, name text NOT NULL, PRIMARY KEY (scope, number))";

/// Runs one script and records it, unless another process was faster.
pub(super) async fn migrate(
    connections: &Connections,
    scope: &str,
    migration: &Migration,
    up: bool,
) -> Result<(), Error> {
    // No statement limit of requests fits a migration; a dropped future closes the connection and rolls back.
    let loan = connections.loan(None).await?;
    let client = loan.connection()?.client();
    let begin = format!(
        "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({LOCK}); {TABLE}"
    );
    client.batch_execute(&begin).await.map_err(errors::read)?;
    let number = i64::from(migration.number());
    let find = "SELECT name FROM schema_migrations WHERE scope = $1 AND number = $2";
    let found = client.query(find, &[&scope, &number]).await.map_err(errors::read)?;
    let found = found.iter().map(|row| Applied { number: migration.number(), name: row.get("name") });
    if migration.is_among(scope, &found.collect::<Vec<_>>())? != up {
        let script = migration.script(Dialect::Postgres, up);
        client.batch_execute(script).await.map_err(|error| failed(scope, migration, &error))?;
        let record = if up {
            "INSERT INTO schema_migrations (scope, number, name) VALUES ($1, $2, $3)"
        } else {
            "DELETE FROM schema_migrations WHERE scope = $1 AND number = $2 AND name = $3"
        };
        client.execute(record, &[&scope, &number, &migration.name]).await.map_err(errors::read)?;
    }
    client.batch_execute("COMMIT").await.map_err(errors::read)?;
    loan.returned();
    Ok(())
}

/// The applied migrations of a scope, in the order of their numbers.
pub(super) async fn applied(connections: &Connections, scope: &str) -> Result<Vec<Applied>, Error> {
    let exists = Statement::new("SELECT to_regclass('schema_migrations') IS NOT NULL AS there", Vec::new());
    let there = connections.fetch(&[exists], None).await?;
    if !there[0].first().map_or(Ok(false), |row| row.get("there"))? {
        return Ok(Vec::new());
    }
    let sql = "SELECT number, name FROM schema_migrations WHERE scope = $1 ORDER BY number";
    let rows = connections.fetch(&[Statement::new(sql, vec![scope.into()])], None).await?;
    rows[0].iter().map(Applied::read).collect()
}

fn failed(scope: &str, migration: &Migration, error: &tokio_postgres::Error) -> Error {
    match error.as_db_error() {
        Some(db) => Error::Defect(format!("migration {scope}/{} failed: {}", migration.name, db.message())),
        None => Error::Unavailable(error.to_string()),
    }
}
