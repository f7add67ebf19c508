//! Where the pages point.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::checkout;

/// The folders that have pages, each without those below it.
const FOLDERS: [&str; 7] = [
    ".",
    "docs",
    "docs/design",
    "docs/how-to",
    "docs/reference",
    "infra",
    "infra/terraform",
];

/// Every link to something in the checkout that is not there, with its page.
pub(crate) fn broken() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for page in pages()? {
        let text = fs::read_to_string(&page)?;
        for target in targets(&text) {
            if !leads_somewhere(&page, &target)? {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    Ok(broken)
}

pub(crate) fn pages() -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(checkout().join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    Ok(pages)
}

fn targets(text: &str) -> Vec<String> {
    let links = parsed(text).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url),
        _ => None,
    });
    let of_checkout = links.filter(|target| !target.contains("://"));
    of_checkout.map(|target| target.to_string()).collect()
}

fn parsed(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

fn leads_somewhere(page: &Path, target: &str) -> Result<bool> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = match (file, page.parent()) {
        ("", _) | (_, None) => page.to_owned(),
        (file, Some(folder)) => folder.join(file),
    };
    if anchor.is_empty() {
        return Ok(file.exists());
    }
    Ok(file.is_file() && anchors(&fs::read_to_string(file)?).contains(anchor))
}

/// The headings of a page as GitHub names them in links.
/// See <https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links>.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in parsed(text) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), _) => anchors.extend(heading.take()),
            (Event::Text(text) | Event::Code(text), Some(heading)) => {
                let kept = text.chars().filter_map(|letter| match letter {
                    ' ' => Some('-'),
                    letter if letter.is_alphanumeric() || "-_".contains(letter) => {
                        letter.to_lowercase().next()
                    }
                    _ => None,
                });
                heading.extend(kept);
            }
            _ => {}
        }
    }
    anchors
}
