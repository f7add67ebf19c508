//! What was assumed, to be read.

use std::{fmt, path::Path};

use console::{StyledObject, style};

use super::assumption::{Assumption, Basis};
use crate::{parameter_file::STANDARD_OUTPUT, table::table};

/// What was assumed of a stack, and where it was written.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) file: &'a Path,
    pub(super) assumptions: &'a [Assumption],
    /// The commands that come next.
    pub(super) next: [String; 2],
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = table(&["parameter", "value", "basis", "because"]);
        for assumption in self.assumptions {
            table.add_row([
                assumption.parameter.clone(),
                assumption.value.clone(),
                basis(assumption.basis).to_string(),
                assumption.because.clone(),
            ]);
        }
        writeln!(f, "stack {}", self.stack_name)?;
        writeln!(f, "{}", table.trim_fmt())?;
        if self.file.as_os_str() != STANDARD_OUTPUT {
            writeln!(f, "{} {}", style("written to").green(), self.file.display())?;
        }
        for command in &self.next {
            writeln!(f, "{} {command}", style("next:").dim())?;
        }
        Ok(())
    }
}

fn basis(basis: Basis) -> StyledObject<Basis> {
    match basis {
        Basis::Default => style(basis).yellow(),
        Basis::Given | Basis::Found => style(basis),
    }
}
