//! One detection in a report: a rule at a location, or an advisory on a package.
//!
//! A finding lives for one callback of its reader and borrows from the report where it can; what is kept of it is a
//! sighting (see [`super::survey`]).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::alert::Alert;
use super::severity::Severity;

mod flow;
mod kept;

/// The kind of problem.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A weakness in source code.
    Code,
    /// A vulnerable package that a manifest or lock file names.
    Dependency,
    /// A misconfiguration: Terraform, Kubernetes, Dockerfile, workflow.
    Infrastructure,
    /// A vulnerable package in an image.
    Container,
    /// A credential in the code.
    Secret,
}

impl FindingKind {
    /// The word used in configuration, output and documentation.
    pub fn name(self) -> &'static str {
        match self {
            FindingKind::Code => "code",
            FindingKind::Dependency => "dependency",
            FindingKind::Infrastructure => "infrastructure",
            FindingKind::Container => "container",
            FindingKind::Secret => "secret",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a scanner checks for; read once, shared by all findings of the rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rule {
    /// The scanner's own id, e.g. `B602`; empty if the report gives none.
    pub id: String,
    /// Its former ids: SARIF's `deprecatedIds` (3.49.4).
    pub former: Vec<String>,
    /// A name for people, on one line, e.g. `Subprocess call with shell=True`; empty if unknown.
    pub name: String,
    /// What it is about; shared, because many advisories say the same.
    pub description: Arc<str>,
    /// Whether the format declares the description as Markdown; otherwise it is plain text, or whatever it looks like.
    pub is_markdown: bool,
    /// How to fix it.
    pub help: Help,
    /// Where to read more.
    pub help_uri: Option<String>,
    /// Weaknesses by number, ascending: 79 for CWE-79.
    pub cwe: Vec<u32>,
    /// OWASP categories as the report names them, e.g. `A03:2021`.
    pub owasp: Vec<String>,
    /// The scanner's own tags.
    pub tags: Vec<String>,
    /// Its score from 0 to 10, if the report has a number (SARIF's `security-severity`). An advisory's score is its
    /// CVSS.
    pub score: Option<f64>,
}

/// A rule's advice.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Help {
    /// The report has none.
    #[default]
    None,
    /// Plain text.
    Text(Arc<str>),
    /// Markdown; somebody else's text, so only its structure is used.
    Markdown(Arc<str>),
}

/// What is known to be wrong with a package, whatever each scanner calls it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Advisory {
    /// As this report names it: `CVE-…`, `GHSA-…`, `PYSEC-…`, …
    pub id: String,
    /// Other names of the same advisory, according to the report (OSV `aliases`, never `related`).
    pub aliases: Vec<String>,
    /// The base score, if the report has one.
    pub cvss: Option<Cvss>,
    /// The chance of exploitation within 30 days, from 0 to 1.
    pub epss: Option<f64>,
    /// Whether it is known to be exploited (in CISA's catalogue, according to the report).
    pub exploited: bool,
    /// Whether it was withdrawn by its publisher.
    pub withdrawn: bool,
}

/// A CVSS score, with its vector if the report has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cvss {
    /// From 0 to 10.
    pub score: f64,
    /// E.g. `CVSS:3.1/AV:N/AC:L/…`.
    pub vector: Option<String>,
}

/// A package in one version.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Package<'r> {
    /// Package URL in canonical form, with its version; `pkg:generic/…` if the type of package is unknown.
    pub purl: Cow<'r, str>,
    /// As people call it, e.g. `lodash`.
    pub name: Cow<'r, str>,
    /// The installed version; empty if unknown.
    pub version: Cow<'r, str>,
    /// Versions without the flaw; empty: the report names none.
    pub fixed: Vec<Cow<'r, str>>,
    /// Whether the report says that there is no version without the flaw. Saying nothing does not count.
    pub unfixed: bool,
    /// Why there will be none, or not soon, if the report says so.
    pub outlook: Option<FixOutlook>,
    /// The dependency path from the manifest, the direct dependency first.
    pub path: Vec<Cow<'r, str>>,
    /// The direct dependencies that bring it in; empty: it is one itself, or nothing is known about that.
    pub introduced_by: Vec<Introducer<'r>>,
}

/// What a report says about a fix that there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixOutlook {
    /// It was put off.
    Deferred,
    /// There will be none.
    WillNotFix,
    /// The package, or the release of the distribution that it belongs to, is no longer maintained.
    Unmaintained,
}

impl FixOutlook {
    /// What a word means that distributions and scanners use: `will_not_fix`, `Will not fix`, `wont-fix`, `end of life`.
    pub fn of_word(word: &str) -> Option<FixOutlook> {
        let letters = |c: char| c.is_alphanumeric().then(|| c.to_ascii_lowercase());
        match &*word.chars().filter_map(letters).collect::<String>() {
            "willnotfix" | "wontfix" | "willnotbefixed" => Some(FixOutlook::WillNotFix),
            "endoflife" | "eol" | "outofsupportscope" => Some(FixOutlook::Unmaintained),
            "fixdeferred" | "deferred" => Some(FixOutlook::Deferred),
            _ => None,
        }
    }
}

/// A direct dependency that brings another package in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Introducer<'r> {
    /// As people call it, e.g. `webpack`.
    pub name: Cow<'r, str>,
    /// The version of it that brings in a version of the other package without the flaw; empty: the report names none.
    pub update_to: Cow<'r, str>,
    /// Whether that is known to be a change of the major version.
    pub is_major: bool,
}

/// A rule at a location, or an advisory on a package.
#[derive(Debug, Clone)]
pub enum Subject<'r> {
    /// The finding's rule, at its location.
    Rule,
    /// An advisory on a package that the location (a manifest, an image) brings in.
    Advisory(Arc<Advisory>, Package<'r>),
}

/// Where in the repository, the image or the cluster.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Location<'r> {
    /// A file's path from the repository's root with `/`; a manifest; an image's name. Empty: the report gives none.
    pub path: Cow<'r, str>,
    /// The first line, from 1; 0: none is given.
    pub line: u32,
    /// The last line; 0: as the first.
    pub end_line: u32,
    /// The first column, from 1; 0: none is given.
    pub column: u32,
    /// A function, class or resource, e.g. `aws_s3_bucket.logs`.
    pub logical: Option<Cow<'r, str>>,
}

/// One step of a code flow, or a related location.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowStep<'r> {
    /// Where.
    pub location: Location<'r>,
    /// What happens there; may be empty.
    pub message: Cow<'r, str>,
    /// How many steps after this one are left out.
    pub left_out: usize,
}

impl Package<'_> {
    /// The package URL of a package that a report does not name.
    pub const UNKNOWN: &'static str = "pkg:generic/unknown";

    /// Whether the report names the package.
    pub fn is_known(&self) -> bool {
        self.purl != Package::UNKNOWN
    }

    /// Whether there is a version without the flaw; `None`: the report does not say.
    pub fn fixable(&self) -> Option<bool> {
        match (self.fixed.is_empty(), self.unfixed) {
            (false, _) => Some(true),
            (true, true) => Some(false),
            (true, false) => None,
        }
    }
}

/// What the ticket says besides rule and location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FindingDetail<'r> {
    /// The scanner's message for this place.
    pub message: Cow<'r, str>,
    /// The same as Markdown, if the report has it.
    pub markdown: Option<Cow<'r, str>>,
    /// The scanner's confidence, if it gives one.
    pub confidence: Option<Confidence>,
    /// The severity that the reader assumed, if the report states none.
    pub assumed: Option<Severity>,
    /// Whether something that the scanner says about the place was left out, because it may quote a credential.
    pub withheld: bool,
    /// The flagged lines, or the lines around them; never present for a secret.
    pub snippet: Option<Cow<'r, str>>,
    /// The line number of the snippet's first line; 0: unknown.
    pub snippet_line: u32,
    /// Whether and how the project uses the vulnerable part of a package, in the scanner's words.
    pub usage: Option<Cow<'r, str>>,
    /// The path of the data, in order; for a package, that of the calls.
    pub flow: Vec<FlowStep<'r>>,
    /// Further places of the same finding, which are as important as its own: other locations of a SARIF result, other
    /// resources, other files with the same package.
    pub also: Vec<FlowStep<'r>>,
    /// Other relevant places.
    pub related: Vec<FlowStep<'r>>,
    /// What else the report says about this place, such as the account or how the scanner found out.
    pub facts: Vec<FindingFact<'r>>,
    /// Addresses of tickets that the report names (`workItemUris`): claims, not links.
    pub work_items: Vec<Cow<'r, str>>,
    /// Whether it matters here according to the scanner's own analysis: `Not applicable`; of a credential, whether it
    /// still works: `Active`.
    pub applicability: Option<Cow<'r, str>>,
    /// Why the report itself calls it not affected, in its own words.
    pub justification: Option<Cow<'r, str>>,
    /// GitHub's alert, if the finding was read from one.
    pub alert: Option<Box<Alert<'r>>>,
    /// The scanner's own fingerprint as `name:value`, for a copy of its report.
    pub fingerprint: Option<Cow<'r, str>>,
}

/// Something that a report says about a finding, under a name for people.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingFact<'r> {
    /// E.g. `Account`.
    pub name: &'static str,
    /// A word, an address or a text.
    pub value: Cow<'r, str>,
}

impl FindingFact<'_> {
    /// What the scanner sent.
    pub const ATTACK: &'static str = "Attack";

    /// The commit in which a credential was found, by its complete hash.
    pub const COMMIT: &'static str = "Commit";

    /// What a vendor says about a vulnerability in its product.
    pub const STATEMENT: &'static str = "Vendor's statement";

    /// What the vendor does about it.
    pub const RESPONSE: &'static str = "Vendor's response";

    /// How far the vendor's analysis is.
    pub const ANALYSIS: &'static str = "Vendor's analysis";

    /// That the vendor does not know yet.
    pub const INVESTIGATING: &'static str =
        "The vendor is still investigating whether this product is affected.";

    /// The versions of the product that are affected.
    pub const AFFECTED: &'static str = "Affected versions";

    /// Whether a credential is known to be public.
    pub const LEAKED: &'static str = "Publicly leaked";
}

/// How confident a scanner is in a finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It may well be a false positive.
    Low,
    /// In between.
    Medium,
    /// It is unlikely to be a false positive.
    High,
}

impl Confidence {
    /// The word used in configuration, output and documentation.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What a scanner provides to recognise a finding again, unprocessed. Each is an anchor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Anchors<'r> {
    /// The scanner's own stable fingerprint, with the name of its recipe.
    pub stable: Option<Cow<'r, str>>,
    /// The flagged line's text; never present for a secret.
    pub text: Option<Cow<'r, str>>,
    /// Whether everything that could quote a credential was withheld: in that case, the flagged line is not hashed
    /// either, wherever it comes from.
    pub withheld: bool,
    /// Whether its reader knows that the message quotes no credential, although the rule is about them: a check of an
    /// account says who has a password, and not which.
    pub quotes_none: bool,
}

impl Anchors<'_> {
    /// The anchors of a credential whose reader keeps no word that could quote it.
    pub fn withheld() -> Self {
        Anchors { withheld: true, ..Anchors::default() }
    }
}

/// One detection, complete.
#[derive(Debug, Clone)]
pub struct Finding<'r> {
    /// The kind of problem.
    pub kind: FindingKind,
    /// The scanner's name as reported, e.g. `Bandit`.
    pub scanner: Arc<str>,
    /// What the scanner checked for.
    pub rule: Arc<Rule>,
    /// Its severity.
    pub severity: Severity,
    /// The rule itself, or an advisory.
    pub subject: Subject<'r>,
    /// Where.
    pub location: Location<'r>,
    /// What identifies it.
    pub anchors: Anchors<'r>,
    /// What else the ticket says.
    pub detail: FindingDetail<'r>,
    /// Why the report itself skips it, if it does.
    pub skipped: Option<ExclusionReason>,
}

/// Whether a VEX statement justifies skipping what a scanner found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The product is not affected by the advisory: `not_affected`, `fixed`, `false_positive`.
    #[default]
    NotAffected,
    /// It is affected, or nobody knows yet: `affected`, `under_investigation`, `exploitable`.
    Affected,
}

/// What a VEX document says about an advisory in a product. Of several statements about one finding, the newest counts,
/// whichever document it is from.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// The advisory under any of its names.
    pub advisory: String,
    /// Other names that the document gives it, shared by all statements about it.
    pub aliases: Arc<[String]>,
    /// Package URL in canonical form of the package, or of the image that it is in; without a version: all versions.
    /// `None`: wherever it is found.
    pub product: Option<String>,
    /// What the package has to be part of: the package URL of an image or another product, or whatever name the
    /// document gives it. `None`: anything.
    pub within: Option<String>,
    /// Whether it excuses the finding.
    pub effect: Effect,
    /// When it was made (OpenVEX: the statement's `timestamp`, otherwise the document's); `None`: the document does not
    /// say, and any dated statement is newer.
    pub said_at: Option<Timestamp>,
    /// Why, in the document's own words; may be empty.
    pub justification: String,
}

/// Why a finding is not filed, and which entry of the configuration is the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    /// Why.
    pub reason: ExclusionReason,
    /// The entry of `ignore`, counted from 1; 0: none, or one beyond the first 255.
    pub entry: u8,
}

impl From<ExclusionReason> for Exclusion {
    fn from(reason: ExclusionReason) -> Exclusion {
        Exclusion { reason, entry: 0 }
    }
}

/// Why a finding that was read is not filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExclusionReason {
    /// The report contains an accepted suppression (SARIF 3.27.23), or the equivalent in its format.
    Suppressed,
    /// The result is not a failure: SARIF `kind` pass, notApplicable or informational (3.27.9).
    NotAFailure,
    /// The report itself says that it is gone: SARIF `baselineState: absent` (3.27.24).
    Absent,
    /// A VEX statement says that the product is not affected.
    NotAffected,
    /// The advisory was withdrawn by its publisher.
    Withdrawn,
    /// An entry of the configuration's `ignore`.
    Ignored,
    /// Below `minimum-severity`.
    BelowMinimumSeverity,
    /// In the baseline that was written when casefile was adopted.
    Baseline,
    /// In a file that the pull request does not change (`pull-request.scope: changed`).
    Unchanged,
    /// A person closed its ticket as accepted.
    Accepted,
    /// `create: manual`, or `--only` names others.
    NotSelected,
    /// Nothing may be filed from the branch, or for code of this origin, and it has no ticket.
    BranchNotTracked,
}

impl ExclusionReason {
    /// The word in output and JSON.
    pub fn name(self) -> &'static str {
        match self {
            ExclusionReason::Suppressed => "suppressed",
            ExclusionReason::NotAFailure => "not-a-failure",
            ExclusionReason::Absent => "absent",
            ExclusionReason::NotAffected => "not-affected",
            ExclusionReason::Withdrawn => "withdrawn",
            ExclusionReason::Ignored => "ignored",
            ExclusionReason::BelowMinimumSeverity => "below-minimum-severity",
            ExclusionReason::Baseline => "baseline",
            ExclusionReason::Unchanged => "unchanged",
            ExclusionReason::Accepted => "accepted",
            ExclusionReason::NotSelected => "not-selected",
            ExclusionReason::BranchNotTracked => "branch-not-tracked",
        }
    }
}

impl fmt::Display for ExclusionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
