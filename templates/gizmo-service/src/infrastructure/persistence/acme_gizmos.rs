//! Acme gizmos in SQL.

use crate::domain::{AcmeGizmo, AcmeGizmos, Description, Filter, Name, Snapshot, Sort, Status};
use cloudlab_chassis::sql::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use cloudlab_chassis::sql::{Database, Row, Statement, bind, keyset};
use cloudlab_core::store::Error;
use cloudlab_core::{Id, Invalid, RequestContext, Write, async_trait};
use std::collections::HashSet;

const TABLE: &str = "acme_gizmos";
const COLUMNS: [&str; 7] = ["id", "name", "description", "status", "version", "created_at", "updated_at"];
const BY_ID: &str = "SELECT id, name, description, status, version, created_at, updated_at FROM acme_gizmos \
    WHERE tenant_id = $1 AND id = $2";

/// Acme gizmos in the service's database.
pub struct SqlAcmeGizmos {
    database: Database,
}

impl SqlAcmeGizmos {
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl AcmeGizmos for SqlAcmeGizmos {
    async fn load(&self, ctx: &RequestContext, id: Id<AcmeGizmo>) -> Result<Option<AcmeGizmo>, Error> {
        let rows = self.database.load(ctx, by_id(ctx, id)).await?;
        rows.first().map(acme_gizmo).transpose()
    }

    async fn find(&self, ctx: &RequestContext, id: Id<AcmeGizmo>) -> Result<Option<AcmeGizmo>, Error> {
        let rows = self.database.fetch(ctx, by_id(ctx, id)).await?;
        rows.first().map(acme_gizmo).transpose()
    }

    async fn list(&self, ctx: &RequestContext, filter: &Filter) -> Result<Vec<AcmeGizmo>, Error> {
        let statement = Statement::build(self.database.dialect(), &page(ctx, filter))?;
        self.database.fetch(ctx, statement).await?.iter().map(acme_gizmo).collect()
    }

    async fn taken(&self, ctx: &RequestContext, names: &[&Name]) -> Result<HashSet<String>, Error> {
        let query = Query::select()
            .column("name_key")
            .from(TABLE)
            .and_where(Expr::col("tenant_id").eq(bind(ctx.tenant())))
            .and_where(Expr::col("name_key").is_in(names.iter().map(|name| bind(name.key()))))
            .take();
        let statement = Statement::build(self.database.dialect(), &query)?;
        self.database.load(ctx, statement).await?.iter().map(|row| row.get("name_key")).collect()
    }

    async fn statistics(&self, ctx: &RequestContext) -> Result<Vec<(Status, i64)>, Error> {
        let sql = "SELECT status, number FROM acme_gizmo_statistics WHERE tenant_id = $1";
        let rows = self.database.fetch(ctx, Statement::new(sql, vec![ctx.tenant().into()])).await?;
        rows.iter().map(|row| Ok((status(row)?, row.get("number")?))).collect()
    }

    fn insert(&self, acme_gizmo: &AcmeGizmo) -> Write {
        let state = acme_gizmo.state();
        columns(Write::insert(TABLE, [("id", state.id.into())]), state).set("created_at", state.created_at)
    }

    fn update(&self, acme_gizmo: &AcmeGizmo) -> Write {
        let state = acme_gizmo.state();
        columns(Write::update(TABLE, [("id", state.id.into())]), state).when("version", state.version - 1)
    }

    fn count(&self, status: Status, change: i64) -> Write {
        Write::count("acme_gizmo_statistics", [("status", status.as_str().into())], "number", change)
    }
}

fn by_id(ctx: &RequestContext, id: Id<AcmeGizmo>) -> Statement {
    Statement::new(BY_ID, vec![ctx.tenant().into(), id.into()])
}

fn columns(write: Write, state: &Snapshot) -> Write {
    write
        .set("name", state.name.as_str())
        .set("name_key", state.name.key())
        .set("description", state.description.as_str())
        .set("status", state.status.as_str())
        .set("version", state.version)
        .set("updated_at", state.updated_at)
}

fn page(ctx: &RequestContext, filter: &Filter) -> SelectStatement {
    let (column, descending) = match filter.sort {
        Sort::Oldest => ("created_at", false),
        Sort::Newest => ("created_at", true),
        Sort::Name => ("name_key", false),
        Sort::NameDescending => ("name_key", true),
    };
    let mut query = Query::select();
    query.columns(COLUMNS).from(TABLE).and_where(Expr::col("tenant_id").eq(bind(ctx.tenant())));
    if let Some(status) = filter.status {
        query.and_where(Expr::col("status").eq(bind(status.as_str())));
    }
    let after = filter.after.clone().map(|(place, id)| (place, id.uuid()));
    keyset::page(&mut query, column, descending, after, filter.limit);
    query
}

fn acme_gizmo(row: &Row) -> Result<AcmeGizmo, Error> {
    let (name, description): (String, String) = (row.get("name")?, row.get("description")?);
    let broken = |error: Invalid| Error::Defect(format!("a stored acme gizmo: {error}"));
    Ok(AcmeGizmo::restore(Snapshot {
        id: row.get("id")?,
        name: Name::parse(&name).map_err(broken)?,
        description: Description::parse(&description).map_err(broken)?,
        status: status(row)?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    }))
}

fn status(row: &Row) -> Result<Status, Error> {
    let word: String = row.get("status")?;
    Status::parse(&word).ok_or_else(|| Error::Defect(format!("a stored status `{word}` is unknown")))
}
