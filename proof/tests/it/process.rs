//! A process of the service: started, halted, killed, always by its own id.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a process may take until it serves.
const START: Duration = Duration::from_secs(20);
/// Lines of a process's log that are kept for a test that fails.
const MOST_LINES: usize = 4_000;

/// How a process is started.
#[derive(Clone, Debug)]
pub struct Setup {
    pub name: &'static str,
    pub database: String,
    /// Further variables of its environment.
    pub variables: Vec<(String, String)>,
}

impl Setup {
    pub fn new(name: &'static str, database: &str) -> Self {
        Self { name, database: database.to_owned(), variables: Vec::new() }
    }

    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self
    }
}

/// Where a process listens at the moment; nowhere while it does not run.
#[derive(Clone, Debug, Default)]
pub struct Address(Arc<Mutex<Option<(SocketAddr, SocketAddr)>>>);

impl Address {
    pub fn public(&self) -> Option<SocketAddr> {
        self.0.lock().unwrap().map(|(public, _)| public)
    }

    pub fn admin(&self) -> Option<SocketAddr> {
        self.0.lock().unwrap().map(|(_, admin)| admin)
    }

    fn set(&self, addresses: Option<(SocketAddr, SocketAddr)>) {
        *self.0.lock().unwrap() = addresses;
    }
}

/// A process that can be ended and started again.
pub struct Process {
    setup: Setup,
    child: Option<Child>,
    address: Address,
    lines: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

impl Process {
    /// Starts it and waits until it serves.
    pub fn start(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process =
            Self { setup, child: None, address: Address::default(), lines: Arc::default(), folder };
        process.start_again();
        process
    }

    /// Starts it once more, on other ports.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "{} runs already", self.setup.name);
        let mut child = Command::new(env!("CARGO_BIN_EXE_proof-service"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("CLOUDLAB__HTTP__ADDRESS", "127.0.0.1:0")
            .env("CLOUDLAB__ADMIN__ADDRESS", "127.0.0.1:0")
            .env("CLOUDLAB__DATABASE__URL", &self.setup.database)
            .env("CLOUDLAB__DATABASE__POOL_SIZE", "16")
            .env("CLOUDLAB__JOURNAL__LEASE_SECONDS", "1")
            .env("CLOUDLAB__JOURNAL__NOTIFIER", "notify")
            .env("CLOUDLAB__CONSUMERS__CONCURRENCY", "32")
            .env("CLOUDLAB__LOG__FORMAT", "json")
            .envs(self.setup.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the service starts");
        let output = BufReader::new(child.stdout.take().unwrap());
        let (lines, address) = (self.lines.clone(), self.address.clone());
        // It ends with the process, whose end of the pipe is then closed.
        std::thread::spawn(move || follow(output, &lines, &address));
        self.child = Some(child);
        self.wait_until_it_serves();
    }

    fn wait_until_it_serves(&mut self) {
        let until = Instant::now() + START;
        while self.address.public().is_none() {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < until,
                "it does not start: {ended:?}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn address(&self) -> Address {
        self.address.clone()
    }

    pub fn name(&self) -> &'static str {
        self.setup.name
    }

    pub fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Ends it as a power failure would: SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            self.address.set(None);
            child.kill().expect("a process of this test can be killed");
            child.wait().expect("a killed process ends");
        }
    }

    /// Halts it where it stands: SIGSTOP.
    pub fn halt(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on as if nothing had happened: SIGCONT.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().expect("it runs").id().to_string();
        // The standard library can send no other signal than SIGKILL, and slim systems have no program `kill`: the
        // shell has its own.
        let line = format!("kill {signal} {pid}");
        let sent = Command::new("sh").args(["-c", &line]).status().expect("a shell is there");
        assert!(sent.success(), "kill {signal} {pid}");
    }

    /// What it has logged, all starts together.
    pub fn log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// How many lines of its log hold this text.
    pub fn logged(&self, text: &str) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| line.contains(text)).count()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- the end of the log of {}\n{}", self.setup.name, self.last_lines(40));
        }
    }
}

impl Process {
    fn last_lines(&self, most: usize) -> String {
        let lines = self.lines.lock().unwrap();
        lines[lines.len().saturating_sub(most)..].join("\n")
    }
}

fn follow(output: impl BufRead, lines: &Mutex<Vec<String>>, address: &Address) {
    for line in output.lines().map_while(Result::ok) {
        if let Some(found) = serving(&line) {
            address.set(Some(found));
        }
        let mut lines = lines.lock().unwrap();
        if lines.len() == MOST_LINES {
            lines.drain(..MOST_LINES / 2);
        }
        lines.push(line);
    }
}

fn serving(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    if line["message"] != "serving" {
        return None;
    }
    let address = |name: &str| line[name].as_str()?.parse().ok();
    Some((address("public")?, address("admin")?))
}
