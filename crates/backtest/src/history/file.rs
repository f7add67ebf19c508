//! A file of either format, read into a [`Gatherer`].

use std::io::BufRead;

use crate::history::{HistoryError, csv_file, gatherer::Gatherer, json_file};

impl Gatherer {
    /// Reads the file that `name` names: JSON as the AWS CLI writes it if it begins with `{`,
    /// otherwise CSV.
    ///
    /// # Errors
    /// [`HistoryError`] when it is neither, or cannot be read or sorted.
    pub fn read(&mut self, name: &str, mut from: impl BufRead) -> Result<(), HistoryError> {
        self.begin_file(name);
        loop {
            let bytes = from.fill_buf()?;
            let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
            let (blank, length) = (blank.count(), bytes.len());
            if blank == length && length > 0 {
                from.consume(length);
                continue;
            }
            return if bytes.get(blank) == Some(&b'{') {
                json_file::read(from, self)
            } else {
                csv_file::read(from, self)
            };
        }
    }
}
