//! An output that is closed or full, which `println!` takes for a reason to panic.

use crate::{home, probe};
use cloudlab_testing::service::wait_until;
use std::fs::File;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const BOUND: Duration = Duration::from_secs(20);

/// The probe service with this output, in this folder and without any setting.
fn command(folder: &Path, arguments: &[&str], output: impl Into<Stdio>) -> Command {
    let mut command = Command::new(probe());
    command.args(arguments).env_clear().current_dir(folder);
    command.stdin(Stdio::null()).stdout(output).stderr(Stdio::piped());
    command
}

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

#[test]
fn whoever_closes_the_pipe_has_read_enough() {
    for arguments in [&["config"][..], &["--help"], &["--version"], &["migrate", "status"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let home = home();
        let ended = command(home.folder(), arguments, writer).output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert_eq!((ended.status.code(), errors.as_ref()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_command_that_cannot_say_its_answer_has_failed() {
    for arguments in [&["config"][..], &["--help"], &["--version"], &["migrate", "up"]] {
        let home = home();
        let ended = command(home.folder(), arguments, full()).output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.starts_with("error: the output cannot be written: "), "{arguments:?}: {errors}");
    }
}

#[test]
fn a_command_whose_errors_nobody_can_read_ends_as_it_would() {
    let home = home();
    let mut command = command(home.folder(), &["serve"], Stdio::null());
    assert_eq!(command.stderr(full()).status().unwrap().code(), Some(2));
}

/// An address at which nothing listens now.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Kills the process when a test fails.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_service_whose_terminal_is_gone_serves_on() {
    let home = home();
    let (public, admin) = (free(), free());
    let mut command = command(home.folder(), &[], full());
    command
        .env("CLOUDLAB__HTTP__ADDRESS", public.to_string())
        .env("CLOUDLAB__ADMIN__ADDRESS", admin.to_string());
    let mut service = Served(command.spawn().unwrap());
    let ask = |address: SocketAddr, method: &str, path: &str, body: &str| {
        let mut stream = TcpStream::connect(address)?;
        let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        let json = "content-type: application/json\r\n";
        io::Write::write_all(
            &mut stream,
            format!("{head}{json}content-length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        )?;
        io::read_to_string(stream)
    };
    // The lines of the log were lost by then, and the announcement comes behind them.
    wait_until("what was logged is lost", BOUND, || {
        let metrics = ask(admin, "GET", "/metrics", "").unwrap_or_default();
        let lost = metrics.lines().find_map(|line| line.strip_prefix("cloudlab_log_lines_dropped_total "));
        assert!(service.0.try_wait().unwrap().is_none(), "it has ended");
        lost.is_some_and(|lost| lost.parse::<u64>().unwrap() >= 2)
    });
    wait_until("it works", BOUND, || {
        ask(public, "POST", "/v1/probes", r#"{"mode":"fine"}"#).is_ok_and(|reply| reply.contains(" 200 OK"))
    });
    assert!(service.0.try_wait().unwrap().is_none());
    let kill = format!("kill -TERM {}", service.0.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    wait_until("it ends", BOUND, || service.0.try_wait().unwrap().is_some());
    assert_eq!(service.0.wait().unwrap().code(), Some(0));
}
