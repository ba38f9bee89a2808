//! The statements of a plan for PostgreSQL, in the order in which they are sent.

use crate::Statement;
use crate::plan::{Kept, Plan, PlannedEvent, TableLock};
use crate::postgres::values::{Param, array_type};
use crate::sabotage;
use cloudlab_core::{Change, Expect, Kind, Value, Write};
use std::fmt::Write as _;

/// One statement with its parameters.
pub(super) struct Step {
    pub sql: String,
    pub params: Vec<Param>,
}

impl Step {
    /// A statement as it is.
    pub fn plain(statement: &Statement) -> Self {
        let params = statement.values.iter().cloned().map(Param::One).collect();
        Self { sql: statement.sql.clone().into_owned(), params }
    }

    fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), params: Vec::new() }
    }

    fn with(sql: impl Into<String>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), params: values.into_iter().map(Param::One).collect() }
    }

    fn value(&mut self, value: Value) {
        self.params.push(Param::One(value));
        let _ = write!(self.sql, "${}", self.params.len());
    }

    fn many(&mut self, kind: Kind, values: Vec<Value>) {
        self.params.push(Param::Many(values));
        let _ = write!(self.sql, "${}::{}", self.params.len(), array_type(kind));
    }

    /// Values for a column of a table, as an array of the column's own type: a text goes into an enum by itself, and an
    /// array of texts into no array of enums. The server drops the branch that is never taken when it plans.
    fn column(&mut self, table: &str, column: &str, values: Vec<Value>) {
        let _ = write!(self.sql, "CASE WHEN false THEN ARRAY(SELECT {column} FROM {table}) ELSE ");
        self.params.push(Param::Many(values));
        let _ = write!(self.sql, "${} END", self.params.len());
    }

    fn list<'a>(&mut self, columns: impl IntoIterator<Item = &'a (&'static str, Value)>, between: &str) {
        for (at, (name, value)) in columns.into_iter().enumerate() {
            let _ = write!(self.sql, "{}{name} = ", if at == 0 { "" } else { between });
            self.value(value.clone());
        }
    }

    fn row(&mut self, plan: &Plan, key: &[(&'static str, Value)], conditions: &[(&'static str, Value)]) {
        self.sql.push_str("tenant_id = ");
        self.value(plan.tenant.into());
        self.sql.push_str(" AND ");
        self.list(key, " AND ");
        for (name, value) in conditions {
            self.sql.push_str(" AND ");
            match value {
                // Equality with a null never holds, and a condition may well ask for one.
                Value::Null(_) => drop(write!(self.sql, "{name} IS NULL")),
                value => self.list([&(*name, value.clone())], ""),
            }
        }
    }

    /// Wraps a statement that returns a row for the one that it found, so that finding none raises.
    fn required(mut self, table: &str) -> Self {
        if sabotage::on("no_conditions") {
            return self;
        }
        self.sql = format!(
            "WITH found AS ({}) SELECT cloudlab_require((SELECT count(*) FROM found) = 1, ",
            self.sql
        );
        self.value(table.into());
        self.sql.push(')');
        self
    }
}

/// The statements of a plan: the key first, since whoever holds it decides; then locks, rows, events.
pub(super) fn steps(plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::with_capacity(plan.writes.len() + 4);
    steps.extend(plan.kept.as_ref().map(|kept| keep_reply(plan, kept)));
    steps.extend(plan.inbox.as_ref().filter(|_| !sabotage::on("no_inbox")).map(|inbox| {
        Step::with(
            "INSERT INTO inbox (tenant_id, consumer, event_id, at) VALUES ($1, $2, $3, $4)",
            vec![plan.tenant.into(), inbox.consumer.as_str().into(), inbox.event_id.into(), plan.at.into()],
        )
    }));
    steps.extend(plan.locks.iter().map(|table| lock(plan, table)));
    steps.extend(plan.expects.iter().map(|row| expect(plan, row)));
    let mut writes = plan.writes.as_slice();
    while let Some(first) = writes.first() {
        let alike = writes.iter().take_while(|write| same_shape(first, write)).count();
        let (together, rest) = writes.split_at(alike);
        steps.push(if alike > 1 { insert_many(plan, together) } else { write_one(plan, first) });
        writes = rest;
    }
    match plan.events.as_slice() {
        [] => {}
        [event] if sabotage::on("one_by_one") => steps.extend(append_stepwise(plan, event)),
        [event] => steps.push(append_one(plan, event)),
        events => steps.push(append_many(plan, events)),
    }
    steps
}

fn keep_reply(plan: &Plan, kept: &Kept) -> Step {
    Step::with(
        "INSERT INTO idempotency (tenant_id, principal, operation, key, request_hash, status, headers, body, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        vec![
            plan.tenant.into(),
            plan.principal.as_str().into(),
            kept.idempotency.operation.as_ref().into(),
            kept.idempotency.key.as_ref().into(),
            kept.idempotency.request_hash.to_vec().into(),
            kept.reply.status.into(),
            serde_json::to_string(&kept.reply.headers).unwrap_or_default().into(),
            kept.reply.body.to_vec().into(),
            plan.at.into(),
        ],
    )
}

/// Locks existing rows in key order: whoever locks the same rows waits, and never the other way round.
fn lock(plan: &Plan, lock: &TableLock) -> Step {
    let columns: Vec<&str> = lock.keys[0].iter().map(|(name, _)| *name).collect();
    let names = columns.join(", ");
    let mut step = Step::new(format!("SELECT 1 FROM {} WHERE tenant_id = ", lock.table));
    step.value(plan.tenant.into());
    let _ = write!(step.sql, " AND ({names}) IN (SELECT * FROM unnest(");
    for (at, column) in columns.iter().enumerate() {
        step.sql.push_str(if at == 0 { "" } else { ", " });
        let values = lock.keys.iter().map(|key| key[at].1.clone()).collect();
        step.column(lock.table, column, values);
    }
    let _ =
        write!(step.sql, ")) ORDER BY {names} FOR {}", if lock.shared { "SHARE" } else { "NO KEY UPDATE" });
    step
}

fn expect(plan: &Plan, expect: &Expect) -> Step {
    let mut step = Step::new(format!("SELECT 1 FROM {} WHERE ", expect.table()));
    step.row(plan, expect.key(), expect.conditions());
    step.sql.push_str(" FOR SHARE");
    step.required(expect.table())
}

fn write_one(plan: &Plan, write: &Write) -> Step {
    let table = write.table();
    let mut step = match write.change() {
        Change::Insert => return insert_one(plan, write, None),
        Change::Count { column, amount } => return insert_one(plan, write, Some((column, amount))),
        Change::Delete => Step::new(format!("DELETE FROM {table} WHERE ")),
        Change::Update => {
            let mut step = Step::new(format!("UPDATE {table} SET "));
            step.list(write.columns(), ", ");
            step.sql.push_str(" WHERE ");
            step
        }
        Change::Add { column, amount, .. } => {
            let mut step = Step::new(format!("UPDATE {table} SET {column} = {column} + "));
            step.value(amount.into());
            if !write.columns().is_empty() {
                step.sql.push_str(", ");
                step.list(write.columns(), ", ");
            }
            step.sql.push_str(" WHERE ");
            step
        }
    };
    step.row(plan, write.key(), write.conditions());
    if let Change::Add { column, amount, floor: Some(floor) } = write.change() {
        let _ = write!(step.sql, " AND {column} + ");
        step.value(amount.into());
        step.sql.push_str(" >= ");
        step.value(floor.into());
    }
    step.sql.push_str(" RETURNING 1");
    step.required(table)
}

fn insert_one(plan: &Plan, write: &Write, counted: Option<(&'static str, i64)>) -> Step {
    let tenant = ("tenant_id", Value::from(plan.tenant));
    let amount = counted.map(|(column, amount)| (column, Value::from(amount)));
    let columns = || std::iter::once(&tenant).chain(write.key()).chain(write.columns()).chain(&amount);
    let names: Vec<&str> = columns().map(|(name, _)| *name).collect();
    let mut step = Step::new(format!("INSERT INTO {} ({}) VALUES (", write.table(), names.join(", ")));
    for (at, (_, value)) in columns().enumerate() {
        step.sql.push_str(if at == 0 { "" } else { ", " });
        step.value(value.clone());
    }
    step.sql.push(')');
    if let Some((column, _)) = counted {
        let key: Vec<&str> = write.key().iter().map(|(name, _)| *name).collect();
        let (key, table) = (key.join(", "), write.table());
        let change = format!("{column} = {table}.{column} + excluded.{column}");
        let _ = write!(step.sql, " ON CONFLICT (tenant_id, {key}) DO UPDATE SET {change}");
    }
    step
}

fn same_shape(first: &Write, other: &Write) -> bool {
    let names = |write: &Write| -> Vec<(&'static str, Kind)> {
        write.key().iter().chain(write.columns()).map(|(name, value)| (*name, value.kind())).collect()
    };
    std::ptr::eq(first, other)
        || (first.change() == Change::Insert
            && other.change() == Change::Insert
            && first.table() == other.table()
            && names(first) == names(other))
}

/// Many new rows of one shape as one statement of fixed text: a column is one parameter.
fn insert_many(plan: &Plan, writes: &[Write]) -> Step {
    let columns = |write: &Write| -> Vec<(&'static str, Value)> {
        write.key().iter().chain(write.columns()).cloned().collect()
    };
    let first = columns(&writes[0]);
    let names: Vec<&str> = first.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let table = writes[0].table();
    let mut step = Step::new(format!("INSERT INTO {table} (tenant_id, {names}) SELECT "));
    step.value(plan.tenant.into());
    let _ = write!(step.sql, "::uuid, {names} FROM unnest(");
    for (at, (name, _)) in first.iter().enumerate() {
        step.sql.push_str(if at == 0 { "" } else { ", " });
        step.column(table, name, writes.iter().map(|write| columns(write)[at].1.clone()).collect());
    }
    let _ = write!(step.sql, ") AS new({names})");
    step
}

const JOURNAL: &str = "INSERT INTO journal (tenant_id, at, principal, request_id, trace, \
    stream, sequence, event_id, aggregate, what, version, public, data)";

fn recorded(plan: &Plan) -> Vec<Value> {
    vec![
        plan.tenant.into(),
        plan.at.into(),
        plan.principal.as_str().into(),
        plan.request_id.as_str().into(),
        plan.trace.as_ref().map(|trace| trace.as_str().to_owned()).into(),
    ]
}

fn data(planned: &PlannedEvent) -> Value {
    Value::Json(String::from_utf8_lossy(&planned.event.data).into_owned())
}

const HEAD: &str = "INSERT INTO stream_head (tenant_id, stream, version) VALUES ($1, $6, 1) \
    ON CONFLICT (tenant_id, stream) DO UPDATE SET version = stream_head.version + 1 RETURNING version";

/// One event: the stream's head is locked by its new version, and only then is the id drawn.
fn append_one(plan: &Plan, planned: &PlannedEvent) -> Step {
    let head = if sabotage::on("no_stream_lock") {
        "SELECT 1 + coalesce((SELECT max(sequence) FROM journal WHERE stream = $6::uuid), 0) AS version"
    } else {
        HEAD
    };
    Step::with(
        format!(
            "WITH head AS ({head}) {JOURNAL} SELECT $1::uuid, $2::timestamptz, $3, $4, $5, \
             $6::uuid, head.version, $7::uuid, $8, $9, $10::int2, $11::bool, $12::json FROM head"
        ),
        event_values(plan, planned),
    )
}

/// The same in two statements, as a transaction that waits for every answer would have it.
fn append_stepwise(plan: &Plan, planned: &PlannedEvent) -> [Step; 2] {
    let head = HEAD.replace("$6", "$2");
    let journal = format!(
        "{JOURNAL} SELECT $1::uuid, $2::timestamptz, $3, $4, $5, $6::uuid, head.version, $7::uuid, $8, $9, \
         $10::int2, $11::bool, $12::json FROM stream_head head WHERE tenant_id = $1 AND stream = $6"
    );
    [
        Step::with(head, vec![plan.tenant.into(), planned.event.stream.into()]),
        Step::with(journal, event_values(plan, planned)),
    ]
}

fn event_values(plan: &Plan, planned: &PlannedEvent) -> Vec<Value> {
    let event = &planned.event;
    let mut values = recorded(plan);
    values.extend([
        event.stream.into(),
        planned.event_id.into(),
        event.aggregate.into(),
        event.what.into(),
        event.version.into(),
        event.public.into(),
        data(planned),
    ]);
    values
}

/// Many events: each stream's head moves once, in the order of the streams, and ids are drawn in written order
/// when all heads are locked.
fn append_many(plan: &Plan, events: &[PlannedEvent]) -> Step {
    let mut step = Step::with(String::new(), recorded(plan));
    let column = |value: &dyn Fn(&PlannedEvent) -> Value| events.iter().map(value).collect::<Vec<_>>();
    let many = [
        column(&|planned| planned.event.stream.into()),
        column(&|planned| planned.event_id.into()),
        column(&|planned| planned.event.aggregate.into()),
        column(&|planned| planned.event.what.into()),
        column(&|planned| planned.event.version.into()),
        column(&|planned| planned.event.public.into()),
        column(&data),
    ];
    step.sql.push_str("WITH new AS (SELECT * FROM unnest(");
    for (at, values) in many.into_iter().enumerate() {
        step.sql.push_str(if at == 0 { "" } else { ", " });
        step.many(values[0].kind(), values);
    }
    let _ = write!(
        step.sql,
        ") WITH ORDINALITY AS new(stream, event_id, aggregate, what, version, public, data, place)), \
         counted AS (SELECT stream, count(*) AS events FROM new GROUP BY stream), \
         head AS (INSERT INTO stream_head (tenant_id, stream, version) \
           SELECT $1::uuid, stream, events FROM counted ORDER BY stream \
           ON CONFLICT (tenant_id, stream) DO UPDATE SET version = stream_head.version + excluded.version \
           RETURNING stream, version) \
         {JOURNAL} SELECT $1::uuid, $2::timestamptz, $3, $4, $5, stream, \
           head.version - counted.events + row_number() OVER (PARTITION BY stream ORDER BY new.place), \
           event_id, aggregate, what, new.version::int2, public, data \
         FROM new JOIN counted USING (stream) JOIN head USING (stream) ORDER BY new.place"
    );
    step
}
