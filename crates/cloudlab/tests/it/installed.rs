//! The command where no checkout is: installed, moved, or asked for a path that it does not know.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::fixture::everything_in;

fn run(program: &Path, folder: &Path, args: &[&str]) -> Output {
    Command::new(program).args(args).current_dir(folder).output().unwrap()
}

/// A copy outside every target folder, as `cargo install` makes one.
fn installed(folder: &Path) -> PathBuf {
    let program = folder.join("bin/cloudlab");
    fs::create_dir(folder.join("bin")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_cloudlab"), &program).unwrap();
    program
}

#[test]
fn an_installed_command_writes_the_same_service() {
    let folder = tempfile::tempdir().unwrap();
    let program = installed(folder.path());
    let mut written = Vec::new();
    for (program, place) in [(Path::new(env!("CARGO_BIN_EXE_cloudlab")), "built"), (&program, "installed")] {
        let output = run(program, folder.path(), &["new", "quagga-service", "--yes", "--path", place]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let service = folder.path().join(place).join("quagga-service");
        let files: Vec<_> = everything_in(&service)
            .into_iter()
            .map(|(path, content)| (path.strip_prefix(&service).unwrap().to_path_buf(), content))
            .collect();
        written.push(files);
    }
    let [built, installed] = written.try_into().unwrap();
    let names =
        |files: &[(PathBuf, Option<Vec<u8>>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&built), names(&installed));
    for (built, installed) in built.iter().zip(&installed) {
        assert!(built == installed, "{} differs", built.0.display());
    }
}

#[test]
fn an_installed_command_knows_no_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        &installed(folder.path()),
        folder.path(),
        &["new", "quagga-service", "--yes", "--chassis", "path"],
    );
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("no checkout is known") && err.contains("help: --chassis path=DIR"), "{err}");
    assert!(!folder.path().join("quagga-service").exists());
}
