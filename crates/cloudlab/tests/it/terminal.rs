//! The questions at a real terminal: what the scripted answers of the other tests cannot show.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// `cloudlab` at a terminal that `script`, of util-linux, makes for it.
struct Session {
    child: Child,
    keys: Option<ChildStdin>,
    shown: Receiver<Vec<u8>>,
    screen: String,
}

impl Session {
    /// Nothing where there is no `script`.
    fn start(folder: &Path, args: &str) -> Option<Self> {
        let line = format!("{} {args}", env!("CARGO_BIN_EXE_cloudlab"));
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).env("TERM", "xterm");
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                eprintln!("skipped: questions at a terminal ({error}: script, of util-linux)");
                return None;
            }
        };
        let (sender, shown) = channel();
        let mut output = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                let _ = sender.send(bytes[..read].to_vec());
            }
        });
        let keys = child.stdin.take();
        Some(Self { child, keys, shown, screen: String::new() })
    }

    /// Waits until this is shown, and forgets what was shown before it.
    fn sees(&mut self, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.screen.contains(words) {
            let left = until.saturating_duration_since(Instant::now());
            let more = self.shown.recv_timeout(left);
            let more = more.unwrap_or_else(|_| panic!("no `{words}` in:\n{}", self.screen));
            self.screen.push_str(&String::from_utf8_lossy(&more));
        }
        let end = self.screen.find(words).unwrap() + words.len();
        self.screen.drain(..end);
    }

    fn types(&mut self, keys: &str) {
        let input = self.keys.as_mut().unwrap();
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// The exit code; whatever was still shown is added to the screen.
    fn ends(&mut self) -> Option<i32> {
        self.keys = None;
        let code = self.child.wait().unwrap().code();
        while let Ok(more) = self.shown.recv_timeout(Duration::from_millis(200)) {
            self.screen.push_str(&String::from_utf8_lossy(&more));
        }
        code
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SHOWN_AGAIN: &str = "\u{1b}[?25h";

#[test]
fn a_service_can_be_made_with_the_keys_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut session) = Session::start(folder.path(), "new") else { return };
    session.sees("name of the service");
    session.types("Parcel\r");
    session.sees("does not begin with a letter from a to z");
    session.types("\u{15}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}parcel-service\r");
    session.sees("type of its aggregate");
    session.types("\r");
    session.sees("its plural");
    session.types("\r");
    session.sees("database");
    // One down: SQLite, which leaves nothing to choose for the wake-up.
    session.types("\u{1b}[B\r");
    session.sees("LISTEN/NOTIFY is PostgreSQL's");
    session.sees("write the service");
    session.types("y");
    session.sees("next   cd parcel-service && cargo run");
    assert_eq!(session.ends(), Some(0));
    let record = fs::read_to_string(folder.path().join("parcel-service/cloudlab.toml")).unwrap();
    assert!(record.contains("database = \"sqlite\""), "{record}");
}

#[test]
fn leaving_a_question_leaves_nothing_behind_and_gives_the_terminal_back() {
    for (question, keys) in [("name of the service", "\u{3}"), ("database", "\u{3}"), ("database", "\u{1b}")]
    {
        let folder = tempfile::tempdir().unwrap();
        let args = if question == "database" {
            "new parcel-service --aggregate Parcel --plural parcels"
        } else {
            "new"
        };
        let Some(mut session) = Session::start(folder.path(), args) else { return };
        session.sees(question);
        session.types(keys);
        session.sees("interrupted");
        assert_eq!(session.ends(), Some(130), "{question}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn the_cursor_is_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    let args = "new parcel-service --aggregate Parcel --plural parcels";
    let Some(mut session) = Session::start(folder.path(), args) else { return };
    session.sees("\u{1b}[?25l");
    session.sees("SQLite");
    session.types("\u{3}");
    session.sees(SHOWN_AGAIN);
    assert_eq!(session.ends(), Some(130));
}
