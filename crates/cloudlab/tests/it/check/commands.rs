//! The command line: which folders, which exit codes, which words.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use cloudlab::{Checkout, Interrupt, Setting};

use super::planted::{APPLICATION, DOMAIN, Planted};
use crate::fixture::{everything_in, write};

/// `cloudlab check` of the planted service: exit code, standard output, standard error.
pub fn check(planted: &Planted, more: &[&str]) -> (u8, String, String) {
    at(planted.folder.path(), more)
}

pub fn at(path: &Path, more: &[&str]) -> (u8, String, String) {
    shown(path, more, false)
}

/// The same, on a terminal that shows colours or not.
pub fn shown(path: &Path, more: &[&str], is_coloured: bool) -> (u8, String, String) {
    let args = ["cloudlab".into(), "check".into(), path.as_os_str().to_owned()];
    let args = args.into_iter().chain(more.iter().map(OsString::from));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (checkout, interrupt) = (Checkout::at("."), Interrupt::default());
    let setting = Setting { checkout: &checkout, interrupt: &interrupt, asker: None, is_coloured };
    let code = cloudlab::run(args, setting, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn the_blank_service_is_clean() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/gizmo-service");
    let report = cloudlab::check::report(&template).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.services, report.files > 20), (1, true));
}

#[test]
fn a_new_service_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["new", "purchase-quagga-service", "--yes"][..], &["check", "purchase-quagga-service"]] {
        let ran = Command::new(env!("CARGO_BIN_EXE_cloudlab")).args(args).current_dir(folder.path()).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    }
}

#[test]
fn a_dependency_that_the_workspace_renames_goes_by_its_real_name() {
    let planted = Planted::new(DOMAIN, "");
    planted.write(
        "Cargo.toml",
        "[package]\nname = \"parcel-service\"\n[dependencies]\nstore.workspace = true\n\
         [workspace.dependencies]\nstore = { package = \"tokio-postgres\", version = \"0.7\" }\n",
    );
    planted.write(APPLICATION, "use store::Client;\n");
    let (code, out, _) = check(&planted, &[]);
    assert!(out.contains("error[brokers]: the application must not know the database\n"), "{out}");
    assert_eq!(code, 1);
}

#[test]
fn the_folder_one_is_in_is_the_default_and_paths_are_as_given() {
    let planted = Planted::new(DOMAIN, "use sqlx::A;");
    let ran = |args: &[&str], folder: &Path| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_cloudlab")).arg("check").args(args).current_dir(folder).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = ran(&[], planted.folder.path());
    assert!(
        out.contains("  ┌─ src/domain/parcel.rs:1:5\n") && out.contains("1 finding in src/domain (layers 1)"),
        "{out}"
    );
    assert_eq!(code, Some(1));
    let (_, out) = ran(&["../.."], &planted.at("src/domain"));
    assert!(out.contains("  ┌─ ../../src/domain/parcel.rs:1:5\n"), "{out}");
}

#[test]
fn a_folder_that_holds_services_stands_for_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    for (place, code) in
        [("a", ""), ("services/b", "use sqlx::A;"), ("templates/c", ""), ("deeper/down/d", "use x::Y;")]
    {
        let planted = Planted::new(DOMAIN, code);
        for (path, content) in everything_in(planted.folder.path()) {
            if let Some(content) = content {
                let inside = path.strip_prefix(planted.folder.path()).unwrap();
                write(&folder.path().join(place).join(inside), &String::from_utf8(content).unwrap());
            }
        }
    }
    let (code, out, _) = at(folder.path(), &[]);
    assert!(
        out.contains("/services/b/src/domain/parcel.rs:1:5")
            && out.contains(": 3 services, 33 files, 6 rules"),
        "{out}"
    );
    assert_eq!(code, 1);
    let one = folder.path().join("deeper/down");
    let (code, out, _) = at(&one, &[&folder.path().join("a").display().to_string()]);
    assert!(out.contains("(domain 1): 2 services, 22 files") && code == 1, "{out}");
    fs::remove_dir_all(folder.path().join("services")).unwrap();
    fs::remove_dir_all(folder.path().join("templates")).unwrap();
    let (code, out, _) = at(folder.path(), &[]);
    assert!(out.starts_with("no finding: 1 service, 11 files") && code == 0, "{out}");
}

#[test]
fn a_service_that_is_given_twice_counts_once() {
    let planted = Planted::new(DOMAIN, "use sqlx::A;");
    let again = [planted.at("./src/.."), planted.at(".")].map(|path| path.display().to_string());
    let (code, out, _) = check(&planted, &[&again[0], &again[1]]);
    assert!(out.contains("1 finding in ") && out.contains(": 11 files, 6 rules"), "{out}");
    assert_eq!(code, 1);
    let (_, out, _) = at(Path::new(&again[0]), &[]);
    assert!(out.contains(&format!("{}:1:5\n", planted.at(DOMAIN).display())), "{out}");
}

#[test]
fn messages_say_what_it_is_about() {
    let said = |path: &str, code: &str, sentence: &str| {
        let (_, out, _) = check(&Planted::new(path, code), &[]);
        assert!(out.contains(sentence), "{out}");
    };
    said("src/main.rs", "fn main() { run(s()) }\nstruct A;", "error[root]: main.rs must not hold a type\n");
    said("src/main.rs", "fn main() { run(s()) }\nmod a {}", "error[root]: main.rs must not hold a module\n");
    said(
        "src/domain/late.rs",
        "",
        "help: declare it with `mod late;`, under a condition write `#[cfg(..)] mod late;`",
    );
    said("src/domain/late/mod.rs", "", "`#[cfg(..)] mod late;`");
    said(
        DOMAIN,
        "=== src/domain/parcel.rs\n#[path = \"../other.rs\"]\nmod other;\n=== src/other.rs\nuse sqlx::A;",
        "/src/other.rs:1:5\n",
    );
}

#[test]
fn what_is_no_service_is_refused_with_what_it_lacks() {
    let planted = Planted::new(DOMAIN, "");
    let root = planted.folder.path();
    let refused = |sentence: &str| {
        let (code, out, err) = at(root, &[]);
        assert!(err.starts_with("error: ") && err.contains(sentence) && err.contains("\n  help: "), "{err}");
        assert!(!err.contains("nothing was written"), "{err}");
        assert_eq!((code, out.as_str()), (2, ""));
    };
    for layer in ["domain", "application", "infrastructure", "interfaces"] {
        fs::remove_dir_all(planted.at(&format!("src/{layer}"))).unwrap();
    }
    refused("none of src/domain, src/application, src/infrastructure and src/interfaces is there");
    fs::remove_file(planted.at("src/lib.rs")).unwrap();
    refused("it has no src/lib.rs");
    planted.write("Cargo.toml", "[workspace]\n");
    refused("it has no Cargo.toml with a package");
    let (code, _, err) = at(&planted.at("missing"), &[]);
    assert!(err.starts_with("error: cannot read ") && err.contains("missing: ") && code == 2, "{err}");
    let (code, _, err) = at(&planted.at("Cargo.toml"), &[]);
    assert!(err.contains("it is not a folder") && code == 2, "{err}");
}

#[test]
fn wrong_requests_are_refused_without_a_promise_about_files() {
    let planted = Planted::new(DOMAIN, "");
    for (more, sentence, help) in [
        (
            &["--format", "xml"][..],
            "`xml` is not a value of `--format <FORMAT>`",
            "possible: text, json, sarif",
        ),
        (&["--nonsense"], "`--nonsense` is not known here", "cloudlab check --help lists every flag"),
        (
            &["--json", "--format", "sarif"],
            "`--json` and `--format <FORMAT>` exclude each other",
            "give one of the two",
        ),
    ] {
        let (code, _, err) = check(&planted, more);
        assert!(err.starts_with("error: ") && !err.contains("nothing was written"), "{err}");
        assert!(err.contains(sentence) && err.contains(&format!("  help: {help}\n")), "{err}");
        assert_eq!(code, 2, "{err}");
    }
    let (_, out, _) = at(&planted.at("missing"), &["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&document["status"], &document["exit"]), (&"refused".into(), &2.into()));
    planted.write("Cargo.toml", "[lib]\n[package\n");
    let (code, _, err) = check(&planted, &[]);
    assert!(err.contains("Cargo.toml as TOML: line 2: ") && code == 2, "{err}");
}

#[test]
fn help_stands_in_the_page() {
    let planted = Planted::new(DOMAIN, "");
    let (code, help, _) = check(&planted, &["--help"]);
    assert_eq!(code, 0);
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/check.md")).unwrap();
    assert!(page.contains(help.trim_end()), "the page must hold this text:\n{help}");
    for rule in cloudlab::check::Rule::ALL {
        assert!(page.contains(&format!("| `{}` |", rule.id())), "{}", rule.id());
    }
}
