//! Tables in Markdown.

/// A table that is written row by row.
#[derive(Debug, Default)]
pub(crate) struct Table(String);

impl Table {
    /// A table with these columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(columns);
        table.row(&vec!["---"; columns.len()]);
        table
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[impl AsRef<str>]) {
        for cell in cells {
            self.0.push_str("| ");
            self.0.push_str(cell.as_ref());
            self.0.push(' ');
        }
        self.0.push_str("|\n");
    }

    /// The lines.
    pub(crate) fn into_text(self) -> String {
        self.0.replace("| ---", "|---").replace("--- |", "---|")
    }
}
