//! The pages of the error codes.

use crate::problem::Code;
use pulldown_cmark::{Event, Options, Parser, Tag, html};
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

const STYLE: &str = "body{max-width:50rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui}\
    table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2rem .6rem;text-align:left}\
    code{background:#f2f2f2;padding:0 .2rem}";

/// The text as a page.
pub(super) fn page(markdown: &str) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Errors</title><style>{STYLE}</style>"
    );
    html::push_html(&mut page, Parser::new_ext(markdown, Options::ENABLE_TABLES).map(below_errors));
    page.push_str("</html>\n");
    page
}

/// Pages refer to each other by their files' names, and lie below the list of them.
fn below_errors(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if !dest_url.starts_with('/') => {
            let dest_url = format!("/docs/errors/{dest_url}").into();
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // A page says what a tag looks like; it does not make one.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
