//! PostgreSQL: a database for each side, and its own load generator.

use crate::Fallible;
use cloudlab_testing::ServerDatabase;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACKAGED: &str = "/usr/lib/postgresql";

/// Makes a database on the server of `TEST_POSTGRES_URL`; it goes when the value does.
pub async fn scratch(label: &str) -> Fallible<ServerDatabase> {
    let database = ServerDatabase::from_environment(&format!("bench_{label}")).ok_or(
        "TEST_POSTGRES_URL is not set: run `scripts/servers up postgres` and `eval \"$(scripts/servers env)\"`",
    )?;
    database.create().await?;
    Ok(database)
}

/// Runs a script on a database.
pub async fn execute(database: &ServerDatabase, sql: &str) -> Fallible<()> {
    database.connect().await?.batch_execute(sql).await.map_err(|error| match error.as_db_error() {
        Some(db) => format!("PostgreSQL refused `{sql}`: {}", db.message()).into(),
        None => error.into(),
    })
}

/// Name and version, as the server says.
pub async fn version() -> Fallible<String> {
    let row = scratch("version").await?.connect().await?.query_one("SHOW server_version", &[]).await?;
    Ok(format!("PostgreSQL {}", row.get::<_, String>(0)))
}

/// Transactions a second of a pgbench script over 32 connections.
pub fn pgbench(url: &str, script: &Path, seconds: u64) -> Fallible<f64> {
    let output = Command::new(find_pgbench())
        .args(["--no-vacuum", "-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds.to_string(), "-f"])
        .arg(script)
        .arg(url)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("tps = ")).ok_or("pgbench printed no tps")?;
    Ok(line["tps = ".len()..].split(' ').next().unwrap_or_default().parse()?)
}

/// The newest that Debian's packages have, or what the path finds.
fn find_pgbench() -> PathBuf {
    let folders = std::fs::read_dir(PACKAGED).into_iter().flatten().flatten();
    let versions = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok());
    let programs =
        versions.map(|version| (version, Path::new(PACKAGED).join(format!("{version}/bin/pgbench"))));
    let newest = programs.filter(|(_, program)| program.exists()).max();
    newest.map_or_else(|| PathBuf::from("pgbench"), |(_, program)| program)
}
