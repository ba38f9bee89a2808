//! A service as its operators have it: the real binary in a process and a folder of its own, asked over HTTP, killed
//! and started again.
//!
//! **Invariant:** nothing of a service is linked in here. What is seen, callers and operators can see as well.

mod http;
mod process;

pub use http::{Reply, Request};
pub use process::Ended;

#[cfg(feature = "postgres")]
use crate::ServerDatabase;
use crate::output::{say, say_once};
use crate::{ManualClock, fresh_ids, must};
use cloudlab_core::{Commit, Principal, RequestContext, Store, TenantId};
use cloudlab_sql::{Database, Settings, Statement};
use process::Process;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than any step takes, also on a machine that builds something else meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

/// The variable by which a build that measures coverage is told where.
const COUNTED: &str = "LLVM_PROFILE_FILE";

/// Runs a test on SQLite, and once more on PostgreSQL when `TEST_POSTGRES_URL` names a server. The suite's name goes
/// before the engine's into the output of the tests.
pub fn on_every_engine(suite: &'static str, binary: &str, test: impl Fn(&mut Home)) {
    test(&mut Home::sqlite(suite, binary));
    match Home::postgres(suite, binary) {
        Some(mut home) => test(&mut home),
        None => say_once(&format!("skipped: {suite} on PostgreSQL (TEST_POSTGRES_URL is not set)")),
    }
}

/// Waits until a condition holds, without a runtime.
///
/// # Panics
/// When it does not hold within the bound; `what` says what was waited for.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "tests of a process have no runtime to block")]
pub fn wait_until(what: &str, bound: Duration, mut condition: impl FnMut() -> bool) {
    let until = Instant::now() + bound;
    while !condition() {
        assert!(Instant::now() < until, "not within {bound:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Where a service of one test lives: its folder, its variables, its database.
pub struct Home {
    suite: &'static str,
    binary: PathBuf,
    folder: TempDir,
    variables: BTreeMap<String, String>,
    url: String,
    #[cfg(feature = "postgres")]
    database: Option<ServerDatabase>,
}

impl Home {
    /// With a SQLite file.
    #[must_use]
    pub fn sqlite(suite: &'static str, binary: &str) -> Self {
        let folder = must("a temporary folder", tempfile::tempdir());
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::at(suite, binary, folder, url)
    }

    /// With a new database on the server that `TEST_POSTGRES_URL` names, if it names one.
    #[must_use]
    #[cfg(feature = "postgres")]
    pub fn postgres(suite: &'static str, binary: &str) -> Option<Self> {
        let database = ServerDatabase::from_environment("cloudlab_test")?;
        must("create the test's database", block_on(database.create()));
        let folder = must("a temporary folder", tempfile::tempdir());
        let mut home = Self::at(suite, binary, folder, database.url());
        home.database = Some(database);
        Some(home)
    }

    /// None: this build has no driver.
    #[must_use]
    #[cfg(not(feature = "postgres"))]
    pub fn postgres(_suite: &'static str, _binary: &str) -> Option<Self> {
        None
    }

    fn at(suite: &'static str, binary: &str, folder: TempDir, url: String) -> Self {
        let mut home = Self {
            suite,
            binary: binary.into(),
            folder,
            variables: BTreeMap::new(),
            url,
            #[cfg(feature = "postgres")]
            database: None,
        };
        let url = home.url.clone();
        home.set("CLOUDLAB__DATABASE__URL", &url).set("CLOUDLAB__LOG__FORMAT", "json");
        home.set("CLOUDLAB__HTTP__ADDRESS", "127.0.0.1:0").set("CLOUDLAB__ADMIN__ADDRESS", "127.0.0.1:0");
        home
    }

    /// Sets a variable for every process from now on.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes a variable away.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// Writes a file into the folder in which the service runs.
    pub fn write(&self, file: &str, text: &str) {
        must("write a file", std::fs::write(self.folder().join(file), text));
    }

    /// The URL of its database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder in which the service runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Commits to the service's database, as another process would.
    pub fn commit(&self, commit: Commit) {
        block_on(async {
            let database = self.open().await;
            must("commit", database.commit(commit).await);
            database.close().await;
        });
    }

    /// The number that a query answers in its column `number`.
    #[must_use]
    pub fn number(&self, sql: &str) -> i64 {
        let operator = RequestContext::new(TenantId::DEVELOPMENT, Principal::anonymous(), "test");
        block_on(async {
            let database = self.open().await;
            let rows =
                must("query", database.fetch(&operator, Statement::new(sql.to_owned(), Vec::new())).await);
            database.close().await;
            must("a number", rows.first().map_or(Ok(0), |row| row.get("number")))
        })
    }

    async fn open(&self) -> Database {
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(fresh_ids()));
        must("open the database", Database::open(&self.url, Settings::default(), clock, ids).await)
    }

    /// Runs a command of the binary to its end.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Process::spawn(self.command(arguments)).end()
    }

    /// Starts the service and waits until it is ready.
    #[must_use]
    pub fn start(&self) -> Service {
        let service = self.launch();
        let mut version = String::new();
        wait_until("the service is ready", PATIENCE, || {
            let ready = service.get("/health/ready");
            version = ready.json()["checks"]["database"]["detail"].as_str().unwrap_or_default().to_owned();
            ready.status == 200
        });
        say_once(&format!("suite: {} on {version}", self.suite));
        service
    }

    /// Starts the service and waits until it listens, ready or not.
    #[must_use]
    pub fn launch(&self) -> Service {
        self.launch_command(self.command(&[]))
    }

    /// The same under limits of the system, such as `ulimit -f 100`, which a shell sets.
    #[must_use]
    pub fn launch_under(&self, limits: &str) -> Service {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("{limits}; exec \"$0\"")).arg(&self.binary);
        self.launch_command(self.prepared(shell))
    }

    fn launch_command(&self, command: Command) -> Service {
        let mut process = Process::spawn(command);
        let mut serving = None;
        wait_until("the service listens, or has ended", PATIENCE, || {
            serving = process.lines().iter().find(|line| line["message"] == "serving").cloned();
            serving.is_some() || process.has_ended()
        });
        let address = |name| serving.as_ref().and_then(|line| line[name].as_str()?.parse().ok());
        match (address("public"), address("admin")) {
            (Some(public), Some(admin)) => Service { process, public, admin },
            _ => process.fail("the service ended before it listened"),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments);
        self.prepared(command)
    }

    fn prepared(&self, mut command: Command) -> Command {
        command.env_clear().envs(&self.variables).current_dir(self.folder());
        // Where a binary that is built to be measured counts its lines; any other ignores it.
        command.envs(std::env::var_os(COUNTED).map(|place| (COUNTED, place)));
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!("failed on {}", self.url.split(':').next().unwrap_or_default()));
        }
    }
}

/// A service that runs. Dropped, it is killed.
pub struct Service {
    process: Process,
    /// Where the API listens.
    pub public: SocketAddr,
    /// Where operators connect.
    pub admin: SocketAddr,
}

impl Service {
    /// Asks the API.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path).send()
    }

    /// Sends JSON to the API.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.request("POST", path).json(body).send()
    }

    /// A request to the API that is still to be completed.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self.public, method, path)
    }

    /// A request to the operators' address.
    #[must_use]
    pub fn operator(&self, method: &str, path: &str) -> Request {
        Request::new(self.admin, method, path)
    }

    /// The log so far; the service must log JSON.
    #[must_use]
    pub fn log(&self) -> Vec<Value> {
        self.process.lines()
    }

    /// Ends it as `kill -9` does, with no chance to finish anything.
    pub fn kill(&self) {
        self.signal("KILL");
    }

    /// Asks it to stop, as a container runtime does.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.child.id());
        must("send a signal", Command::new("sh").args(["-c", &kill]).status());
    }

    /// Asks it to stop and waits until it has.
    #[must_use]
    pub fn stop(self) -> Ended {
        self.terminate();
        self.end()
    }

    /// Waits until it has ended by itself, or by a signal that was sent.
    #[must_use]
    pub fn end(self) -> Ended {
        self.process.end()
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    must("a runtime", runtime).block_on(work)
}
