//! Tables that a terminal of any width can show.

use std::{fmt, ops::Range};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};
use console::{measure_text_width, style};

use crate::terminal;

/// How far a table stands to the right of the text around it.
const INDENT: u16 = 4;
/// What comfy-table adds between two columns.
const GAP: usize = 2;

/// Rows under headers, without borders.
///
/// Text wraps between words. A number or a name never breaks: if the longest of each column do not
/// fit side by side, each row is written as a list of its cells.
#[derive(Debug)]
pub(crate) struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    figures: Range<usize>,
    width: fn() -> Option<usize>,
}

/// A table for standard output.
pub(crate) fn table(headers: &[&str]) -> Table {
    Table {
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
        rows: Vec::new(),
        figures: 0..0,
        width: terminal::width_of_stdout,
    }
}

/// Sets columns of figures so that their units stand below one another.
pub(crate) fn align_figures(table: &mut Table, columns: Range<usize>) {
    table.figures = columns;
}

impl Table {
    /// The same for standard error.
    pub(crate) fn for_stderr(self) -> Self {
        Self {
            width: terminal::width_of_stderr,
            ..self
        }
    }

    pub(crate) fn add_row<T: Into<String>>(&mut self, row: impl IntoIterator<Item = T>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
    }

    pub(crate) fn add_rows<T: Into<String>, R: IntoIterator<Item = T>>(
        &mut self,
        rows: impl IntoIterator<Item = R>,
    ) {
        for row in rows {
            self.add_row(row);
        }
    }

    /// The text, without a line's end after the last row.
    pub(crate) fn trim_fmt(&self) -> String {
        self.within((self.width)())
    }

    fn within(&self, width: Option<usize>) -> String {
        let least = self.least_widths();
        let gaps = GAP * least.len().saturating_sub(1);
        let needed = usize::from(INDENT) + least.iter().sum::<usize>() + gaps;
        match width {
            Some(width) if width < needed => self.list(),
            _ => self.side_by_side(&least, width),
        }
    }

    /// How wide the longest word of each column is.
    fn least_widths(&self) -> Vec<usize> {
        let word = |cell: &String| {
            let words = cell.split_whitespace().map(measure_text_width);
            words.max().unwrap_or_default()
        };
        let of_column = |index: usize, header: &String| {
            let cells = self.rows.iter().filter_map(|row| row.get(index));
            cells.map(word).fold(word(header), usize::max)
        };
        let headers = self.headers.iter().enumerate();
        headers
            .map(|(index, header)| of_column(index, header))
            .collect()
    }

    fn side_by_side(&self, least: &[usize], width: Option<usize>) -> String {
        let mut table = comfy_table::Table::new();
        let headers = self.headers.iter().map(|header| faint(header));
        table.load_style(presets::NOTHING).set_header(headers);
        table.add_rows(&self.rows);
        match width.and_then(|width| u16::try_from(width).ok()) {
            Some(width) => table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        for (index, least) in least.iter().enumerate() {
            let Some(column) = table.column_mut(index) else {
                continue;
            };
            let left = if index == 0 { INDENT } else { 1 };
            column.set_padding((left, 1));
            let least = u16::try_from(*least).unwrap_or(u16::MAX);
            let least = least.saturating_add(left).saturating_add(1);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            if self.figures.contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }

    /// Each row as its cells below one another, each under its header's name.
    fn list(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            let cells = self.headers.iter().zip(row);
            let lines = cells.filter(|(_, cell)| !cell.is_empty());
            let lines = lines.map(|(header, cell)| match header.as_str() {
                "" => format!("  {cell}"),
                header => format!("  {} {cell}", faint(&format!("{header}:"))),
            });
            lines.collect::<Vec<_>>().join("\n")
        });
        rows.collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.trim_fmt())
    }
}

fn faint(text: &str) -> String {
    style(text).dim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "render-farm-stackGPU-asgGPUSpot";
    const TEXT: &str = "spot prices are read again in a minute or two, and then all is well";

    fn example() -> Table {
        let mut table = table(&["hours", "group", "what happened"]);
        table.add_row(["2159.7", GROUP, TEXT]);
        table.add_row(["3.1", "other", "nothing"]);
        align_figures(&mut table, 0..1);
        table
    }

    #[test]
    fn without_a_width_a_row_is_a_line() {
        let text = example().within(None);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains(TEXT), "{text}");
    }

    #[test]
    fn text_wraps_between_words_and_no_number_or_name_breaks() {
        let words: Vec<&str> = TEXT.split(' ').collect();
        for width in 1..=140 {
            let text = example().within(Some(width));
            for whole in ["2159.7", GROUP, "nothing"].iter().chain(&words) {
                assert!(text.contains(whole), "{whole} at {width} in\n{text}");
            }
            // A list's longest line is what cannot be cut.
            let is_list = text.contains("hours:");
            let longest = text.lines().map(measure_text_width).max();
            assert!(is_list || longest <= Some(width), "{width}:\n{text}");
        }
    }

    #[test]
    fn what_does_not_fit_side_by_side_is_a_list() {
        let text = example().within(Some(40));
        for line in [
            "  hours: 2159.7",
            &format!("  group: {GROUP}"),
            "  hours: 3.1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn figures_stand_below_one_another() {
        let text = example().within(None);
        let end = |part: &str| {
            let line = text.lines().find(|line| line.contains(part));
            line.and_then(|line| Some(line.find(part)? + part.len()))
        };
        assert_eq!(end("2159.7"), end("3.1"), "{text}");
    }
}
