//! A report of several scanners in one list, as services that collect findings write it.

use std::collections::BTreeMap;

use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::ToolScan;
use crate::report::sink::Sink;

/// How many scanners of one report are distinguished.
const MOST_SCANNERS: usize = 100;

/// The scans of a report, by the scanners' names.
pub(crate) struct ToolScans<'s> {
    source: &'s ReportSource,
    /// The collecting service, for entries that name no scanner and for a report without entries.
    collector: &'static str,
    all: BTreeMap<String, ToolScan<'s>>,
}

impl<'s> ToolScans<'s> {
    /// No scanner has been seen yet.
    pub(crate) fn new(source: &'s ReportSource, collector: &'static str) -> ToolScans<'s> {
        ToolScans { source, collector, all: BTreeMap::new() }
    }

    /// The scan of a scanner.
    pub(crate) fn of(&mut self, name: &str) -> &mut ToolScan<'s> {
        let known = self.all.contains_key(name) || self.all.len() < MOST_SCANNERS;
        let name = if name.is_empty() || !known { self.collector } else { name };
        self.all.entry(name.to_owned()).or_insert_with(|| {
            let mut tool = ToolScan::new(self.source, name);
            tool.has_results = true;
            tool
        })
    }

    /// Closes all scans; `has_results`: whether there was a place for findings.
    pub(crate) fn close(mut self, has_results: bool, sink: &mut dyn Sink) {
        if self.all.is_empty() {
            self.of("").has_results = has_results;
        }
        self.all.into_values().for_each(|tool| tool.close(sink));
    }
}
