//! Reads Rust, as deep as its parser can go.
//!
//! **Invariant:** what nests deeper is an error with a place; the parser calls itself, and would end the process.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Error, Result};

/// How deep brackets may stand in brackets.
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
    while let Some(level) = around.last_mut() {
        match level.next() {
            Some(TokenTree::Group(group)) if around.len() > MOST_LEVELS => {
                let message = format!("brackets nest deeper than {MOST_LEVELS} levels");
                return Err(Error::new(group.span_open(), message));
            }
            Some(TokenTree::Group(group)) => around.push(group.stream().into_iter()),
            Some(_) => {}
            None => {
                around.pop();
            }
        }
    }
    Ok(())
}
