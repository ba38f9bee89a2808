//! All that is wrong with the shape of a body. serde stops at the first wrong thing; so that is noted, something takes
//! its place, and the body is read again, until nothing is wrong any more.

use super::fields::{invalid_fields, invalid_fields_so_far};
use super::tree::Node;
use super::typed::typed;
use crate::problem::{FieldError, MOST_ERRORS, Problem};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::cell::Cell;

/// No reading begins after so many nodes were read: a long body with its errors at the end would be read whole for each.
const MOST_NODES: usize = 1 << 20;

/// Reads a type, or tells everything that is wrong with the tree.
pub(super) fn read<T: DeserializeOwned>(mut tree: Node<'_>) -> Result<T, Problem> {
    let nodes = Cell::new(0);
    let mut errors: Vec<FieldError> = Vec::new();
    loop {
        let error = match typed(&tree, &nodes) {
            Ok(value) if errors.is_empty() => return Ok(value),
            Ok(_) => return Err(invalid_fields(errors)),
            Err(error) => error,
        };
        let pointer = error.pointer.clone();
        // What took a place may break a rule of its own or of the values around it; the caller did not.
        if !errors.iter().any(|known| meet(&known.pointer, &pointer)) {
            if errors.len() == MOST_ERRORS {
                return Err(invalid_fields_so_far(errors));
            }
            errors.push(error);
        }
        if nodes.get() > MOST_NODES || !mend(&mut tree, &pointer) {
            return Err(invalid_fields_so_far(errors));
        }
    }
}

/// Whether two places are one, or one lies in the other.
fn meet(one: &str, other: &str) -> bool {
    let (outer, inner) = if one.len() < other.len() { (one, other) } else { (other, one) };
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Puts something in the place of what is wrong, or of what is around it; `false` when nothing is left to try.
fn mend(tree: &mut Node<'_>, pointer: &str) -> bool {
    let mut place = Some(pointer);
    while let Some(pointer) = place {
        if replace(tree, pointer) {
            return true;
        }
        place = pointer.rsplit_once('/').map(|(around, _)| around);
    }
    false
}

/// Tries the next thing in a place; never one twice, or the reading would not end.
fn replace(tree: &mut Node<'_>, pointer: &str) -> bool {
    let Some((around, step)) = pointer.rsplit_once('/') else { return replace_item(tree) };
    match find(tree, around) {
        Some(Node::List(list)) => item(list, step).is_some_and(replace_item),
        Some(Node::Object(object)) => replace_field(object, unescaped(step)),
        _ => false,
    }
}

/// An item is not left out at first, or the others might be too few for a tuple.
fn replace_item(item: &mut Node<'_>) -> bool {
    *item = match item {
        Node::Gone => return false,
        Node::StandIn => Node::Gone,
        _ => Node::StandIn,
    };
    true
}

/// A field is left out at first: where it is optional, everything else is still looked at.
fn replace_field(object: &mut Vec<(Cow<'_, str>, Node<'_>)>, key: String) -> bool {
    match object.iter_mut().find(|(known, _)| *known == key) {
        Some((_, Node::StandIn)) => return false,
        Some((_, field @ Node::Gone)) => *field = Node::StandIn,
        Some((_, field)) => *field = Node::Gone,
        None => object.push((Cow::Owned(key), Node::StandIn)),
    }
    true
}

fn find<'n, 'b>(tree: &'n mut Node<'b>, pointer: &str) -> Option<&'n mut Node<'b>> {
    pointer.split('/').skip(1).try_fold(tree, |node, step| match node {
        Node::List(list) => item(list, step),
        Node::Object(object) => {
            let key = unescaped(step);
            object.iter_mut().find(|(known, _)| *known == key).map(|(_, field)| field)
        }
        _ => None,
    })
}

fn item<'n, 'b>(list: &'n mut [Node<'b>], step: &str) -> Option<&'n mut Node<'b>> {
    list.get_mut(step.parse::<usize>().ok()?)
}

/// The key that a step of a JSON pointer (RFC 6901) names.
fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
