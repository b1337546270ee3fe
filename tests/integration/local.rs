//! The folder of tickets: held to the contract, and what a person's hand may do to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use casefile::apply::Stop;
use casefile::config::LOCAL_PROJECT as PROJECT;
use casefile::model::answer::{Answer, Ask, Failure, TicketTexts};
use casefile::model::record::{LinkKind, Record};
use casefile::model::ticket::{Ticket, TicketId};
use casefile::model::write::{Draft, Edit, Field, FieldContent, Move, Remote};
use casefile::tracker::local::Local;
use casefile::tracker::{Made, Read, Write};
use tempfile::TempDir;

use crate::contract::{HOSTILE, contract};
use crate::drafts::{self, name, repository, text};
use crate::hostile::harness::run_in;
use crate::rig::{Behind, Rig};

/// A folder of its own for each test; nothing is in it yet.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("casefile-tickets")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// What a person does in an editor.
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{text}");
        fs::write(self.file(name), text.replace(from, to)).unwrap();
    }

    /// The files in a folder beside the tickets.
    fn files(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.file(folder)).into_iter().flatten();
        let read =
            |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        let mut files: Vec<_> = entries.map(|entry| read(entry.unwrap())).collect();
        files.sort();
        files
    }

    /// The links to the web in a ticket's front matter.
    fn links(&self, text: &str) -> Vec<Remote> {
        let yaml = text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n")).unwrap().0;
        let front: serde_json::Value = serde_saphyr::from_str(yaml).unwrap();
        front.get("remote").map_or_else(Vec::new, |links| serde_json::from_value(links.clone()).unwrap())
    }

    async fn make(&self, numbers: std::ops::RangeInclusive<u64>) -> Vec<Made> {
        let drafts: Vec<Draft> = numbers.map(draft).collect();
        self.tracker().create(&drafts).await.into_iter().map(Result::unwrap).collect()
    }

    async fn tickets(&self, ask: Ask) -> Result<Vec<Ticket>, Failure> {
        match self.tracker().answer(&ask).await? {
            Answer::Tickets(tickets) => Ok(tickets),
            other => panic!("{other:?}"),
        }
    }

    async fn open(&self) -> Result<Vec<Ticket>, Failure> {
        self.tickets(Ask::Open {
            labels: repository().labels(),
            recent: Vec::new(),
            own: Vec::new(),
            done: false,
        })
        .await
    }

    /// What a reader of all open tickets is told beside them.
    async fn remarks(&self) -> Vec<String> {
        let tracker = self.tracker();
        let ask =
            Ask::Open { labels: repository().labels(), recent: Vec::new(), own: Vec::new(), done: false };
        tracker.answer(&ask).await.unwrap();
        tracker.remarks().into_iter().map(|one| format!("{}: {}", one.place, one.message)).collect()
    }

    async fn one(&self, id: u64) -> Ticket {
        self.tickets(Ask::Ids(vec![id])).await.unwrap().remove(0)
    }

    async fn texts(&self, id: u64) -> TicketTexts {
        match self.tracker().answer(&Ask::Texts(vec![id])).await.unwrap() {
            Answer::Texts(mut texts) => texts.remove(0).1,
            other => panic!("{other:?}"),
        }
    }
}

impl Rig for Folder {
    type Tracker = Local;

    fn tracker(&self) -> Local {
        Local::new(self.root(), "2026-11-22T10:15:00Z".parse().unwrap())
    }

    fn project(&self) -> (&str, &str) {
        (PROJECT, "bug")
    }

    fn behind(&self, ticket: &Made) -> Behind {
        let text = self.read(&format!("{}.md", ticket.key));
        let (before, comments) = text.split_once("\n<!-- casefile:comments -->\n").unwrap_or((&text, ""));
        let links = before
            .lines()
            .filter(|line| ["- relates to ", "- duplicates "].iter().any(|verb| line.starts_with(verb)));
        Behind {
            comments: comments.to_owned(),
            links: links.count(),
            files: self.files(&ticket.key.to_string()),
            remote: self.links(before),
        }
    }

    fn person(&self) -> (String, String) {
        ("alice@example.com".to_owned(), "alice@example.com".to_owned())
    }
}

contract!(Folder::new());

fn draft(n: u64) -> Draft {
    drafts::draft(n, PROJECT, "bug")
}

fn id(id: u64) -> TicketId {
    TicketId { site: "local".into(), id }
}

fn comment(words: &str) -> Edit {
    Edit { comment: Some(text(words)), ..Edit::default() }
}

/// The failure names what is wrong and where.
fn says(outcome: Result<Vec<Ticket>, Failure>, words: &str) {
    match outcome {
        Err(Failure::Folder { why, hint }) => {
            assert!(why.contains(words) && !hint.is_empty(), "{why}: {hint}")
        }
        other => panic!("`{words}` is not what {other:?} says"),
    }
}

#[tokio::test]
async fn a_ticket_is_pleasant_to_read() {
    let folder = Folder::new();
    let fields = vec![
        Field { id: "priority".into(), value: FieldContent::Name("High".into()) },
        Field { id: "assignee".into(), value: FieldContent::Person("alice@example.com".into()) },
        Field { id: "duedate".into(), value: FieldContent::Date(jiff::civil::date(2026, 12, 1)) },
    ];
    let tracker = folder.tracker();
    let drafts = [Draft { fields, body: text("What it is"), ..draft(1) }, draft(2)];
    tracker.create(&drafts).await;
    tracker.link(&id(1), LinkKind::Relates, &id(2)).await.unwrap();
    tracker.edit(&id(1), &comment("One more place")).await.unwrap();
    let expected = format!(
        "\
---
key: LOCAL-1
summary: \"[casefile] lodash: Prototype pollution, number 1\"
status: To Do
priority: High
assignee: alice@example.com
due: 2026-12-01
labels:
- casefile
- {}
- casefile-{}
- security
links:
- relates to LOCAL-2
type: Bug
created: 2026-11-22T10:15:00Z
revision: 3
---

What it is

<!-- casefile:comments -->

## Comments

### casefile, 2026-11-22 10:15 UTC

One more place
",
        repository().labels().concat(),
        name(1)
    );
    assert_eq!(folder.read("LOCAL-1.md"), expected);
}

#[tokio::test]
async fn reading_makes_nothing() {
    let folder = Folder::new();
    assert_eq!(folder.open().await, Ok(Vec::new()));
    assert_eq!(folder.tracker().edit(&id(1), &comment("x")).await, Err(Failure::Gone));
    assert!(!folder.root().exists());
}

#[tokio::test]
async fn a_person_edits_a_ticket() {
    let folder = Folder::new();
    folder.make(1..=2).await;
    let written = folder.texts(1).await;
    folder.edit("LOCAL-1.md", "status: To Do", "sprint: 5 # the next one\r\nstatus: done\r\nassignee: bob");
    assert_eq!(folder.texts(1).await, written, "the body is as it was");
    assert_eq!(folder.open().await.unwrap().len(), 1);
    let ticket = folder.one(1).await;
    assert_eq!((ticket.status.name.as_str(), ticket.assignee.unwrap().id.as_str()), ("Done", "bob"));
    assert!(ticket.record.is_some());

    folder.edit("LOCAL-1.md", "Where it is.", "Where it is, *as far as I know*.");
    assert!(folder.texts(1).await.description.contains("*as far as I know*"));
    folder.tracker().edit(&id(1), &comment("more")).await.unwrap();
    let text = folder.read("LOCAL-1.md");
    assert!(text.contains("sprint: 5 # the next one\nstatus: done\nassignee: bob\n"), "{text}");
    assert!(text.contains("*as far as I know*"));

    folder.edit("LOCAL-1.md", "status: done", "status: Waiting for Bob");
    assert_eq!(folder.open().await.unwrap().len(), 2);
    let back = Move { to: "waiting for bob".into(), resolution: None, fields: Vec::new(), state: None };
    folder.tracker().go(&id(1), &back).await.unwrap();
    assert!(folder.read("LOCAL-1.md").contains("status: Waiting for Bob"));
}

#[tokio::test]
async fn a_damaged_ticket_is_never_a_missing_one() {
    let folder = Folder::new();
    folder.make(1..=2).await;
    let check = async |from: &str, to: &str, line: u64| {
        let whole = folder.read("LOCAL-2.md");
        folder.edit("LOCAL-2.md", from, to);
        let broken = folder.read("LOCAL-2.md");
        let place = format!("LOCAL-2.md:{line}: ");
        says(folder.open().await, &place);
        says(folder.tickets(Ask::Labelled(vec![name(1)])).await, &place);
        says(folder.tickets(Ask::Ids(vec![2])).await, &place);
        let edit = folder.tracker().edit(&id(2), &comment("x")).await;
        says(edit.map(|()| Vec::new()), &place);
        assert_eq!(folder.read("LOCAL-2.md"), broken, "a person's work is not written over");
        fs::write(folder.file("LOCAL-2.md"), whole).unwrap();
    };
    check("status: To Do", "status: [To Do", 4).await;
    check("status: To Do", "due: next week\nstatus: To Do", 4).await;
    check("---\n\nWhat", "\nWhat", 1).await;
    check("---\nkey", "key", 1).await;
    folder.one(2).await;

    fs::write(folder.file("LOCAL-2.md"), b"---\nsummary: \xff\n").unwrap();
    says(folder.open().await, "LOCAL-2.md:2: is not UTF-8");
    assert_eq!(folder.one(1).await.id, id(1), "the others can be read");
}

#[tokio::test]
async fn a_lost_sidecar_costs_detail_alone() {
    let folder = Folder::new();
    folder.make(1..=1).await;
    for broken in [false, true] {
        let sidecar = folder.file(".casefile/1-1.json");
        if broken {
            fs::write(&sidecar, "{").unwrap()
        } else {
            fs::remove_file(&sidecar).unwrap()
        }
        let ticket = folder.tickets(Ask::Labelled(vec![name(1)])).await.unwrap().remove(0);
        assert_eq!(ticket.record, None);
        assert_eq!(ticket.creator.unwrap().id, "local");
        assert!(folder.texts(1).await.description.contains("What it is"));
        let remarks = folder.remarks().await;
        assert!(remarks.len() == 1 && remarks[0].starts_with("LOCAL-1: "), "{remarks:?}");
        assert!(remarks[0].contains("1-1.json, is missing or damaged"), "{remarks:?}");
    }
    let edit = Edit { record: Some(draft(1).record), ..Edit::default() };
    folder.tracker().edit(&id(1), &edit).await.unwrap();
    assert_eq!(folder.one(1).await.record, Some(draft(1).record));
    assert_eq!(folder.remarks().await, [""; 0]);
}

#[tokio::test]
async fn a_write_that_was_cut_short_changes_nothing() {
    let folder = Folder::new();
    folder.make(1..=1).await;
    let sidecar = fs::read_to_string(folder.file(".casefile/1-1.json")).unwrap();
    fs::write(folder.file(".casefile/1-2.json"), sidecar.replace("\"revision\": 1", "\"revision\": 2"))
        .unwrap();
    fs::write(folder.file(".casefile/.casefile-Ab3dEf.tmp"), "---\nhalf a tick").unwrap();
    assert_eq!(folder.one(1).await.record, Some(draft(1).record));

    let record = Record { revision: 2, ..draft(1).record };
    let edit = Edit { record: Some(record.clone()), ..Edit::default() };
    folder.tracker().edit(&id(1), &edit).await.unwrap();
    assert_eq!(folder.one(1).await.record, Some(record));
    let mut left: Vec<_> = fs::read_dir(folder.file(".casefile"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["1-3.json", "lock"]);
}

#[tokio::test]
async fn a_copy_is_a_persons_and_a_renamed_file_is_the_same_ticket() {
    let folder = Folder::new();
    folder.make(1..=1).await;
    fs::copy(folder.file("LOCAL-1.md"), folder.file("LOCAL-9.md")).unwrap();
    let copy = folder.one(9).await;
    assert_ne!(copy.creator, folder.one(1).await.creator);
    assert_eq!(copy.record, None);
    assert_eq!(folder.open().await.unwrap().len(), 2);
    let remarks = folder.remarks().await;
    assert!(remarks.len() == 1 && remarks[0].contains("LOCAL-9.md: its `key` is LOCAL-1"), "{remarks:?}");
    assert_eq!(folder.make(2..=2).await[0].key.as_str(), "LOCAL-10");

    fs::rename(folder.file("LOCAL-1.md"), folder.file("OPS-1.md")).unwrap();
    let moved = folder.one(1).await;
    assert_eq!((moved.id, moved.key.as_str()), (id(1), "OPS-1"));
    assert_eq!(moved.record, Some(draft(1).record));
    assert_eq!(moved.creator.unwrap().id, "local");

    folder.tracker().edit(&id(1), &comment("x")).await.unwrap();
    assert!(folder.read("OPS-1.md").starts_with("---\nkey: OPS-1\n"));
    folder.tracker().edit(&id(9), &comment("x")).await.unwrap();
    assert!(folder.read("LOCAL-9.md").starts_with("---\nkey: LOCAL-1\n"), "a copy stays one");

    fs::copy(folder.file("OPS-1.md"), folder.file("LOCAL-1.md")).unwrap();
    says(folder.open().await, "has the same number as");
}

#[tokio::test]
async fn a_number_is_given_once() {
    let folder = Folder::new();
    folder.make(1..=3).await;
    fs::remove_file(folder.file("LOCAL-3.md")).unwrap();
    assert_eq!(folder.make(4..=4).await[0].id, id(4));
    for (number, lock) in
        [(5, "\u{0}\u{0}"), (6, "18446744073709551615\n"), (7, "-1"), (8, "1e9"), (9, "99999999999")]
    {
        fs::write(folder.file(".casefile/lock"), lock).unwrap();
        assert_eq!(folder.make(number..=number).await[0].id, id(number), "{lock:?}");
    }
    assert_eq!(folder.tickets(Ask::Ids(vec![3])).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_is_not_a_ticket_is_skipped() {
    let folder = Folder::new();
    folder.make(1..=1).await;
    for name in ["README.md", "LOCAL-1.md~", ".LOCAL-2.md.swp", "local-3.md", "LOCAL-0.md", "LOCAL-4.txt"] {
        fs::write(folder.file(name), "notes").unwrap();
    }
    assert_eq!(folder.open().await.unwrap().len(), 1);
    assert_eq!(folder.make(2..=2).await[0].id, id(2));
}

#[tokio::test]
async fn any_text_in_a_field_is_read_back() {
    let folder = Folder::new();
    for (n, hostile) in (1..).zip(HOSTILE) {
        let fields = vec![
            Field { id: "assignee".into(), value: FieldContent::Person(hostile.into()) },
            Field { id: "priority".into(), value: FieldContent::Name(hostile.into()) },
            Field { id: "components".into(), value: FieldContent::Names(vec![hostile.into(), "x".into()]) },
        ];
        let summary = hostile.replace('\n', " ");
        folder.tracker().create(&[Draft { fields, summary: summary.clone(), ..draft(n) }]).await;
        folder.tracker().edit(&id(n), &comment("x")).await.unwrap();
        let ticket = folder.one(n).await;
        assert_eq!(ticket.assignee.unwrap().id, hostile);
        assert_eq!(ticket.priority.as_deref(), Some(hostile));
        assert_eq!(ticket.summary, summary);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.make(1..=1).await;
    let outside = folder.0.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let secret = outside.join("secret.md");
    fs::write(&secret, folder.read("LOCAL-1.md")).unwrap();
    let check = async |link: &Path, to: &Path| {
        symlink(to, link).unwrap();
        says(folder.open().await, "is a symbolic link");
        let made = folder.tracker().create(&[draft(2)]).await.remove(0);
        says(made.map(|_| Vec::new()), "is a symbolic link");
        fs::remove_file(link).unwrap();
    };
    check(&folder.file("LOCAL-2.md"), &secret).await;
    let skipped = folder.0.path().join("aside");
    fs::rename(folder.file(".casefile"), &skipped).unwrap();
    check(&folder.file(".casefile"), &outside).await;
    fs::rename(&skipped, folder.file(".casefile")).unwrap();
    fs::rename(folder.root(), &skipped).unwrap();
    check(&folder.root(), &outside).await;
    fs::rename(&skipped, folder.root()).unwrap();

    // a draft that somebody left is replaced, not written through
    symlink(&secret, folder.file(".casefile/draft")).unwrap();
    let before = fs::read_to_string(&secret).unwrap();
    folder.make(2..=2).await;
    assert_eq!(fs::read_to_string(&secret).unwrap(), before);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "nothing was written there");
}

#[test]
fn runs_side_by_side_file_one_after_the_other() {
    let folder = Folder::new();
    let report = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports/bandit.sarif");
    fs::copy(report, folder.0.path().join("r.sarif")).unwrap();
    fs::write(folder.0.path().join("casefile.yml"), "repository: github.com/acme/shop\n").unwrap();
    let one = || run_in(folder.0.path(), &[], &["run", "--branch", "main", "--format", "json"]).stdout;
    let mut created: Vec<u64> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        let result = |text: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&text).unwrap();
        let count = |result: serde_json::Value| {
            let tickets = result["tickets"].as_array().unwrap();
            tickets.iter().filter(|one| one["action"] == "created").count() as u64
        };
        runs.into_iter().map(|run| count(result(run.join().unwrap()))).collect()
    });
    created.sort_unstable();
    assert_eq!(created, [0, 0, 0, 0, 0, 18]);
    assert_eq!(fs::read_dir(folder.root()).unwrap().count(), 18 + 1, "tickets, and a folder of our own");
}

#[test]
fn links_lead_to_files_of_the_scanned_commit_alone() {
    let folder = Folder::new();
    let place = folder.0.path();
    let git = |words: &[&str]| {
        let own = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
        let done = std::process::Command::new("git").args(own).args(words).current_dir(place).output();
        assert!(done.unwrap().status.success(), "{words:?}");
    };
    let result = |rule: &str, path: &str| {
        serde_json::json!({
            "ruleId": rule,
            "message": {"text": rule},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 2}}}],
        })
    };
    let results = [result("file", "src/a.py"), result("resource", "default/Deployment/web")];
    let driver = serde_json::json!({"driver": {"name": "Scanner"}});
    let report = serde_json::json!({"version": "2.1.0", "runs": [{"tool": driver, "results": results}]});
    fs::write(place.join("r.sarif"), report.to_string()).unwrap();
    fs::create_dir(place.join("src")).unwrap();
    fs::write(place.join("src/a.py"), "a\nb\n").unwrap();
    git(&["init", "-q"]);
    git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    git(&["add", "src"]);
    git(&["commit", "-qm", "a"]);
    assert!(run_in(place, &[], &["run", "--branch", "main"]).status.success());
    let text = [1, 2].map(|number| folder.read(&format!("LOCAL-{number}.md"))).concat();
    assert!(text.contains("](https://github.com/acme/shop/blob/") && text.contains("src/a.py#L2)"), "{text}");
    assert!(text.contains("`default/Deployment/web:2`"), "{text}");
}

#[tokio::test]
async fn every_command_that_writes_waits_for_its_turn() {
    let folder = Folder::new();
    let report = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports/bandit.sarif");
    fs::copy(report, folder.0.path().join("r.sarif")).unwrap();
    fs::write(folder.0.path().join("casefile.yml"), "repository: github.com/acme/shop\n").unwrap();
    folder.make(1..=1).await;
    let turn = folder.tracker().turn(&Stop::after(Duration::from_secs(60))).await.unwrap();
    for words in [vec!["run", "--branch", "main"], vec!["refresh"], vec!["disconnect", "--yes"]] {
        let ran = run_in(folder.0.path(), &[], &[words.as_slice(), &["--time-limit", "1s"]].concat());
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(said.contains("another command was still writing to the ticket folder"), "{words:?}: {said}");
        assert_eq!(ran.status.code(), Some(4), "{words:?}");
    }
    drop(turn);
    for word in ["link", "unlink"] {
        let turn = folder.tracker().turn(&Stop::after(Duration::from_secs(60))).await.unwrap();
        let words = [word, "LOCAL-1", "--rule", "*", "--branch", "main"];
        let place = folder.0.path().to_owned();
        let waits = std::thread::spawn(move || run_in(&place, &[], &words));
        std::thread::sleep(Duration::from_millis(600));
        assert!(!waits.is_finished(), "{word}: {:?}", waits.join());
        drop(turn);
        let ran = waits.join().unwrap();
        assert!(ran.status.success(), "{word}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}
