//! Lines for the person at the terminal.

use std::{
    fmt::Display,
    io::{self, Write, stderr, stdout},
};

/// What the run found, on standard output.
pub(crate) fn result(line: impl Display) {
    write(stdout(), line);
}

/// What is being done, and what went wrong, on standard error.
pub(crate) fn progress(line: impl Display) {
    write(stderr(), line);
}

/// Whoever reads may have gone; the clean-up goes on all the same, unlike with `println!`.
fn write(mut to: impl Write, line: impl Display) {
    let written: io::Result<()> = writeln!(to, "{line}").and_then(|()| to.flush());
    drop(written);
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_ends_nothing() {
        write(Closed, "a line");
        let mut kept = Vec::new();
        write(&mut kept, "a line");
        assert_eq!(kept, b"a line\n");
    }
}
