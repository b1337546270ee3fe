//! SARIF 2.1.0, as a stream: one result at a time, in bounded memory.
//!
//! Results refer to other members of their run (the tool's rules, artifacts, …). If one refers to a member that has not
//! been read yet, the rest of the run is examined without its results: in memory if it is short, otherwise by opening
//! the report a second time. Most reports never need this.

use std::io::{Cursor, Read};

use crate::model::finding::{Finding, FindingKind};
use crate::model::scan::{NotFinding, Problem};

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::{Json, ListReader};
use crate::report::parse::lenient::Maybe;
use crate::report::parse::source::ReportSource;
use crate::report::sink::{Nobody, Sink};

mod artifact;
mod context;
mod descriptor;
mod fortify;
mod jfrog;
mod license;
mod lookup;
mod message;
mod notice;
mod overview;
mod package;
mod place;
mod result;
mod rule;
mod scan;
mod wire;

use context::SarifContext;
use lookup::{Lookup, NamedRules};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "sarif",
    scanners: "every scanner that writes SARIF 2.1.0, including Snyk Code",
    recognised: "a JSON object with `runs`",
    kinds: &[
        FindingKind::Code,
        FindingKind::Dependency,
        FindingKind::Infrastructure,
        FindingKind::Container,
        FindingKind::Secret,
    ],
    recognise: |outline| outline.shape == ReportShape::Object && outline.has("runs"),
    read,
};

/// What to do about a run without a list of results.
const UNPROVEN: &str = "check whether the scanner ran to completion; findings that are missing from this \
                        report do not count as gone";

/// Reads all runs of a report.
///
/// An error says what ended the reading before the end; a scan that was open then is still closed.
fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut reader = SarifReader { source, bases: None, empty: false };
    let input = source.open()?;
    let mut json = Json::new(&source.name, input, sink);
    // documents may follow one another in a file
    json.each_document(|json| reader.document(json))
}

/// What is known beyond one run.
struct SarifReader<'s> {
    source: &'s ReportSource,
    /// Whether the report names base locations anywhere; searched for when it is needed.
    bases: Option<bool>,
    /// Whether a run without a place for results has been reported.
    empty: bool,
}

/// Where the rest of a run can be examined.
enum Ahead {
    /// It is short: from the value of `results` on.
    Near(Vec<u8>),
    /// It begins at this byte of the report.
    At(u64),
}

impl SarifReader<'_> {
    fn document(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        if json.peek()? != Some(b'{') {
            return Err(json
                .problem("is not a report: it and everything after it were skipped")
                .hint("have the scanner write its log elsewhere"));
        }
        json.each_entry(|json, key| match key {
            "version" => version(json),
            "runs" => {
                // a single one is read anyway
                if !matches!(json.peek()?, Some(b'[' | b'{')) {
                    self.empty = true;
                    let problem = json
                        .problem("is not a list of runs, so the report says nothing about findings")
                        .hint(UNPROVEN);
                    json.sink().problem(problem);
                    return Ok(());
                }
                json.each_element(|json| self.run(json))
            }
            _ => Ok(()),
        })
    }

    fn run(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        if json.peek()? != Some(b'{') {
            let problem = json.problem("is not a run and was skipped");
            json.sink().problem(problem);
            return Ok(());
        }
        let begin = json.offset();
        let mut context = SarifContext::default();
        let end = json.each_entry(|json, key| match key {
            "results" => self.results(json, &mut context, begin),
            // known already, and read again only for its problems
            key if context.is_complete() => SarifContext::default().member(json, key),
            key => context.member(json, key),
        });
        if end.is_ok() && !context.has_results && !context.excused && !self.empty {
            self.empty = true;
            let problem = json.problem("says nothing about findings (no `results`)").hint(UNPROVEN);
            json.sink().problem(problem);
        }
        json.sink().scan(scan::scan(&context, self.source));
        end
    }

    fn results(
        &mut self,
        json: &mut Json<'_>,
        context: &mut SarifContext,
        begin: u64,
    ) -> Result<(), Problem> {
        let list = json.peek()?;
        context.has_results = list == Some(b'[');
        if !matches!(list, Some(b'[' | b'n')) {
            context.excused = true;
            let problem = json.problem("is not a list of results").hint(UNPROVEN);
            json.sink().problem(problem);
        }
        // a single one is filed anyway
        if !matches!(list, Some(b'[' | b'{')) {
            return Ok(());
        }
        // a run that repeats its list is read to its end once, because the cost per list grows with their number
        let is_first = !std::mem::replace(&mut context.asked, true);
        let near = is_first.then(|| json.rest_of_object()).flatten();
        let ahead = near.map_or(Ahead::At(begin), Ahead::Near);
        if context.lacks_tool() || (!is_first && !context.is_complete()) {
            look_ahead(self.source, &ahead, context)?;
        } else if is_first {
            context.settle();
        }
        let threads = self.source.threads;
        json.each_element_on(threads, &mut Results { reader: self, context, ahead })
    }
}

/// A run's results.
struct Results<'a, 's> {
    reader: &'a mut SarifReader<'s>,
    context: &'a mut SarifContext,
    ahead: Ahead,
}

impl ListReader for Results<'_, '_> {
    type Element = wire::SarifResult<'static>;
    type Marks = NamedRules;

    fn batch<'e, 'w: 'e>(
        &'e self,
        elements: &'e [Maybe<wire::SarifResult<'w>>],
    ) -> Option<(Vec<Finding<'e>>, NamedRules)> {
        let lookup = Lookup::new(self.context);
        let mut findings = Vec::with_capacity(elements.len());
        for result in elements {
            let result = result.get().filter(|result| result::says_something(result))?;
            findings.push(result::finding(&lookup, self.reader.source, result)?);
        }
        lookup.lacks().is_none().then(|| (findings, lookup.named()))
    }

    fn recorded(&self, rules: NamedRules) {
        self.context.named(rules);
    }

    fn one(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let read = json.value::<wire::SarifResult<'_>, _>(|result, sink| {
            let Some(result) = result.get().filter(|result| result::says_something(result)) else {
                return Ok(false);
            };
            let lookup = Lookup::new(self.context);
            let finding = result::finding(&lookup, self.reader.source, result);
            let Some(member) = lookup.lacks() else {
                self.context.named(lookup.named());
                pass(sink, finding);
                return Ok(true);
            };
            drop(finding);
            self.context.named(lookup.named());
            self.find(member)?;
            let lookup = Lookup::new(self.context);
            pass(sink, result::finding(&lookup, self.reader.source, result));
            self.context.named(lookup.named());
            Ok(true)
        })?;
        json.note_skipped(read.transpose()?, "result");
        Ok(())
    }
}

fn pass(sink: &mut dyn Sink, finding: Option<Finding<'_>>) {
    match finding {
        Some(finding) => sink.finding(finding),
        None => sink.not_findings(NotFinding::License, 1),
    }
}

impl Results<'_, '_> {
    /// Adds a member of the run that did not come before its results.
    fn find(&mut self, member: &'static str) -> Result<(), Problem> {
        let source = self.reader.source;
        if member == "originalUriBaseIds" && matches!(self.ahead, Ahead::At(_)) {
            // a search is many times faster than a walk, and this one is usually in vain
            let named = match self.reader.bases {
                Some(named) => named,
                None => source.mentions(b"\"originalUriBaseIds\"")?,
            };
            self.reader.bases = Some(named);
            if !named {
                self.context.is_without(member);
                return Ok(());
            }
        }
        look_ahead(source, &self.ahead, self.context)
    }
}

/// Reads a run without its results: what follows them in memory, otherwise all of it by opening the report again.
fn look_ahead(source: &ReportSource, ahead: &Ahead, context: &mut SarifContext) -> Result<(), Problem> {
    let mut nobody = Nobody;
    let input: Box<dyn Read> = match ahead {
        Ahead::Near(rest) => Box::new(Cursor::new([b"{\"results\":", &rest[..]].concat())),
        Ahead::At(begin) => source.open_at(*begin)?,
    };
    let mut after = match ahead {
        Ahead::Near(_) => std::mem::take(context),
        Ahead::At(_) => SarifContext::default(),
    };
    let has_results = context.has_results || after.has_results;
    let mut json = Json::new(&source.name, input, &mut nobody);
    let _ = json.each_entry(|json, key| if key == "results" { Ok(()) } else { after.member(json, key) });
    context.has_results = has_results;
    context.complete(after);
    Ok(())
}

/// SARIF 2 is read whatever its minor version is; version 1 had a different structure.
fn version(json: &mut Json<'_>) -> Result<(), Problem> {
    if json.word()?.starts_with("1.") {
        return Err(json
            .problem("this is SARIF 1.0, which is not supported")
            .hint("have the scanner write SARIF 2.1.0, or convert the file with `sarif-multitool convert`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
