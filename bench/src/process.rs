//! Services as processes of their own: this very program in one of its serving forms.

use crate::Fallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Says to a child which form it takes. Not an argument, since the service reads those.
pub const FORM: &str = "BENCH_FORM";

/// How long a process may take until it serves.
const PATIENCE: Duration = Duration::from_secs(20);

const STATISTICS: &str = "/v1/acme-gizmos/statistics";

/// A process, killed when dropped.
pub struct Process {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    /// How long it took until it was ready.
    pub ready_after: Duration,
    _folder: tempfile::TempDir,
}

impl Process {
    /// Starts the blank service on a database and waits until it is ready.
    pub fn service(database: Option<&str>, variables: &[(&str, &str)]) -> Fallible<Self> {
        let addresses =
            [("CLOUDLAB__HTTP__ADDRESS", "127.0.0.1:0"), ("CLOUDLAB__ADMIN__ADDRESS", "127.0.0.1:0")];
        let url = database.map(|url| ("CLOUDLAB__DATABASE__URL", url));
        let all: Vec<_> = addresses.into_iter().chain(url).chain(variables.iter().copied()).collect();
        let started = Instant::now();
        let mut process = Self::form("service", &all)?;
        while get(process.address, "/health/ready").is_none() {
            if started.elapsed() > PATIENCE {
                return Err(format!("the service was not ready within {PATIENCE:?}").into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        process.ready_after = started.elapsed();
        Ok(process)
    }

    /// Starts a form and waits until it listens. Nothing of this program's environment reaches it but what is given.
    pub fn form(form: &str, variables: &[(&str, &str)]) -> Fallible<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.env_clear().env(FORM, form).env("CLOUDLAB__LOG__FORMAT", "json");
        command.envs(variables.iter().copied()).current_dir(folder.path()).stdout(Stdio::piped());
        let started = Instant::now();
        let child = command.spawn()?;
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        // First into what kills it, then looked at: whatever fails from here on leaves no process behind.
        let mut process = Self { child, address: unknown, ready_after: Duration::ZERO, _folder: folder };
        let output = process.child.stdout.take().ok_or("no output")?;
        process.address = address(output)?;
        process.ready_after = started.elapsed();
        Ok(process)
    }

    /// Resident memory in MB.
    pub fn resident_mb(&self) -> Fallible<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
        Ok(kib / 1024.0)
    }

    /// Waits until the statistics, which follow the events, count so many drafts.
    pub async fn counts(&self, drafts: u64) -> Fallible<()> {
        let until = Instant::now() + PATIENCE;
        let counted = format!("\"draft\":{drafts}");
        while !get(self.address, STATISTICS).is_some_and(|answer| has_field(&answer, &counted)) {
            if Instant::now() > until {
                return Err(
                    format!("the statistics did not count {drafts} drafts within {PATIENCE:?}").into()
                );
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

/// Whether a JSON text has this field with its whole number.
pub fn has_field(json: &str, field: &str) -> bool {
    json.contains(&format!("{field},")) || json.contains(&format!("{field}}}"))
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the log until it names the address; the rest is read away by a thread, or the process would block.
fn address(output: ChildStdout) -> Fallible<SocketAddr> {
    let (found, finds) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let rest = line.split_once("\"public\":\"").map(|(_, rest)| rest);
            if let Some(address) = rest.and_then(|rest| rest.split('"').next()?.parse().ok()) {
                let _ = found.send(address);
            }
        }
    });
    finds.recv_timeout(PATIENCE).map_err(|_| "the process did not serve, or ended".into())
}

/// The answer, when its status is 200.
fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.starts_with("HTTP/1.1 200").then_some(answer)
}
