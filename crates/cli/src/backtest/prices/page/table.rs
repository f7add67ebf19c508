//! The rows as the terminal shows them, in a table that scrolls by keyboard too.

use maud::{Markup, html};
use spotmanager_domain::price::Pool;

use super::super::{cells::Cells, rows::Row};

/// The table; what matters stands to the left, so that a phone shows it without scrolling.
pub(super) fn of(rows: &[Row<'_>]) -> Markup {
    let cells = Cells::of(rows);
    let all: Vec<_> = rows.iter().zip(&cells.rows).collect();
    html! {
        @for line in &cells.lines {
            p class="note" { (line) }
        }
        div class="wide" tabindex="0" role="region" aria-label="Settings with what each cost" {
            table {
                caption { "What each setting cost, and always on-demand" }
                thead {
                    tr {
                        @for header in &cells.headers { th scope="col" { (header) } }
                    }
                }
                @for group in all.chunk_by(|(a, _), (b, _)| pool(a) == pool(b)) {
                    tbody {
                        @for (row, texts) in group { (of_row(row, texts, cells.of_setting)) }
                    }
                }
            }
        }
    }
}

/// Rows of one pool stand together, under those of all pools.
fn pool<'a>(row: &Row<'a>) -> Option<&'a Pool> {
    row.setting.and_then(|one| one.pool.as_ref())
}

fn of_row(row: &Row<'_>, cells: &[String], of_setting: usize) -> Markup {
    let name = cells.first();
    // Always on-demand has no setting to fill the other columns with.
    let (span, from) = match row.setting {
        None => (of_setting, of_setting),
        Some(_) => (1, 1),
    };
    html! {
        tr class=[row.is_best.then_some("best")] {
            @if let Some(name) = name {
                th scope="row" colspan=(span) { (name) }
            }
            @for cell in cells.iter().skip(from) { td { (cell) } }
        }
    }
}
