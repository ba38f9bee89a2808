use crate::dotenv::is_name;
use crate::error::Error;
use crate::tree::{Node, Origin, Text, contains};
use crate::variables::{self, Variables};
use cloudlab_core::secrets::{MASK, is_telling};

/// Expands `${VAR}` and `${VAR:-default}` in all texts that came from files. Answers with the key and the error of each
/// text that lacks a variable and may be replaced yet, because another one names a file for it; these stay as they are.
pub(crate) fn expand(root: &mut Node, variables: &Variables) -> Result<Vec<(String, Error)>, Error> {
    let (named, mut held) = (keys_of_files(root), Vec::new());
    root.each_text("", &mut |key, origin, text| {
        if text.from_variable || !text.raw.contains("${") {
            return Ok(());
        }
        match expanded(&text.raw, variables) {
            Ok(full) => *text = full,
            Err(wrong @ Wrong::Unset(_)) if named.iter().any(|known| contains(known, key)) => {
                held.push((key.to_owned(), wrong.at(key, origin)));
            }
            Err(wrong) => return Err(wrong.at(key, origin)),
        }
        Ok(())
    })?;
    Ok(held)
}

/// The keys for which a variable may name a file.
fn keys_of_files(root: &Node) -> Vec<String> {
    let mut keys = Vec::new();
    root.each_leaf("", &mut |key, node| {
        let base = key.strip_suffix(variables::ENDING).filter(|_| node.origin.is_variable());
        keys.extend(base.map(str::to_owned));
    });
    keys
}

enum Wrong {
    Unset(String),
    Grammar(&'static str),
}

impl Wrong {
    fn at(self, key: &str, origin: &Origin) -> Error {
        let (place, key) = (origin.to_string(), key.to_owned());
        match self {
            Self::Unset(variable) => Error::UnsetVariable { place, key, variable },
            Self::Grammar(rule) => Error::WrongValue { place, key, detail: rule.to_owned() },
        }
    }
}

/// As in a shell, the default of `:-` also stands in for a variable that is set to nothing.
fn expanded(source: &str, variables: &Variables) -> Result<Text, Wrong> {
    let (mut raw, mut masked, mut from_variable) = (String::new(), String::new(), false);
    let mut rest = source;
    while let Some(at) = rest.find("${") {
        let (before, inner) = (&rest[..at], &rest[at + 2..]);
        let literal = before.strip_suffix('$');
        push(&mut raw, &mut masked, literal.unwrap_or(before));
        if literal.is_some() {
            push(&mut raw, &mut masked, "${");
            rest = inner;
            continue;
        }
        let (reference, after) = inner
            .split_once('}')
            .ok_or(Wrong::Grammar("a `${` is not closed by `}`; write `$${` for the two characters"))?;
        let (name, value) = resolve(reference, variables)?;
        raw.push_str(value);
        masked.push_str(if is_telling(name) { MASK } else { value });
        from_variable = true;
        rest = after;
    }
    push(&mut raw, &mut masked, rest);
    let masked = (masked != raw).then_some(masked);
    Ok(Text { raw, masked, from_variable })
}

fn push(raw: &mut String, masked: &mut String, part: &str) {
    raw.push_str(part);
    masked.push_str(part);
}

fn resolve<'a>(reference: &'a str, variables: &'a Variables) -> Result<(&'a str, &'a str), Wrong> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    if !is_name(name) {
        return Err(Wrong::Grammar(
            "between `${` and `}` stands no name of a variable; write `$${` for the two characters",
        ));
    }
    if default.is_some_and(|default| default.contains("${")) {
        return Err(Wrong::Grammar("a default may not hold another `${`"));
    }
    let set = variables.value(name).filter(|value| default.is_none() || !value.is_empty());
    let value = set.or(default).ok_or_else(|| Wrong::Unset(name.to_owned()))?;
    Ok((name, value))
}
