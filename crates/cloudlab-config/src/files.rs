use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::dotenv;
use crate::error::Error;
use crate::profile::Profile;
use crate::secret_files::SecretFiles;

/// A configuration is written by hand; what is larger is the wrong file.
const LIMIT_BYTES: u64 = 1 << 20;

/// The name of the file of all profiles, before its ending.
const COMMON: &str = "service";

const TOML: &str = "toml";
const YAML: &str = "yaml";
/// An ending of YAML files that is not read, so that one layer has not three names.
const YML: &str = "yml";

/// The state of all configuration files and of those that variables name, at one moment. Equal fingerprints mean equal contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

/// The name of the file that only `profile` reads, before its ending.
fn stem_of(profile: Profile) -> String {
    format!("{COMMON}.{profile}")
}

/// Whether a file is to be read as YAML.
pub(crate) fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml")
}

/// The text of every configuration file, read once so that what is parsed and what is fingerprinted are the same.
pub(crate) struct Files {
    texts: Vec<(String, Result<Option<String>, Error>)>,
}

impl Files {
    pub(crate) fn read(directory: &Path) -> Self {
        let stems = [COMMON.to_owned()].into_iter().chain(Profile::ALL.map(stem_of));
        let names = stems.flat_map(|stem| [TOML, YAML, YML].map(|ending| format!("{stem}.{ending}")));
        let texts = names.chain([dotenv::FILE.to_owned()]).map(|name| {
            let text = read(&directory.join(&name), &name);
            (name, text)
        });
        Self { texts: texts.collect() }
    }

    pub(crate) fn fingerprint(&self, secret_files: &SecretFiles) -> Fingerprint {
        let mut hasher = DefaultHasher::new();
        secret_files.hash(&mut hasher);
        for (_, text) in &self.texts {
            match text {
                Ok(text) => text.hash(&mut hasher),
                Err(error) => error.to_string().hash(&mut hasher),
            }
        }
        Fingerprint(hasher.finish())
    }

    /// The text of `.env`, nothing if there is none.
    pub(crate) fn dotenv(&self) -> Result<&str, Error> {
        self.text(dotenv::FILE).map(|text| text.unwrap_or_default())
    }

    /// Names and texts of the files that `profile` reads, the winning one last. The files of other profiles are not
    /// looked at: they may need what is not here.
    pub(crate) fn layers(&self, profile: Profile) -> Result<Vec<(String, &str)>, Error> {
        let mut layers = Vec::new();
        for stem in [COMMON.to_owned(), stem_of(profile)] {
            layers.extend(self.layer(&stem)?);
        }
        Ok(layers)
    }

    fn layer(&self, stem: &str) -> Result<Option<(String, &str)>, Error> {
        let [toml, yaml, yml] = [TOML, YAML, YML].map(|ending| format!("{stem}.{ending}"));
        if self.text(&yml)?.is_some() {
            let cause = format!("files in YAML end in .yaml here. Name it {yaml}.");
            return Err(Error::Unreadable { place: yml, cause });
        }
        match (self.text(&toml)?, self.text(&yaml)?) {
            (Some(_), Some(_)) => {
                let cause =
                    format!("{toml} is there, too, and neither wins over the other. Keep one of them.");
                Err(Error::Unreadable { place: yaml, cause })
            }
            (Some(text), None) => Ok(Some((toml, text))),
            (None, text) => Ok(text.map(|text| (yaml, text))),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.texts.iter().find(|(known, _)| known == name) {
            Some((_, Ok(text))) => Ok(text.as_deref()),
            Some((_, Err(error))) => Err(error.clone()),
            None => Ok(None),
        }
    }
}

fn read(path: &Path, name: &str) -> Result<Option<String>, Error> {
    let unreadable = |cause: String| Error::Unreadable { place: name.to_owned(), cause };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(unreadable(format!("{error}. Let this process read {}.", path.display())));
        }
    };
    let mut bytes = Vec::new();
    let read = file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(format!("{error}. Make {} a plain file.", path.display())))?;
    if bytes.len() as u64 > LIMIT_BYTES {
        return Err(unreadable("it is larger than 1 MiB. Use another file for data.".to_owned()));
    }
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| unreadable("it is not UTF-8. Save it as UTF-8.".to_owned()))
}
