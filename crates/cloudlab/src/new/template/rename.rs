//! Renaming the placeholder: every spelling of the template's two words becomes the user's, in one pass.
//!
//! One pass matters: what has been written is never searched again, so a service about acme gizmos, or about anything
//! whose name contains a spelling of the placeholder, comes out right.

use crate::new::names::{Names, Words, capitalized};
use crate::new::template::article;

/// The spellings and what replaces them, longest first where one opens another.
pub struct Renamer {
    rules: Vec<(String, String)>,
    own_words: String,
}

/// Which words may be left over: none, unless the user's own names contain them.
const PLACEHOLDER_WORDS: [&str; 2] = ["gizmo", "acme"];

impl Renamer {
    pub fn new(names: &Names) -> Self {
        let placeholder = (placeholder("gizmo"), placeholder("gizmos"));
        let mut rules = spellings(&placeholder.1, &names.plural);
        rules.extend(spellings(&placeholder.0, &names.singular));
        rules.extend(service_spellings(names));
        // A plural opens with its singular: the longer spelling must be tried first.
        rules.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
        let own = [names.service.as_str(), &names.singular.snake(), &names.plural.snake()];
        Self { rules, own_words: own.join(" ") }
    }

    /// Renames a text.
    pub fn rename(&self, text: &str) -> String {
        let mut renamed = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['a', 'A', 'g', 'G']) {
            renamed.push_str(&rest[..at]);
            rest = &rest[at..];
            match self.rules.iter().find(|(spelling, _)| rest.starts_with(spelling.as_str())) {
                Some((spelling, replacement)) => {
                    article::correct(&mut renamed, replacement);
                    renamed.push_str(replacement);
                    rest = &rest[spelling.len()..];
                }
                None => {
                    renamed.push_str(&rest[..1]);
                    rest = &rest[1..];
                }
            }
        }
        renamed + rest
    }

    /// A word of the placeholder that is still there and that the user did not bring.
    pub fn residue(&self, text: &str) -> Option<&'static str> {
        let text = text.to_ascii_lowercase();
        PLACEHOLDER_WORDS.into_iter().find(|word| text.contains(word) && !self.own_words.contains(word))
    }

    /// Whether a word of the template that contains the placeholder in `snake_case` is made from its plural.
    pub fn is_of_plural(word: &str) -> bool {
        word.contains(&placeholder("gizmos").join("_"))
    }

    /// Whether a word of the template contains the placeholder.
    pub fn is_placeholder(word: &str) -> bool {
        let word = word.to_ascii_lowercase();
        PLACEHOLDER_WORDS.iter().any(|part| word.contains(part))
    }
}

fn placeholder(noun: &str) -> [String; 2] {
    ["acme".into(), noun.into()]
}

/// The placeholder's spellings are spelled out here and not by [`Words`]: they are the template's form, which the
/// user's words only follow.
fn spellings([first, second]: &[String; 2], words: &Words) -> Vec<(String, String)> {
    let (big_first, big_second) = (capitalized(first), capitalized(second));
    vec![
        (format!("{big_first}{big_second}"), words.pascal()),
        (format!("{first}{big_second}"), words.camel()),
        (format!("{first}_{second}"), words.snake()),
        (format!("{first}-{second}"), words.kebab()),
        (format!("{first} {second}"), words.prose()),
        (format!("{big_first} {second}"), capitalized(&words.prose())),
        (format!("{big_first} {big_second}"), words.title()),
        (format!("{first}_{second}").to_ascii_uppercase(), words.upper()),
    ]
}

fn service_spellings(names: &Names) -> Vec<(String, String)> {
    let words = names.service.words();
    let prose = match words.prose() {
        prose if prose.ends_with("service") => prose,
        prose => prose + " service",
    };
    vec![
        ("gizmo-service".into(), names.service.as_str().into()),
        ("gizmo_service".into(), words.snake()),
        ("GIZMO_SERVICE".into(), words.upper()),
        ("gizmo service".into(), prose.clone()),
        ("Gizmo service".into(), capitalized(&prose)),
        ("GizmoService".into(), words.pascal()),
    ]
}
