//! A path between backticks exists.

use super::{about_here, finding};
use crate::finding::Finding;
use crate::tidy::{markdown, members};
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let (folders, members) = (tree.top_folders(), members::all(tree));
    about_here(tree)
        .flat_map(|(path, text)| markdown::code(text).into_iter().map(move |code| (path, code)))
        .filter_map(|(path, code)| {
            let first = code.text.split('/').next().filter(|_| is_path(code.text))?;
            // A crate may be named without the folder of all crates.
            let full = match members.iter().find(|member| member.folder == format!("crates/{first}")) {
                Some(_) => format!("crates/{}", code.text),
                None => folders.contains(&first).then(|| code.text.to_owned())?,
            };
            let why = "a path that is gone sends the reader looking for what has moved";
            (!tree.holds(&full)).then(|| {
                let what = format!("`{}` does not exist", code.text);
                finding(format!("{path}:{}", code.line), what, why, "name the place where it lies today")
            })
        })
        .collect()
}

fn is_path(text: &str) -> bool {
    text.contains('/') && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter))
}
