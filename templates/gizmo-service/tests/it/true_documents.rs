//! What the documents and the files for machines name exists, so that they cannot fall behind unseen.

use crate::embedded;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Commands of cargo itself; the others are aliases of this service.
const OF_CARGO: [&str; 7] = ["bench", "build", "clippy", "fmt", "run", "test", "update"];

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    assert!(path.is_file(), "{path:?} is missing");
    fs::read_to_string(path).unwrap()
}

/// The pages at the root and those below `docs`.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(ROOT)];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && path.strip_prefix(ROOT).unwrap().starts_with("docs") {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".md") {
                found.push(path);
            }
        }
    }
    found
}

/// What stands between backticks in a line.
fn quoted(text: &str) -> Vec<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// A path from the root of the service, as against one of a URL or of a service that runs.
fn is_path(word: &str) -> bool {
    let is_plain = !word.contains([' ', '<', '*', '{', ':', '=', '@']);
    let at_root = ["Dockerfile", ".md", ".yaml"].iter().any(|ending| word.ends_with(ending));
    let below = word
        .split_once('/')
        .is_some_and(|(folder, _)| !folder.is_empty() && Path::new(ROOT).join(folder).is_dir());
    is_plain && (below || (at_root && !word.contains('/')))
}

#[test]
fn every_path_and_every_link_of_a_page_exists() {
    let pages = pages();
    assert!(pages.len() > 5, "{pages:?}");
    for page in pages {
        let text = read(&page);
        for path in quoted(&text).into_iter().filter(|word| is_path(word)) {
            assert!(Path::new(ROOT).join(path).exists(), "{page:?}: `{path}`");
        }
        let linked = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (path, _) in linked.filter(|(path, _)| !path.contains(':') && !path.starts_with(['#', '/'])) {
            let path = path.split('#').next().unwrap();
            assert!(page.with_file_name(path).exists(), "{page:?}: {path}");
        }
    }
}

#[test]
fn every_command_of_a_page_is_one_of_cargo_or_an_alias() {
    let configured = read(".cargo/config.toml");
    let is_known =
        |command: &str| OF_CARGO.contains(&command) || configured.contains(&format!("\n{command} = "));
    for page in pages() {
        let text = read(&page);
        for words in quoted(&text).into_iter().filter_map(|words| words.strip_prefix("cargo ")) {
            let command = words.split(' ').next().unwrap();
            assert!(is_known(command), "{page:?}: `cargo {words}`");
        }
    }
}

#[test]
fn image_and_workflow_build_with_the_version_of_the_manifest() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(read("Dockerfile").contains(&format!("FROM rust:{version}-")));
    assert!(read(".github/workflows/ci.yml").contains(&format!("RUSTUP_TOOLCHAIN: \"{version}\"")));
}

/// The number behind a key in a text of lines `key: value` or `key = value  # source`.
fn seconds(text: &str, key: &str) -> u32 {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap_or_default();
    let value = value.trim_start_matches([':', ' ', '=']).split("  #").next().unwrap();
    assert!(!value.is_empty(), "{key} in {text}");
    value.parse().unwrap()
}

#[test]
fn kubernetes_configures_what_the_service_knows_and_waits_until_it_has_stopped() {
    let mut home = embedded();
    home.write("service.toml", &read("service.toml"));
    home.write("service.production.toml", &read("service.production.toml"));
    for line in read("deploy/kubernetes/base/configmap.yaml").lines() {
        if let Some((name, value)) =
            line.trim().split_once(": ").filter(|(name, _)| name.starts_with("CLOUDLAB__"))
        {
            home.set(name, value.trim_matches('"'));
        }
    }
    let shown = home.run(&["config"]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    assert!(shown.output.starts_with("# profile = production\n"), "{}", shown.output);
    let seconds_of = |key| seconds(&shown.output, key);
    let stopping = seconds_of("http.stop_delay_seconds") + seconds_of("http.drain_seconds");
    let patience = seconds(&read("deploy/kubernetes/base/deployment.yaml"), "terminationGracePeriodSeconds");
    assert!(seconds_of("http.stop_delay_seconds") > 0 && stopping < patience, "{stopping} {patience}");
}

/// The page quotes messages so that they are found by searching for them.
#[test]
fn troubleshooting_quotes_what_the_service_says() {
    let page = read("docs/troubleshooting.md");
    let mut home = embedded();
    let running = home.start();
    let mut said = Vec::new();
    home.set("CLOUDLAB__HTTP__ADDRESS", &running.public.to_string());
    said.push(home.run(&[]).errors.replace(&running.public.to_string(), "127.0.0.1:8080"));
    home.write("service.toml", "[http]\nadress = \"127.0.0.1:0\"\n");
    said.push(home.run(&[]).errors);
    home.write("service.toml", "");
    home.set("CLOUDLAB__PROFILE", "production");
    said.push(home.run(&["migrate", "down"]).errors);
    home.unset("CLOUDLAB__DATABASE__URL");
    said.push(home.run(&[]).errors);
    for message in said {
        // What follows the first half is advice, which depends on the databases that are built in.
        let first = message.split(';').next().unwrap().trim_end();
        assert!(first.starts_with("error: ") && page.contains(first), "{message}");
    }
}
