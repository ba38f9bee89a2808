use std::net::SocketAddr;

use cloudlab_config::{Error, Loaded, Secret, Section, Sources};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub http: Http,
    pub database: Database,
    pub log: Log,
    pub routes: Vec<Route>,
    pub service: Section,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    pub address: SocketAddr,
    pub port: u16,
    pub body_limit_bytes: u64,
    pub compress: bool,
    pub ratio: f64,
    pub origins: Vec<String>,
    pub name: Option<String>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            address: ([127, 0, 0, 1], 8080).into(),
            port: 80,
            body_limit_bytes: 1 << 20,
            compress: false,
            ratio: 0.5,
            origins: Vec::new(),
            name: None,
        }
    }
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    pub url: String,
    pub token: Option<Secret>,
    pub key: Secret,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: Format,
    pub shipping: Shipping,
}

#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shipping {
    #[default]
    None,
    Remote {
        port: u16,
    },
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub path: String,
    pub weight: u8,
}

/// A folder of configuration files and an environment.
pub struct Place {
    pub folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    pub fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    pub fn toml(self, text: &str) -> Self {
        self.file("service.toml", text)
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn sources(&self) -> Sources {
        Sources::new(self.folder.path(), self.environment.clone())
    }

    pub fn load(&self) -> Loaded<Settings> {
        self.sources().load().unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn error(&self) -> Error {
        self.sources().load::<Settings>().expect_err("the load should fail")
    }

    /// Asserts that the load fails with exactly this text.
    pub fn fails(&self, text: &str) {
        assert_eq!(self.error().to_string(), text);
    }
}

/// Value and source of one key of the report.
pub fn reported(loaded: &Loaded<Settings>, key: &str) -> (String, String) {
    let entry = loaded.report().into_iter().find(|entry| entry.key == key);
    entry.map(|entry| (entry.value, entry.source)).unwrap_or_else(|| panic!("{key} is not reported"))
}
