//! What the database shows when it is asked by SQL, past the service.

use cloudlab_core::Uuid;

/// A row of the journal.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: i64,
    pub event_id: Uuid,
    pub stream: Uuid,
    pub sequence: i64,
    pub value: i64,
    pub mark: Uuid,
}

/// A row of the consumer's log: an effect.
#[derive(Clone, Debug)]
pub struct Effect {
    pub event_id: Uuid,
    pub stream: Uuid,
    pub sequence: i64,
}

/// A row of the aggregate.
#[derive(Clone, Debug)]
pub struct Probe {
    pub id: Uuid,
    pub value: i64,
    pub version: i64,
}

/// All that the laws look at.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// By id.
    pub events: Vec<Event>,
    /// By place.
    pub log: Vec<Effect>,
    pub probes: Vec<Probe>,
    pub dead_letters: i64,
    /// Sessions of a server that sit in a transaction and do nothing.
    pub idle_in_transaction: i64,
}

const PROBES: &str = "SELECT id, value, version FROM probes";
const LOG: &str = "SELECT event_id, stream, sequence FROM probe_log ORDER BY place";
const DEAD: &str = "SELECT count(*) FROM dead_letters";
const IDLE: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()";

/// Reads them from PostgreSQL.
pub async fn from_postgres(client: &tokio_postgres::Client) -> Rows {
    let events = "SELECT id, event_id, stream, sequence, (data->>'value')::bigint, (data->>'mark')::uuid \
        FROM journal WHERE public ORDER BY id";
    let all =
        async |sql: &str| client.query(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let count = async |sql: &str| all(sql).await[0].get::<_, i64>(0);
    let event = |row: &tokio_postgres::Row| Event {
        id: row.get(0),
        event_id: row.get(1),
        stream: row.get(2),
        sequence: row.get(3),
        value: row.get(4),
        mark: row.get(5),
    };
    let effect =
        |row: &tokio_postgres::Row| Effect { event_id: row.get(0), stream: row.get(1), sequence: row.get(2) };
    let probe = |row: &tokio_postgres::Row| Probe { id: row.get(0), value: row.get(1), version: row.get(2) };
    Rows {
        events: all(events).await.iter().map(event).collect(),
        log: all(LOG).await.iter().map(effect).collect(),
        probes: all(PROBES).await.iter().map(probe).collect(),
        dead_letters: count(DEAD).await,
        idle_in_transaction: count(IDLE).await,
    }
}

/// Reads them from SQLite.
pub fn from_sqlite(connection: &rusqlite::Connection) -> Rows {
    let events = "SELECT id, event_id, stream, sequence, json_extract(data, '$.value'), \
        json_extract(data, '$.mark') FROM journal WHERE public ORDER BY id";
    let event = |row: &rusqlite::Row<'_>| {
        Ok(Event {
            id: row.get(0)?,
            event_id: uuid(row, 1)?,
            stream: uuid(row, 2)?,
            sequence: row.get(3)?,
            value: row.get(4)?,
            mark: row.get::<_, String>(5)?.parse().expect("a mark is a UUID"),
        })
    };
    let effect = |row: &rusqlite::Row<'_>| {
        Ok(Effect { event_id: uuid(row, 0)?, stream: uuid(row, 1)?, sequence: row.get(2)? })
    };
    let probe =
        |row: &rusqlite::Row<'_>| Ok(Probe { id: uuid(row, 0)?, value: row.get(1)?, version: row.get(2)? });
    Rows {
        events: all(connection, events, event),
        log: all(connection, LOG, effect),
        probes: all(connection, PROBES, probe),
        dead_letters: all(connection, DEAD, |row| row.get(0))[0],
        idle_in_transaction: 0,
    }
}

fn all<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map((), read).unwrap().map(Result::unwrap).collect()
}

fn uuid(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_slice(&row.get::<_, Vec<u8>>(at)?).expect("sixteen octets"))
}
