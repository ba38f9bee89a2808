//! The indefinite article in front of a renamed word: "an acme gizmo" becomes "a parcel" or "an order".
//!
//! The template always writes the article for its own placeholder; here it is corrected for the user's word, across
//! quotation marks, backticks and the break between two lines of a comment.

/// Marks that may stand between an article and its noun.
const MARKS: [char; 6] = ['`', '"', '*', '_', '[', '('];
/// What opens a comment line, so that an article at the end of the line before still counts.
const COMMENT: [char; 6] = ['/', '!', '#', '*', '-', ' '];

/// Corrects an article at the very end of `text`, given the word that will be written next.
pub fn correct(text: &mut String, next: &str) {
    let Some(end) = end_of_word_before(text) else { return };
    let head = &text[..end];
    let start = head.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |at| at + last_width(head, at));
    let opens_a_word =
        head[..start].chars().next_back().is_none_or(|c| c.is_whitespace() || "(\"/[>".contains(c))
            || head[..start].ends_with("\\n");
    let replacement = match (&head[start..], wants_an(next)) {
        ("a" | "an", true) => "an",
        ("a" | "an", false) => "a",
        ("A" | "An", true) => "An",
        ("A" | "An", false) => "A",
        _ => return,
    };
    if opens_a_word {
        text.replace_range(start..end, replacement);
    }
}

fn last_width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Where the word before the noun ends: behind it lie only white space, comment leaders of a new line, and marks.
/// A written `\n` (a comment inside JSON) counts as a line break.
fn end_of_word_before(text: &str) -> Option<usize> {
    let unmarked = text.trim_end_matches(MARKS);
    let same_line = unmarked.trim_end_matches([' ', '\t']);
    let before = if same_line.ends_with("\\n") {
        same_line.trim_end_matches("\\n").trim_end()
    } else {
        let line_start = same_line.rfind('\n').map_or(0, |at| at + 1);
        let only_leader =
            line_start > 0 && unmarked[line_start..].chars().all(|c| COMMENT.contains(&c) || c == '\t');
        if only_leader { same_line[..line_start].trim_end() } else { same_line }
    };
    (before.len() < unmarked.len()).then_some(before.len())
}

/// Whether the word begins with a vowel's sound, as far as its spelling tells.
fn wants_an(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| word.starts_with(beginning));
    if begins(&["hour", "honor", "honour", "honest", "heir"]) {
        return true;
    }
    // Spoken with a consonant in front: "you" or "won".
    if begins(&[
        "eu", "ewe", "one", "once", "ubi", "uk", "ura", "uri", "use", "usu", "usa", "ute", "uti", "uto",
    ]) {
        return false;
    }
    if begins(&["uni"]) && !begins(&["unid", "unim", "unin"]) {
        return false;
    }
    word.starts_with(['a', 'e', 'i', 'o', 'u'])
}
