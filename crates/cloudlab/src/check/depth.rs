//! Reads Rust, as deep as its parser can go.
//!
//! **Invariant:** what nests deeper is an error with a place; the parser calls itself, and would end the process.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Error, Result};

/// How deep brackets may stand in brackets, angle ones included.
const MOST_LEVELS: usize = 1_000;

/// The file in a text, which may begin with a line for the shell.
pub fn parse(text: &str) -> Result<syn::File> {
    let is_for_the_shell = text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    let code = if is_for_the_shell { text.find('\n').map_or("", |end| &text[end..]) } else { text };
    let tokens: TokenStream = code.parse()?;
    bounded(tokens.clone())?;
    syn::parse2(tokens)
}

fn bounded(tokens: TokenStream) -> Result<()> {
    let mut around = vec![tokens.into_iter()];
    let mut angles = 0;
    while let Some(level) = around.last_mut() {
        let Some(token) = level.next() else {
            around.pop();
            continue;
        };
        angles = opened_angles(&token, angles);
        if angles > MOST_LEVELS || (around.len() > MOST_LEVELS && matches!(token, TokenTree::Group(_))) {
            let message = format!("brackets nest deeper than {MOST_LEVELS} levels");
            return Err(Error::new(start(&token), message));
        }
        if let TokenTree::Group(group) = token {
            around.push(group.stream().into_iter());
        }
    }
    Ok(())
}

/// How many angle brackets stand open with nothing but names between them. Where there is more between them they may be
/// comparisons, which nest nothing.
fn opened_angles(token: &TokenTree, before: usize) -> usize {
    match token {
        TokenTree::Punct(sign) if sign.as_char() == '<' => before + 1,
        TokenTree::Punct(sign) if [':', '&', '\''].contains(&sign.as_char()) => before,
        TokenTree::Ident(_) => before,
        _ => 0,
    }
}

/// Where a token begins.
fn start(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}
