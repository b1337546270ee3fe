//! The table of formats, and how a report is read as one of them.

pub(crate) mod format;
mod list;
mod notice;
pub(crate) mod outline;
mod silence;
#[cfg(test)]
mod tests;
pub(crate) mod unsupported;

pub use format::Format;
pub use outline::{Outline, ReportShape};

use crate::model::finding::{Finding, Statement};
use crate::model::scan::{NotFinding, Problem, Scan};

use crate::report::parse::source::ReportSource;
use crate::report::readers::alert::github;
use crate::report::readers::code::{
    bandit, brakeman, eslint, gitlab, gosec, njsscan, sarif, semgrep, sonarqube,
};
use crate::report::readers::dependency::{
    bundler_audit, cargo, composer_audit, cyclonedx, dependency_check, dependency_track, dotnet, govulncheck,
    grype, npm, osv, pip_audit, prisma, safety, semgrep_supply_chain, snyk, trivy, xray,
};
use crate::report::readers::infrastructure::{asff, checkov, hadolint, kics, ocsf, terrascan, tfsec};
use crate::report::readers::secret::{detect_secrets, gitleaks, secretlint, trufflehog};
use crate::report::readers::vex::{csaf, openvex};
use crate::report::readers::web::{nuclei, zap};
use crate::report::shared::censor::Censor;
use crate::report::shared::empty_list;
use crate::report::shared::secret::Redactor;
use crate::report::sink::{Prepared, Preparer, Sink};

/// All formats, in the order in which they are tried. Each is in its own file.
pub const FORMATS: &[Format] = &[
    sarif::FORMAT,
    bandit::FORMAT,
    brakeman::FORMAT,
    checkov::FORMAT,
    detect_secrets::FORMAT,
    eslint::FORMAT,
    gitleaks::FORMAT,
    gosec::FORMAT,
    hadolint::FORMAT,
    kics::FORMAT,
    njsscan::FORMAT,
    nuclei::FORMAT,
    secretlint::FORMAT,
    semgrep::FORMAT,
    semgrep_supply_chain::FORMAT,
    sonarqube::FORMAT,
    terrascan::FORMAT,
    tfsec::FORMAT,
    trufflehog::FORMAT,
    zap::FORMAT,
    asff::FORMAT,
    ocsf::FORMAT,
    cyclonedx::FORMAT,
    trivy::FORMAT,
    grype::FORMAT,
    prisma::FORMAT,
    osv::FORMAT,
    npm::NPM,
    npm::PNPM,
    npm::YARN,
    npm::BUN,
    pip_audit::FORMAT,
    safety::FORMAT,
    cargo::AUDIT,
    cargo::DENY,
    govulncheck::FORMAT,
    bundler_audit::FORMAT,
    composer_audit::FORMAT,
    dotnet::FORMAT,
    github::CODE_SCANNING,
    github::DEPENDABOT,
    github::SECRET_SCANNING,
    gitlab::FORMAT,
    snyk::FORMAT,
    xray::FORMAT,
    dependency_check::FORMAT,
    dependency_track::FORMAT,
    openvex::FORMAT,
    csaf::FORMAT,
    empty_list::FORMAT,
];

/// How many bytes may be skipped, in total, to reach documents that follow others in a report.
const PASSED: u64 = 16 << 30;

/// A report whose format was recognised.
pub struct Done {
    /// Its format.
    pub format: &'static Format,
    /// What ended the reading before the report's end, if anything did.
    pub cut: Option<Problem>,
}

/// Recognises the report's format and reads it. The error says that nothing could be read, and why.
///
/// Documents that follow the first are read as if each were a separate report.
pub fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<Done, Problem> {
    let mut begin = notice::before(source).unwrap_or(0);
    let first = if begin == 0 { source.clone() } else { source.from(begin) };
    let (mut done, mut follows) = document(&first, sink)?;
    let mut passed = begin;
    while let Some(more) = follows.filter(|_| done.cut.is_none()) {
        begin += more;
        passed += begin;
        let rest = source.from(begin);
        if passed > PASSED {
            done.cut = Some(too_many(&rest));
            break;
        }
        if notice::is_all(&rest) {
            break;
        }
        match document(&rest, sink) {
            Ok((next, after)) => (done.cut, follows) = (next.cut, after),
            Err(problem) => done.cut = Some(unread(problem)),
        }
    }
    Ok(done)
}

/// Reads the document at the beginning of the source, or all documents if the format has many; returns where more
/// begins after it.
fn document(source: &ReportSource, sink: &mut dyn Sink) -> Result<(Done, Option<u64>), Problem> {
    let mut listening = Listening::new(sink);
    match recorded(source) {
        Ok(format) => {
            let cut = listening.read(source, format);
            Ok((Done { format, cut }, listening.follows))
        }
        Err(unknown) => {
            listening.speak();
            let done = list::read(source, &mut listening).ok_or(unknown)?;
            Ok((done, listening.follows))
        }
    }
}

/// Formats that are recognised by something unique, and that may contain no findings.
const SURE: &[&str] = &["sarif", "cyclonedx", "openvex", "csaf"];

/// The format that the configuration or the content shows.
fn recorded(source: &ReportSource) -> Result<&'static Format, Problem> {
    let known = source.format.and_then(|name| FORMATS.iter().find(|format| format.name == name));
    if let Some(format) = known {
        return Ok(format);
    }
    let outline = Outline::whole(source)?;
    // Bun found nothing, or some other tool did: only the author of the configuration knows
    if outline.is("{}") && source.category.as_deref().is_some_and(names_bun) {
        return Ok(&npm::BUN);
    }
    let recorded = FORMATS.iter().find(|format| (format.recognise)(&outline));
    // content that was not examined to the end may well have a known format
    recorded.ok_or_else(|| source.halted().unwrap_or_else(|| outline.unknown(source)))
}

/// Whether one of the category's words is Bun's name.
fn names_bun(category: &str) -> bool {
    category.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("bun"))
}

fn too_many(rest: &ReportSource) -> Problem {
    Problem::new(&rest.name, "there are too many documents in one file; the rest were not read")
        .hint("write each report to a separate file")
}

fn unread(problem: Problem) -> Problem {
    let message = format!("the text after the report was not read: it {}", problem.message);
    Problem { message, ..problem }
}

/// Passes on what is found, without credentials, and notices where the document ends and another one begins.
struct Listening<'s> {
    sink: &'s mut dyn Sink,
    redactor: Redactor,
    censor: Censor,
    /// The scans of a report that has produced nothing so far; `None`: it has produced something.
    silent: Option<Vec<Scan>>,
    follows: Option<u64>,
}

impl<'s> Listening<'s> {
    fn new(sink: &'s mut dyn Sink) -> Listening<'s> {
        Listening {
            sink,
            redactor: Redactor::default(),
            censor: Censor::default(),
            silent: Some(Vec::new()),
            follows: None,
        }
    }

    /// Passes on the scans that were held back.
    fn speak(&mut self) {
        for scan in self.silent.take().into_iter().flatten() {
            self.sink.scan(scan);
        }
    }

    /// Reads a report in a given format; returns what ended the reading before the report's end, if anything did.
    fn read(&mut self, source: &ReportSource, format: &Format) -> Option<Problem> {
        let cut = (format.read)(source, self).err();
        self.end(source, format);
        cut
    }

    /// A report that produced nothing at all, not even a check that passed, counts as a clean scan only if nothing in it
    /// has a name that suggests findings.
    fn end(&mut self, source: &ReportSource, format: &Format) {
        let Some(mut scans) = self.silent.take() else { return };
        let proves = scans.iter().any(|scan| scan.has_results);
        if proves
            && !SURE.contains(&format.name)
            && let Some(member) = silence::member(source)
        {
            self.sink.problem(silence::problem(source, format.name, &member));
            scans.iter_mut().for_each(|scan| scan.has_results = false);
        }
        scans.into_iter().for_each(|scan| self.sink.scan(scan));
    }
}

/// Removes credentials from findings, and passes them on to the next preparer.
struct WithoutCredentials<'p> {
    redactor: Redactor,
    censor: Censor,
    further: Box<dyn Preparer + 'p>,
}

impl Preparer for WithoutCredentials<'_> {
    fn prepare<'r>(&mut self, finding: Finding<'r>) -> Prepared<'r> {
        let finding = self.redactor.redact(finding);
        self.further.prepare(self.censor.finding(finding))
    }
}

impl Sink for Listening<'_> {
    fn finding(&mut self, finding: Finding<'_>) {
        self.speak();
        let finding = self.redactor.redact(finding);
        self.sink.finding(self.censor.finding(finding));
    }

    fn preparer<'p>(&self) -> Box<dyn Preparer + 'p>
    where
        Self: 'p,
    {
        let (redactor, censor) = (Redactor::default(), Censor::default());
        Box::new(WithoutCredentials { redactor, censor, further: self.sink.preparer() })
    }

    fn prepared(&mut self, prepared: Prepared<'_>) {
        self.speak();
        self.sink.prepared(prepared);
    }

    fn statement(&mut self, said: Statement) {
        self.speak();
        self.sink.statement(Censor::statement(said));
    }

    fn scan(&mut self, scan: Scan) {
        let scan = Censor::scan(scan);
        match &mut self.silent {
            Some(scans) => scans.push(scan),
            None => self.sink.scan(scan),
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.speak();
        self.sink.problem(Censor::problem(problem));
    }

    fn not_findings(&mut self, what: NotFinding, count: usize) {
        if count > 0 && what.is_check() {
            self.speak();
        }
        self.sink.not_findings(what, count);
    }

    fn follows(&mut self, byte: u64) {
        self.follows = Some(byte);
    }
}
