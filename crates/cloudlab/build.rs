//! Packs the sources of a service into the command, so that it works where no checkout is.
//!
//! The pack is Rust code that includes each file by its path: the compiler notices when one changes, and no format of
//! our own has to be read back.

#[path = "src/new/template/sources.rs"]
mod sources;

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let mut pack = Pack { root, code: String::from("&[\n") };
    for file in [sources::MANIFEST, sources::LOCK].into_iter().chain(sources::LICENCES) {
        pack.add(file)?;
    }
    pack.walk(sources::TEMPLATE, "", &sources::is_of_the_template)?;
    // No service needs the command itself.
    for name in pack.names_in("crates")?.into_iter().filter(|name| name != "cloudlab") {
        pack.walk(&format!("crates/{name}"), "", &sources::is_of_a_crate)?;
    }
    pack.code.push(']');
    fs::write(Path::new(&variable("OUT_DIR")?).join("pack.rs"), pack.code)
}

/// What cargo tells a build script, which has no configuration to take it from.
#[expect(clippy::disallowed_methods, reason = "a build script is configured by cargo's variables alone")]
fn variable(name: &str) -> io::Result<String> {
    std::env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}

struct Pack {
    root: PathBuf,
    code: String,
}

impl Pack {
    /// Adds what is kept below a folder; `inside` is the path within it.
    fn walk(&mut self, folder: &str, inside: &str, keep: &dyn Fn(&str) -> bool) -> io::Result<()> {
        let place = if inside.is_empty() { folder.to_string() } else { format!("{folder}/{inside}") };
        for name in self.names_in(&place)? {
            let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            let kind = fs::symlink_metadata(self.root.join(folder).join(&path))?.file_type();
            if kind.is_dir() && keep(&path) {
                self.walk(folder, &path, keep)?;
            } else if kind.is_file() && keep(&path) {
                self.add(&format!("{folder}/{path}"))?;
            }
        }
        Ok(())
    }

    /// The names in a folder, in an order that does not depend on the file system. A folder that gains a file is packed
    /// again.
    fn names_in(&self, folder: &str) -> io::Result<Vec<String>> {
        let place = self.root.join(folder);
        println!("cargo::rerun-if-changed={}", place.display());
        let names = fs::read_dir(place)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut names: Vec<String> = names.collect::<io::Result<_>>()?;
        names.sort();
        Ok(names)
    }

    fn add(&mut self, path: &str) -> io::Result<()> {
        let place = self.root.join(path);
        let executable = sources::is_executable(&place)?;
        // Writing to a String cannot fail.
        let _ = writeln!(self.code, "({path:?}, {executable}, include_bytes!({place:?})),");
        Ok(())
    }
}
