//! Probes in SQL.

use crate::probe::Probe;
use cloudlab_chassis::sql::{Database, Row, Statement};
use cloudlab_core::store::Error;
use cloudlab_core::{Id, RequestContext, Write};

const TABLE: &str = "probes";
const BY_IDS: &str = "SELECT id, value, version FROM probes WHERE tenant_id = $1 AND (id = $2 OR id = $3)";

/// Probes in the service's database.
#[derive(Clone)]
pub struct Probes {
    database: Database,
}

impl Probes {
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// One probe or two, for a decision, in the order asked for; what nobody has stepped yet is new.
    pub async fn load(&self, ctx: &RequestContext, ids: &[Id<Probe>]) -> Result<Vec<Probe>, Error> {
        let rows = self.database.load(ctx, by_ids(ctx, ids)).await?;
        let found = rows.iter().map(probe).collect::<Result<Vec<_>, _>>()?;
        let one = |id: &Id<Probe>| found.iter().find(|probe| probe.id == *id).cloned();
        Ok(ids.iter().map(|id| one(id).unwrap_or(Probe::new(*id))).collect())
    }

    /// A probe, to show it.
    pub async fn find(&self, ctx: &RequestContext, id: Id<Probe>) -> Result<Option<Probe>, Error> {
        self.database.fetch(ctx, by_ids(ctx, &[id])).await?.first().map(probe).transpose()
    }

    /// Stores a step, provided that nobody else has stepped since.
    pub fn save(&self, probe: &Probe) -> Write {
        let key = [("id", probe.id.into())];
        let write = match probe.version {
            1 => Write::insert(TABLE, key),
            version => Write::update(TABLE, key).when("version", version - 1),
        };
        write.set("value", probe.value).set("version", probe.version)
    }

    /// A change that cannot be right, which is noticed before anything of the commit is written.
    pub fn refused_early(&self, probe: &Probe) -> Write {
        Write::update("probe_refusals", [("id", probe.id.into())]).set("wanted", true).when("wanted", false)
    }

    /// A row that the database takes and refuses in the end, when the ids of the events are drawn.
    pub fn refused_late(&self, entry: Id<Probe>) -> Write {
        Write::insert("probe_refusals", [("id", entry.into())]).set("wanted", true)
    }
}

fn by_ids(ctx: &RequestContext, ids: &[Id<Probe>]) -> Statement {
    let (first, last) = (ids[0], ids[ids.len() - 1]);
    Statement::new(BY_IDS, vec![ctx.tenant().into(), first.into(), last.into()])
}

fn probe(row: &Row) -> Result<Probe, Error> {
    Ok(Probe { id: row.get("id")?, value: row.get("value")?, version: row.get("version")? })
}
