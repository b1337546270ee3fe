//! The timeline: what people changed on a pull request's tickets, a line each, in one comment of
//! casefile's own. It is the difference between what the section shows and what the tracker says.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::section::{LIMIT, TicketDetail};
use super::{cut, links};
use crate::config::States;
use crate::document::Inline;
use crate::document::markdown::inline;
use crate::model::section::Shown;
use crate::model::ticket::{Status, Ticket, TicketId, TicketKey};

/// What the comment begins with.
pub const MARKER: &str = "<!-- casefile:timeline -->";

const HEADING: &str = "### casefile: what changed on the tickets";

/// What follows the number of lines that are no longer there.
const LEFT_OUT: &str = " older lines were left out._";

/// How many lines are seen without unfolding.
const UNFOLDED: usize = 20;

/// How long the lines may be in all, in characters: half of what GitHub takes.
const ROOM: usize = LIMIT / 2;

/// The longest name that a line repeats, in characters.
const NAME: usize = 100;

/// A ticket as the tracker has it.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrentTicket {
    /// As the section would show it.
    pub shown: Shown,
    /// What of it casefile wrote itself.
    pub own: LastWritten,
}

/// What of a ticket is as casefile itself wrote it: no person changed that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastWritten {
    /// It stands where casefile moved it.
    pub status: bool,
    /// The priority's name.
    pub priority: bool,
    /// The assignee.
    pub assignee: bool,
    /// The due date.
    pub due: bool,
}

impl LastWritten {
    /// What the ticket's record says. `states`: where casefile moves tickets.
    pub fn of(ticket: &Ticket, states: &States) -> LastWritten {
        let Some(record) = &ticket.record else { return LastWritten::default() };
        let target = record.told.and_then(|state| states.target(state));
        let is = |status: &Status, word: &str| {
            status.id == word || status.name.to_lowercase() == word.to_lowercase()
        };
        let assignee = ticket.assignee.as_ref().map(|person| &person.id);
        LastWritten {
            status: target.is_some_and(|target| is(&ticket.status, &target.status)),
            priority: ticket.priority.is_some() && ticket.priority == record.wrote.priority,
            assignee: assignee.is_some() && assignee == record.wrote.assignee.as_ref(),
            due: ticket.due.is_some() && ticket.due == record.wrote.due,
        }
    }
}

/// What people changed on a ticket, as plain text: `status changed from "In Progress" to "Done"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketChange {
    /// The key that the section shows.
    pub key: TicketKey,
    /// The ticket's page, where it still has one.
    pub page: Option<String>,
    /// The key that the ticket has now, where it was moved.
    pub moved: Option<TicketKey>,
    /// What changed beside that; may be empty.
    pub what: String,
}

impl TicketChange {
    /// The line for it, in which `escape` makes the foreign words harmless and `link` leads from a key to the page.
    /// Keys are no such words: their alphabet means nothing anywhere.
    fn line(&self, escape: impl Fn(&str) -> String, link: impl Fn(&TicketKey) -> String) -> String {
        let moved = self.moved.as_ref().map(|key| format!("moved to {}", link(key)));
        let what = Some(escape(&self.what)).filter(|what| !what.is_empty());
        let told: Vec<String> = moved.into_iter().chain(what).collect();
        // the page is that of the key that the ticket has now
        let key = if self.moved.is_some() { self.key.to_string() } else { link(&self.key) };
        format!("{key}: {}", told.join("; "))
    }

    /// The same for a document.
    pub fn inlines(&self) -> Vec<Inline> {
        let key = |key: &TicketKey| links::ticket(key.as_str(), self.page.as_deref());
        let mut line = match &self.moved {
            Some(now) => vec![Inline::code(self.key.as_str()), Inline::text(": moved to "), key(now)],
            None => vec![key(&self.key), Inline::text(": ")],
        };
        let separator = if self.moved.is_some() && !self.what.is_empty() { "; " } else { "" };
        line.push(Inline::text(format!("{separator}{}", self.what)));
        line
    }

    /// The same as Markdown, in which keys lead to the ticket's page.
    fn markdown(&self) -> String {
        let link = |key: &TicketKey| match &self.page {
            Some(page) => inline(&[links::ticket(key.as_str(), Some(page))]),
            None => key.to_string(),
        };
        self.line(|what| inline(&[Inline::text(what)]), link)
    }
}

impl std::fmt::Display for TicketChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.line(str::to_owned, ToString::to_string))
    }
}

/// What people changed since a section was written, in the section's order. Tickets that were not
/// looked at now have no line, nor have casefile's own edits.
pub fn changes(
    before: &[Shown],
    now: &BTreeMap<TicketId, CurrentTicket>,
    detail: TicketDetail,
) -> Vec<TicketChange> {
    if detail == TicketDetail::Counts {
        return Vec::new();
    }
    let change = |before: &Shown| {
        let seen = now.get(&before.ticket)?;
        let what = differences(before, seen, detail).join("; ");
        // it comes from a text that anybody may have edited
        let key = TicketKey::parse(&before.key)?;
        let both = before.status.is_some() && seen.shown.status.is_some();
        let moved = TicketKey::parse(&seen.shown.key).filter(|now| both && *now != key);
        let page = seen.shown.status.is_some().then(|| seen.shown.url.clone());
        let page = page.filter(|page| page.starts_with("http"));
        (moved.is_some() || !what.is_empty()).then_some(TicketChange { key, page, moved, what })
    };
    before.iter().filter_map(change).collect()
}

fn differences(
    before: &Shown,
    CurrentTicket { shown: now, own }: &CurrentTicket,
    detail: TicketDetail,
) -> Vec<String> {
    let (was, is) = match (&before.status, &now.status) {
        (Some(was), Some(is)) => (was, is),
        (Some(_), None) => return vec!["deleted, or no longer visible to casefile".to_owned()],
        (None, Some(is)) => return vec![format!("visible again, with status {}", quoted(&is.name))],
        (None, None) => return Vec::new(),
    };
    let mut told = Vec::new();
    // a status without an id was taken for granted right after filing
    let known = !was.id.is_empty();
    // where casefile moved it once, people may have moved it to and fro since
    let edited = before.revision == 0 || before.revision != now.revision;
    if known && !(own.status && edited) && (was.id != is.id && was.name != is.name) {
        told.push(format!("status changed from {} to {}", quoted(&was.name), quoted(&is.name)));
    }
    // without a summary the section remembers no more than key and status
    if detail == TicketDetail::Keys || before.summary.is_empty() {
        return told;
    }
    // casefile writes these when the severity changes
    let worse = before.severity != now.severity;
    let assigned = own.assignee && before.assignee.is_none();
    let mut tell = |what: &str, was: Option<&str>, is: Option<&str>, own: bool| {
        if was != is && !own {
            told.push(difference(what, was, is));
        }
    };
    tell("priority", before.priority.as_deref(), now.priority.as_deref(), own.priority && worse);
    tell("assignee", before.assignee.as_deref(), now.assignee.as_deref(), assigned);
    let (was, is) = (before.due.map(|day| day.to_string()), now.due.map(|day| day.to_string()));
    tell("due date", was.as_deref(), is.as_deref(), own.due && worse);
    told
}

/// In the words of Jira's changelog.
fn difference(what: &str, was: Option<&str>, is: Option<&str>) -> String {
    match (was, is) {
        (Some(was), Some(is)) => format!("{what} changed from {} to {}", quoted(was), quoted(is)),
        (None, Some(is)) => format!("{what} set to {}", quoted(is)),
        (Some(was), None) => format!("{what} {} removed", quoted(was)),
        (None, None) => String::new(),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", cut(name, NAME))
}

/// The comment with further lines: the newest last, older ones folded away, the oldest of more than
/// there is room for counted. What stands as the last line of a ticket already is not said twice.
pub fn append(text: Option<&str>, day: Date, changes: &[TicketChange]) -> String {
    let old = text.unwrap_or_default();
    let mut lines: Vec<String> =
        old.lines().filter(|line| line.starts_with("- ")).map(|line| line.trim_end().to_owned()).collect();
    let counted = |line: &str| line.strip_prefix('_')?.strip_suffix(LEFT_OUT)?.parse::<usize>().ok();
    let mut gone = old.lines().find_map(|line| counted(line.trim_end())).unwrap_or(0);
    for change in changes {
        let line = format!("- {day} {}", change.markdown());
        let last = lines.iter().rev().find(|line| is_of(line, &change.key));
        if last.map(|last| unlinked(last)) != Some(unlinked(&line)) {
            lines.push(line);
        }
    }
    let mut length: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
    let mut first = 0;
    while length > ROOM && first + 1 < lines.len() {
        length -= lines[first].chars().count() + 1;
        first += 1;
    }
    gone += first;
    let (folded, seen) = lines[first..].split_at(lines[first..].len().saturating_sub(UNFOLDED));
    let mut out = vec![MARKER.to_owned(), HEADING.to_owned(), String::new()];
    if gone > 0 {
        out.extend([format!("_{gone}{LEFT_OUT}"), String::new()]);
    }
    if !folded.is_empty() {
        out.extend([format!("<details><summary>{} earlier</summary>", folded.len()), String::new()]);
        out.extend_from_slice(folded);
        out.extend(["", "</details>", ""].map(str::to_owned));
    }
    out.extend_from_slice(seen);
    out.join("\n")
}

/// Whether a line of the timeline is about the ticket with this key.
fn is_of(line: &str, key: &TicketKey) -> bool {
    let text = line.get(13..).unwrap_or_default();
    let rest = text.strip_prefix('[').unwrap_or(text).strip_prefix(key.as_str());
    rest.is_some_and(|rest| rest.starts_with(": ") || rest.starts_with("]("))
}

/// A line without the addresses of its links: an earlier casefile wrote none.
fn unlinked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((_, behind)) = after.split_once(')') else { break };
        let open = before.rfind('[').unwrap_or(before.len());
        out.push_str(&before[..open]);
        out.push_str(before.get(open + 1..).unwrap_or_default());
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::Severity;
    use crate::model::ticket::Category;

    fn shown(key: &str) -> Shown {
        Shown {
            ticket: TicketId { site: "acme.example".to_owned(), id: 1 },
            key: key.to_owned(),
            url: String::new(),
            severity: Some(Severity::High),
            summary: "a summary".to_owned(),
            status: status("In Progress"),
            accepted: false,
            assignee: None,
            priority: Some("High".to_owned()),
            due: None,
            revision: 0,
        }
    }

    fn status(name: &str) -> Option<Status> {
        Some(Status { id: format!("id of {name}"), name: name.to_owned(), category: Category::New })
    }

    fn told(before: Shown, now: Shown, own: LastWritten, detail: TicketDetail) -> String {
        let now = BTreeMap::from([(now.ticket.clone(), CurrentTicket { shown: now, own })]);
        changes(&[before], &now, detail).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_line_says_what_people_changed() {
        let check = |now: Shown, expected: &str| {
            assert_eq!(told(shown("SEC-42"), now, LastWritten::default(), TicketDetail::Full), expected);
        };
        let base = shown("SEC-42");
        check(base.clone(), "");
        let both = Shown { status: status("Done"), assignee: Some("Alice".to_owned()), ..base.clone() };
        check(both, r#"SEC-42: status changed from "In Progress" to "Done"; assignee set to "Alice""#);
        let less = Shown { priority: None, due: Some("2026-06-01".parse().unwrap()), ..base.clone() };
        check(less, r#"SEC-42: priority "High" removed; due date set to "2026-06-01""#);
        let moved = Shown { key: "OPS-7".to_owned(), priority: Some("Low".to_owned()), ..base.clone() };
        check(moved, r#"SEC-42: moved to OPS-7; priority changed from "High" to "Low""#);
        check(Shown { status: None, ..base.clone() }, "SEC-42: deleted, or no longer visible to casefile");
        check(Shown { summary: "another".to_owned(), ..base.clone() }, "");
        // a status that was renamed is the same
        let renamed = Status { name: "Doing".to_owned(), ..base.status.clone().unwrap() };
        check(Shown { status: Some(renamed), ..base }, "");
    }

    #[test]
    fn what_was_never_seen_did_not_change() {
        let check = |before: Shown, detail, expected: &str| {
            let now = Shown { status: status("Done"), assignee: Some("Alice".to_owned()), ..shown("SEC-42") };
            assert_eq!(told(before, now, LastWritten::default(), detail), expected);
        };
        let base = shown("SEC-42");
        let filed = Status { id: String::new(), ..status("new").unwrap() };
        check(
            Shown { status: Some(filed), ..base.clone() },
            TicketDetail::Full,
            r#"SEC-42: assignee set to "Alice""#,
        );
        let moved = r#"SEC-42: status changed from "In Progress" to "Done""#;
        check(Shown { summary: String::new(), priority: None, ..base.clone() }, TicketDetail::Full, moved);
        check(base.clone(), TicketDetail::Keys, moved);
        check(base.clone(), TicketDetail::Counts, "");
        check(
            Shown { status: None, ..base.clone() },
            TicketDetail::Full,
            r#"SEC-42: visible again, with status "Done""#,
        );
        check(Shown { key: "[x](y)".to_owned(), ..base }, TicketDetail::Full, "");
    }

    #[test]
    fn what_casefile_wrote_itself_has_no_line() {
        let check = |own: LastWritten, now: Shown, expected: &str| {
            assert_eq!(told(shown("SEC-42"), now, own, TicketDetail::Full), expected);
        };
        let all = LastWritten { status: true, priority: true, assignee: true, due: true };
        let base = shown("SEC-42");
        check(all, Shown { status: status("Done"), assignee: Some("Bot".to_owned()), ..base.clone() }, "");
        let urgent = Shown { priority: Some("Highest".to_owned()), ..base };
        check(all, urgent.clone(), r#"SEC-42: priority changed from "High" to "Highest""#);
        check(all, Shown { severity: Some(Severity::Critical), ..urgent }, "");
    }

    #[test]
    fn a_move_without_an_edit_of_casefiles_is_a_persons() {
        let check = |revision: u64, expected: &str| {
            let before = Shown { revision: 3, ..shown("SEC-42") };
            let now = Shown { revision, status: status("Done"), ..before.clone() };
            let own = LastWritten { status: true, ..LastWritten::default() };
            assert_eq!(told(before, now, own, TicketDetail::Full), expected);
        };
        check(4, "");
        check(3, r#"SEC-42: status changed from "In Progress" to "Done""#);
    }

    fn change(key: &str, what: &str) -> TicketChange {
        TicketChange { key: TicketKey::parse(key).unwrap(), page: None, moved: None, what: what.to_owned() }
    }

    #[test]
    fn lines_are_appended_and_said_once() {
        let day = "2026-06-01".parse().unwrap();
        let first = append(None, day, &[change("A-1", "x"), change("A-12", "@alice <b>")]);
        let lines = "- 2026-06-01 A-1: x\n- 2026-06-01 A-12: `@alice` &lt;b&gt;";
        assert_eq!(first, format!("{MARKER}\n{HEADING}\n\n{lines}"));
        assert_eq!(append(Some(&first), day, &[change("A-1", "x")]), first);
        let crlf = first.replace('\n', "\r\n");
        let more = append(Some(&crlf), day, &[change("A-1", "y"), change("A-1", "x")]);
        assert_eq!(more, format!("{first}\n- 2026-06-01 A-1: y\n- 2026-06-01 A-1: x"));
    }

    #[test]
    fn keys_lead_to_their_tickets_and_nothing_is_said_twice_for_that() {
        let day = "2026-06-01".parse().unwrap();
        let old = append(None, day, &[change("A-1", "x"), change("A-2", "[b](c)")]);
        let linked = |key: &str, what: &str| TicketChange {
            page: Some(format!("https://acme.example/browse/{key}")),
            ..change(key, what)
        };
        assert_eq!(append(Some(&old), day, &[linked("A-1", "x"), linked("A-2", "[b](c)")]), old);
        let more = append(Some(&old), day, &[linked("A-1", "y")]);
        assert_eq!(more, format!("{old}\n- 2026-06-01 [A-1](https://acme.example/browse/A-1): y"));
        assert_eq!(append(Some(&more), day, &[linked("A-1", "y"), change("A-1", "y")]), more);
        let moved = TicketChange { moved: TicketKey::parse("B-7"), ..linked("A-2", "") };
        let moved = append(
            None,
            day,
            &[TicketChange { page: Some("https://acme.example/browse/B-7".into()), ..moved }],
        );
        assert!(moved.ends_with("A-2: moved to [B-7](https://acme.example/browse/B-7)"), "{moved}");
    }

    #[test]
    fn the_oldest_lines_are_folded_away_and_then_left_out() {
        let day = "2026-06-01".parse().unwrap();
        let mut text = None;
        for number in 1..=2_000 {
            text = Some(append(
                text.as_deref(),
                day,
                &[change("A-1", &format!("change {number} \"to\" something"))],
            ));
            if number == 22 {
                let told = text.as_deref().unwrap();
                assert!(
                    told.contains("<summary>2 earlier</summary>\n\n- 2026-06-01 A-1: change 1 "),
                    "{told}"
                );
            }
        }
        let told = text.unwrap();
        assert!(
            told.chars().count() < ROOM + 500 && told.ends_with("change 2000 \"to\" something"),
            "{told}"
        );
        let kept = told.lines().filter(|line| line.starts_with("- ")).count();
        assert!(told.contains(&format!("_{} older lines were left out._", 2_000 - kept)), "{told}");
        assert_eq!(append(Some(&told), day, &[]), told);
    }
}
