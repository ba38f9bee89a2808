//! The pages of the error codes.

use crate::problem::Code;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The pages by code, and the list of them.
pub(super) struct Pages {
    pages: BTreeMap<&'static str, &'static str>,
    index: String,
}

impl Pages {
    pub(super) fn of(codes: impl Iterator<Item = &'static Code>) -> Self {
        let mut index = String::from("# Errors\n\n| status | code | meaning |\n|---|---|---|\n");
        let mut pages = BTreeMap::new();
        for Code { code, status, title, page } in codes {
            if pages.insert(*code, *page).is_none() {
                // To write into a string never fails.
                let _ = writeln!(index, "| {status} | [{code}](/docs/errors/{code}) | {title}. |");
            }
        }
        Self { pages, index }
    }

    pub(super) fn index(&self) -> &str {
        &self.index
    }

    /// The page of a code; also under the name of its file, since pages refer to each other by it.
    pub(super) fn page(&self, code: &str) -> Option<&'static str> {
        self.pages.get(code.strip_suffix(".md").unwrap_or(code)).copied()
    }
}

/// The text as a page: readable as it stands, with its links.
pub(super) fn page(markdown: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Errors</title><style>pre{{white-space:pre-wrap;max-width:50rem;margin:2rem auto;font:1rem/1.5 \
         system-ui}}</style><pre>{}</pre></html>",
        links(&escape(markdown))
    )
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Turns `[text](target)` into links; the text is escaped already.
fn links(mut text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    while let Some((before, link, target, after)) = next_link(text) {
        let target =
            if target.starts_with('/') { target.to_owned() } else { format!("/docs/errors/{target}") };
        html.push_str(before);
        // To write into a string never fails.
        let _ = write!(html, "<a href=\"{target}\">{link}</a>");
        text = after;
    }
    html.push_str(text);
    html
}

fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (left, right) = text.split_once("](")?;
    let (before, link) = left.rsplit_once('[')?;
    let (target, after) = right.split_once(')')?;
    Some((before, link, target, after))
}
