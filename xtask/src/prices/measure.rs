//! One service, built from nothing and started, and what that cost.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::emptied;
use crate::generator::{self, Answers};
use cloudlab::Refusal;

/// What a service costs, or by how much more than another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// The first `cargo build` of a developer, dependencies included.
    pub build_seconds: f64,
    /// The binary of a release build.
    pub binary_mb: f64,
    /// What the process of a release build holds while it does nothing, on SQLite.
    pub idle_mb: f64,
}

impl Costs {
    pub fn less(self, other: &Self) -> Self {
        Self {
            build_seconds: self.build_seconds - other.build_seconds,
            binary_mb: self.binary_mb - other.binary_mb,
            idle_mb: self.idle_mb - other.idle_mb,
        }
    }
}

/// Where services are built for measuring: never with another's products.
pub struct Site {
    root: PathBuf,
    folder: PathBuf,
    /// By manifest and code: answers that lead to the same sources cost the same.
    known: BTreeMap<Vec<u8>, Costs>,
}

const NAME: &str = "parcel-service";
/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Idle means that what the start needed has been given back.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

impl Site {
    pub fn prepare(root: &Path) -> Result<Self, Refusal> {
        Ok(Self {
            root: root.into(),
            folder: emptied(&crate::target_of(root).join("prices"))?,
            known: BTreeMap::new(),
        })
    }

    pub fn costs(&mut self, answers: &Answers, out: &mut dyn Write) -> Result<Costs, Refusal> {
        emptied(&self.folder)?;
        let mut args = generator::flags(answers);
        args.extend(["--path".into(), self.folder.display().to_string()]);
        generator::new(&self.root, NAME, &args)?;
        let service = self.folder.join(NAME);
        let sources = fingerprint(&service)?;
        if let Some(costs) = self.known.get(&sources) {
            return Ok(*costs);
        }
        let build_seconds = self.built(&service, &[])?;
        self.built(&service, &["--release"])?;
        let binary = self.folder.join("target/release").join(NAME);
        let costs = Costs { build_seconds, binary_mb: megabytes(&binary)?, idle_mb: self.idle(&binary)? };
        let _ = writeln!(out, "{}: {costs:.1?}", args[..args.len() - 2].join(" "));
        self.known.insert(sources, costs);
        Ok(costs)
    }

    fn built(&self, service: &Path, profile: &[&str]) -> Result<f64, Refusal> {
        let target = emptied(&self.folder.join("target"))?;
        let started = Instant::now();
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--offline", "--locked", "--quiet"]).args(profile);
        let status = cargo.current_dir(service).env("CARGO_TARGET_DIR", target).status();
        match status {
            Ok(status) if status.success() => Ok(started.elapsed().as_secs_f64()),
            Ok(_) => Err(Refusal::new(format!("the service in {} does not build", service.display()))),
            Err(error) => Err(Refusal::io("start cargo in", service, error)),
        }
    }

    fn idle(&self, binary: &Path) -> Result<f64, Refusal> {
        let folder = emptied(&self.folder.join("run"))?;
        let address = free_address().map_err(|error| Refusal::io("listen for", binary, error))?;
        let mut command = Command::new(binary);
        command.env_clear().env("CLOUDLAB__HTTP__ADDRESS", address.to_string());
        command.env("CLOUDLAB__ADMIN__ADDRESS", "127.0.0.1:0").env("CLOUDLAB__LOG__LEVEL", "error");
        command.current_dir(folder).stdout(Stdio::null());
        let running = Running(command.spawn().map_err(|error| Refusal::io("start", binary, error))?);
        let until = Instant::now() + PATIENCE;
        while !is_ready(address) {
            if Instant::now() > until {
                return Err(Refusal::new(format!("{} was not ready within {PATIENCE:?}", binary.display())));
            }
            pause(Duration::from_millis(5));
        }
        pause(SETTLED_AFTER);
        let status = format!("/proc/{}/status", running.0.id());
        let text =
            fs::read_to_string(&status).map_err(|error| Refusal::io("read", status.as_ref(), error))?;
        let kib = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
        kib.map(|kib: f64| kib / 1024.0).ok_or_else(|| Refusal::new(format!("{status} has no VmRSS")))
    }
}

/// A process, ended with its measuring.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody has at the moment; the service is told it, so that nothing has to be read from its log.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request = "GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut reply = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut reply).is_ok()
        && reply.starts_with("HTTP/1.1 200")
}

#[expect(clippy::disallowed_methods, reason = "nothing else runs in this process while it measures another")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// What decides about the build: the manifest and all code, but not the configuration that is read at the start.
fn fingerprint(service: &Path) -> Result<Vec<u8>, Refusal> {
    let read = |path: PathBuf| fs::read(&path).map_err(|error| Refusal::io("read", &path, error));
    let mut all = read(service.join("Cargo.toml"))?;
    let mut open = vec![service.join("src")];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| Refusal::io("read", &folder, error))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                open.push(path);
            } else {
                all.extend(read(path)?);
            }
        }
    }
    Ok(all)
}

fn megabytes(file: &Path) -> Result<f64, Refusal> {
    let bytes = fs::metadata(file).map_err(|error| Refusal::io("look at", file, error))?.len();
    Ok(f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0)
}
