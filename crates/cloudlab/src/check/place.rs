//! Where something stands in a file, and paths with the place of every segment.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

/// A piece of one line. Lines and columns count from 1, columns in characters; `end` is the first column behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    pub end: usize,
}

impl Place {
    /// What runs over several lines is cut at the end of its first word, since one line is shown.
    pub fn of(span: Span) -> Self {
        let (start, end) = (span.start(), span.end());
        let column = start.column + 1;
        let end = if end.line == start.line { end.column + 1 } else { column + 1 };
        Self { line: start.line, column, end: end.max(column + 1) }
    }

    /// From here to the end of `last`, as far as it stands on the same line.
    pub fn to(self, last: Self) -> Self {
        if last.line == self.line { Self { end: last.end.max(self.end), ..self } } else { self }
    }
}

#[derive(Clone, Debug)]
pub struct Segment {
    pub name: String,
    pub place: Place,
}

impl Segment {
    /// `r#type` and `type` are one name.
    pub fn of(ident: &Ident) -> Self {
        Self { name: name(ident), place: Place::of(ident.span()) }
    }
}

/// A path as it is written.
#[derive(Clone, Debug)]
pub struct Written {
    pub segments: Vec<Segment>,
    /// It opens with `::`, so its first segment is a crate.
    pub is_absolute: bool,
    /// How many segments in front are shared with other paths of a grouped import.
    pub shared: usize,
}

impl Written {
    pub fn new(segments: Vec<Segment>, is_absolute: bool) -> Self {
        Self { segments, is_absolute, shared: 0 }
    }

    pub fn of(path: &syn::Path) -> Self {
        let segments = path.segments.iter().map(|segment| Segment::of(&segment.ident)).collect();
        Self::new(segments, path.leading_colon.is_some())
    }

    pub fn names(&self) -> Vec<String> {
        self.segments.iter().map(|segment| segment.name.clone()).collect()
    }

    /// The place of the first `count` segments. In a grouped import it is the part inside the group, so that two wrong
    /// members are two places.
    pub fn place(&self, count: usize) -> Option<Place> {
        let last = if count > self.shared { count } else { self.segments.len() };
        let own = self.segments.get(self.shared.min(last.saturating_sub(1))..last)?;
        Some(own.first()?.place.to(own.last()?.place))
    }
}

pub fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}
