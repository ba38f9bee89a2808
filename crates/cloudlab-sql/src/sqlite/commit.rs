//! The commit on SQLite: the writer is alone, so no locks are needed, and every result is looked at before the next.

use crate::engine::Failure;
use crate::plan::Plan;
use crate::sabotage;
use crate::sqlite::{errors, values};
use cloudlab_core::store::Error;
use cloudlab_core::{Change, Expect, Key, TenantId, Value, Write};
use rusqlite::{Connection, params_from_iter};
use std::fmt::Write as _;

/// One statement of a commit.
pub(super) struct Step {
    sql: String,
    values: Vec<Value>,
    /// The table whose row must be there and as expected.
    required: Option<&'static str>,
}

/// The statements of a plan, in order.
pub(super) fn steps(plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::with_capacity(plan.writes.len() + plan.expects.len() + plan.events.len() * 2 + 2);
    steps.extend(plan.kept.as_ref().map(|kept| keep_reply(plan, kept)));
    steps.extend(plan.inbox.as_ref().filter(|_| !sabotage::on("no_inbox")).map(|inbox| Step {
        sql: "INSERT INTO inbox (tenant_id, consumer, event_id, at) VALUES (?1, ?2, ?3, ?4)".into(),
        values: vec![
            plan.tenant.into(),
            inbox.consumer.as_str().into(),
            inbox.event_id.into(),
            plan.at.into(),
        ],
        required: None,
    }));
    steps.extend(plan.expects.iter().map(|row| expect(plan.tenant, row)));
    steps.extend(plan.writes.iter().map(|row| write(plan.tenant, row)));
    steps.extend(plan.events.iter().flat_map(|event| append(plan, event)));
    steps
}

/// Runs the statements; the caller's savepoint takes everything back on an error.
pub(super) fn apply(connection: &Connection, steps: &[Step]) -> Result<(), Failure> {
    for step in steps {
        let changed = execute(connection, &step.sql, &step.values)?;
        if let Some(table) = step.required.filter(|_| changed == 0 && !sabotage::on("no_conditions")) {
            return Err(Error::Stale { table: table.to_owned() }.into());
        }
    }
    Ok(())
}

/// Runs one statement; answers the rows changed, or found when it reads.
pub(super) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<u64, Failure> {
    let mut prepared = connection.prepare_cached(&values::numbered(sql)).map_err(errors::failure)?;
    let params = params_from_iter(values.iter().map(values::Param));
    if !prepared.readonly() {
        return prepared.execute(params).map(|rows| rows as u64).map_err(errors::failure);
    }
    let mut rows = prepared.query(params).map_err(errors::failure)?;
    let mut found = 0;
    while rows.next().map_err(errors::failure)?.is_some() {
        found += 1;
    }
    Ok(found)
}

fn keep_reply(plan: &Plan, kept: &crate::plan::Kept) -> Step {
    let headers = serde_json::to_string(&kept.reply.headers).unwrap_or_default();
    Step {
        sql: "INSERT INTO idempotency \
              (tenant_id, principal, operation, key, request_hash, status, headers, body, at) \
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
            .into(),
        values: vec![
            plan.tenant.into(),
            plan.principal.as_str().into(),
            kept.idempotency.operation.as_ref().into(),
            kept.idempotency.key.as_ref().into(),
            kept.idempotency.request_hash.to_vec().into(),
            kept.reply.status.into(),
            headers.into(),
            kept.reply.body.to_vec().into(),
            plan.at.into(),
        ],
        required: None,
    }
}

fn expect(tenant: TenantId, expect: &Expect) -> Step {
    let mut text = Text::new(format!("SELECT 1 FROM {} WHERE ", expect.table()));
    text.conditions(tenant, expect.key(), expect.conditions());
    text.requiring(expect.table())
}

fn write(tenant: TenantId, write: &Write) -> Step {
    let table = write.table();
    match write.change() {
        Change::Insert => insert(tenant, write, None),
        Change::Count { column, amount } => insert(tenant, write, Some((column, amount))),
        Change::Delete => {
            let mut text = Text::new(format!("DELETE FROM {table} WHERE "));
            text.conditions(tenant, write.key(), write.conditions());
            text.requiring(table)
        }
        Change::Update => {
            let mut text = Text::new(format!("UPDATE {table} SET "));
            text.list(write.columns(), ", ");
            text.sql.push_str(" WHERE ");
            text.conditions(tenant, write.key(), write.conditions());
            text.requiring(table)
        }
        Change::Add { column, amount, floor } => {
            let mut text = Text::new(format!("UPDATE {table} SET {column} = {column} + "));
            text.value(amount.into());
            write.columns().iter().for_each(|(name, value)| {
                let _ = write!(text.sql, ", {name} = ");
                text.value(value.clone());
            });
            text.sql.push_str(" WHERE ");
            text.conditions(tenant, write.key(), write.conditions());
            if let Some(floor) = floor {
                let _ = write!(text.sql, " AND {column} + ");
                text.value(amount.into());
                text.sql.push_str(" >= ");
                text.value(floor.into());
            }
            text.requiring(table)
        }
    }
}

fn insert(tenant: TenantId, write: &Write, counted: Option<(&'static str, i64)>) -> Step {
    let mut columns = vec![("tenant_id", Value::from(tenant))];
    columns.extend(write.key().iter().chain(write.columns()).cloned());
    columns.extend(counted.map(|(column, amount)| (column, amount.into())));
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = Text::new(format!("INSERT INTO {} ({}) VALUES (", write.table(), names.join(", ")));
    for (at, (_, value)) in columns.into_iter().enumerate() {
        text.sql.push_str(if at == 0 { "" } else { ", " });
        text.value(value);
    }
    text.sql.push(')');
    if let Some((column, _)) = counted {
        let key: Vec<&str> = write.key().iter().map(|(name, _)| *name).collect();
        let key = key.join(", ");
        let _ = write!(
            text.sql,
            " ON CONFLICT (tenant_id, {key}) DO UPDATE SET {column} = {column} + excluded.{column}"
        );
    }
    Step { sql: text.sql, values: text.values, required: None }
}

/// An event takes its place in its stream, then its id: both under the one writer.
fn append(plan: &Plan, planned: &crate::plan::PlannedEvent) -> [Step; 2] {
    let event = &planned.event;
    let head = Step {
        sql: "INSERT INTO stream_head (tenant_id, stream, version) VALUES (?1, ?2, 1) \
              ON CONFLICT (tenant_id, stream) DO UPDATE SET version = version + 1"
            .into(),
        values: vec![plan.tenant.into(), event.stream.into()],
        required: None,
    };
    let row = Step {
        sql: "INSERT INTO journal (tenant_id, event_id, aggregate, stream, sequence, what, version, public, data, at, \
              principal, request_id, trace) \
              SELECT ?1, ?3, ?4, ?2, version, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 \
              FROM stream_head WHERE tenant_id = ?1 AND stream = ?2"
            .into(),
        values: vec![
            plan.tenant.into(),
            event.stream.into(),
            planned.event_id.into(),
            event.aggregate.into(),
            event.what.into(),
            event.version.into(),
            event.public.into(),
            Value::Json(String::from_utf8_lossy(&event.data).into_owned()),
            plan.at.into(),
            plan.principal.as_str().into(),
            plan.request_id.as_str().into(),
            plan.trace.as_ref().map(|trace| trace.as_str().to_owned()).into(),
        ],
        required: None,
    };
    [head, row]
}

/// A statement that grows with its values.
struct Text {
    sql: String,
    values: Vec<Value>,
}

impl Text {
    const fn new(sql: String) -> Self {
        Self { sql, values: Vec::new() }
    }

    fn value(&mut self, value: Value) {
        self.values.push(value);
        let _ = write!(self.sql, "?{}", self.values.len());
    }

    fn list(&mut self, columns: &[(&'static str, Value)], between: &str) {
        for (at, (name, value)) in columns.iter().enumerate() {
            let _ = write!(self.sql, "{}{name} = ", if at == 0 { "" } else { between });
            self.value(value.clone());
        }
    }

    fn conditions(&mut self, tenant: TenantId, key: &Key, conditions: &[(&'static str, Value)]) {
        self.sql.push_str("tenant_id = ");
        self.value(tenant.into());
        self.sql.push_str(" AND ");
        self.list(key, " AND ");
        for (name, value) in conditions {
            // Unlike `=`, which never holds for a null, and a condition may well ask for one.
            let _ = write!(self.sql, " AND {name} IS ");
            self.value(value.clone());
        }
    }

    fn requiring(self, table: &'static str) -> Step {
        Step { sql: self.sql, values: self.values, required: Some(table) }
    }
}
