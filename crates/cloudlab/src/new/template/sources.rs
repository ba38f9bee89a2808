//! Which files of a checkout a service is made of. The build script packs these and the generator reads these, so an
//! installed command and one in a checkout cannot differ.

use std::io;
use std::path::Path;

/// The template's folder.
pub const TEMPLATE: &str = "templates/gizmo-service";
/// The workspace's manifest and the tested versions.
pub const MANIFEST: &str = "Cargo.toml";
pub const LOCK: &str = "Cargo.lock";
/// The terms under which the chassis is given away.
pub const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Hidden files and folders that belong to a service all the same.
const HIDDEN: [&str; 5] = [".cargo", ".dockerignore", ".env.example", ".github", ".gitignore"];
/// What running and building leave in the template's folder.
const PRODUCTS: [&str; 3] = ["target", "data", "Cargo.lock"];
/// What belongs to a crate's developers or to one machine.
const LEFT_OUT: [&str; 6] = ["target", "data", "tests", "benches", "examples", "Cargo.lock"];

/// Whether a path of the template belongs to a service: version control would keep it.
pub fn is_of_the_template(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let hidden = name.starts_with('.') && !HIDDEN.contains(&name);
    let database = [".db", ".db-wal", ".db-shm", ".db-journal"].iter().any(|ending| name.ends_with(ending));
    !hidden && !database && !PRODUCTS.contains(&path)
}

/// Whether a path of a crate belongs to its vendored copy.
pub fn is_of_a_crate(path: &str) -> bool {
    !path.starts_with('.') && !path.contains("/.") && !LEFT_OUT.contains(&path)
}

/// Whether a file may be run by its owner, which a service keeps.
#[cfg(unix)]
pub fn is_executable(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
pub fn is_executable(_: &Path) -> io::Result<bool> {
    Ok(false)
}
