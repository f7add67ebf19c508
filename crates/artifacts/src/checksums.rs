//! The SHA-256 sums of what was packaged, in the form of `sha256sum --check`.

use std::collections::BTreeMap;

/// The file that has them, in the folder of what they are of.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// The sums of a file of them, by the names of what they are of, in lower case.
///
/// # Errors
/// The first line that is not a sum and a name.
pub fn checksums(text: &str) -> Result<BTreeMap<String, String>, String> {
    text.lines().map(line).collect()
}

/// `SUM  NAME`, or `SUM *NAME` as `sha256sum --binary` writes it.
fn line(line: &str) -> Result<(String, String), String> {
    let parts = line.split_once(' ').and_then(|(sum, name)| {
        let name = name.strip_prefix(' ').or_else(|| name.strip_prefix('*'))?;
        let is_sum = sum.len() == 64 && sum.chars().all(|c| c.is_ascii_hexdigit());
        (is_sum && !name.is_empty()).then(|| (name.to_owned(), sum.to_ascii_lowercase()))
    });
    parts.ok_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_by_name_and_what_is_none_is_handed_back() {
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let text = format!("{sum}  scale.zip\n{} *start.zip\n", sum.to_uppercase());
        let sums = checksums(&text).unwrap();
        assert_eq!(sums["scale.zip"], sum);
        assert_eq!(sums["start.zip"], sum);
        for other in ["scale.zip", &format!("{sum} scale.zip"), &sum[1..]] {
            assert_eq!(checksums(other), Err(other.to_owned()));
        }
    }
}
