//! A PostgreSQL server of one test, which may be killed without disturbing any other.

use crate::wait::eventually;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use tokio_postgres::NoTls;

const BOUND: Duration = Duration::from_secs(60);

/// A server on loopback, with its data in a folder of its own.
pub struct Server {
    programs: PathBuf,
    folder: String,
    port: u16,
}

impl Server {
    /// Makes and starts one; or says what is missing.
    pub async fn start() -> Result<Self, String> {
        let programs = programs().ok_or("no PostgreSQL installation was found")?;
        let folder = output(as_owner("mktemp").args(["-d", "/tmp/cloudlab-proof-XXXXXX"]))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|found| found.local_addr());
        let server = Self { programs, folder, port: port.map_err(|error| error.to_string())?.port() };
        let options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        output(as_owner(server.program("initdb")).args(options).arg(server.data()))?;
        server.start_again().await;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it after a kill, which is a crash recovery, and waits until it answers.
    pub async fn start_again(&self) {
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_prepared_transactions=20",
            self.port
        );
        // While a process of the killed server still ends, its memory is in use and the start is refused.
        let starts = async || {
            let mut start = as_owner(self.program("pg_ctl"));
            start.args(["-s", "-W", "-l"]).arg(format!("{}/log", self.folder));
            output(start.args(["-o", &settings, "-D", &self.data(), "start"])).is_ok() && self.answers().await
        };
        eventually(BOUND, "the server starts", starts).await;
    }

    async fn answers(&self) -> bool {
        for _ in 0..500 {
            if let Ok((client, connection)) = tokio_postgres::connect(&self.url(), NoTls).await {
                tokio::spawn(connection);
                return client.batch_execute("SELECT 1").await.is_ok();
            }
            if self.pid().is_none() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Ends every process of it at once. The first one is halted meanwhile, or it would start others.
    pub fn kill(&self) {
        let Some(pid) = self.pid() else { return };
        signal("-STOP", [pid.as_str()]);
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        // All in one moment: half a server is no server that anybody has.
        signal("-KILL", std::iter::once(pid.as_str()).chain(children.split_whitespace()));
    }

    /// The first process, which must be one over this very data.
    fn pid(&self) -> Option<String> {
        let file =
            output(as_owner("head").args(["-n", "1", &format!("{}/postmaster.pid", self.data())])).ok()?;
        let command = std::fs::read_to_string(format!("/proc/{file}/cmdline")).ok()?;
        command.contains(&self.data()).then_some(file)
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder)
    }

    fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        // The last of its processes may still be writing while the folder goes.
        for _ in 0..100 {
            if output(as_owner("rm").args(["-rf", &self.folder])).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The newest installation, where Debian puts it or on the path.
fn programs() -> Option<PathBuf> {
    let has = |folder: &Path| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let numbered = versions.filter_map(|folder| {
        Some((folder.file_name().to_str()?.parse::<u32>().ok()?, folder.path().join("bin")))
    });
    let newest = numbered.filter(|(_, folder)| has(folder)).max().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    newest.or_else(|| std::env::split_paths(&path).find(|folder| has(folder)))
}

/// PostgreSQL refuses to run as root, so root runs it as the user that its package made.
fn as_owner(program: impl AsRef<Path>) -> Command {
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    let mut command = if root { Command::new("runuser") } else { Command::new(program.as_ref()) };
    if root {
        command.args(["-u", "postgres", "--"]).arg(program.as_ref());
    }
    command.current_dir("/").env_remove("PGDATA");
    command
}

fn output(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match status.success() {
        true => Ok(String::from_utf8_lossy(&stdout).trim().to_owned()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&stderr))),
    }
}

fn signal<'a>(signal: &str, pids: impl IntoIterator<Item = &'a str>) {
    // A process that has ended meanwhile needs no signal.
    let pids: Vec<&str> = pids.into_iter().collect();
    let _ = Command::new("sh").args(["-c", &format!("kill {signal} {}", pids.join(" "))]).output();
}
