use super::same;

#[test]
fn a_token_is_the_same_only_when_every_byte_and_the_length_are() {
    assert!(same(b"let-me-in", b"let-me-in"));
    for wrong in ["", "l", "let-me-i", "let-me-in ", "let-me-in2", "Let-me-in", "let-me-io", "xxxxxxxxx"] {
        assert!(!same(wrong.as_bytes(), b"let-me-in"), "{wrong}");
        assert!(!same(b"let-me-in", wrong.as_bytes()), "{wrong}");
    }
}

/// Every byte is looked at, whatever the first one was: the last one alone decides here as the first one alone does.
#[test]
fn a_difference_counts_wherever_it_stands() {
    let token = [7_u8; 64];
    for at in 0..token.len() {
        for bit in 0..8 {
            let mut shown = token;
            shown[at] ^= 1 << bit;
            assert!(!same(&shown, &token), "byte {at}, bit {bit}");
        }
    }
}
