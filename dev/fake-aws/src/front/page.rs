//! A list, page by page.

/// A page of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<'a, T> {
    pub(crate) records: &'a [T],
    /// What the next page is asked for with; `None` on the last one.
    pub(crate) next_token: Option<String>,
}

/// The page of at most `size` records that `token` asks for; without a token it is the first.
/// `None` where no page gave such a token.
pub(crate) fn page<'a, T>(
    records: &'a [T],
    token: Option<&str>,
    size: usize,
) -> Option<Page<'a, T>> {
    let begin = match token {
        None => 0,
        Some(token) => token.parse::<usize>().ok()?,
    };
    let rest = records.get(begin..)?;
    let on_page = rest.get(..size).unwrap_or(rest);
    let is_last = on_page.len() == rest.len();
    Some(Page {
        records: on_page,
        next_token: (!is_last).then(|| (begin + on_page.len()).to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_by_token() {
        let list = [1, 2, 3];
        let first = page(&list, None, 2).unwrap();
        assert_eq!(first.records, [1, 2]);
        let second = page(&list, first.next_token.as_deref(), 2).unwrap();
        assert_eq!(second.records, [3]);
        assert_eq!(second.next_token, None);
    }

    #[test]
    fn an_empty_list_has_one_empty_page() {
        let none: [u8; 0] = [];
        let only = page(&none, None, 2).unwrap();
        assert!(only.records.is_empty());
        assert_eq!(only.next_token, None);
    }

    #[test]
    fn an_invented_token_has_no_page() {
        for token in ["-1", "4", "next"] {
            assert_eq!(page(&[1, 2, 3], Some(token), 2), None, "{token}");
        }
    }
}
