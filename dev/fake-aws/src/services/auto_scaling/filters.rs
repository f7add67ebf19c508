//! The filters of DescribeAutoScalingGroups.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Filter.html>.

use crate::front::{request::Request, xml::Tag};

/// A filter: its name and the values that pass it.
type Filter<'a> = (&'a str, Vec<&'a str>);

/// Every filter of the request.
pub(super) fn filters(request: &Request) -> Vec<Filter<'_>> {
    (1..)
        .map_while(|index| {
            let prefix = format!("Filters.member.{index}");
            let name = request.get(&format!("{prefix}.Name"))?;
            Some((name, request.list(&format!("{prefix}.Values.member"))))
        })
        .collect()
}

/// Whether a group with these tags passes every filter. Each is `tag-key`, `tag-value` or
/// `tag:KEY`; any of its values is enough.
pub(super) fn pass(filters: &[Filter<'_>], tags: &[Tag]) -> bool {
    filters.iter().all(|(name, values)| {
        tags.iter().any(|tag| match *name {
            "tag-key" => values.contains(&tag.key.as_str()),
            "tag-value" => values.contains(&tag.value.as_str()),
            name => {
                name.strip_prefix("tag:") == Some(&tag.key) && values.contains(&tag.value.as_str())
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_group_passes_by_its_tags() {
        let parameters = [
            ("Filters.member.1.Name", "tag:stack"),
            ("Filters.member.1.Values.member.1", "farm"),
            ("Filters.member.1.Values.member.2", "mill"),
            ("Filters.member.2.Name", "tag-key"),
            ("Filters.member.2.Values.member.1", "owner"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request {
            parameters: HashMap::from(parameters),
            ..Request::default()
        };
        let filters = filters(&request);
        let passes = |tags: &[(&str, &str)]| {
            let tag = |(key, value): &(&str, &str)| Tag {
                key: (*key).to_owned(),
                value: (*value).to_owned(),
                ..Tag::default()
            };
            pass(&filters, &tags.iter().map(tag).collect::<Vec<_>>())
        };
        assert!(passes(&[("stack", "mill"), ("owner", "me")]));
        assert!(!passes(&[("stack", "mill")]));
        assert!(!passes(&[("stack", "other"), ("owner", "me")]));
        assert!(!passes(&[]));
    }
}
