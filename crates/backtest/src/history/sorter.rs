//! Sorts records that do not fit into memory: runs of them are sorted and written to temporary files,
//! and merged.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Seek, SeekFrom, Write},
};

use crate::history::record::Record;

/// How many runs are merged at once, each of which is an open file.
const MOST_RUNS: usize = 64;

/// Takes records in any order.
#[derive(Debug)]
pub(crate) struct Sorter {
    in_memory: usize,
    records: Vec<Record>,
    runs: Vec<File>,
}

/// Records in their order.
#[derive(Debug)]
pub(crate) struct Sorted {
    /// The least record of each source that has one.
    least: BinaryHeap<Reverse<(Record, usize)>>,
    sources: Vec<Source>,
}

#[derive(Debug)]
enum Source {
    Memory(std::vec::IntoIter<Record>),
    Disk(BufReader<File>),
}

impl Sorter {
    /// At most `in_memory` records are held.
    pub(crate) fn new(in_memory: usize) -> Self {
        Self {
            in_memory,
            records: Vec::new(),
            runs: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, record: Record) -> io::Result<()> {
        if self.records.len() >= self.in_memory {
            self.records.sort_unstable();
            let run = write(self.records.drain(..).map(Ok))?;
            self.runs.push(run);
            if self.runs.len() >= MOST_RUNS {
                let runs = std::mem::take(&mut self.runs);
                self.runs.push(write(Sorted::of(runs, Vec::new())?)?);
            }
        }
        self.records.push(record);
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<Sorted> {
        self.records.sort_unstable();
        Sorted::of(self.runs, self.records)
    }
}

/// Writes a run into a file that is gone with its handle.
fn write(records: impl Iterator<Item = io::Result<Record>>) -> io::Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    for record in records {
        record?.write(&mut file)?;
    }
    file.flush()?;
    let mut file = file.into_inner()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

impl Sorted {
    fn of(runs: Vec<File>, records: Vec<Record>) -> io::Result<Self> {
        let runs = runs.into_iter().map(BufReader::new).map(Source::Disk);
        let memory = Source::Memory(records.into_iter());
        let mut sorted = Self {
            least: BinaryHeap::new(),
            sources: runs.chain([memory]).collect(),
        };
        for source in 0..sorted.sources.len() {
            sorted.look(source)?;
        }
        Ok(sorted)
    }

    /// Takes the next record of a source into the comparison.
    fn look(&mut self, source: usize) -> io::Result<()> {
        let record = match self.sources.get_mut(source) {
            Some(Source::Memory(records)) => records.next(),
            Some(Source::Disk(file)) => Record::read(file)?,
            None => None,
        };
        let record = record.map(|record| Reverse((record, source)));
        self.least.extend(record);
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((record, source)) = self.least.pop()?;
        Some(self.look(source).map(|()| record))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(records: &[Record], in_memory: usize) -> Vec<Record> {
        let mut sorter = Sorter::new(in_memory);
        for record in records {
            sorter.push(*record).unwrap();
        }
        let sorted = sorter.finish().unwrap();
        sorted.collect::<io::Result<_>>().unwrap()
    }

    fn record(at: i64, pool: u32, cents: i64) -> Record {
        Record {
            at,
            pool,
            usd: rust_decimal::Decimal::new(cents, 2),
        }
    }

    #[test]
    fn more_runs_than_are_merged_at_once_lose_nothing() {
        let mut records: Vec<_> = (0..1_000).rev().map(|at| record(at, 0, 1)).collect();
        let sorted = sorted(&records, 3);
        records.reverse();
        assert_eq!(sorted, records);
    }

    proptest! {
        #[test]
        fn what_is_sorted_on_disk_comes_out_in_order_and_whole(
            records in prop::collection::vec((0_i64..100, 0_u32..4, 0_i64..9), 0..200),
            in_memory in 1_usize..70,
        ) {
            let mut records: Vec<_> = records
                .into_iter()
                .map(|(at, pool, cents)| record(at, pool, cents))
                .collect();
            let sorted = sorted(&records, in_memory);
            records.sort_unstable();
            prop_assert_eq!(sorted, records);
        }
    }
}
