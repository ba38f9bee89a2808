//! A process: what it writes is gathered, and none outlives its test.

use super::{PATIENCE, say, wait_until};
use crate::must;
use parking_lot::Mutex;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub errors: String,
}

pub(super) struct Process {
    pub child: Child,
    output: Gathered,
    errors: Gathered,
}

struct Gathered {
    text: Arc<Mutex<String>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Process {
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = must("start the binary", command.spawn());
        let (output, errors) = (gather(child.stdout.take()), gather(child.stderr.take()));
        Self { child, output, errors }
    }

    pub fn has_ended(&mut self) -> bool {
        must("ask for the process", self.child.try_wait()).is_some()
    }

    /// The lines of its log, which must be JSON.
    pub fn lines(&self) -> Vec<Value> {
        self.output.text.lock().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    pub fn end(mut self) -> Ended {
        wait_until("the process ends", PATIENCE, || self.has_ended());
        let status = must("wait for the process", self.child.wait());
        Ended { code: status.code(), output: self.output.all(), errors: self.errors.all() }
    }

    #[expect(clippy::panic, reason = "an assertion")]
    pub fn fail(self, what: &str) -> ! {
        panic!("{what}: {:?}", self.end());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, and either way nothing of a test may stay behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            say(&format!("the service said:\n{}{}", self.output.all(), self.errors.all()));
        }
    }
}

impl Gathered {
    /// Everything, once the process has ended.
    fn all(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.text.lock().clone()
    }
}

/// Reads on a thread of its own: a pipe that nobody empties would stop the process.
fn gather(pipe: Option<impl Read + Send + 'static>) -> Gathered {
    let text = Arc::new(Mutex::new(String::new()));
    let gathered = text.clone();
    let thread = pipe.map(|pipe| {
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = String::new();
            while pipe.read_line(&mut line).is_ok_and(|read| read > 0) {
                gathered.lock().push_str(&line);
                line.clear();
            }
        })
    });
    Gathered { text, thread }
}
