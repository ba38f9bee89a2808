//! Text of the caller's that must be short enough and storable.

use crate::Invalid;

/// Checks that a text has a number of characters in the range and none that storage cannot hold.
///
/// # Errors
/// `required`, `too_long` or `forbidden_character`, with the rule and what was found.
pub fn check(what: &str, text: &str, characters: std::ops::RangeInclusive<usize>) -> Result<(), Invalid> {
    let count = text.chars().count();
    let (least, most) = (characters.start(), characters.end());
    if count < *least {
        let detail =
            format!("The {what} has {count} characters besides outer spaces; at least {least} are needed.");
        return Err(Invalid::new("required", detail));
    }
    if count > *most {
        let detail = format!("The {what} has {count} characters; at most {most} are allowed.");
        return Err(Invalid::new("too_long", detail));
    }
    if text.contains('\0') {
        return Err(Invalid::new("forbidden_character", format!("The {what} holds a NUL character.")));
    }
    Ok(())
}
