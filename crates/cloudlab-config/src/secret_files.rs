//! Files that hold one value each, as Kubernetes, Docker and Vault Agent lay them down.
//!
//! **Invariant:** what stands in such a file appears in no error, and neither does a value that is no path: it may be
//! the secret itself, set by mistake where the name of its file belongs.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::error::Error;
use crate::tree::{Node, Origin, Text, Value};
use crate::variables;
use cloudlab_core::secrets::MASK;

/// A secret is a line or a certificate; what is larger is the wrong file.
const LIMIT_BYTES: u64 = 64 * 1024;

/// The text of each file that a variable names, or what is wrong with it. All are read at once, so that what is loaded
/// and what is fingerprinted are the same.
#[derive(Hash)]
pub(crate) struct SecretFiles(BTreeMap<String, Result<String, String>>);

impl SecretFiles {
    /// Reads the files at `paths`; relative ones begin in `directory`.
    pub(crate) fn read<'a>(directory: &Path, paths: impl Iterator<Item = &'a str>) -> Self {
        let read = paths.filter(|path| is_path(path)).map(|path| {
            let text = text(&directory.join(path));
            (path.to_owned(), text)
        });
        Self(read.collect())
    }

    /// The value that the file holds which `pointer`, the variable of the key `key`, names.
    pub(crate) fn value(&self, pointer: &Node, key: &str) -> Result<Node, Error> {
        let variable = variables::name_of(key);
        let path = match &pointer.value {
            Value::Text(text) if is_path(&text.raw) => text.raw.clone(),
            _ => return Err(no_path(&pointer.origin, &variable)),
        };
        let read = self.0.get(&path).cloned();
        let origin = Origin::SecretFile { named: Box::new(pointer.origin.clone()), path };
        let raw = read.unwrap_or_else(|| Err("it was not looked for".to_owned()));
        let raw = raw.map_err(|cause| Error::Unreadable {
            place: origin.to_string(),
            cause: format!("{cause}. Correct the file or the path in {variable}."),
        })?;
        let text = Text { raw, masked: Some(MASK.to_owned()), from_variable: true };
        Ok(Node { origin, value: Value::Text(text) })
    }
}

/// A bare word could be a path, and could be the secret.
fn is_path(text: &str) -> bool {
    text.starts_with('.') || Path::new(text).is_absolute()
}

fn no_path(origin: &Origin, variable: &str) -> Error {
    let detail = format!(
        "the value of {variable} is no path to the file of a secret: write one that begins with / or ./"
    );
    Error::Syntax { place: origin.to_string(), detail }
}

fn text(path: &Path) -> Result<String, String> {
    let missing = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    // Before the opening, which would wait for the other end of a pipe.
    let about = fs::metadata(path).map_err(missing)?;
    if !about.is_file() {
        return Err(if about.is_dir() { "it is a folder" } else { "it is no plain file" }.to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(missing)?;
    file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LIMIT_BYTES {
        return Err("it is larger than 64 KiB".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    without_newline(text)
}

/// Editors and `echo` end a line where the secret has none. An empty file is a secret that was never filled in, and
/// would else take the setting back.
fn without_newline(mut text: String) -> Result<String, String> {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text) }
}
