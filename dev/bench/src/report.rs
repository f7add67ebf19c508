//! The report: tables in the terminal, and the same in a Markdown file.

use std::fmt::Write;

use anyhow::Result;
use comfy_table::{Table, presets};

use crate::{machine, results::Results, tables};

/// A table with its title and what is to be said of it.
struct Section {
    title: &'static str,
    text: String,
    table: Table,
}

/// Prints every table, and gives the Markdown with the chart at `chart`, relative to it.
pub(crate) fn report(results: &Results, names: &[&'static str], chart: &str) -> Result<String> {
    let mut markdown = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`, which measures SpotManager and the 2016 original side by \
         side, on one machine, in one run. The original is `bench/original/`: its calls in their \
         order, for Python 3 with boto3, on a runtime as Lambda's.\n\n\
         {}. {} runs each, in turn; figures are medians, with the interquartile range in \
         parentheses. The functions are built for release, for this machine.\n\n\
         ![Start and memory of each program]({chart})\n",
        machine::describe(),
        results.runs,
    );
    for section in sections(results, names)? {
        let Section { title, text, table } = section;
        println!(
            "\n── {title}\n{}",
            styled(&table, presets::UTF8_HORIZONTAL_ONLY)
        );
        let table = styled(&table, presets::ASCII_MARKDOWN);
        write!(markdown, "\n## {title}\n\n{text}\n\n{table}\n")?;
    }
    Ok(markdown)
}

fn styled(table: &Table, style: comfy_table::TableStyle) -> String {
    let mut table = table.clone();
    table.load_style(style);
    table.trim_fmt()
}

fn sections(results: &Results, names: &[&'static str]) -> Result<Vec<Section>> {
    let section = |title, text: &str, table| Section {
        title,
        text: text.to_owned(),
        table,
    };
    Ok(vec![
        section(
            "Targets",
            "Each target is compared with the worst function. \"Programs\" lists lower bounds: an \
             empty function of `lambda_runtime`, one with Auto Scaling's client as *scale* and \
             *verify* have it, and a single poll without any runtime. \
             Packages are of this machine's architecture. Beside the original's calls a decision \
             makes those that keep it from doing its work twice and from trusting what failed \
             minutes ago: it starts an execution, looks at the activities of the group twice, at \
             the launch templates and the policies of both groups, and, while the function is \
             cold, at the price list.",
            tables::targets(results)?,
        ),
        section(
            "Programs",
            "From the start of the process to its first poll of the runtime API, and the most \
             memory in RAM up to then and over a whole decision (`VmHWM`). CPU time is user and \
             system time of a warm invocation up to its next poll. boto3 is part of Lambda's \
             runtime and not of the original's package.",
            tables::programs(results, names),
        ),
        section(
            "AWS calls of a decision",
            "Three Availability Zones, the groups in a nested stack, from the alarm's message to \
             the executed policy. The original has no *start*, falls back to nothing and verifies \
             nothing.",
            tables::calls(results),
        ),
        section(
            "Critical path",
            "The longest chain of calls of which each needs the one before; calls beside it run at \
             the same time. Measured warm, without a delay and with 50 ms added to every call.",
            tables::latency(results)?,
        ),
        section(
            "Many pages of prices",
            &format!(
                "{} runs. Memory is what a longer history takes more than one without changes, \
                 held against how much longer the replies are.",
                results.runs_of_pages
            ),
            tables::pages(results),
        ),
        section(
            "State transitions",
            "Counted from executions through the templates as they are deployed; a retry counts as \
             one. 0.025 USD for 1,000 transitions, Standard workflow, us-east-1, without the free \
             tier. [What it costs](cost.md) has all that a decision costs.",
            tables::transitions(results),
        ),
        section(
            "The decision alone",
            "`cargo bench -p spotmanager-domain`: ten price records for each pool; the median, \
             with the median absolute deviation in parentheses.",
            tables::hot_path(results),
        ),
        section(
            "Building",
            "`cargo xtask bench --builds` measures it, for it takes long.",
            tables::builds(results),
        ),
    ])
}
