use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dotenv;
use crate::error::Error;
use crate::files::{Files, Fingerprint};
use crate::layers::Layers;
use crate::loaded::Loaded;
use crate::secret_files::SecretFiles;
use crate::variables::Variables;

/// Where a configuration comes from: one directory and one environment. Holds no contents; every [`load`](Self::load)
/// reads the files anew.
#[derive(Clone)]
pub struct Sources {
    directory: PathBuf,
    environment: BTreeMap<String, String>,
    /// Variables of this process whose values are no Unicode.
    garbled: Vec<String>,
}

impl Sources {
    /// The files in `directory` under the variables of `environment`.
    pub fn new(
        directory: impl Into<PathBuf>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            directory: directory.into(),
            environment: environment.into_iter().collect(),
            garbled: Vec::new(),
        }
    }

    /// The files in `directory` under the environment that this process has now.
    pub fn from_process(directory: impl Into<PathBuf>) -> Self {
        let mut sources = Self::new(directory, []);
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            match value.into_string() {
                Ok(value) => drop(sources.environment.insert(name, value)),
                Err(_) => sources.garbled.push(name),
            }
        }
        sources
    }

    /// Reads, merges, expands and checks all layers.
    ///
    /// # Errors
    /// The first wrong key, value or line, with its place.
    pub fn load<T: DeserializeOwned + Serialize>(&self) -> Result<Loaded<T>, Error> {
        self.check_environment()?;
        let files = Files::read(&self.directory);
        let variables = self.variables(&files)?;
        let profile = variables.profile()?;
        let secret_files = SecretFiles::read(&self.directory, variables.paths());
        let fingerprint = files.fingerprint(&secret_files);
        let layers = Layers::merge(&files, profile, &variables, secret_files)?;
        Loaded::new(layers, profile, fingerprint)
    }

    /// The state of the files now. Poll it and compare with [`Loaded::fingerprint`] to notice a change: the files are
    /// read, not watched, because Kubernetes exchanges a link far above them.
    pub fn fingerprint(&self) -> Fingerprint {
        let files = Files::read(&self.directory);
        let variables = self.variables(&files);
        let paths = variables.iter().flat_map(Variables::paths);
        files.fingerprint(&SecretFiles::read(&self.directory, paths))
    }

    fn variables(&self, files: &Files) -> Result<Variables, Error> {
        Ok(Variables::new(&self.environment, dotenv::parse(files.dotenv()?)?))
    }

    fn check_environment(&self) -> Result<(), Error> {
        let is_ours = |name: &&String| name.to_uppercase().starts_with("CLOUDLAB__");
        match self.garbled.iter().find(is_ours) {
            None => Ok(()),
            Some(name) => Err(Error::Unreadable {
                place: name.clone(),
                cause: "its value is not UTF-8. Set it to UTF-8 text.".to_owned(),
            }),
        }
    }
}

/// Shows no variables: the environment holds secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("directory", &self.directory).finish_non_exhaustive()
    }
}
