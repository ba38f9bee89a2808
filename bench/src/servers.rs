//! What runs beside the bench: PostgreSQL's own tools, and services as processes of their own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Anything that goes wrong ends the bench with a sentence.
pub type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A database that is made for one bench and dropped after it.
pub struct Scratch {
    server: String,
    name: String,
}

impl Scratch {
    /// Makes a database on the server of `TEST_POSTGRES_URL`.
    pub async fn create(label: &str) -> Fallible<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").map_err(|_| {
            "TEST_POSTGRES_URL is not set: run `scripts/servers up postgres` and `eval \"$(scripts/servers env)\"`"
        })?;
        let name = format!("bench_{label}_{}", std::process::id());
        let scratch = Self { server, name };
        scratch.on_server(&format!("DROP DATABASE IF EXISTS {}", scratch.name)).await?;
        scratch.on_server(&format!("CREATE DATABASE {}", scratch.name)).await?;
        Ok(scratch)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let end = self.server.rfind('/').unwrap_or(self.server.len());
        format!("{}/{}", &self.server[..end], self.name)
    }

    /// Drops it. The server's own vacuum may be inside, which only a superuser could end.
    pub async fn drop(self) -> Fallible<()> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match self.on_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await {
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(200)).await,
                outcome => return outcome,
            }
        }
    }

    async fn on_server(&self, sql: &str) -> Fallible<()> {
        execute(&self.server, sql).await
    }
}

/// Runs a script on a database.
pub async fn execute(url: &str, sql: &str) -> Fallible<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let outcome = client.batch_execute(sql).await;
    drop(client);
    connection.await??;
    outcome.map_err(|error| match error.as_db_error() {
        Some(db) => format!("PostgreSQL refused `{sql}`: {}", db.message()).into(),
        None => error.into(),
    })
}

/// Transactions a second of a pgbench script over 32 connections.
pub fn pgbench(url: &str, script: &Path, seconds: u64) -> Fallible<f64> {
    let output = Command::new(find_pgbench()?)
        .args(["--no-vacuum", "-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds.to_string(), "-f"])
        .arg(script)
        .arg(url)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("tps = ")).ok_or("pgbench printed no tps")?;
    Ok(line["tps = ".len()..].split(' ').next().unwrap_or_default().parse()?)
}

fn find_pgbench() -> Fallible<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> =
        packaged.map(|entry| entry.path().join("bin/pgbench")).filter(|path| path.exists()).collect();
    found.sort();
    Ok(found.pop().unwrap_or_else(|| PathBuf::from("pgbench")))
}

/// A service as a process of its own, killed when dropped.
pub struct Process {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    /// How long it took until it was ready.
    pub ready_after: Duration,
    _folder: tempfile::TempDir,
}

impl Process {
    /// Starts the blank service on a database.
    pub fn service(database: Option<&str>, variables: &[(&str, &str)]) -> Fallible<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(sibling("bench-service")?);
        command.current_dir(folder.path()).envs(variables.iter().copied());
        command.env("CLOUDLAB__HTTP__ADDRESS", "127.0.0.1:0").env("CLOUDLAB__ADMIN__ADDRESS", "127.0.0.1:0");
        command.env("CLOUDLAB__LOG__FORMAT", "json");
        if let Some(url) = database {
            command.env("CLOUDLAB__DATABASE__URL", url);
        }
        let started = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let address = address_of(&mut child, "\"public\":\"")?;
        while ready(address).is_none() {
            if started.elapsed() > Duration::from_secs(20) {
                return Err("the service did not become ready within 20 s".into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(Self { child, address, ready_after: started.elapsed(), _folder: folder })
    }

    /// Starts this very program in one of its serving forms.
    pub fn form(form: &str) -> Fallible<Self> {
        let folder = tempfile::tempdir()?;
        let started = Instant::now();
        let mut child = Command::new(sibling("bench")?).arg(form).stdout(Stdio::piped()).spawn()?;
        let address = address_of(&mut child, "\"public\":\"")?;
        Ok(Self { child, address, ready_after: started.elapsed(), _folder: folder })
    }

    /// Resident memory in MB.
    pub fn resident_mb(&self) -> Fallible<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sibling(name: &str) -> Fallible<PathBuf> {
    let mut path = std::env::current_exe()?;
    path.set_file_name(name);
    Ok(path)
}

/// Reads the log until it names the address; the rest is read away by a thread, or the process would block.
fn address_of(child: &mut Child, before: &str) -> Fallible<SocketAddr> {
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let address = loop {
        let line = lines.next().ok_or("the process ended before it served")??;
        if let Some((_, rest)) = line.split_once(before) {
            break rest.split('"').next().unwrap_or_default().parse()?;
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    Ok(address)
}

fn ready(address: SocketAddr) -> Option<()> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.starts_with("HTTP/1.1 200").then_some(())
}
