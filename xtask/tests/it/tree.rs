//! Which files count, with git and without.

use std::fs;
use std::path::Path;
use std::process::Command;
use xtask::tree::Tree;

fn plant(folder: &Path, path: &str) {
    let place = folder.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, "x\n").unwrap();
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.texts().map(|(path, _)| path).collect()
}

#[test]
fn an_archive_without_git_is_walked_without_what_was_built() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["a.rs", "b/c.md", ".ci/run", "target/debug/d.rs", "b/target/e.rs"] {
        plant(folder.path(), path);
    }
    assert_eq!(paths(&Tree::of(folder.path()).unwrap()), [".ci/run", "a.rs", "b/c.md"]);
}

#[test]
fn with_git_only_what_it_tracks_counts_and_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["a.rs", "removed.rs", "b.rs"] {
        plant(folder.path(), path);
    }
    let git = |arguments: &[&str]| {
        // A hook that runs the tests has set these, and they would lead into the repository that is committed to.
        let mut command = Command::new("git");
        command.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE").env_remove("GIT_WORK_TREE");
        let ended = command.arg("-C").arg(folder.path()).args(arguments).output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "a.rs", "removed.rs"]);
    fs::remove_file(folder.path().join("removed.rs")).unwrap();
    assert_eq!(paths(&Tree::of(folder.path()).unwrap()), ["a.rs"]);
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_link_is_there_and_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    plant(folder.path(), "pages/a.md");
    fs::create_dir(folder.path().join("docs")).unwrap();
    std::os::unix::fs::symlink("../pages", folder.path().join("docs/errors")).unwrap();
    let tree = Tree::of(folder.path()).unwrap();
    assert_eq!(paths(&tree), ["pages/a.md"]);
    for (path, is_there) in
        [("docs/errors", true), ("docs/errors/a.md", true), ("docs/errors/b.md", false), ("doc", false)]
    {
        assert_eq!(tree.holds(path), is_there, "{path}");
    }
}
