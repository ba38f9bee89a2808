//! What documents say of the repository.

use crate::said;
use xtask::tidy::docs::check;
use xtask::tree::Tree;

fn found<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    said(&check(&Tree::planted(files)))
}

#[test]
fn a_link_leads_to_a_file_a_folder_or_a_heading() {
    let page = "# A\n\n## A `Word`, twice\n\n## A word, twice\n\n[b](b/c.md) [d](b) [e](#a-word-twice-1) [f](b/c.md#c)\n";
    assert_eq!(found([("A.md", page), ("b/c.md", "# C\n[up](../A.md)\n")]), [""; 0]);
    for (link, what) in [
        ("gone.md", "the link to `gone.md` leads nowhere"),
        ("../x.md", "the link to `../x.md` leads nowhere"),
        ("#gone", "`A.md` has no heading `#gone`"),
        ("b/c.md#gone", "`b/c.md` has no heading `#gone`"),
    ] {
        let page = format!("# A\n\n[x]({link})\n");
        assert_eq!(found([("A.md", page.as_str()), ("b/c.md", "# C\n")]), [format!("A.md:3: {what}")]);
    }
}

#[test]
fn links_in_code_and_to_the_world_are_left_alone() {
    let page = "`[x](gone.md)` [y](https://example.org/gone.md)\n\n```\n[z](gone.md)\n```\n";
    assert_eq!(found([("A.md", page)]), [""; 0]);
}

#[test]
fn a_path_between_backticks_exists() {
    let crates = ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
    let manifest = ("crates/cloudlab-sql/Cargo.toml", "");
    let right = "`cloudlab-sql/Cargo.toml` `crates/cloudlab-sql` `LISTEN/NOTIFY` `crates/*/src` `/metrics` `src/lib.rs`\n";
    assert_eq!(found([crates, manifest, ("README.md", right)]), [""; 0]);
    for path in ["cloudlab-sql/src/gone.rs", "crates/gone"] {
        let page = format!("see `{path}`\n");
        let what = format!("README.md:1: `{path}` does not exist");
        assert_eq!(found([crates, manifest, ("README.md", page.as_str())]), [what]);
    }
}

#[test]
fn a_page_that_its_index_does_not_list_is_noticed() {
    let (folder, page) =
        ("templates/gizmo-service/docs/runbooks", "templates/gizmo-service/docs/runbooks/full-disk.md");
    let index = format!("{folder}/README.md");
    assert_eq!(found([(index.as_str(), "[full](full-disk.md)\n"), (page, "# Full\n")]), [""; 0]);
    let what = format!("{page}: full-disk.md is not listed in {index}");
    assert_eq!(found([(index.as_str(), "# Runbooks\n"), (page, "# Full\n")]), [what]);
}

const INDEX: &str =
    "[0000](0000-template.md)\n\n| | decision |\n|---|---|\n| [0001](0001-a.md) | It is a. |\n";

fn decisions(index: &str, page: &str, title: &str) -> Vec<String> {
    let path = format!("docs/decisions/{page}");
    found([
        ("docs/decisions/README.md", index),
        ("docs/decisions/0000-template.md", "# 0000: Title\n"),
        (path.as_str(), title),
    ])
}

#[test]
fn decisions_are_numbered_titled_and_told() {
    assert_eq!(decisions(INDEX, "0001-a.md", "# 0001: A\n"), [""; 0]);
    let silent = INDEX.replace("It is a.", "");
    assert_eq!(
        decisions(&silent, "0001-a.md", "# 0001: A\n"),
        ["docs/decisions/0001-a.md: the index says nothing of it"]
    );
    assert_eq!(
        decisions(INDEX, "0001-a.md", "# 0002: A\n"),
        ["docs/decisions/0001-a.md: the page does not begin with `# 0001: Title`"]
    );
    let index = INDEX.replace("0001", "0002");
    assert_eq!(
        decisions(&index, "0002-a.md", "# 0002: A\n"),
        ["docs/decisions/0002-a.md: 0001 would be next"]
    );
}

#[test]
fn a_code_has_a_page_and_a_page_a_code() {
    let codes =
        "static A: Code = code(\n    \"gone\",\n);\nstatic B: Code =\n    code(\"too_large\", 413);\n";
    let index = ("crates/cloudlab-http/pages/README.md", "[a](too_large.md) [b](stray.md) [c](gone.md)\n");
    let codes = ("crates/cloudlab-http/src/problem/codes.rs", codes);
    let large = ("crates/cloudlab-http/pages/too_large.md", "# too_large\n");
    let gone = ("crates/cloudlab-http/pages/gone.md", "# gone\n");
    assert_eq!(
        found([
            codes,
            large,
            gone,
            ("crates/cloudlab-http/pages/README.md", "[a](too_large.md) [c](gone.md)\n")
        ]),
        [""; 0]
    );
    let stray = ("crates/cloudlab-http/pages/stray.md", "# another\n");
    assert_eq!(
        found([codes, large, stray, index]),
        [
            "crates/cloudlab-http/pages/README.md:1: the link to `gone.md` leads nowhere",
            "crates/cloudlab-http/src/problem/codes.rs: the code `gone` has no page",
            "crates/cloudlab-http/pages/stray.md: no code is named `stray`",
            "crates/cloudlab-http/pages/stray.md: the heading is not the code",
        ]
    );
}

#[test]
fn the_map_shows_what_is_there() {
    let map = |lines: &str| format!("# A\n\n## Map\n\n```\n{lines}```\n\n```\nx -> y\n```\n\n## More\n");
    let right = map("templates/a   the service\nbench/, .ci/   figures\n");
    let files = [("templates/a/x", ""), ("bench/x", ""), (".ci/run", "")];
    assert_eq!(found(files.into_iter().chain([("ARCHITECTURE.md", right.as_str())])), [""; 0]);
    let wrong = map("templates/a   the service\ngone/   nothing\n");
    assert_eq!(
        found(files.into_iter().chain([("ARCHITECTURE.md", wrong.as_str())])),
        [
            "ARCHITECTURE.md: the map does not show bench",
            "ARCHITECTURE.md: the map shows gone, which is not there"
        ]
    );
}

#[test]
fn commands_that_are_shown_exist() {
    let grammar = ("crates/cloudlab/src/cli/new.rs", "Command::new(\"new\")\n");
    let right = "`cargo xtask tidy`\n\n```\ncargo run --release -- new x --yes\n$ cargo xtask new-adr \"A\"\ncargo run\n```\n";
    assert_eq!(found([grammar, ("README.md", right)]), [""; 0]);
    for command in ["cargo xtask gone", "cargo run -- gone x"] {
        let page = format!("```\n{command}\n```\n");
        assert_eq!(found([grammar, ("README.md", page.as_str())]), ["README.md:2: `gone` is no command"]);
    }
}
