//! What must not be shown, by the look of its name.

/// What stands in place of a secret.
pub const MASK: &str = "***";

const TELLING: [&[u8]; 10] = [
    b"password",
    b"passwd",
    b"passphrase",
    b"secret",
    b"token",
    b"credential",
    b"authorization",
    b"api_key",
    b"apikey",
    b"private_key",
];

/// Whether a setting, a variable or a field of a log line holds a secret by the look of its name. Case does not count,
/// and `-` is `_`. Nothing is allocated: every field of every line asks.
#[must_use]
pub fn is_telling(name: &str) -> bool {
    let is_same = |(a, b): (&u8, &u8)| a.to_ascii_lowercase() == *b || (*a == b'-' && *b == b'_');
    let contains =
        |word: &[u8]| name.as_bytes().windows(word.len()).any(|part| part.iter().zip(word).all(is_same));
    TELLING.into_iter().any(contains)
}

#[cfg(test)]
mod tests {
    use super::is_telling;

    #[test]
    fn a_name_tells_in_every_spelling() {
        for name in
            ["password", "DB_PASSWORD", "X-Api-Key", "smtp.credentials", "Authorization", "PRIVATE-KEY"]
        {
            assert!(is_telling(name), "{name}");
        }
        for name in ["", "key", "user", "pass", "api", "keyboard", "name_key"] {
            assert!(!is_telling(name), "{name}");
        }
    }
}
