//! Tickets to be made, for tests: one builder, numbered, each unlike the others.

use casefile::document::{Block, Document};
use casefile::model::fingerprint::{Fingerprint, Recipe};
use casefile::model::record::{FiledFrom, Life, Mode, Record, VERSION, WrittenValues};
use casefile::model::repository::{Place, Repository};
use casefile::model::scan::Scope;
use casefile::model::severity::Severity;
use casefile::model::slice::{Entries, Entry, Slice};
use casefile::model::ticket::{LABEL, label};
use casefile::model::write::Draft;

/// The repository that they are filed from.
pub(crate) fn repository() -> Repository {
    Repository { host: "github.com".into(), id: Some(7), name: "acme/shop".into(), also: Vec::new() }
}

/// The group's name.
pub(crate) fn name(n: u64) -> Fingerprint {
    Recipe::new("test").number(n).finish()
}

/// A text as a document of one paragraph a line.
pub(crate) fn text(text: &str) -> Document {
    Document::of(text.lines().map(Block::text).collect())
}

/// A ticket with all that casefile writes on one.
pub(crate) fn draft(n: u64, project: &str, issue_type: &str) -> Draft {
    let slice = slice(n, "main");
    Draft {
        group: name(n),
        project: project.into(),
        issue_type: issue_type.into(),
        summary: format!("[casefile] lodash: Prototype pollution, number {n}"),
        body: text(&format!("What it is, number {n}.\nWhere it is.")),
        describes: true,
        labels: vec![LABEL.into(), repository().labels().concat(), label(name(n)), "security".into()],
        fields: Vec::new(),
        record: record(n, &slice),
        slices: vec![slice],
    }
}

/// What one scope saw on a branch.
pub(crate) fn slice(n: u64, branch: &str) -> Slice {
    Slice {
        version: VERSION,
        scope: Scope { job: "ci/scan".into(), scanner: "Bandit".into(), category: "code".into() },
        place: Place::Branch(branch.into()),
        commit: "0".repeat(40),
        severity: Some(Severity::High),
        facts: 0,
        kept: Entries(vec![Entry { fingerprint: name(n), rule: 3, aliases: [0; 3], path: 1, text: 2 }]),
        skipped: Entries::default(),
        truncated: false,
    }
}

fn record(n: u64, slice: &Slice) -> Record {
    Record {
        version: VERSION,
        revision: 1,
        repository: repository().to_string(),
        site: "example.atlassian.net".into(),
        ticket: None,
        creator: None,
        relabelled: None,
        names: vec![name(n)],
        mode: Mode::Type,
        rules: vec![3],
        route: None,
        origin: FiledFrom { branch: "main".into(), commit: "0".repeat(40), pull_request: Some(7), run: None },
        first_seen: jiff::civil::date(2026, 11, 22),
        severity: Severity::High,
        last_written: WrittenValues::default(),
        last_reported: None,
        pending: Vec::new(),
        linked: Vec::new(),
        slices: [(slice.id(), slice.digest())].into(),
        recurred: None,
        resolved: Vec::new(),
        remediation: Vec::new(),
        duplicates: Vec::new(),
        sites: Vec::new(),
        refused: Default::default(),
        successor: None,
        life: Life::default(),
        later: [("mood".to_owned(), "calm".into())].into_iter().collect(),
    }
}
