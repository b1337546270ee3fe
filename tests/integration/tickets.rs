//! What the tickets of real reports say: each is known by its summary, nothing is said twice, a fix that the report
//! names is named, no markup is left raw, and what people copy has no invisible characters.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use casefile::compose::Provenance;
use casefile::compose::ticket::{description, summary, tell_apart};
use casefile::config::TicketSection;
use casefile::document::{Block, Document, Inline, adf, markdown, plain, wiki};
use casefile::group::{Rules, SurveyBuilder};
use casefile::model::finding::FindingKind;
use casefile::model::fingerprint::Fingerprint;
use casefile::model::record::Mode;
use casefile::model::repository::Repository;
use casefile::model::survey::{Group, Survey};
use casefile::report::detect;
use casefile::report::source::ReportSource;

mod fixes;
mod invisible;

/// How findings are put together.
type Grouping = fn(FindingKind) -> Mode;

/// The default, one ticket per finding, per file and per package.
const GROUPINGS: [(&str, Grouping); 4] = [
    ("type", |_| Mode::Type),
    ("vulnerability", |_| Mode::Vulnerability),
    ("file", |_| Mode::File),
    ("package", |_| Mode::Package),
];

/// Real reports where the folder with them exists, and those of the repository.
fn reports() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["../shared/corpus/sarif", "../shared/corpus/sca", "fixtures/reports"] {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten();
        all.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    all.sort();
    all
}

/// What the reports of one run say.
fn survey(files: &[PathBuf], mode: Grouping) -> Survey {
    let mut line = |_: &str, _| None;
    let mut builder = SurveyBuilder::new(Rules {
        repository: vec![Fingerprint([1; 10])],
        job: String::new(),
        mode: &mode,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut line,
    });
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        builder.begin(&name, None);
        match detect::read(&ReportSource::file(file), &mut builder) {
            Ok(done) => builder.end(done.format.name, done.cut),
            Err(problem) => builder.end("", Some(problem)),
        }
    }
    let mut survey = builder.survey();
    tell_apart(&mut survey);
    survey
}

fn provenance() -> Provenance {
    Provenance {
        repository: Repository {
            host: "github.com".into(),
            id: Some(1),
            name: "acme/shop".into(),
            also: Vec::new(),
        },
        branch: "main".into(),
        commit: "c0ffee0123456789c0ffee0123456789c0ffee01".into(),
        run_url: Some("https://github.com/acme/shop/actions/runs/7".into()),
        pull_request: None,
        branches: std::collections::BTreeMap::new(),
        untracked: std::sync::Arc::default(),
    }
}

/// A ticket as a run would file it.
struct Ticket {
    summary: String,
    body: Document,
}

impl Ticket {
    fn of(group: &Group, survey: &Survey) -> Ticket {
        Ticket {
            summary: summary(group, survey, "[casefile]"),
            body: description(group, survey, &provenance(), &TicketSection::ALL, &[]),
        }
    }
}

fn tickets(survey: &Survey) -> impl Iterator<Item = (&Group, Ticket)> {
    let filed = survey.groups.iter().filter(|group| group.kept().next().is_some());
    filed.map(|group| (group, Ticket::of(group, survey)))
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// How many tickets of one report and grouping are read whole: those of one scanner are much alike.
const READ: usize = 100;

/// What is wrong with the tickets of all reports, each list with the test that fails of it.
#[derive(Default)]
struct Wrong {
    shared: Vec<String>,
    summaries: Vec<String>,
    twice: Vec<String>,
    raw: Vec<String>,
    invisible: Vec<String>,
    unfixed: Vec<String>,
}

static WRONG: LazyLock<Wrong> = LazyLock::new(|| {
    let mut wrong = Wrong::default();
    let files = reports();
    for (grouping, mode) in GROUPINGS {
        for file in &files {
            let survey = survey(std::slice::from_ref(file), mode);
            let run = format!("{} by {grouping}", name(file));
            wrong.summaries(&run, &survey);
            let named = std::fs::read_to_string(file).map(|text| fixes::Named::of(&text));
            for (group, ticket) in tickets(&survey).take(READ) {
                wrong.read(&run, group, &ticket, named.as_ref().ok());
            }
        }
        let all = survey(&files, mode);
        wrong.summaries(&format!("all reports by {grouping}"), &all);
        wrong.shared(&format!("all reports by {grouping}"), &all);
    }
    wrong
});

impl Wrong {
    /// Findings that are in several groups, as if each report told of another one.
    fn shared(&mut self, run: &str, survey: &Survey) {
        let mut homes: BTreeMap<Fingerprint, usize> = BTreeMap::new();
        for (index, group) in survey.groups.iter().enumerate() {
            for id in group.kept().map(|sighting| sighting.id()) {
                let home = *homes.entry(id).or_insert(index);
                if home != index {
                    let [one, other] = [home, index].map(|at| summary(&survey.groups[at], survey, ""));
                    self.shared.push(format!("{run}: {id} is in `{one}` and in `{other}`"));
                }
            }
        }
    }

    fn summaries(&mut self, run: &str, survey: &Survey) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for group in survey.groups.iter().filter(|group| group.kept().next().is_some()) {
            *seen.entry(summary(group, survey, "[casefile]")).or_default() += 1;
        }
        let shared = seen.iter().filter(|(_, count)| **count > 1);
        self.summaries.extend(shared.map(|(summary, count)| format!("{run}: {count} × {summary}")));
    }

    fn read(&mut self, run: &str, group: &Group, ticket: &Ticket, named: Option<&fixes::Named>) {
        let place = |text: String| format!("{run}: {text} ({})", ticket.summary);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for paragraph in paragraphs(ticket.body.blocks()) {
            *seen.entry(paragraph).or_default() += 1;
        }
        for paragraph in lines(ticket.body.blocks()) {
            let mut own: BTreeMap<String, usize> = BTreeMap::new();
            paragraph.lines().for_each(|line| *own.entry(words(line)).or_default() += 1);
            for (line, count) in own.into_iter().filter(|(_, count)| *count > 1) {
                *seen.entry(line).or_default() += count;
            }
        }
        let twice = seen.into_iter().filter(|(text, count)| *count > 1 && text.chars().count() >= 20);
        self.twice.extend(twice.map(|(text, _)| place(text)));
        self.raw.extend(texts(ticket.body.blocks()).into_iter().filter(|text| is_raw(text)).map(place));
        let found = [
            invisible::in_wiki(&wiki::render(&ticket.body)),
            invisible::in_markdown(&markdown::render(&ticket.body)),
            invisible::in_adf(&adf::render(&ticket.body)),
        ];
        let found = found.into_iter().flatten().map(|text| text.replace('\u{200b}', "·"));
        self.invisible.extend(found.map(place));
        let body = plain::render(&ticket.body);
        let says_none =
            ["does not name a fixed version", "No fixed version"].iter().any(|words| body.contains(words));
        for one in group.exemplars.iter().filter(|_| says_none) {
            let unfixed = one.package.as_ref().filter(|package| package.fixed.is_empty());
            let fix = unfixed.and_then(|package| named?.find(&one.rule.id, &package.name));
            self.unfixed.extend(fix.map(|fix| place(fix.to_owned())));
        }
    }
}

/// Fails with the first of what was found wrong, and how much there is of it.
#[track_caller]
fn nothing(wrong: &[String]) {
    let shown: Vec<&str> = wrong.iter().take(40).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} found:\n{}", wrong.len(), shown.join("\n"));
}

#[test]
fn no_finding_is_in_two_tickets() {
    nothing(&WRONG.shared);
}

#[test]
fn no_two_tickets_of_a_run_have_one_summary() {
    nothing(&WRONG.summaries);
}

#[test]
fn nothing_is_said_twice_in_a_ticket() {
    nothing(&WRONG.twice);
}

#[test]
fn no_heading_or_link_of_markdown_is_left_raw() {
    nothing(&WRONG.raw);
}

#[test]
fn what_people_copy_has_no_invisible_characters() {
    nothing(&WRONG.invisible);
}

#[test]
fn a_fix_that_the_report_names_is_named() {
    nothing(&WRONG.unfixed);
}

/// The paragraphs outside of lists, with their lines.
fn lines<'b>(blocks: impl Iterator<Item = &'b Block>) -> Vec<String> {
    let paragraph = |block: &Block| match block {
        Block::Paragraph(line) => Some(plain::inline(line)),
        _ => None,
    };
    blocks.filter_map(paragraph).collect()
}

/// The paragraphs of a text by their words alone, whatever they lie in; cells of tables are none.
fn paragraphs<'b>(blocks: impl Iterator<Item = &'b Block>) -> Vec<String> {
    let mut all = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(line) | Block::Heading(_, line) => all.push(words(&plain::inline(line))),
            Block::Code { text, .. } => all.push(words(text)),
            // the steps of a flow are one text: each says what it says by where it stands
            Block::List { ordered: true, items, .. } => {
                all.push(paragraphs(items.iter().flatten()).join(" "))
            }
            Block::List { items, .. } => all.extend(paragraphs(items.iter().flatten())),
            Block::Quote(inner) => all.extend(paragraphs(inner.iter())),
            Block::Table { .. } => {}
        }
    }
    all
}

fn words(text: &str) -> String {
    let plain = text.to_lowercase();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a text still has a heading, a link or a tag that nobody reads as such.
fn is_raw(text: &str) -> bool {
    let heading = text.lines().map(str::trim_start).any(|line| {
        let rest = line.trim_start_matches('#');
        rest.len() < line.len() && rest.starts_with(' ')
    });
    let html = ["<p>", "<br", "<li>", "</a>", "</p>", "<code>", "</h2>"];
    let lower = text.to_lowercase();
    heading || text.contains("](http") || text.contains("](#") || html.iter().any(|tag| lower.contains(tag))
}

/// All runs of text that are not code.
fn texts<'b>(blocks: impl Iterator<Item = &'b Block>) -> Vec<String> {
    let mut all = Vec::new();
    let mut line = |inlines: &[Inline]| {
        let text = inlines.iter().map(|inline| match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) => text.as_str(),
            Inline::Link(link) => link.text(),
            Inline::Code(_) => "`code`",
            Inline::Break => "\n",
        });
        all.push(text.collect());
    };
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) => line(inlines),
            Block::Table { head, rows } => {
                head.iter().chain(rows.iter().flatten()).for_each(|cell| line(cell))
            }
            Block::Code { .. } => {}
            Block::List { items, .. } => all_of(&mut line, items.iter().flatten()),
            Block::Quote(inner) => all_of(&mut line, inner.iter()),
        }
    }
    all
}

fn all_of<'b>(line: &mut dyn FnMut(&[Inline]), blocks: impl Iterator<Item = &'b Block>) {
    for text in texts(blocks) {
        line(&[Inline::text(text)]);
    }
}
