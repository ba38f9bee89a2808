//! All or nothing: failures, interruptions and kills leave the target as it was.

use std::fs;

use cloudlab::Interrupt;

use crate::fixture::{Fixture, everything_in};

#[test]
fn an_interrupted_run_takes_everything_back_even_the_parents() {
    let fixture = Fixture::new();
    let before = everything_in(&fixture.at("."));
    let interrupt = Interrupt::default();
    interrupt.raise();
    let parent = fixture.at("a/b/c").display().to_string();
    let ran = fixture.cloudlab_until(&["new", "parcel-service", "--yes", "--path", &parent], &interrupt);
    assert_eq!((ran.code, ran.err.as_str()), (130, "error: interrupted\nnothing was written\n"));
    assert_eq!(before, everything_in(&fixture.at(".")));
}

#[test]
fn missing_parents_are_made() {
    let fixture = Fixture::new();
    let parent = fixture.at("a/b").display().to_string();
    let ran = fixture.cloudlab(&["new", "parcel-service", "--yes", "--path", &parent]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let names: Vec<_> = fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["parcel-service"]);
}

/// The binary against a rustfmt that never ends, so that the moment of the signal is certain.
#[cfg(unix)]
mod signals {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Output, Stdio};

    use super::*;
    use crate::fixture::write;

    /// A run of the binary that waits for its rustfmt.
    struct Stuck {
        folder: tempfile::TempDir,
        binary: Child,
        rustfmt: String,
    }

    impl Stuck {
        fn start() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let started = folder.path().join("started");
            assert!(Command::new("mkfifo").arg(&started).status().unwrap().success());
            let script = folder.path().join("bin/rustfmt");
            write(&script, "#!/bin/sh\necho $$ > \"$STARTED\"\nexec tail -f /dev/null\n");
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
            let path = std::env::var_os("PATH").unwrap();
            let path = [folder.path().join("bin")].into_iter().chain(std::env::split_paths(&path));
            let path = std::env::join_paths(path).unwrap();
            let binary = Command::new(env!("CARGO_BIN_EXE_cloudlab"))
                .args(["new", "quagga-service", "--yes", "--path", "made/here"])
                .current_dir(folder.path())
                .env("PATH", path)
                .env("STARTED", &started)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let rustfmt = fs::read_to_string(&started).unwrap().trim().to_string();
            Self { folder, binary, rustfmt }
        }

        fn made(&self) -> PathBuf {
            self.folder.path().join("made")
        }

        fn signal(self, signal: &str) -> (tempfile::TempDir, String, Output) {
            assert!(kill(signal, &self.binary.id().to_string()));
            (self.folder, self.rustfmt, self.binary.wait_with_output().unwrap())
        }
    }

    fn kill(signal: &str, process: &str) -> bool {
        // The shell's own: slim systems have no program of this name.
        let line = format!("kill {signal} {process}");
        Command::new("sh").args(["-c", &line]).stderr(Stdio::null()).status().unwrap().success()
    }

    fn entries(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn signals_that_ask_to_end_leave_nothing_and_end_the_tool() {
        for signal in ["-HUP", "-INT", "-QUIT", "-TERM"] {
            let stuck = Stuck::start();
            assert_eq!(entries(&stuck.made().join("here")).len(), 1, "the hidden sibling is there");
            let (folder, rustfmt, output) = stuck.signal(signal);
            assert_eq!(output.status.code(), Some(130));
            assert_eq!(
                String::from_utf8(output.stderr).unwrap(),
                "error: interrupted\nnothing was written\n"
            );
            assert!(!folder.path().join("made").exists());
            assert!(!kill("-0", &rustfmt), "rustfmt still runs");
        }
    }

    #[test]
    fn kill_leaves_only_a_hidden_sibling_that_is_not_in_the_way() {
        let stuck = Stuck::start();
        let here = stuck.made().join("here");
        let (_folder, rustfmt, _) = stuck.signal("-KILL");
        assert!(kill("-KILL", &rustfmt));
        let left = entries(&here);
        assert_eq!(left.len(), 1);
        assert!(left[0].starts_with(".quagga-service.cloudlab-"), "{left:?}");
        let again = Command::new(env!("CARGO_BIN_EXE_cloudlab"))
            .args(["new", "quagga-service", "--yes", "--path"])
            .arg(&here)
            .output()
            .unwrap();
        assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
        assert!(here.join("quagga-service/cloudlab.toml").exists());
    }

    #[test]
    fn without_rustfmt_and_cargo_the_service_is_written_with_warnings() {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_cloudlab"))
            .args(["new", "quagga-service", "--yes"])
            .current_dir(folder.path())
            .env("PATH", folder.path().join("nothing"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains("warning: rustfmt cannot be started"), "{words}");
        assert!(words.contains("warning: cargo cannot be started"), "{words}");
        let lock = fs::read_to_string(folder.path().join("quagga-service/Cargo.lock")).unwrap();
        assert!(lock.contains("name = \"quagga-service\""));
    }
}
