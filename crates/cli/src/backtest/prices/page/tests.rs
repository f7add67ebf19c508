//! The page's structure: what is drawn, what is written where, and what covers what.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{
    super::tests::{HISTORY, TWO_TYPES, backtested, replayed},
    *,
};

fn of(backtested: &Backtested) -> String {
    page(backtested).into_string()
}

/// The texts between `begin` and `end`.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let parts = page.split(begin).skip(1);
    parts.map(|part| part.split_once(end).unwrap().0).collect()
}

/// Each picture of a pool.
fn pictures(page: &str) -> Vec<&str> {
    between(page, "<figure class=\"picture\">", "</figure>")
}

/// The texts and places of elements, percent from the top.
fn placed(picture: &str, element: &str) -> Vec<(Decimal, String)> {
    let found = between(picture, element, "</span>");
    let found = found.into_iter().map(|found| {
        let (place, text) = found.split_once("%\">").unwrap();
        let place = place.rsplit_once("top:").unwrap().1;
        (place.parse().unwrap(), text.to_owned())
    });
    found.collect()
}

#[test]
fn the_page_has_every_setting_and_pool_and_needs_nothing_else() {
    let page = of(&backtested());
    for part in [
        "<!DOCTYPE html>",
        "maximum 0.4 USD, margin 15 %, limit 0.34 USD, window 3600 s",
        "g4dn.xlarge in eu-west-1b",
        "Prices, USD per instance-hour",
        "prefers-color-scheme: dark",
        "failed launches",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    for part in ["<script", "http:", "https:", "url("] {
        assert!(!page.contains(part), "{part}");
    }
    // What is left open swallows what follows it.
    for element in ["path", "rect", "svg", "g", "span", "p", "details"] {
        let opened = page.matches(&format!("<{element} ")).count();
        let opened = opened + page.matches(&format!("<{element}>")).count();
        assert_eq!(
            opened,
            page.matches(&format!("</{element}>")).count(),
            "{element}"
        );
    }
    // Four settings of all pools, the original's among them, and two of each alone; two pools.
    assert_eq!(page.matches("class=\"band").count(), 8);
    assert_eq!(pictures(&page).len(), 2);
}

#[test]
fn each_picture_has_its_own_type_s_on_demand_price() {
    let page = of(&replayed(TWO_TYPES, &[]));
    let pictures = pictures(&page);
    for (picture, own, other) in [
        (pictures[0], "on-demand 0.526", "on-demand 1.006"),
        (pictures[1], "on-demand 1.006", "on-demand 0.526"),
    ] {
        assert!(
            picture.contains(own) && !picture.contains(other),
            "{picture}"
        );
    }
}

#[test]
fn every_limit_is_drawn_and_no_label_covers_another_or_the_prices() {
    for (maximums, margins) in [("0.25,0.35", "0,15,30"), ("0.30,0.31,0.32", "0,1,2,3,4,5")] {
        let more = [
            "--maximum-spot-price",
            maximums,
            "--safety-margin-percent",
            margins,
        ];
        let share = ["--maximum-percent-of-on-demand", "60"];
        let backtested = replayed(TWO_TYPES, &[&more[..], &share].concat());
        let limits: BTreeSet<_> = backtested
            .compared
            .iter()
            .map(|one| one.limit_usd())
            .collect();
        let page = of(&backtested);
        for picture in pictures(&page) {
            let svg = between(picture, "<svg class=\"prices\"", "</svg>")[0];
            for limit in &limits {
                let title = format!("<title>limit {limit}</title>");
                assert_eq!(svg.matches(&title).count(), 1, "{title} in {svg}");
            }
            assert!(svg.contains("<title>60 % of on-demand"), "{svg}");
            // Nothing is written over what is drawn.
            assert!(!svg.contains("<span") && !svg.contains("<text"), "{svg}");
            let mut labels = placed(picture, "<span class=\"label");
            labels.sort();
            assert!(labels.len() >= 3, "{labels:?}");
            for pair in labels.windows(2) {
                assert!(pair[1].0 - pair[0].0 >= labels::HEIGHT, "{pair:?}");
            }
            let is_some_unlabelled = labels.len() < limits.len() + 2;
            assert_eq!(
                picture.contains("lines are drawn"),
                is_some_unlabelled,
                "{picture}"
            );
            let mut ticks = placed(
                between(picture, "<div class=\"ticks\"", "</div>")[0],
                "<span",
            );
            ticks.sort();
            for pair in ticks.windows(2) {
                assert!(pair[1].0 - pair[0].0 >= labels::HEIGHT, "{pair:?}");
            }
        }
    }
}

#[test]
fn the_best_row_is_marked_and_the_table_is_reached_by_keyboard() {
    let page = of(&replayed(
        HISTORY,
        &["--on-demand-price", "0.579", "--each-pool"],
    ));
    let table = between(&page, "<div class=\"wide\"", "</table>")[0];
    for part in [
        "tabindex=\"0\"",
        "role=\"region\"",
        "aria-label=",
        "<caption>",
    ] {
        assert!(table.contains(part), "{part} in {table}");
    }
    assert_eq!(table.matches("<tr class=\"best\">").count(), 1, "{table}");
    let headers = between(table, "<th scope=\"col\">", "</th>");
    // After the columns of the setting itself, of which two say the same of all: a phone shows six.
    assert_eq!(headers[2..4], ["USD", "saving"]);
    assert!(page.contains("<figure class=\"band best\">"), "{page}");
}

#[test]
fn dates_have_their_year_and_values_can_be_read() {
    let page = of(&replayed(TWO_TYPES, &[]));
    let times = between(&page, "<div class=\"times\"", "</div>")[0];
    assert_eq!(times.matches("<span>2026</span>").count(), 5, "{times}");
    assert!(times.contains("<span>Jan 1</span>"), "{times}");
    for part in [
        "<title>2026-01-01 01:00 to 2026-01-02 11:59 UTC: 0.2000 USD</title>",
        "lowest 0.2000, average 0.3",
        "UTC: spot</title>",
        "on-demand, hatched",
        "spot instances taken back</title>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn many_bands_are_folded_away_below_the_best() {
    let few = of(&replayed(TWO_TYPES, &[]));
    assert!(!few.contains("<details>"), "{few}");
    let more = ["--safety-margin-percent", "0,1,2,3,4,5,6,7,8,9"];
    let many = of(&replayed(TWO_TYPES, &more));
    let (before, folded) = many.split_once("<details>").unwrap();
    assert_eq!(before.matches("class=\"band").count(), 1);
    let folded = folded.split_once("</details>").unwrap().0;
    assert_eq!(folded.matches("class=\"band").count(), 9);
    assert!(
        folded.contains("<summary>The other 9 settings</summary>"),
        "{folded}"
    );
}
