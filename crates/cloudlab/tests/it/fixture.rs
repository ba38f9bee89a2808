//! A checkout in miniature: a template and four crates of a chassis that need nothing from the registry.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloudlab::{Asker, Checkout, Interrupt, Setting};
use tempfile::TempDir;

pub struct Fixture {
    folder: TempDir,
}

pub struct Ran {
    pub code: u8,
    pub out: String,
    pub err: String,
}

const MEMBER: &str = "version.workspace = true\nedition.workspace = true\nlicense.workspace = true\npublish.workspace = true\n";

impl Fixture {
    pub fn new() -> Self {
        let fixture = Self { folder: tempfile::tempdir().unwrap() };
        fixture.write_workspace();
        fixture.write_chassis();
        fixture.write_template();
        fs::create_dir(fixture.parent()).unwrap();
        fixture
    }

    /// Where services are written.
    pub fn parent(&self) -> PathBuf {
        self.folder.path().join("services")
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A file of the checkout.
    pub fn write(&self, path: &str, text: &str) {
        write(&self.checkout().join(path), text);
    }

    /// A file of the template.
    pub fn template(&self, path: &str, text: &str) {
        self.write(&format!("templates/gizmo-service/{path}"), text);
    }

    /// `cloudlab` with exactly these arguments.
    pub fn cloudlab(&self, args: &[&str]) -> Ran {
        self.cloudlab_until(args, &Interrupt::default())
    }

    pub fn cloudlab_until(&self, args: &[&str], interrupt: &Interrupt) -> Ran {
        self.cloudlab_in(args, interrupt, None)
    }

    /// `cloudlab` with somebody at the terminal.
    pub fn cloudlab_asking(&self, args: &[&str], asker: &mut (dyn Asker + 'static)) -> Ran {
        self.cloudlab_in(args, &Interrupt::default(), Some(asker))
    }

    fn cloudlab_in(
        &self,
        args: &[&str],
        interrupt: &Interrupt,
        asker: Option<&mut (dyn Asker + 'static)>,
    ) -> Ran {
        let args = ["cloudlab"].iter().chain(args).map(OsString::from);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let checkout = Checkout::at(self.checkout());
        let setting = Setting { checkout: &checkout, interrupt, asker, is_coloured: false };
        let code = cloudlab::run(args, setting, &mut out, &mut err);
        Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }

    /// `cloudlab new NAME --yes` with further arguments, into the folder of services.
    pub fn new_service(&self, name: &str, more: &[&str]) -> Ran {
        let parent = self.parent().display().to_string();
        let args = ["new", name, "--yes", "--path", &parent];
        self.cloudlab(&args.iter().chain(more).copied().collect::<Vec<_>>())
    }

    /// The same, which must succeed; answers with the service's folder.
    pub fn written(&self, name: &str, more: &[&str]) -> PathBuf {
        let ran = self.new_service(name, more);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        self.parent().join(name)
    }

    /// A service from the template of this checkout, by the binary.
    pub fn written_from_the_real_template(&self, name: &str, more: &[&str]) -> PathBuf {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlab"));
        let output =
            command.args(["new", name, "--yes"]).args(more).current_dir(self.parent()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && err.is_empty(), "{err}");
        self.parent().join(name)
    }

    /// The same, which must be refused with nothing written; answers with the words on standard error.
    pub fn refused(&self, name: &str, more: &[&str]) -> String {
        let before = everything_in(self.folder.path());
        let ran = self.new_service(name, more);
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
        assert!(ran.err.ends_with("nothing was written\n"), "{}", ran.err);
        assert_eq!(before, everything_in(self.folder.path()));
        ran.err
    }

    fn checkout(&self) -> PathBuf {
        self.at("checkout")
    }

    fn write_workspace(&self) {
        self.write(
            "Cargo.toml",
            r#"[workspace]
members = ["crates/*", "templates/gizmo-service"]
[workspace.package]
version = "0.1.0"
edition = "2024"
license = "MIT OR Apache-2.0"
publish = false
[workspace.dependencies]
cloudlab-chassis = { path = "crates/cloudlab-chassis", default-features = false }
cloudlab-core = { path = "crates/cloudlab-core", default-features = false }
cloudlab-sql = { path = "crates/cloudlab-sql", default-features = false }
cloudlab-testing = { path = "crates/cloudlab-testing", default-features = false }
[workspace.lints.rust]
unsafe_code = "forbid"

[workspace.lints.clippy]
all = { level = "warn", priority = -1 }
[profile.dev]
debug = false

[profile.release]
codegen-units = 4
"#,
        );
        let packages = [
            ("cloudlab-chassis", vec!["cloudlab-core", "cloudlab-sql", "cloudlab-testing"]),
            ("cloudlab-core", vec![]),
            ("cloudlab-sql", vec!["cloudlab-core"]),
            ("cloudlab-testing", vec!["cloudlab-core"]),
            ("gizmo-service", vec!["cloudlab-chassis", "cloudlab-core", "cloudlab-testing"]),
            ("stray", vec![]),
        ];
        let lock: String =
            packages.into_iter().map(|(name, dependencies)| lock_entry(name, &dependencies)).collect();
        self.write("Cargo.lock", &format!("version = 4\n{lock}"));
        self.write("LICENSE-MIT", "Permission is granted.\n");
        self.write("LICENSE-APACHE", "Version 2.0.\n");
    }

    fn write_chassis(&self) {
        self.write_crate(
            "cloudlab-chassis",
            "[dependencies]\ncloudlab-core.workspace = true\ncloudlab-sql = { workspace = true }\n\
             [dev-dependencies]\ncloudlab-testing = { workspace = true }\n\
             [features]\npostgres = [\"cloudlab-sql/postgres\"]\n[[bench]]\nname = \"speed\"\nharness = false\n",
            "//! Chassis.\npub use cloudlab_core::{Commit, Tenant as Owner};\npub struct Service;\nfn unused() {}\n",
        );
        self.write_crate(
            "cloudlab-core",
            "",
            "//! Core.\npub struct Event;\npub struct Commit;\npub struct Tenant;\npub(crate) struct Hidden;\n",
        );
        self.write_crate(
            "cloudlab-sql",
            "[dependencies]\ncloudlab-core.workspace = true\n[features]\npostgres = []\n",
            "//! Sql.\npub const TABLES: &str = \"CREATE TABLE IF NOT EXISTS leases (id)\";\n\
             pub const INDEX: &str = \"CREATE INDEX lease_times ON leases (id)\";\n",
        );
        self.write_crate(
            "cloudlab-testing",
            "[dependencies]\ncloudlab-core.workspace = true\n",
            "//! Testing.\n",
        );
        self.write("crates/cloudlab-chassis/tests/it/main.rs", "compile_error!();");
        self.write("crates/cloudlab-chassis/benches/speed.rs", "compile_error!();");
        self.write("crates/cloudlab-chassis/.hidden", "");
    }

    fn write_crate(&self, name: &str, more: &str, source: &str) {
        let manifest = format!("[package]\nname = \"{name}\"\n{MEMBER}[lints]\nworkspace = true\n{more}");
        self.write(&format!("crates/{name}/Cargo.toml"), &manifest);
        self.write(&format!("crates/{name}/src/lib.rs"), source);
    }

    fn write_template(&self) {
        self.template(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"gizmo-service\"\ndescription = \"Keeps acme gizmos.\"\n{MEMBER}\n\
                 [lints]\nworkspace = true\n\n[dependencies]\n# The chassis.\n\
                 cloudlab-chassis = {{ workspace = true, features = [\"postgres\"] }}\ncloudlab-core.workspace = true\n\n\
                 [dev-dependencies]\ncloudlab-testing = {{ workspace = true }}\n"
            ),
        );
        self.template("src/main.rs", "//! Runs.\nfn main() {\n    gizmo_service::serve();\n}\n");
        self.template(
            "src/lib.rs",
            "//! Keeps acme gizmos.\npub mod domain;\npub use domain::acme_gizmo::{AcmeGizmo, Zebra};\n\n\
             /// Serves.\npub fn serve() {}\n",
        );
        self.template("src/domain/mod.rs", "//! Rules.\npub mod acme_gizmo;\n");
        self.template("src/domain/acme_gizmo.rs", SOURCE);
        self.template(
            "tests/it/main.rs",
            "//! Tests.\n#[test]\nfn serves() {\n    gizmo_service::serve();\n}\n",
        );
        self.template(
            "migrations/postgres/0001_acme_gizmos.up.sql",
            "CREATE TABLE acme_gizmos (name text CONSTRAINT acme_gizmos_name_key_unique UNIQUE);\n\
             CREATE TABLE acme_gizmo_statistics (number bigint);\n",
        );
        self.template("migrations/sqlite/0001_acme_gizmos.up.sql", "CREATE TABLE acme_gizmos (name TEXT);\n");
        self.template(".gitignore", "/target\n");
        self.template(".dockerignore", "target\n");
        self.template(".cargo/config.toml", "[alias]\n");
        self.template(".github/workflows/ci.yml", "name: ci\n");
        self.template(".env.example", "GIZMO_SERVICE_LIMIT=1\n");
        for left_out in [
            "data/gizmo.db",
            "gizmo.db-wal",
            "target/debug/gizmo",
            "Cargo.lock",
            ".secret",
            ".env",
            ".git/HEAD",
        ] {
            self.template(left_out, "not a source");
        }
    }
}

const SOURCE: &str = "//! An `AcmeGizmo`.
/// Limit of all acme gizmos; not an invoice in 'a string \"of\" a comment.
pub const ACME_GIZMO_LIMIT: usize = 3;

/// An acme gizmo.
pub struct AcmeGizmo;

/// Stays the last import whatever the aggregate is called.
pub struct Zebra<'contract>(pub &'contract str);

/// Many.
pub fn acme_gizmos(acme_gizmo: AcmeGizmo) -> Vec<AcmeGizmo> {
    let _ = (\"receipt \\\" receipt\", r#\"receipt \" receipt\"#, 'r', '\\'');
    vec![acme_gizmo]
}

/// Its event.
pub const EVENT: &str = \"acme_gizmo.activated.v1\";
pub struct AppError;
pub struct AcmeGizmoError;
";

/// Every path below a folder, with the content of files.
pub fn everything_in(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(everything_in(&path));
            found.push((path, None));
        } else {
            found.push((path.clone(), fs::read(&path).ok()));
        }
    }
    found.sort();
    found
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn lock_entry(name: &str, dependencies: &[&str]) -> String {
    let lines: String = dependencies.iter().map(|name| format!(" \"{name}\",\n")).collect();
    let list = if lines.is_empty() { String::new() } else { format!("dependencies = [\n{lines}]\n") };
    format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n{list}")
}
