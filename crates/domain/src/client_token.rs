//! The token under which AWS does a call once, however often it is sent.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most characters of a token.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.
const MOST_CHARACTERS: usize = 64;
/// How many bytes of the digest a token has, each of which is two characters. The rest is for the
/// attempt's number.
const DIGEST_BYTES: usize = 24;

/// A client token: at most 64 letters, digits, `-`, `_` and `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientToken(String);

/// A text that is no client token.
#[derive(Debug, thiserror::Error)]
#[error("a client token has 1 to {MOST_CHARACTERS} letters, digits, - _ and /")]
pub struct NoClientToken;

impl ClientToken {
    /// The token of an execution's round for a zone of a group. Of other ones it is another.
    ///
    /// ```
    /// use spotmanager_domain::ClientToken;
    /// let token = ClientToken::new("farm-20260101T000000-0123", 1, "farm-spot", "eu-west-1a");
    /// assert_ne!(token, ClientToken::new("farm-20260101T000000-0123", 2, "farm-spot", "eu-west-1a"));
    /// assert_eq!(token.attempt(3).as_str().len(), 50);
    /// ```
    #[must_use]
    pub fn new(execution: &str, round: u32, group: &str, availability_zone: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [execution, &round.to_string(), group, availability_zone] {
            digest.update(part);
            // No part's end is another one's beginning.
            digest.update([0]);
        }
        let digest = digest.finalize();
        let bytes = digest.iter().take(DIGEST_BYTES);
        Self(bytes.map(|byte| format!("{byte:02x}")).collect())
    }

    /// The token of one of several attempts in the same zone, counted from 0.
    #[must_use]
    pub fn attempt(&self, attempt: u32) -> Self {
        let number = format!("/{attempt}");
        let kept = MOST_CHARACTERS.saturating_sub(number.len());
        let kept: String = self.0.chars().take(kept).collect();
        Self(kept + &number)
    }

    /// The token as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientToken {
    type Error = NoClientToken;

    fn try_from(text: String) -> Result<Self, NoClientToken> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
        let fits = (1..=MOST_CHARACTERS).contains(&text.len()) && text.bytes().all(is_word);
        fits.then_some(Self(text)).ok_or(NoClientToken)
    }
}

impl From<ClientToken> for String {
    fn from(token: ClientToken) -> Self {
        token.0
    }
}

impl fmt::Display for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_makes_another_token_and_the_same_parts_the_same() {
        let tokens = [
            ClientToken::new("farm-1", 1, "spot", "a"),
            ClientToken::new("farm-2", 1, "spot", "a"),
            ClientToken::new("farm-1", 2, "spot", "a"),
            ClientToken::new("farm-1", 1, "on-demand", "a"),
            ClientToken::new("farm-1", 1, "spot", "b"),
            // The parts joined would read alike.
            ClientToken::new("farm-11", 1, "spot", "a"),
            ClientToken::new("farm-1", 11, "spot", "a"),
            ClientToken::new("farm-1", 1, "spota", ""),
        ];
        let each = tokens.iter().flat_map(|token| {
            let attempts = [0, 1, 10].map(|attempt| token.attempt(attempt));
            attempts.into_iter().chain([token.clone()])
        });
        let each: BTreeSet<_> = each.collect();
        assert_eq!(each.len(), tokens.len() * 4);
        assert_eq!(tokens[0], ClientToken::new("farm-1", 1, "spot", "a"));
    }

    #[test]
    fn a_token_is_read_as_it_is_written_and_nothing_else_is() {
        let token = ClientToken::new("farm", 1, "spot", "a").attempt(u32::MAX);
        assert!(token.as_str().len() <= MOST_CHARACTERS);
        let read = |text: &str| serde_json::from_value::<ClientToken>(json!(text));
        assert_eq!(read(token.as_str()).unwrap(), token);
        assert_eq!(json!(token), json!(token.to_string()));
        let longest = "a".repeat(MOST_CHARACTERS);
        let last = read(&longest).unwrap().attempt(7);
        assert_eq!(last.as_str(), format!("{}/7", &longest[..62]));
        for text in ["", "a b", "ä", &format!("{longest}a")] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
