//! How wide the text may be.

use std::env;

use console::Term;

/// The columns of standard output, or `None` if nothing limits them: it is no terminal, or the
/// terminal has no width. `COLUMNS` says otherwise.
pub(crate) fn width_of_stdout() -> Option<usize> {
    width(env::var("COLUMNS").ok().as_deref(), &Term::stdout())
}

/// The same of standard error.
pub(crate) fn width_of_stderr() -> Option<usize> {
    width(env::var("COLUMNS").ok().as_deref(), &Term::stderr())
}

fn width(columns: Option<&str>, terminal: &Term) -> Option<usize> {
    let given = columns.and_then(|columns| columns.trim().parse().ok());
    let is_width = |columns: &usize| *columns > 0;
    given.filter(is_width).or_else(|| {
        let (_, columns) = terminal.size_checked()?;
        Some(columns.into()).filter(is_width)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_only_if_they_are_a_width() {
        let terminal = Term::stdout();
        assert_eq!(width(Some("100"), &terminal), Some(100));
        let of_terminal = width(None, &terminal);
        for no_width in ["0", "", "wide", "-1"] {
            assert_eq!(width(Some(no_width), &terminal), of_terminal, "{no_width}");
        }
        assert_ne!(of_terminal, Some(0));
    }
}
