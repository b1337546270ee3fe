//! What every tracker promises, told once: Cloud, Data Center and the folder are all held to it.

use casefile::document::{Block, Document, plain};
use casefile::model::answer::{Answer, Ask, Failure};
use casefile::model::record::{LinkKind, Record};
use casefile::model::ticket::{Category, TicketId, TicketKey};
use casefile::model::write::{Attachment, Draft, Edit, Field, FieldContent, Move, Remote};
use casefile::tracker::{Read, Write};

use crate::drafts::{name, repository, slice, text};
use crate::rig::{Rig, draft, go, ids, make, one, open, refused_for, same, slices, sorted, texts};

/// Runs each promise as a test of its own on a fresh rig.
macro_rules! contract {
    ($rig:expr) => {
        contract!($rig; what_is_created_is_found, record_and_slices_are_read_back, an_edit_is_one_unit,
            a_refused_edit_changes_nothing, a_refused_draft_costs_no_other, texts_are_read_back,
            a_done_ticket_is_not_open, a_ticket_goes_to_a_status, a_link_said_twice_is_one,
            newer_tickets_are_seen, what_does_not_exist_is_left_out, many_are_made_in_batches,
            hostile_texts_stay_text, writers_side_by_side_lose_nothing, a_project_can_be_used,
            files_are_attached, links_to_the_web_are_known_by_their_id, a_deleted_ticket_is_gone,
            marks_are_taken_off, tickets_are_found_by_key, people_are_looked_up, statuses_are_told);
    };
    ($rig:expr; $($promise:ident),+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            crate::contract::$promise(&$rig).await;
        })+
    };
}
pub(crate) use contract;

pub(crate) async fn what_is_created_is_found(rig: &impl Rig) {
    let tracker = rig.tracker();
    let made = make(rig, &[draft(rig, 1), draft(rig, 2)]).await;
    assert!(made[0].id < made[1].id, "ids rise");
    for (n, made) in (1..).zip(&made) {
        let ticket = one(rig, made).await;
        let draft = draft(rig, n);
        assert_eq!((&ticket.id, &ticket.key, &ticket.summary), (&made.id, &made.key, &draft.summary));
        assert_eq!(made.key.project(), draft.project);
        assert_eq!(sorted(&ticket.labels), sorted(&draft.labels));
        assert_eq!(ticket.status.category, Category::New);
        let Answer::Account(account) = tracker.answer(&Ask::Account).await.unwrap() else { unreachable!() };
        assert_eq!(ticket.creator, Some(account));
        assert_eq!(ids(rig, &Ask::Labelled(vec![name(n)])).await, [made.id.id]);
    }
    assert_eq!(open(rig).await, [made[0].id.id, made[1].id.id]);
    assert_eq!(ids(rig, &Ask::Labelled(vec![name(2), name(1), name(9)])).await.len(), 2);
    let other = Ask::Open {
        labels: vec!["casefile-repo-000000000000".into()],
        recent: Vec::new(),
        own: Vec::new(),
        done: false,
    };
    assert_eq!(ids(rig, &other).await, [0; 0]);
}

pub(crate) async fn record_and_slices_are_read_back(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let draft = draft(rig, 1);
    assert_eq!(one(rig, &made).await.record, Some(draft.record.clone()));
    let (own, other) = (draft.slices[0].id(), slice(1, "develop").id());
    assert_eq!(
        slices(rig, &made, &[own.clone(), other.clone()]).await,
        [(own.clone(), draft.slices[0].clone())]
    );

    // a run writes its own slice, and the others stay
    let record = Record { revision: 2, ..draft.record.clone() };
    let edit = Edit { record: Some(record.clone()), slices: vec![slice(3, "develop")], ..Edit::default() };
    rig.tracker().edit(&made.id, &edit).await.unwrap();
    assert_eq!(one(rig, &made).await.record, Some(record));
    let mut both = [(own.clone(), draft.slices[0].clone()), (other.clone(), slice(3, "develop"))];
    both.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(slices(rig, &made, &[own, other]).await, both);
}

pub(crate) async fn an_edit_is_one_unit(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let edit = Edit {
        summary: Some("[casefile] another summary (2)".into()),
        body: Some(text("Another body.")),
        fields: vec![Field { id: "priority".into(), value: FieldContent::Name("Highest".into()) }],
        comment: Some(text("A finding was added.")),
        instead: None,
        labels_added: vec!["added".into(), "security".into()],
        labels_removed: vec!["casefile".into(), "never-there".into()],
        record: Some(Record { revision: 2, ..draft(rig, 1).record }),
        slices: Vec::new(),
    };
    rig.tracker().edit(&made.id, &edit).await.unwrap();
    let ticket = one(rig, &made).await;
    assert_eq!(Some(ticket.summary), edit.summary);
    assert_eq!(ticket.priority.as_deref(), Some("Highest"));
    assert_eq!(ticket.record, edit.record);
    let mut labels = [&draft(rig, 1).labels[1..], &["added".to_owned()]].concat();
    labels.sort();
    assert_eq!(sorted(&ticket.labels), labels);
    same(&texts(rig, &made).await.description, "Another body.");
    assert!(rig.behind(&made).comments.contains("A finding was added."));

    // what an edit does not speak of stays
    let edit = Edit { comment: Some(text("A second comment.")), ..Edit::default() };
    rig.tracker().edit(&made.id, &edit).await.unwrap();
    let comments = rig.behind(&made).comments;
    assert!(comments.find("A finding was added.") < comments.find("A second comment."));
    assert_eq!(sorted(&one(rig, &made).await.labels), labels);
    same(&texts(rig, &made).await.description, "Another body.");
}

pub(crate) async fn a_refused_edit_changes_nothing(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let before = one(rig, &made).await;
    let edit = Edit {
        summary: Some("Another summary".into()),
        comment: Some(text("A comment.")),
        fields: vec![Field { id: "customfield_99999".into(), value: FieldContent::Text("x".into()) }],
        ..Edit::default()
    };
    refused_for(rig.tracker().edit(&made.id, &edit).await, "customfield_99999");
    let edit = Edit { labels_added: vec!["two words".into()], comment: edit.comment, ..Edit::default() };
    refused_for(rig.tracker().edit(&made.id, &edit).await, "labels");
    assert_eq!(one(rig, &made).await, before);
    assert!(!rig.behind(&made).comments.contains("A comment."));
}

pub(crate) async fn a_refused_draft_costs_no_other(rig: &impl Rig) {
    let field = Field { id: "customfield_99999".into(), value: FieldContent::Text("x".into()) };
    let drafts = [
        Draft { summary: "x".repeat(256), ..draft(rig, 1) },
        draft(rig, 2),
        Draft { fields: vec![field], ..draft(rig, 3) },
        Draft { labels: vec!["two words".into()], ..draft(rig, 4) },
        draft(rig, 5),
    ];
    let mut outcomes = rig.tracker().create(&drafts).await;
    assert_eq!(outcomes.len(), drafts.len());
    assert!(outcomes[1].is_ok() && outcomes[4].is_ok(), "{outcomes:?}");
    for (index, field) in [(3, "labels"), (2, "customfield_99999"), (0, "summary")] {
        refused_for(outcomes.remove(index).map(drop), field);
    }
    assert_eq!(open(rig).await.len(), 2);
}

pub(crate) async fn texts_are_read_back(rig: &impl Rig) {
    let drafts = [draft(rig, 1), draft(rig, 2)];
    for (made, draft) in make(rig, &drafts).await.iter().zip(&drafts) {
        let texts = texts(rig, made).await;
        assert_eq!(texts.summary, draft.summary);
        same(&texts.description, &plain::render(&draft.body));
    }
}

pub(crate) async fn a_done_ticket_is_not_open(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1), draft(rig, 2)]).await;
    go(rig, &made[0], "Done").await.unwrap();
    assert_eq!(open(rig).await, [made[1].id.id]);
    assert_eq!(ids(rig, &Ask::Labelled(vec![name(1), name(2)])).await, [made[0].id.id, made[1].id.id]);
    let marked = Ask::Marked { labels: repository().labels() };
    assert_eq!(ids(rig, &marked).await, [made[0].id.id, made[1].id.id]);
}

pub(crate) async fn a_ticket_goes_to_a_status(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    go(rig, &made, "in PROGRESS").await.unwrap();
    let status = one(rig, &made).await.status;
    assert_eq!((status.name.as_str(), status.category), ("In Progress", Category::InProgress));
    go(rig, &made, "In Progress").await.unwrap();

    let Err(Failure::Refused { message, .. }) = go(rig, &made, "Nowhere").await else {
        panic!("a status that does not exist must be refused")
    };
    assert!(message.contains("Done"), "the statuses that are open to it are named: {message}");
    assert_eq!(one(rig, &made).await.status, status);

    let id = one(rig, &made).await.status.id;
    go(rig, &made, "done").await.unwrap();
    let ticket = one(rig, &made).await;
    assert_eq!((ticket.status.name.as_str(), ticket.status.category), ("Done", Category::Done));
    assert!(ticket.resolved.is_some());
    go(rig, &made, &id).await.unwrap();
    let ticket = one(rig, &made).await;
    assert_eq!((ticket.status, ticket.resolved, ticket.resolution), (status, None, None));
}

pub(crate) async fn a_link_said_twice_is_one(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1), draft(rig, 2)]).await;
    let tracker = rig.tracker();
    for expected in [1, 1] {
        tracker.link(&made[0].id, LinkKind::Relates, &made[1].id).await.unwrap();
        assert_eq!(rig.behind(&made[0]).links, expected);
    }
    tracker.link(&made[0].id, LinkKind::Duplicates, &made[1].id).await.unwrap();
    assert_eq!(rig.behind(&made[0]).links, 2);
    let nobody = TicketId { id: 999_999, ..made[0].id.clone() };
    for (from, to) in [(&made[0].id, &nobody), (&nobody, &made[0].id)] {
        // Jira does not say which of the two is gone, nor whether linking is disabled
        let failure = tracker.link(from, LinkKind::Relates, to).await.unwrap_err();
        assert!(matches!(failure, Failure::Gone | Failure::Refused { .. }), "{failure:?}");
    }
}

pub(crate) async fn newer_tickets_are_seen(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1), draft(rig, 2), draft(rig, 3)]).await;
    let (project, _) = rig.project();
    let tracker = rig.tracker();
    let newer = tracker.newer(project, Some(made[0].key.number())).await.unwrap();
    let keys: Vec<_> = newer.iter().map(|ticket| &ticket.key).collect();
    assert_eq!(keys, [&made[1].key, &made[2].key]);
    assert_eq!(newer[1].labels.len(), 4, "with all that a search gives");
    assert_eq!(tracker.newer(project, Some(made[2].key.number())).await.unwrap(), []);
}

pub(crate) async fn what_does_not_exist_is_left_out(rig: &impl Rig) {
    assert_eq!(open(rig).await, [0; 0]);
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let tracker = rig.tracker();
    assert_eq!(ids(rig, &Ask::Ids(vec![999_999, made.id.id])).await, [made.id.id]);
    assert_eq!(ids(rig, &Ask::Labelled(vec![name(77)])).await, [0; 0]);
    let asked = Ask::Texts(vec![999_999]);
    assert_eq!(tracker.answer(&asked).await, Ok(Answer::Texts(Vec::new())));
    let asked = Ask::Slices(vec![(999_999, vec![slice(1, "main").id()])]);
    assert_eq!(tracker.answer(&asked).await, Ok(Answer::Slices(Vec::new())));
    let nobody = TicketId { id: 999_999, ..made.id };
    let edit = Edit { comment: Some(text("x")), ..Edit::default() };
    assert_eq!(tracker.edit(&nobody, &edit).await, Err(Failure::Gone));
    let done = Move { to: "Done".into(), resolution: None, fields: Vec::new(), state: None };
    assert_eq!(tracker.go(&nobody, &done).await, Err(Failure::Gone));
}

pub(crate) async fn many_are_made_in_batches(rig: &impl Rig) {
    let tracker = rig.tracker();
    let drafts: Vec<Draft> = (0..60).map(|n| draft(rig, n)).collect();
    let before = tracker.requests();
    let mut made = Vec::new();
    for batch in drafts.chunks(tracker.batch()) {
        made.extend(tracker.create(batch).await.into_iter().map(Result::unwrap));
    }
    assert_eq!(tracker.requests() - before, 60_u64.div_ceil(tracker.batch() as u64));
    let expected: Vec<u64> = made.iter().map(|made| made.id.id).collect();
    assert_eq!(open(rig).await, expected);
    let names = (0..60).map(name).collect();
    assert_eq!(ids(rig, &Ask::Labelled(names)).await, expected);
    assert_eq!(ids(rig, &Ask::Ids(expected.clone())).await, expected);
}

/// Texts that would mean something to one of the formats in which tickets are kept.
pub(crate) const HOSTILE: [&str; 16] = [
    "---",
    "--- # x",
    "# a heading",
    "<!-- casefile:comments -->",
    "<!-- casefile:end -->",
    "\u{0}\u{1}\u{1b}[31m\u{7f} control",
    "a: b # c",
    "- [x] {y: &z *w} !!str |",
    "\"quoted\" and 'quoted' and \\n",
    "null",
    "~",
    "@team @acme/owners",
    "<script>alert(1)</script> &amp; &lt;",
    "[a](javascript:x) ![i](x) {code}x{code} h1. x",
    "```\n---\n```",
    "\u{202e}right to left\u{2028}and lines",
];

pub(crate) async fn hostile_texts_stay_text(rig: &impl Rig) {
    let drafts: Vec<Draft> = (0..)
        .zip(HOSTILE)
        .map(|(n, hostile)| {
            let printable = hostile.replace(|c: char| c.is_control(), " ");
            let summary = printable.split_whitespace().collect::<Vec<_>>().join(" ");
            let code = Block::Code { language: None, text: hostile.into() };
            let body = Document::of(vec![Block::text(hostile), code, Block::text("last words")]);
            let label: String = hostile.chars().filter(char::is_ascii_graphic).collect();
            let mut draft = Draft { summary, body, ..draft(rig, n) };
            draft.labels.push(label);
            draft
        })
        .collect();
    let tracker = rig.tracker();
    for (made, draft) in make(rig, &drafts).await.iter().zip(&drafts) {
        let check = async |comments: &[&str]| {
            let (ticket, texts) = (one(rig, made).await, texts(rig, made).await);
            assert_eq!((&ticket.summary, &texts.summary), (&draft.summary, &draft.summary));
            assert_eq!(sorted(&ticket.labels), sorted(&draft.labels));
            assert_eq!(ticket.record.as_ref(), Some(&draft.record));
            same(&texts.description, &plain::render(&draft.body));
            let behind = rig.behind(made).comments;
            comments.iter().for_each(|comment| assert!(behind.contains(comment), "{behind}"));
        };
        check(&[]).await;
        for comment in [draft.body.clone(), text("the end")] {
            tracker.edit(&made.id, &Edit { comment: Some(comment), ..Edit::default() }).await.unwrap();
        }
        check(&["last words", "the end"]).await;
    }
}

pub(crate) async fn writers_side_by_side_lose_nothing(rig: &impl Rig) {
    let shared = make(rig, &[draft(rig, 0)]).await.remove(0);
    let writers: Vec<_> = [1, 2]
        .map(|writer| {
            let tracker = rig.tracker();
            let drafts: Vec<Draft> = (0..10).map(|n| draft(rig, writer * 100 + n)).collect();
            let shared = shared.id.clone();
            tokio::spawn(async move {
                for (n, draft) in drafts.iter().enumerate() {
                    tracker.create(std::slice::from_ref(draft)).await.remove(0).unwrap();
                    let said = format!("writer-{writer}-{n}.");
                    let edit = Edit {
                        labels_added: vec![said.clone()],
                        comment: Some(text(&said)),
                        ..Edit::default()
                    };
                    tracker.edit(&shared, &edit).await.unwrap();
                }
            })
        })
        .into();
    for writer in writers {
        writer.await.unwrap();
    }
    let all = open(rig).await;
    assert_eq!(all.len(), 21, "{all:?}");
    let ticket = one(rig, &shared).await;
    let comments = rig.behind(&shared).comments;
    for said in [1, 2].iter().flat_map(|writer| (0..10).map(move |n| format!("writer-{writer}-{n}."))) {
        assert!(ticket.has_label(&said), "{said}");
        assert_eq!(comments.matches(&said).count(), 1, "{said}");
    }
}

pub(crate) async fn a_project_can_be_used(rig: &impl Rig) {
    let (project, issue_type) = rig.project();
    let tracker = rig.tracker();
    let Answer::Project(answer) = tracker.answer(&Ask::Project(project.into())).await.unwrap() else {
        unreachable!()
    };
    assert_eq!(answer.key, project);
    assert!(answer.issue_types.iter().any(|own| own.id == issue_type && !own.subtask));
    let may = answer.may;
    assert!(may.browse && may.create && may.edit && may.comment && may.transition && may.link);
    let asked = Ask::Screen(project.into(), issue_type.into());
    let Answer::Screen(screen) = tracker.answer(&asked).await.unwrap() else { unreachable!() };
    for field in ["summary", "description", "labels", "priority"] {
        assert!(screen.fields.contains_key(field), "{field}");
    }
    if let Ok(Answer::Project(none)) = tracker.answer(&Ask::Project("NO".repeat(20) + "-")).await {
        assert!(!none.may.browse && !none.may.create, "nothing is filed in a project that does not exist");
    }
}

pub(crate) async fn files_are_attached(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let tracker = rig.tracker();
    let before = one(rig, &made).await;
    let file = |name: &str, content: &[u8]| Attachment {
        name: name.into(),
        media_type: "text/csv".into(),
        content: content.into(),
    };
    // the second one holds what could end a part of a form
    let files = [("a.csv", &b"path,line\r\n"[..]), ("b.csv", b"\r\n--x--\r\n\0\xff")];
    for (name, content) in files {
        tracker.attach(&made.id, &file(name, content)).await.unwrap();
    }
    let expected: Vec<_> = files.iter().map(|(name, content)| ((*name).into(), content.to_vec())).collect();
    assert_eq!(rig.behind(&made).files, expected);
    assert_eq!(one(rig, &made).await, before, "nothing else changed");
    let nobody = TicketId { id: 999_999, ..made.id.clone() };
    assert_eq!(tracker.attach(&nobody, &file("a.csv", b"x")).await, Err(Failure::Gone));
}

pub(crate) async fn links_to_the_web_are_known_by_their_id(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let tracker = rig.tracker();
    let link = |id: &str, title: &str, resolved| Remote {
        id: id.into(),
        title: title.into(),
        url: "https://github.com/acme/shop/pull/7?a=1&b=2".into(),
        resolved,
    };
    let first = link("casefile:github.com/7#7 & \u{e4}", "acme/shop#7", false);
    let other = link("other", "acme/shop#8", false);
    for link in [&first, &other, &first] {
        tracker.remote(&made.id, link).await.unwrap();
    }
    assert_eq!(rig.behind(&made).remote, [first.clone(), other.clone()]);
    let settled = Remote { title: "merged: \"x\"".into(), resolved: true, ..first };
    tracker.remote(&made.id, &settled).await.unwrap();
    assert_eq!(rig.behind(&made).remote, [settled.clone(), other.clone()]);
    for _ in 0..2 {
        tracker.unremote(&made.id, &settled.id).await.unwrap();
        assert_eq!(rig.behind(&made).remote, std::slice::from_ref(&other));
    }
    let long = Remote { id: "x".repeat(256), ..other.clone() };
    let failure = tracker.remote(&made.id, &long).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused { .. }), "{failure:?}");
    assert_eq!(rig.behind(&made).remote, [other]);
}

pub(crate) async fn a_deleted_ticket_is_gone(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1), draft(rig, 2)]).await;
    let tracker = rig.tracker();
    let file = Attachment { name: "a".into(), media_type: "text/csv".into(), content: b"x".into() };
    tracker.attach(&made[1].id, &file).await.unwrap();
    tracker.delete(&made[1].id).await.unwrap();
    assert_eq!(open(rig).await, [made[0].id.id]);
    assert_eq!(ids(rig, &Ask::Ids(vec![made[1].id.id])).await, [0; 0]);
    assert_eq!(tracker.delete(&made[1].id).await, Err(Failure::Gone));
    let next = make(rig, &[draft(rig, 3)]).await.remove(0);
    assert!(next.id > made[1].id, "its number is not given again");
}

pub(crate) async fn marks_are_taken_off(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let draft = draft(rig, 1);
    let tracker = rig.tracker();
    let more = Edit { slices: vec![slice(2, "develop")], ..Edit::default() };
    tracker.edit(&made.id, &more).await.unwrap();
    let before = texts(rig, &made).await;
    let names = [slice(1, "main").id(), slice(2, "develop").id(), slice(3, "never").id()];
    // twice, as after a run that was killed
    for _ in 0..2 {
        tracker.unmark(&made.id, &draft.labels[..3], &names).await.unwrap();
        let ticket = one(rig, &made).await;
        assert_eq!((ticket.labels, ticket.record), (vec!["security".to_owned()], None));
        assert_eq!(slices(rig, &made, &names).await, []);
        assert_eq!(texts(rig, &made).await, before, "what people read stays");
    }
    let nobody = TicketId { id: 999_999, ..made.id };
    assert_eq!(tracker.unmark(&nobody, &draft.labels, &[]).await, Err(Failure::Gone));
}

pub(crate) async fn tickets_are_found_by_key(rig: &impl Rig) {
    let made = make(rig, &[draft(rig, 1), draft(rig, 2), draft(rig, 3)]).await;
    let (project, _) = rig.project();
    let key = |number: u64| TicketKey::parse(&format!("{project}-{number}")).unwrap();
    let asked = |keys: &[TicketKey]| Ask::Find(keys.to_vec());
    let (one, other) = (made[0].key.clone(), made[2].key.clone());
    let expected = [made[0].id.id, made[2].id.id];
    assert_eq!(ids(rig, &asked(&[other, key(999_999), one.clone(), one])).await, expected);
    assert_eq!(ids(rig, &asked(&[TicketKey::parse("NOWHERE-1").unwrap()])).await, [0; 0]);
    assert_eq!(ids(rig, &asked(&[])).await, [0; 0]);
}

pub(crate) async fn people_are_looked_up(rig: &impl Rig) {
    let (address, id) = rig.person();
    for asked in [&address, &id] {
        let Answer::Person(person) = rig.tracker().answer(&Ask::Person(asked.clone())).await.unwrap() else {
            panic!()
        };
        assert_eq!(person.map(|person| person.id), Some(id.clone()), "{asked}");
    }
    assert_eq!(rig.tracker().answer(&Ask::Person(" ".into())).await, Ok(Answer::Person(None)));
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    let fields = vec![Field { id: "assignee".into(), value: FieldContent::Person(id.clone()) }];
    rig.tracker().edit(&made.id, &Edit { fields, ..Edit::default() }).await.unwrap();
    assert_eq!(one(rig, &made).await.assignee.map(|person| person.id), Some(id));
}

pub(crate) async fn statuses_are_told(rig: &impl Rig) {
    let (project, _) = rig.project();
    let asked = Ask::Statuses(project.into());
    let Answer::Statuses(statuses) = rig.tracker().answer(&asked).await.unwrap() else { panic!() };
    let named = |name: &str| statuses.iter().filter(|status| status.name == name).collect::<Vec<_>>();
    for (name, category) in
        [("To Do", Category::New), ("In Progress", Category::InProgress), ("Done", Category::Done)]
    {
        let [status] = named(name)[..] else { panic!("{name}: {statuses:?}") };
        assert_eq!(status.category, category);
    }
    let made = make(rig, &[draft(rig, 1)]).await.remove(0);
    assert!(statuses.contains(&one(rig, &made).await.status));
    let Answer::Takes(takes) = rig.tracker().answer(&Ask::Takes(made.id.id)).await.unwrap() else { panic!() };
    assert!(takes.statuses.iter().any(|status| status.name == "Done"), "{takes:?}");
    assert!(takes.fields.contains("labels") && !takes.fields.contains("nothing"), "{takes:?}");
    let Answer::Offers(offers) = rig.tracker().answer(&Ask::Offers).await.unwrap() else { panic!() };
    assert!(offers.attachments && offers.links.iter().any(|name| name == "Relates"), "{offers:?}");
}
