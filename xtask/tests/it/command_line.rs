//! Exit codes and words of the command line.

use std::fs;
use std::path::Path;

fn run(root: &Path, arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once(&"xtask").chain(arguments).map(Into::into);
    let code = xtask::run(arguments, root, &|| "2026-11-21".to_owned(), &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn a_finding_is_told_as_a_compiler_would_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.rs"), "x\n".repeat(412)).unwrap();
    let (code, out, err) = run(folder.path(), &["tidy"]);
    let told = "error[size]: a.rs: 412 lines; 400 is the limit\n  \
        = why: a file that nobody reads to its end hides what stands there\n  \
        = help: split it where the story changes; a module has its own file\n\ntidy: 1 to mend\n";
    assert_eq!((code, out.as_str(), err.as_str()), (1, told, ""));
}

#[test]
fn nothing_found_is_nothing_said() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["tidy"]), (0, String::new(), String::new()));
}

#[test]
fn a_wrong_command_line_is_refused_with_2_and_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (&[][..], "error: a command is missing\n"),
        (&["gone"], "error: unrecognized subcommand 'gone'\n"),
        (&["new-adr"], "error: the title of the decision is missing\n"),
        (&["new-adr", ""], "error: the title of a decision is not empty\n"),
        (&["tidy", "--gone"], "error: unexpected argument '--gone' found\n"),
    ];
    for (arguments, sentence) in cases {
        let (code, out, err) = run(folder.path(), arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.starts_with(sentence) && err.contains("  help: "), "{err}");
    }
}

#[test]
fn help_lists_the_commands() {
    let (code, out, _) = run(Path::new("."), &["--help"]);
    assert_eq!(code, 0);
    for command in ["tidy", "new-adr", "coverage"] {
        assert!(out.contains(&format!("  {command}")), "{out}");
    }
}
