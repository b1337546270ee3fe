//! SARIF 2.1.0, as a stream: one result at a time, in bounded memory.
//!
//! Results refer to other members of their run (the tool's rules, artifacts, …). Where one refers to
//! a member that has not come yet, the report is opened a second time to read the rest of the run
//! without its results; most reports never need it.

use crate::model::scan::Problem;

use super::Sink;
use super::each::Json;
use super::formats::Nobody;
use super::source::Source;

mod context;
mod message;
mod package;
mod place;
mod result;
mod rule;
mod wire;

use context::Context;

/// Reads all runs of a report.
///
/// An error says that nothing could be read. What goes wrong after a run has begun is a problem told to
/// the sink before the run's scan.
pub(super) fn read(source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut reader = Reader { source, document: 0, run: 0, begun: false, told: false };
    let input = source.open()?;
    let mut json = Json::new(&source.name, input, sink);
    let end = json.each_document(|json| reader.document(json));
    match end {
        Err(_) if reader.told => {}
        Err(problem) if reader.begun => json.sink().problem(problem),
        end => return end,
    }
    Ok(())
}

/// Where in the report the reading is.
struct Reader<'s> {
    source: &'s Source,
    /// Documents may stand one after another in a file; each has runs.
    document: usize,
    run: usize,
    begun: bool,
    told: bool,
}

impl Reader<'_> {
    fn document(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        if json.peek()? != Some(b'{') {
            return Err(json
                .problem("is no report: what stands here and behind is passed over")
                .hint("let the scanner write its log elsewhere"));
        }
        self.run = 0;
        json.each_entry(|json, key| match key {
            "version" => version(json),
            "runs" => json.each_element(|json| self.run(json)),
            _ => Ok(()),
        })?;
        self.document += 1;
        Ok(())
    }

    fn run(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let first = json.peek()?;
        if first == Some(b'n') {
            // null says nothing, so nothing is lost
            return Ok(());
        }
        if first != Some(b'{') {
            let problem = json.problem("is no run: it is passed over");
            json.sink().problem(problem);
            return Ok(());
        }
        self.begun = true;
        let mut context = Context::default();
        let end = json.each_entry(|json, key| match key {
            "results" => self.results(json, &mut context),
            // known already, and read again for its problems alone
            key if context.is_complete() => Context::default().member(json, key),
            key => context.member(json, key),
        });
        if let Err(problem) = &end {
            json.sink().problem(problem.clone());
            self.told = true;
        }
        json.sink().scan(context.scan(self.source));
        self.run += 1;
        end
    }

    fn results(&self, json: &mut Json<'_>, context: &mut Context) -> Result<(), Problem> {
        context.has_results = matches!(json.peek()?, Some(b'[' | b'{'));
        if !context.has_results {
            return Ok(());
        }
        if context.lacks_tool() {
            self.look_ahead(context)?;
        }
        context.settle();
        json.each_element(|json| {
            let read = json.value::<wire::Result<'_>, _>(|result, sink| {
                let Some(result) = result.get() else { return Ok(false) };
                let mut finding = result::finding(context, self.source, result);
                if let Some(member) = context.lacks() {
                    drop(finding);
                    self.find(member, context)?;
                    finding = result::finding(context, self.source, result);
                }
                sink.finding(finding);
                Ok(true)
            })?;
            if read.transpose()? == Some(false) {
                let problem = json.problem("is no result: it is passed over");
                json.sink().problem(problem);
            }
            Ok(())
        })
    }

    /// Brings in a member of the run that did not come before its results.
    fn find(&self, member: &'static str, context: &mut Context) -> Result<(), Problem> {
        // a search is many times faster than a walk, and this one is mostly in vain
        if member == "originalUriBaseIds" && !self.source.mentions(b"\"originalUriBaseIds\"")? {
            context.is_without(member);
            return Ok(());
        }
        self.look_ahead(context)
    }

    /// Reads this run without its results, in an opening of its own.
    fn look_ahead(&self, context: &mut Context) -> Result<(), Problem> {
        let mut whole = Context::default();
        let (mut document, mut nobody) = (0, Nobody);
        let mut json = Json::new(&self.source.name, self.source.open()?, &mut nobody);
        // what goes wrong here goes wrong in the main reading as well, and is told there
        let _ = json.each_document(|json| {
            let mut run = 0;
            json.each_entry(|json, key| match key {
                "runs" => json.each_element(|json| {
                    run += 1;
                    if (document, run - 1) != (self.document, self.run) {
                        return Ok(());
                    }
                    json.each_entry(
                        |json, key| if key == "results" { Ok(()) } else { whole.member(json, key) },
                    )
                }),
                _ => Ok(()),
            })?;
            document += 1;
            Ok(())
        });
        context.complete(whole);
        Ok(())
    }
}

/// SARIF 2 is read whatever its minor version says; version 1 had another shape.
fn version(json: &mut Json<'_>) -> Result<(), Problem> {
    let old = json.value::<wire::Word, _>(|version, _| version.starts_with("1."))?;
    if old == Some(true) {
        return Err(json
            .problem("this is SARIF 1.0, which is not read")
            .hint("let the scanner write SARIF 2.1.0, or convert the file with `sarif-multitool convert`"));
    }
    Ok(())
}
