//! The dead letters of all tenants, for operators.

use cloudlab_core::store::Error;
use cloudlab_core::{Principal, RequestContext, TenantId, Uuid, Value};
use cloudlab_messaging::DeadLetter;
use cloudlab_sql::{Database, Row, Statement};

const COLUMNS: &str = "id, consumer, topic, message, cause, attempts, parked_at, replayed_at";

/// The newest letters that wait, or of all, at most so many.
pub(crate) async fn list(database: &Database, limit: i64, all: bool) -> Result<Vec<DeadLetter>, Error> {
    let which = if all { "" } else { "WHERE replayed_at IS NULL " };
    let sql = format!("SELECT {COLUMNS} FROM dead_letters {which}ORDER BY parked_at DESC, id DESC LIMIT $1");
    fetch(database, sql, vec![limit.into()]).await
}

/// The letter of this identity.
pub(crate) async fn find(database: &Database, id: Uuid) -> Result<Option<DeadLetter>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM dead_letters WHERE id = $1");
    Ok(fetch(database, sql, vec![id.into()]).await?.pop())
}

/// How many wait for somebody.
pub(crate) async fn waiting(database: &Database) -> Result<i64, Error> {
    let sql = "SELECT count(*) AS waiting FROM dead_letters WHERE replayed_at IS NULL";
    let rows = database.fetch(&operator(), Statement::new(sql, Vec::new())).await?;
    rows.first().map_or(Ok(0), |row| row.get("waiting"))
}

async fn fetch(database: &Database, sql: String, values: Vec<Value>) -> Result<Vec<DeadLetter>, Error> {
    let rows = database.fetch(&operator(), Statement::new(sql, values)).await?;
    rows.iter().map(letter).collect()
}

/// An operator looks at all tenants; the statements above name none.
fn operator() -> RequestContext {
    RequestContext::new(TenantId::new(Uuid::nil()), Principal::new("operator"), "admin")
}

fn letter(row: &Row) -> Result<DeadLetter, Error> {
    let message: String = row.get("message")?;
    Ok(DeadLetter {
        id: row.get("id")?,
        consumer: row.get("consumer")?,
        topic: row.get("topic")?,
        message: serde_json::from_str(&message).map_err(|error| Error::Defect(error.to_string()))?,
        cause: row.get("cause")?,
        attempts: row.get("attempts")?,
        parked_at: row.get("parked_at")?,
        replayed_at: row.get("replayed_at")?,
    })
}
