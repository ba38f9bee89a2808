//! The journal's tables on PostgreSQL, and the lease by the server's own clock.

use crate::Statement;
use crate::journal::rows;
use crate::journal::store::{Identity, JournalStore, Lease, Page, ReaderRow};
use crate::journal::{Position, Ranges};
use crate::postgres::Postgres;
use crate::postgres::commit;
use crate::postgres::values::Param;
use crate::sabotage;
use crate::{Row, engine::Engine as _};
use async_trait::async_trait;
use cloudlab_core::store::Error;
use cloudlab_core::{Timestamp, Uuid, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

impl Postgres {
    async fn read(&self, sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        let mut results = self.background.fetch(&[Statement::new(sql, values)], None).await?;
        Ok(results.pop().unwrap_or_default())
    }

    async fn change(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, Error> {
        Ok(commit::maintain(&self.background, &[Statement::new(sql, values)]).await?[0])
    }
}

/// The identity of the server's history: a restored or promoted one may hand out the same ids again. A name of the
/// log tells the timeline at once; the control file would tell it after the next checkpoint.
const INCARNATION: &str = "(SELECT system_identifier || ':' || \
    ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int FROM pg_control_system())";

#[async_trait]
impl JournalStore for Postgres {
    async fn register(&self, reader: &str) -> Result<(), Error> {
        let known = self.read("SELECT 1 FROM journal_reader WHERE reader = $1", vec![reader.into()]).await?;
        if !known.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO journal_reader (reader, high, lowest, gaps, incarnation, owner, fence, lease_until) \
             SELECT $1, mark, mark + 1, '[]', {INCARNATION}, NULL, 0, 'epoch' FROM journal_pruned ON CONFLICT DO NOTHING"
        );
        commit::maintain(&self.background, &[Statement::new(sql, vec![reader.into()])]).await.map(|_| ())
    }

    async fn lease(&self, reader: &str, owner: Uuid, length: Duration) -> Result<Option<Lease>, Error> {
        // The server's clock alone decides; a process whose clock is off, or that slept, cannot mislead it.
        let sql = "UPDATE journal_reader SET \
            fence = CASE WHEN owner = $2 THEN fence ELSE fence + 1 END, owner = $2, \
            lease_until = clock_timestamp() + make_interval(secs => $3::bigint / 1000.0) \
            WHERE reader = $1 AND (owner = $2 OR lease_until < clock_timestamp())";
        let length_ms = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        if self.change(sql, vec![reader.into(), owner.into(), length_ms.into()]).await? == 0 {
            return Ok(None);
        }
        let sql = "SELECT fence FROM journal_reader WHERE reader = $1 AND owner = $2";
        let rows = self.read(sql, vec![reader.into(), owner.into()]).await?;
        rows.first().map(|row| Ok(Lease { owner, fence: row.get("fence")? })).transpose()
    }

    async fn release(&self, reader: &str, lease: Lease) -> Result<(), Error> {
        let sql =
            "UPDATE journal_reader SET owner = NULL, lease_until = 'epoch' WHERE reader = $1 AND fence = $2";
        self.change(sql, vec![reader.into(), lease.fence.into()]).await.map(|_| ())
    }

    async fn load(&self, reader: &str) -> Result<ReaderRow, Error> {
        let sql = "SELECT high, gaps, incarnation, halted FROM journal_reader WHERE reader = $1";
        rows::reader(&self.read(sql, vec![reader.into()]).await?)
    }

    async fn save(&self, reader: &str, lease: Lease, position: &Position) -> Result<(), Error> {
        let fenced =
            "UPDATE journal_reader SET high = $1, lowest = $2, gaps = $3 WHERE reader = $4 AND fence = $5";
        let open = "UPDATE journal_reader SET high = $1, lowest = $2, gaps = $3 WHERE reader = $4 AND $5::bigint > 0";
        let gaps = serde_json::to_string(&position.open).map_err(|error| Error::Defect(error.to_string()))?;
        let values = vec![
            position.high.into(),
            position.lowest().into(),
            gaps.into(),
            reader.into(),
            lease.fence.into(),
        ];
        match self.change(if sabotage::on("no_fencing") { open } else { fenced }, values).await? {
            0 => Err(Error::Stale { table: "journal_reader".into() }),
            _ => Ok(()),
        }
    }

    async fn halt(&self, reader: &str, lease: Lease, cause: &str) -> Result<(), Error> {
        let sql = "UPDATE journal_reader SET halted = $1 WHERE reader = $2 AND fence = $3";
        self.change(sql, vec![cause.into(), reader.into(), lease.fence.into()]).await.map(|_| ())
    }

    async fn poll(&self, open: &Ranges, high: i64, limit: i64) -> Result<Page, Error> {
        // One statement a case, no OR: each arm walks the primary key from its start to its limit.
        let above = "SELECT id, tenant_id, event_id, aggregate, stream, sequence, what, version, public, data, at, \
            principal, request_id, trace FROM journal WHERE id > $1 ORDER BY id LIMIT $2";
        let both = "(SELECT late.* FROM unnest($3::int8[], $4::int8[]) AS gap(lo, hi) CROSS JOIN LATERAL \
            (SELECT id, tenant_id, event_id, aggregate, stream, sequence, what, version, public, data, at, \
            principal, request_id, trace FROM journal WHERE id >= gap.lo AND id < gap.hi ORDER BY id LIMIT $2) late \
            ORDER BY late.id LIMIT $2) UNION ALL (SELECT id, tenant_id, event_id, aggregate, stream, sequence, what, \
            version, public, data, at, principal, request_id, trace FROM journal WHERE id > $1 ORDER BY id LIMIT $2) \
            ORDER BY id";
        let found = if open.is_empty() {
            self.read(above, vec![high.into(), limit.into()]).await?
        } else {
            let (lo, hi) = open.as_slice().iter().map(|(lo, hi)| (Value::Int(*lo), Value::Int(*hi))).unzip();
            let one = |number: i64| Param::One(number.into());
            self.background
                .fetch_many(both, &[one(high), one(limit), Param::Many(lo), Param::Many(hi)])
                .await?
        };
        Ok(Page { rows: found.iter().map(rows::event).collect::<Result<_, _>>()? })
    }

    async fn writers(&self) -> Result<BTreeSet<String>, Error> {
        let sql = "SELECT virtualtransaction AS writer FROM pg_locks WHERE locktype = 'relation' \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
            AND relation = 'journal'::regclass AND mode = 'RowExclusiveLock' AND granted";
        self.read(sql, Vec::new()).await?.iter().map(|row| row.get("writer")).collect()
    }

    async fn identity(&self) -> Result<Identity, Error> {
        let sql = format!(
            "SELECT {INCARNATION} AS incarnation, \
            (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_id) AS last_drawn"
        );
        rows::identity(&self.read(sql, Vec::new()).await?)
    }

    async fn bury(&self, reader: &str, dead: &Ranges, at: Timestamp) -> Result<(), Error> {
        let sql = "INSERT INTO journal_dead_gap (reader, lo, hi, found_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let row = |(lo, hi): &(i64, i64)| {
            Statement::new(sql, vec![reader.into(), (*lo).into(), (*hi).into(), at.into()])
        };
        let statements: Vec<_> = dead.as_slice().iter().map(row).collect();
        self.maintain(&statements).await.map(|_| ())
    }

    async fn audit(&self, reader: &str) -> Result<Vec<i64>, Error> {
        let sql = "SELECT j.id FROM journal_dead_gap g JOIN journal j ON j.id >= g.lo AND j.id < g.hi \
            WHERE g.reader = $1 ORDER BY j.id LIMIT 1000";
        self.read(sql, vec![reader.into()]).await?.iter().map(|row| row.get("id")).collect()
    }

    async fn prune(&self, before: Timestamp, limit: i64) -> Result<u64, Error> {
        // First the rows, then their times: a search for old ones would walk the whole journal when there are none.
        let mark = "UPDATE journal_pruned SET mark = greatest(mark, (SELECT max(id) FROM (SELECT id, at FROM journal \
            WHERE id > mark AND id < (SELECT coalesce(min(lowest), 0) FROM journal_reader) ORDER BY id LIMIT $2) next \
            WHERE at < $1)) WHERE NOT EXISTS (SELECT 1 FROM journal_reader WHERE halted IS NOT NULL)";
        // The time tells what has its id from a counter that was set back, or from a clock that is ahead.
        let remove = "DELETE FROM journal WHERE id <= (SELECT mark FROM journal_pruned) AND at < $1 \
            AND NOT EXISTS (SELECT 1 FROM journal_reader WHERE halted IS NOT NULL)";
        let forget = "DELETE FROM journal_dead_gap WHERE hi <= (SELECT mark FROM journal_pruned)";
        let statements = [
            Statement::new(mark, vec![before.into(), limit.into()]),
            Statement::new(remove, vec![before.into()]),
            Statement::new(forget, Vec::new()),
        ];
        Ok(self.maintain(&statements).await?[1])
    }
}
