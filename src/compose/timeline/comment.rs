//! The comment that holds the timeline: new lines are appended, old ones collapsed and later left out.

use jiff::civil::Date;

use crate::compose::either;
use crate::compose::section::LIMIT;
use crate::compose::timeline::change::TicketChange;
use crate::document::marker::has_marker;
use crate::model::ticket::TicketKey;

/// The marker by which the comment is found.
pub const MARKER: &str = "<!-- casefile:timeline -->";

const HEADING: &str = "### casefile: what changed on the tickets";

/// The text after the number of lines that are no longer there: of one, and of several.
const LEFT_OUT: [&str; 2] = [" older line was left out._", " older lines were left out._"];

/// The text after the number of lines that are collapsed, and what ends them.
const FOLDED: &str = " earlier</summary>";
const UNFOLD: &str = "</details>";

/// How long everything except the lines and people's text may be, in characters.
const FRAME: usize = 500;

/// How many lines are visible without unfolding.
const UNFOLDED: usize = 20;

/// How long the lines may be in total, in characters: half of what GitHub accepts.
const ROOM: usize = LIMIT / 2;

/// The comment with more lines: the newest last, older ones collapsed, and the oldest only counted if there is no room
/// for them. What is already the last line of a ticket is not repeated.
pub fn append(text: Option<&str>, day: Date, changes: &[TicketChange]) -> String {
    let old = text.unwrap_or_default();
    let others = remove(old);
    let mut lines: Vec<String> =
        old.lines().filter(|line| is_entry(line)).map(|line| line.trim_end().to_owned()).collect();
    let mut gone = old.lines().find_map(left_out).unwrap_or(0);
    for change in changes {
        let line = format!("- {day} {}", change.markdown());
        let last = lines.iter().rev().find(|line| is_of(line, &change.key));
        if last.map(|last| unlinked(last)) != Some(unlinked(&line)) {
            lines.push(line);
        }
    }
    let mut length: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
    let mut first = 0;
    let room = ROOM.min(LIMIT.saturating_sub(others.chars().count() + FRAME));
    while length > room && first + 1 < lines.len() {
        length -= lines[first].chars().count() + 1;
        first += 1;
    }
    gone += first;
    let (folded, visible) = lines[first..].split_at(lines[first..].len().saturating_sub(UNFOLDED));
    let mut out = vec![MARKER.to_owned(), HEADING.to_owned(), String::new()];
    if gone > 0 {
        out.extend([format!("_{gone}{}", either(gone, LEFT_OUT[0], LEFT_OUT[1])), String::new()]);
    }
    if !folded.is_empty() {
        out.extend([format!("<details><summary>{}{FOLDED}", folded.len()), String::new()]);
        out.extend_from_slice(folded);
        out.extend(["", UNFOLD, ""].map(str::to_owned));
    }
    out.extend_from_slice(visible);
    if !others.is_empty() {
        out.extend([String::new(), others]);
    }
    out.join("\n")
}

/// What people wrote in the comment; empty if nobody did.
pub fn remove(text: &str) -> String {
    if !has_marker(text, MARKER) {
        return text.to_owned();
    }
    let is_own = |line: &str| {
        let folded = line.strip_prefix("<details><summary>").and_then(|rest| rest.strip_suffix(FOLDED));
        let folds = folded.is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
        [MARKER, HEADING, UNFOLD].contains(&line.trim_end())
            || folds
            || is_entry(line)
            || left_out(line).is_some()
    };
    let kept: Vec<&str> = text.lines().filter(|line| !is_own(line)).collect();
    kept.join("\n").trim().to_owned()
}

/// How many older lines a line says are left out, if it is the one that says so.
fn left_out(line: &str) -> Option<usize> {
    let rest = line.trim_end().strip_prefix('_')?;
    LEFT_OUT.iter().find_map(|words| rest.strip_suffix(words))?.parse().ok()
}

/// Whether a line of the comment belongs to the timeline: it begins with a day.
fn is_entry(line: &str) -> bool {
    let day = line.strip_prefix("- ").and_then(|rest| rest.get(..10));
    day.is_some_and(|day| day.parse::<Date>().is_ok())
}

/// Whether a line of the timeline is about the ticket with this key.
fn is_of(line: &str, key: &TicketKey) -> bool {
    let text = line.get(13..).unwrap_or_default();
    let rest = text.strip_prefix('[').unwrap_or(text).strip_prefix(key.as_str());
    rest.is_some_and(|rest| rest.starts_with(": ") || rest.starts_with("]("))
}

/// A line without the addresses of its links: earlier versions of casefile wrote none.
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
        // what a person wrote above the lines stays, and comes after them
        let above = append(Some(&format!("Thanks!\n{first}")), day, &[change("A-1", "x")]);
        assert_eq!(above, format!("{first}\n\nThanks!"));
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
                let first = text.as_deref().unwrap();
                assert!(
                    first.contains("<summary>2 earlier</summary>\n\n- 2026-06-01 A-1: change 1 "),
                    "{first}"
                );
            }
        }
        let last = text.unwrap();
        assert!(
            last.chars().count() < ROOM + 500 && last.ends_with("change 2000 \"to\" something"),
            "{last}"
        );
        let kept = last.lines().filter(|line| line.starts_with("- ")).count();
        assert!(last.contains(&format!("_{} older lines were left out._", 2_000 - kept)), "{last}");
        assert_eq!(append(Some(&last), day, &[]), last);
    }

    #[test]
    fn how_many_lines_were_left_out_is_kept() {
        let day = "2026-06-01".parse().unwrap();
        for words in ["_1 older line was left out._", "_7 older lines were left out._"] {
            let text = append(Some(&format!("{MARKER}\n{words}")), day, &[change("A-1", "x")]);
            assert!(text.contains(words), "{text}");
            assert_eq!(remove(&text), "");
        }
    }
}
