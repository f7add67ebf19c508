//! Where two builds part.

use anyhow::{Result, bail};

/// How many bytes are shown on either side of it.
const AROUND: usize = 48;

/// Fails with the first difference, and what stands around it.
pub(crate) fn expect_none(of: &str, here: &[u8], elsewhere: &[u8]) -> Result<()> {
    if here == elsewhere {
        return Ok(());
    }
    let at = here
        .iter()
        .zip(elsewhere)
        .take_while(|(one, other)| one == other)
        .count();
    bail!(
        "two builds of {of} differ from byte {at} on.\nhere:      {}\nelsewhere: {}",
        around(here, at),
        around(elsewhere, at)
    );
}

fn around(content: &[u8], at: usize) -> String {
    let shown = content.iter().skip(at.saturating_sub(AROUND));
    let shown: Vec<_> = shown.take(2 * AROUND).copied().collect();
    shown.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_pass() {
        expect_none("it", b"abc", b"abc").unwrap();
    }

    #[test]
    fn the_first_difference_is_told() {
        let error = expect_none("it", b"/root/a.rs\0", b"/root/b.rs").unwrap_err();
        assert_eq!(
            error.to_string(),
            "two builds of it differ from byte 6 on.\nhere:      /root/a.rs\\x00\nelsewhere: /root/b.rs"
        );
        let shorter = expect_none("it", b"abc", b"ab").unwrap_err();
        assert!(shorter.to_string().contains("byte 2"), "{shorter}");
    }
}
