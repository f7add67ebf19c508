//! Sections of the page that are measured on their own.

/// What stands under the title in a page; `None` if it has no such section.
pub(crate) fn section<'a>(page: &'a str, title: &str) -> Option<&'a str> {
    let (_, body) = page.split_once(&heading(title))?;
    let end = body.find("\n## ").unwrap_or(body.len());
    Some(body[..end].trim_matches('\n'))
}

/// The page with this under the title, in the place of what stood there before, or at its end.
pub(crate) fn with_section(page: &str, title: &str, body: &str) -> String {
    let heading = heading(title);
    let (before, after) = match page.split_once(&heading) {
        Some((before, old)) => (before, old.find("\n## ").map_or("", |end| &old[end..])),
        None => (page, ""),
    };
    let before = before.trim_end_matches('\n');
    format!("{before}\n{heading}\n{body}\n{after}")
}

fn heading(title: &str) -> String {
    format!("\n## {title}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_put_at_the_end_and_then_where_it_was() {
        let page = "# Page\n\n## Other\n\ntext\n";
        let put = with_section(page, "Some", "figures");
        assert_eq!(put, "# Page\n\n## Other\n\ntext\n\n## Some\n\nfigures\n");
        assert_eq!(section(&put, "Some"), Some("figures"));
        assert_eq!(section(&put, "Another"), None);
        let changed = with_section(&put, "Other", "more");
        assert_eq!(
            changed,
            "# Page\n\n## Other\n\nmore\n\n## Some\n\nfigures\n"
        );
        assert_eq!(section(&changed, "Other"), Some("more"));
    }
}
