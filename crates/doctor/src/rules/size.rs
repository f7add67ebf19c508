//! Groups that may not have an instance.

use crate::{Finding, Rule, Snapshot};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    snapshot
        .groups()
        .filter(|group| group.read.facts.capacity.max_size == 0)
        .map(|group| {
            Finding::new(
                Rule::MaxSizeZero,
                &group.read.logical_id,
                "Its MaxSize is 0, so that it never launches an instance.",
                "Set MaxSize to how many instances it may have.",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{found, snapshot};

    #[test]
    fn a_group_without_room_is_an_error() {
        let mut snapshot = snapshot();
        snapshot
            .spot_group
            .as_mut()
            .unwrap()
            .read
            .facts
            .capacity
            .max_size = 0;
        assert_eq!(found(check, &snapshot), [Rule::MaxSizeZero]);
    }
}
