//! A small clean service, and code that is planted into it with the wrong places marked: `«rule|code»`.

use std::path::{Path, PathBuf};

use cloudlab::check;
use tempfile::TempDir;

use crate::fixture::write;

/// Rule, file inside the service, line, column, first column behind.
pub type Place = (String, PathBuf, usize, usize, usize);

pub struct Planted {
    pub folder: TempDir,
    expected: Vec<Place>,
}

const MANIFEST: &str = "[package]\nname = \"parcel-service\"\n[dependencies]\naxum = \"0.8\"\nchrono = \"0.4\"\n\
    cloudlab-core = \"0.1\"\ncloudlab-chassis = \"0.1\"\ndb = { package = \"sqlx\", version = \"0.8\" }\nserde = \"1\"\nreqwest = \"0.12\"\n\
    rust_decimal = \"1\"\ntokio = \"1\"\nuuid = \"1\"\nsqlx = \"0.8\"\nlogging = { workspace = true }\n\
    [target.'cfg(unix)'.dependencies]\nQueue = { package = \"async-nats\", version = \"1\" }\n";

/// The layers, each with one module to plant into.
const CLEAN: [(&str, &str); 10] = [
    (
        "src/main.rs",
        "fn main() -> std::process::ExitCode {\n    cloudlab_chassis::run(parcel_service::service())\n}\n",
    ),
    (
        "src/lib.rs",
        "//! Parcels.\npub mod application;\npub mod domain;\nmod infrastructure;\nmod interfaces;\n\n\
         use application::Deps;\nuse cloudlab_chassis::{Service, migrations};\n\
         use infrastructure::parcels::SqlParcels;\n\n\
         pub fn service() -> Service {\n    Service::new().routes(|_| interfaces::rest::routes(deps()))\n}\n\n\
         fn deps() -> Deps {\n    Deps { parcels: std::sync::Arc::new(SqlParcels) }\n}\n",
    ),
    ("src/domain/mod.rs", "pub mod parcel;\nmod repository;\npub use repository::Parcels;\n"),
    ("src/domain/parcel.rs", "pub struct Parcel;\n"),
    (
        "src/domain/repository.rs",
        "use super::parcel::Parcel;\nuse cloudlab_core::{Write, async_trait};\n#[async_trait]\npub trait Parcels {\n    \
         async fn find(&self) -> Option<Parcel>;\n    fn insert(&self, parcel: &Parcel) -> Write;\n}\n\
         pub trait Named {\n    fn name(&self) -> String;\n}\n",
    ),
    (
        "src/application/mod.rs",
        "pub mod ship;\nuse crate::domain::Parcels;\npub struct Deps {\n    pub parcels: std::sync::Arc<dyn Parcels>,\n}\n",
    ),
    ("src/application/ship.rs", "pub fn ship() {}\n"),
    ("src/infrastructure/mod.rs", "pub mod parcels;\npub use parcels::SqlParcels as Stored;\n"),
    (
        "src/infrastructure/parcels.rs",
        "use crate::domain::Parcels;\npub struct SqlParcels;\nimpl Parcels for SqlParcels {}\n",
    ),
    ("src/interfaces/mod.rs", "pub mod rest;\n"),
];

impl Planted {
    /// A clean service with `text` in it: files under `=== path`, or one file of the layer that `path` names.
    pub fn new(path: &str, text: &str) -> Self {
        let mut planted = Self { folder: tempfile::tempdir().unwrap(), expected: Vec::new() };
        planted.write("Cargo.toml", MANIFEST);
        for (path, text) in CLEAN {
            planted.write(path, text);
        }
        planted.write("src/interfaces/rest.rs", "pub fn routes(_: crate::application::Deps) {}\n");
        let text = if text.starts_with("=== ") { text.to_string() } else { format!("=== {path}\n{text}") };
        for part in text.split("=== ").skip(1) {
            let (path, code) = part.split_once('\n').unwrap();
            planted.plant(path, code);
        }
        planted.expected.sort();
        planted
    }

    pub fn write(&self, path: &str, text: &str) {
        write(&self.at(path), text);
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes the code without its marks, and remembers where they stood.
    fn plant(&mut self, path: &str, marked: &str) {
        let (mut code, mut rest) = (String::new(), marked);
        while let Some((before, after)) = rest.split_once('«') {
            code.push_str(before);
            let (rule, after) = after.split_once('|').unwrap();
            let (wrong, after) = after.split_once('»').unwrap();
            let line = code.matches('\n').count() + 1;
            let column = code.rsplit('\n').next().unwrap().chars().count() + 1;
            self.expected.push((rule.into(), path.into(), line, column, column + wrong.chars().count()));
            code.push_str(wrong);
            rest = after;
        }
        code.push_str(rest);
        self.write(path, &code);
    }

    /// What the check finds.
    pub fn found(&self) -> Vec<Place> {
        let found = check::findings(self.folder.path()).unwrap();
        let place = |finding: &check::Finding| {
            let file = finding.file.strip_prefix(self.folder.path()).unwrap_or(Path::new("elsewhere"));
            (finding.rule.id().to_string(), file.into(), finding.line, finding.column, finding.end_column)
        };
        let mut places: Vec<Place> = found.iter().map(place).collect();
        places.sort();
        places
    }
}

/// Each row is a service of its own: a name, the file that is planted into, and the code with its marks. All rows are
/// looked at before the test fails.
pub fn rows(rows: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(name, path, text)| {
            let planted = Planted::new(path, text);
            let found = planted.found();
            (found != planted.expected)
                .then(|| format!("{name}\n  expected {:?}\n  found    {found:?}", planted.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

pub const DOMAIN: &str = "src/domain/parcel.rs";
pub const APPLICATION: &str = "src/application/ship.rs";
pub const INFRASTRUCTURE: &str = "src/infrastructure/parcels.rs";
pub const INTERFACES: &str = "src/interfaces/rest.rs";
