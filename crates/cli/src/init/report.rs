//! What was assumed, to be read.

use std::{fmt, path::Path};

use console::{StyledObject, style};

use super::{
    assume::{Assumption, Basis},
    next_commands::next_commands,
};
use crate::{arguments::Global, parameter_file::STANDARD_OUTPUT, table::table};

/// What was assumed of a stack, and where it was written.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) file: &'a Path,
    pub(super) assumptions: &'a [Assumption],
    /// How AWS was asked.
    pub(super) global: &'a Global,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = table(&["parameter", "value", "basis", "because"]);
        for assumption in self.assumptions {
            table.add_row([
                assumption.parameter.to_owned(),
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
        for command in next_commands(self) {
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
