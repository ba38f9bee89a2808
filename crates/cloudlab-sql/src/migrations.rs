//! SQL-file migrations, up and down, per dialect.

use crate::engine::Engine;
use crate::{Database, Dialect};
use cloudlab_core::store::Error;

/// The scope of the tables of this crate.
pub const CHASSIS: &str = "cloudlab_chassis";

/// One step of a schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its file name without the ending, such as `0001_orders`: the number orders, the rest explains.
    pub name: &'static str,
    /// The scripts for PostgreSQL: up, down.
    pub postgres: (&'static str, &'static str),
    /// The scripts for SQLite: up, down.
    pub sqlite: (&'static str, &'static str),
}

/// Embeds migrations from `migrations/{postgres,sqlite}/NAME.{up,down}.sql` of the calling package.
#[macro_export]
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$($crate::Migration {
            name: $name,
            postgres: (
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $name, ".up.sql")),
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $name, ".down.sql")),
            ),
            sqlite: (
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $name, ".up.sql")),
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $name, ".down.sql")),
            ),
        }),*]
    };
}

const CHASSIS_MIGRATIONS: &[Migration] = migrations!["0001_chassis"];

impl Migration {
    /// The number that orders it: the digits that its name starts with, zero when there are none.
    #[must_use]
    pub fn number(&self) -> u32 {
        let digits = self.name.split('_').next().unwrap_or_default();
        digits.parse().unwrap_or_default()
    }

    pub(crate) const fn script(&self, dialect: Dialect, up: bool) -> &'static str {
        let scripts = match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        };
        if up { scripts.0 } else { scripts.1 }
    }
}

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Status {
    /// `chassis` or the service.
    pub scope: String,
    /// The migration's name.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

impl Database {
    /// Applies all that is missing: the chassis' own tables first, then the service's, each once across processes.
    ///
    /// # Errors
    /// [`Error::Defect`] names the migration whose script failed; what came before it stays applied.
    pub async fn migrate_up(&self, scope: &str, migrations: &[Migration]) -> Result<Vec<String>, Error> {
        let mut done = up(self.engine(), CHASSIS, CHASSIS_MIGRATIONS).await?;
        done.extend(up(self.engine(), scope, migrations).await?);
        Ok(done)
    }

    /// Takes back the newest applied migration of the scope; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Defect`] when its script fails: nothing has changed then.
    pub async fn migrate_down(&self, scope: &str, migrations: &[Migration]) -> Result<Option<String>, Error> {
        let applied = self.engine().applied(scope).await?;
        let Some(number) = applied.last() else { return Ok(None) };
        let Some(migration) = migrations.iter().find(|migration| migration.number() == *number) else {
            let sentence =
                format!("migration {number} of {scope} is applied, but this build does not have it");
            return Err(Error::Defect(sentence));
        };
        self.engine().migrate(scope, migration, false).await?;
        Ok(Some(migration.name.to_owned()))
    }

    /// Every migration of the chassis and the service, and whether it is applied.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn migration_status(
        &self,
        scope: &str,
        migrations: &[Migration],
    ) -> Result<Vec<Status>, Error> {
        let mut all = status(self.engine(), CHASSIS, CHASSIS_MIGRATIONS).await?;
        all.extend(status(self.engine(), scope, migrations).await?);
        Ok(all)
    }
}

async fn up(engine: &dyn Engine, scope: &str, migrations: &[Migration]) -> Result<Vec<String>, Error> {
    let applied = engine.applied(scope).await?;
    let mut done = Vec::new();
    let mut missing: Vec<_> = migrations.iter().filter(|one| !applied.contains(&one.number())).collect();
    missing.sort_by_key(|migration| migration.number());
    for migration in missing {
        engine.migrate(scope, migration, true).await?;
        done.push(format!("{scope}/{}", migration.name));
    }
    Ok(done)
}

async fn status(engine: &dyn Engine, scope: &str, migrations: &[Migration]) -> Result<Vec<Status>, Error> {
    let applied = engine.applied(scope).await?;
    let one = |migration: &Migration| Status {
        scope: scope.to_owned(),
        name: migration.name.to_owned(),
        applied: applied.contains(&migration.number()),
    };
    Ok(migrations.iter().map(one).collect())
}
