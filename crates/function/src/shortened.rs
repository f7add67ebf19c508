//! Enough of a text to know it by.

/// The text, or its first `most` characters.
pub(crate) fn shortened(text: String, most: usize) -> String {
    let end = text.char_indices().nth(most);
    match end {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_long_text_ends_at_a_character() {
        assert_eq!(shortened("äöü".into(), 3), "äöü");
        assert_eq!(shortened("äöü".into(), 2), "äö…");
        assert_eq!(shortened(String::new(), 0), "");
    }
}
