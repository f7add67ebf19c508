//! Yes, no, or not known.

/// Whether a part of a policy is about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matches {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody can say, because of what is named.
    Unknown(String),
}

impl Matches {
    pub(super) fn of(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }

    /// Whether all of them are so: one that is not decides, whatever is not known of the others.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for part in parts {
            match part {
                Self::No => return Self::No,
                Self::Unknown(what) if all == Self::Yes => all = Self::Unknown(what),
                Self::Yes | Self::Unknown(_) => {}
            }
        }
        all
    }
}
