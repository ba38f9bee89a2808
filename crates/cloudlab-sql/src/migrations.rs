//! SQL-file migrations, up and down, per dialect.

use crate::engine::Engine;
use crate::{Database, Dialect, Row};
use cloudlab_core::store::Error;
use std::collections::BTreeMap;

/// The scope of the tables of this crate.
pub const CHASSIS: &str = "cloudlab_chassis";

/// One step of a schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its file name without the ending, such as `0001_orders`: the number, from 1 on and of no other, orders; the rest
    /// explains.
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
    /// The number that orders it: the digits that its name starts with, zero when it is not fit for use.
    #[must_use]
    pub fn number(&self) -> u32 {
        let digits = self.name.split('_').next().unwrap_or_default();
        digits.parse().unwrap_or_default()
    }

    /// Whether the database has it.
    ///
    /// # Errors
    /// When the database has another one under its number. Two branches that were merged may each have brought one, and
    /// the second would never run.
    pub(crate) fn is_among(&self, scope: &str, applied: &[Applied]) -> Result<bool, Error> {
        let Some(found) = applied.iter().find(|one| one.number == self.number()) else { return Ok(false) };
        if found.name == self.name {
            return Ok(true);
        }
        Err(Error::Defect(format!(
            "migration {} of {scope} is applied as `{}`, but this build has `{}` under the number: a migration that was \
             applied keeps its name, and another one needs another number",
            found.number, found.name, self.name
        )))
    }

    pub(crate) const fn script(&self, dialect: Dialect, up: bool) -> &'static str {
        let scripts = match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        };
        if up { scripts.0 } else { scripts.1 }
    }
}

/// A migration as the database has recorded it.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub number: u32,
    pub name: String,
}

impl Applied {
    pub fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { number: row.get("number")?, name: row.get("name")? })
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
    /// [`Error::Defect`] names the migration whose script failed; what came before it stays applied. Nothing runs when
    /// one has no number, or a number that another one has, here or in the database.
    pub async fn migrate_up(&self, scope: &str, migrations: &[Migration]) -> Result<Vec<String>, Error> {
        check_numbers(scope, migrations)?;
        let mut done = up(self.engine(), CHASSIS, CHASSIS_MIGRATIONS).await?;
        done.extend(up(self.engine(), scope, migrations).await?);
        Ok(done)
    }

    /// Takes back the newest applied migration of the scope; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Defect`] when its script fails: nothing has changed then.
    pub async fn migrate_down(&self, scope: &str, migrations: &[Migration]) -> Result<Option<String>, Error> {
        check_numbers(scope, migrations)?;
        let applied = self.engine().applied(scope).await?;
        let Some(Applied { number, name }) = applied.last() else { return Ok(None) };
        let Some(migration) = migrations.iter().find(|migration| migration.number() == *number) else {
            let sentence = format!("migration {scope}/{name} is applied, but this build does not have it");
            return Err(Error::Defect(sentence));
        };
        migration.is_among(scope, &applied)?;
        self.engine().migrate(scope, migration, false).await?;
        Ok(Some(migration.name.to_owned()))
    }

    /// Every migration of the chassis and the service, and whether it is applied under its name.
    ///
    /// # Errors
    /// When the database cannot be reached, or the numbers cannot be right.
    pub async fn migration_status(
        &self,
        scope: &str,
        migrations: &[Migration],
    ) -> Result<Vec<Status>, Error> {
        check_numbers(scope, migrations)?;
        let mut all = status(self.engine(), CHASSIS, CHASSIS_MIGRATIONS).await?;
        all.extend(status(self.engine(), scope, migrations).await?);
        Ok(all)
    }
}

/// Refuses what the numbers would mix up: one without any, and two with the same.
fn check_numbers(scope: &str, migrations: &[Migration]) -> Result<(), Error> {
    let mut names = BTreeMap::new();
    for migration in migrations {
        let (number, name) = (migration.number(), migration.name);
        if number == 0 {
            let cure = "begin its name with one and `_`, from 0001 on";
            return Err(Error::Defect(format!("migration {scope}/{name} has no number: {cure}")));
        }
        if let Some(other) = names.insert(number, name) {
            let cure = "give the one that no database has the next free number";
            return Err(Error::Defect(format!(
                "migrations {scope}/{other} and {scope}/{name} have one number: {cure}"
            )));
        }
    }
    Ok(())
}

async fn up(engine: &dyn Engine, scope: &str, migrations: &[Migration]) -> Result<Vec<String>, Error> {
    let applied = engine.applied(scope).await?;
    let mut missing = Vec::new();
    for migration in migrations {
        if !migration.is_among(scope, &applied)? {
            missing.push(migration);
        }
    }
    missing.sort_by_key(|migration| migration.number());
    let mut done = Vec::new();
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
        // Another one under its number does not stand for it.
        applied: migration.is_among(scope, &applied).unwrap_or(false),
    };
    Ok(migrations.iter().map(one).collect())
}
