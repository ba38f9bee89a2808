//! The journal's tables on SQLite. One writer draws the ids and shows them in order: there are no gaps to prove.

use crate::engine::Engine;
use crate::journal::rows;
use crate::journal::store::{Identity, JournalStore, Lease, Page, ReaderRow};
use crate::journal::{Position, Ranges};
use crate::sqlite::Sqlite;
use crate::{Row, Statement};
use async_trait::async_trait;
use cloudlab_core::store::Error;
use cloudlab_core::{Timestamp, Uuid, Value};
use std::collections::BTreeSet;
use std::time::Duration;

impl Sqlite {
    async fn read(
        &self,
        sql: impl Into<std::borrow::Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        let mut results = self.fetch(&[Statement::new(sql, values)], None).await?;
        Ok(results.pop().unwrap_or_default())
    }
}

#[async_trait]
impl JournalStore for Sqlite {
    async fn register(&self, reader: &str) -> Result<(), Error> {
        let sql = "INSERT INTO journal_reader (reader, high, lowest, gaps, incarnation, owner, fence, lease_until) \
            SELECT $1, mark, mark + 1, '[]', (SELECT id FROM journal_incarnation), NULL, 0, 0 FROM journal_pruned \
            WHERE true ON CONFLICT DO NOTHING";
        self.maintain(&[Statement::new(sql, vec![reader.into()])]).await.map(|_| ())
    }

    async fn lease(&self, reader: &str, owner: Uuid, _length: Duration) -> Result<Option<Lease>, Error> {
        if !self.leases.take(reader, owner)? {
            return Ok(None);
        }
        let sql =
            "UPDATE journal_reader SET fence = fence + 1, owner = $1 WHERE reader = $2 AND owner IS NOT $1";
        self.maintain(&[Statement::new(sql, vec![owner.into(), reader.into()])]).await?;
        let rows =
            self.read("SELECT fence FROM journal_reader WHERE reader = $1", vec![reader.into()]).await?;
        rows.first().map(|row| Ok(Lease { owner, fence: row.get("fence")? })).transpose()
    }

    async fn release(&self, reader: &str, lease: Lease) -> Result<(), Error> {
        self.leases.release(reader, lease.owner);
        Ok(())
    }

    async fn load(&self, reader: &str) -> Result<ReaderRow, Error> {
        let sql = "SELECT high, gaps, incarnation, halted FROM journal_reader WHERE reader = $1";
        rows::reader(&self.read(sql, vec![reader.into()]).await?)
    }

    async fn save(&self, reader: &str, lease: Lease, position: &Position) -> Result<(), Error> {
        let sql =
            "UPDATE journal_reader SET high = $1, lowest = $2, gaps = $3 WHERE reader = $4 AND fence = $5";
        let gaps = serde_json::to_string(&position.open).map_err(|error| Error::Defect(error.to_string()))?;
        let values = vec![
            position.high.into(),
            position.lowest().into(),
            gaps.into(),
            reader.into(),
            lease.fence.into(),
        ];
        let changed = self.maintain(&[Statement::new(sql, values)]).await?;
        if changed == [0] { Err(Error::Stale { table: "journal_reader".into() }) } else { Ok(()) }
    }

    async fn halt(&self, reader: &str, lease: Lease, cause: &str) -> Result<(), Error> {
        let sql = "UPDATE journal_reader SET halted = $1 WHERE reader = $2 AND fence = $3";
        let values = vec![cause.into(), reader.into(), lease.fence.into()];
        self.maintain(&[Statement::new(sql, values)]).await.map(|_| ())
    }

    async fn poll(&self, open: &Ranges, high: i64, limit: i64) -> Result<Page, Error> {
        let columns = rows::COLUMNS;
        let mut found = Vec::new();
        for (lo, hi) in open.as_slice() {
            let sql =
                format!("SELECT {columns} FROM journal WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3");
            let left = limit - found.len() as i64;
            if left == 0 {
                break;
            }
            found.extend(self.read(sql, vec![(*lo).into(), (*hi).into(), left.into()]).await?);
        }
        let sql = format!("SELECT {columns} FROM journal WHERE id > $1 ORDER BY id LIMIT $2");
        found.extend(self.read(sql, vec![high.into(), limit.into()]).await?);
        Ok(Page { rows: found.iter().map(rows::event).collect::<Result<_, _>>()? })
    }

    async fn writers(&self) -> Result<BTreeSet<String>, Error> {
        Ok(BTreeSet::new())
    }

    async fn identity(&self) -> Result<Identity, Error> {
        let sql = "SELECT (SELECT id FROM journal_incarnation) AS incarnation, \
            coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0) AS last_drawn";
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
        let mark = "UPDATE journal_pruned SET mark = max(mark, coalesce((SELECT max(id) FROM (SELECT id, at FROM journal \
            WHERE id > mark AND id < (SELECT coalesce(min(lowest), 0) FROM journal_reader) ORDER BY id LIMIT $2) \
            WHERE at < $1), 0)) WHERE NOT EXISTS (SELECT 1 FROM journal_reader WHERE halted IS NOT NULL)";
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
