//! Putting the section into a text that others write, too. Everything that is not the section is kept byte for byte;
//! lost, doubled or nested markers are repaired.
//!
//! A marker counts if it is alone on its line and outside code blocks; inside one, it belongs to the author. The
//! section is the range of lines that its data confirms, otherwise what is between two markers, otherwise the marker
//! alone: whatever cannot be proven to be casefile's is the author's.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::LIMIT;
use super::lines::{DataLine, END, START, TextLine, lines};

/// How often a text is processed; each round removes what the one before revealed.
const ROUNDS: usize = 8;

/// How much space there is for the section.
#[derive(Debug, Clone, Copy)]
pub(super) struct SectionSpace {
    characters: usize,
    /// The length of a line ending.
    ending: usize,
}

impl SectionSpace {
    /// Whether these lines fit.
    pub(super) fn holds(&self, lines: &[String]) -> bool {
        let length: usize = lines.iter().map(|line| line.chars().count()).sum();
        length + lines.len().saturating_sub(1) * self.ending <= self.characters
    }
}

/// The text with the section that `fill` makes for the available space, or without one if it returns no lines. `None`:
/// the space was not enough for `fill`.
pub(super) fn splice(text: &str, fill: &dyn Fn(SectionSpace) -> Option<Vec<String>>) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let next = once(&text, fill)?;
        if next == text {
            break;
        }
        text = next;
    }
    Some(text)
}

/// Whether there is a section, or something left of one.
pub(super) fn has_section(text: &str) -> bool {
    !pieces(text, &lines(text)).is_empty()
}

/// The lines of the section; complete sections come first.
pub(super) fn section_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = lines(text);
    let mut pieces = pieces(text, &lines);
    pieces.sort_by_key(|piece| !piece.whole);
    let of = move |piece: Piece| lines[piece.lines].iter().map(|line| line.text).collect::<Vec<_>>();
    pieces.into_iter().flat_map(of)
}

/// A range of lines that is casefile's.
#[derive(Debug)]
struct Piece {
    lines: Range<usize>,
    /// Whether it has both markers.
    whole: bool,
}

/// A text around the place of its section.
struct SectionFrame<'t> {
    head: String,
    /// What separates the section from the text before it.
    before: String,
    /// What separates it from the text after it.
    behind: String,
    tail: String,
    ending: &'t str,
}

fn once(text: &str, fill: &dyn Fn(SectionSpace) -> Option<Vec<String>>) -> Option<String> {
    let frame = SectionFrame::of(text);
    let section = fill(frame.room())?;
    if section.is_empty() {
        return Some(frame.bare());
    }
    let SectionFrame { head, before, behind, tail, ending } = frame;
    Some([head, before, section.join(ending), behind, tail].concat())
}

impl<'t> SectionFrame<'t> {
    fn of(text: &'t str) -> SectionFrame<'t> {
        let lines = lines(text);
        let pieces = pieces(text, &lines);
        let starts = pieces.iter().map(|piece| lines[piece.lines.start].at.start).chain([text.len()]);
        let ends = pieces.iter().map(|piece| lines[piece.lines.end - 1].at.end);
        let outside: Vec<_> = std::iter::once(0).chain(ends).zip(starts).map(|(from, to)| from..to).collect();
        let ending = ending(text, &outside);
        let place = pieces.iter().position(|piece| piece.whole).or((!pieces.is_empty()).then_some(0));
        let Some(place) = place else { return SectionFrame::around(text, ending) };
        let (head, tail) = outside.split_at(place + 1);
        let joined = |ranges: &[Range<usize>]| ranges.iter().map(|range| &text[range.clone()]).collect();
        // a line that follows must still begin a line
        let is_last = lines[pieces[place].lines.end - 1].ending.is_empty();
        let behind = if is_last { String::new() } else { ending.to_owned() };
        SectionFrame { head: joined(head), before: String::new(), behind, tail: joined(tail), ending }
    }

    /// The space that the text leaves for the section.
    fn room(&self) -> SectionSpace {
        let parts = [&self.head, &self.before, &self.behind, &self.tail];
        let taken: usize = parts.iter().map(|part| part.chars().count()).sum();
        SectionSpace { characters: LIMIT.saturating_sub(taken), ending: self.ending.len() }
    }

    /// The text without the section. The separators are also removed if inserting a section would add exactly them:
    /// then the text is byte for byte what it was before there was a section.
    fn bare(self) -> String {
        let sides = |frame: &SectionFrame<'_>| {
            ([&*frame.head, &frame.before].concat(), [&*frame.behind, &frame.tail].concat())
        };
        let behind = self.head.strip_suffix(&self.ending.repeat(2)).filter(|_| self.tail.is_empty());
        let before = self.tail.strip_prefix(self.ending).filter(|_| self.head.is_empty());
        let mut found = [behind, before].into_iter().flatten();
        let before = found.find(|bare| sides(&SectionFrame::of(bare)) == sides(&self));
        before.map_or_else(|| [&*self.head, &self.tail].concat(), str::to_owned)
    }

    /// The place in a text without a section: at the end or, if that would be inside a code block that the author did
    /// not close, at the beginning.
    fn around(text: &str, ending: &'t str) -> SectionFrame<'t> {
        let before = if text.is_empty() { String::new() } else { ending.repeat(2) };
        let (head, none) = (text.to_owned(), String::new());
        if has_section(&format!("{head}{before}{START}{ending}{END}")) {
            SectionFrame { head, before, behind: none.clone(), tail: none, ending }
        } else {
            SectionFrame { head: none.clone(), before: none, behind: ending.repeat(2), tail: head, ending }
        }
    }
}

/// The line ending that the author uses, otherwise the one that is there.
fn ending<'t>(text: &'t str, outside: &[Range<usize>]) -> &'t str {
    let first = |text: &'t str| {
        let at = text.find('\n')?;
        Some(if text[..at].ends_with('\r') { &text[at - 1..=at] } else { &text[at..=at] })
    };
    outside.iter().find_map(|range| first(&text[range.clone()])).or_else(|| first(text)).unwrap_or("\n")
}

/// The ranges of lines that are casefile's, in order.
fn pieces(text: &str, lines: &[TextLine<'_>]) -> Vec<Piece> {
    if !text.contains("<!-- casefile:") {
        return Vec::new();
    }
    let code = code_blocks(text);
    let free = |line: &TextLine<'_>| !code.iter().any(|block| block.contains(&line.at.start));
    let says = |index: usize, marker: &str| {
        lines.get(index).is_some_and(|line: &TextLine<'_>| line.text == marker && free(line))
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let starts = says(at, START);
        let is_data = DataLine::is(lines[at].text) && free(&lines[at]);
        let end =
            if let Some(end) = confirmed_end(lines, at + usize::from(starts)).filter(|_| starts || is_data) {
                end + usize::from(says(end, END))
            } else if starts {
                let next = (at + 1..lines.len()).find(|&next| says(next, START) || says(next, END));
                next.filter(|&next| says(next, END)).map_or(at + 1, |end| end + 1)
            } else if is_data || says(at, END) {
                at + 1
            } else {
                at += 1;
                continue;
            };
        pieces.push(Piece { lines: at..end, whole: starts && end > at + 1 && says(end - 1, END) });
        at = end;
    }
    pieces
}

/// The end of the range of lines that the data in this line confirms.
fn confirmed_end(lines: &[TextLine<'_>], at: usize) -> Option<usize> {
    let data = DataLine::parse(lines.get(at)?.text)?;
    let end = (at + 1).checked_add(data.count)?;
    data.matches(lines.get(at + 1..end)?).then_some(end)
}

fn code_blocks(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let code = events.filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_))));
    code.map(|(_, range)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a one-line section into a text.
    fn put(text: &str) -> String {
        splice(text, &|_| Some(section("new"))).unwrap()
    }

    fn section(says: &str) -> Vec<String> {
        let inner = vec![String::new(), says.to_owned(), String::new()];
        let mut all = vec![START.to_owned(), DataLine::line(&inner, "")];
        all.extend(inner);
        all.push(END.to_owned());
        all
    }

    /// In the text that is passed in and in the expected one, `S` stands for a section, `N` for the new one, `(` and
    /// `)` for its markers, `d` for the line with its data, and `i` for the lines after that.
    fn spelled(short: &str) -> String {
        let mut text = String::new();
        let usual = if short.contains("\r\n") { "\r\n" } else { "\n" };
        for line in short.split_inclusive('\n') {
            let word = line.trim_end_matches(['\r', '\n']);
            let ending = &line[word.len()..];
            let whole = |says: &str| section(says).join(if ending.is_empty() { usual } else { ending });
            let old = section("old");
            text.push_str(&match word.trim_end() {
                "S" => whole("old"),
                "N" => whole("new"),
                "(" => START.to_owned(),
                ")" => END.to_owned(),
                "d" => old[1].clone(),
                "i" => old[2..5].join(ending),
                _ => word.trim_end().to_owned(),
            });
            text.push_str(&word[word.trim_end().len()..]);
            text.push_str(ending);
        }
        text
    }

    fn check(text: &str, expected: &str) {
        let spliced = put(&spelled(text));
        assert_eq!(spliced, spelled(expected), "{text:?}");
        assert_eq!(put(&spliced), spliced, "not stable: {text:?}");
    }

    #[test]
    fn a_text_gets_a_section() {
        check("", "N");
        check("hello", "hello\n\nN");
        check("hello\n", "hello\n\n\nN");
        check("hello\n\n", "hello\n\n\n\nN");
        check("hello\r\nworld", "hello\r\nworld\r\n\r\nN");
    }

    #[test]
    fn a_section_is_replaced_where_it_stands() {
        check("S", "N");
        check("a\nS\nb", "a\nN\nb");
        check("  a \n\n\nS\n\n  b", "  a \n\n\nN\n\n  b");
        check("a\r\nS\r\nb\r\n", "a\r\nN\r\nb\r\n");
        check("a\r\nb\nS\nc", "a\r\nb\nN\r\nc");
        check("(\nwritten by an older one\n)\nb", "N\nb");
        check("a\n( \t\nx\n)  \nb", "a\nN\nb");
    }

    #[test]
    fn lost_markers_are_repaired() {
        check("a\n(\nb", "a\nN\nb");
        check("a\n)\nb", "a\nN\nb");
        check("a\n(\nd\ni\nb\n\nc", "a\nN\nb\n\nc");
        check("a\nd\ni\n)\nb", "a\nN\nb");
        check("a\nd\ni\nb", "a\nN\nb");
        check("a\nd\nedited\nb", "a\nN\nedited\nb");
        check("a\n(\nd\ni\nmine\n)\nb", "a\nN\nmine\nb");
    }

    #[test]
    fn doubled_and_nested_markers_are_repaired() {
        check("a\nS\nb\nS\nc", "a\nN\nb\nc");
        check("a\n(\nb\nS\nc", "a\nb\nN\nc");
        check("(\na\n(\nb\n)\nc\n)\ne", "a\nN\nc\ne");
        check("a\n)\nb\n(\nc", "a\nN\nb\nc");
        check("a\n(\nd\ni\nb\nS\nc", "a\nb\nN\nc");
    }

    #[test]
    fn what_a_repair_brings_to_light_is_repaired_as_well() {
        // Without the closing tag, the fences are part of the HTML block, so the marker between them counts.
        check("<pre>\n(\n</pre>\n)\n```\n)\n```", "<pre>\nN\n```\n```");
    }

    #[test]
    fn code_is_the_authors() {
        check("```\nS\n```\n", "```\nS\n```\n\n\nN");
        check("~~~~ html\n(\nx\n)\n~~~~\nS\n", "~~~~ html\n(\nx\n)\n~~~~\nN\n");
        check("- ```\n  x\n  ```\nS\n", "- ```\n  x\n  ```\nN\n");
        check("`(`\n> (\n    (\n", "`(`\n> (\n    (\n\n\nN");
        check("a ( b", "a ( b\n\nN");
        check("```\nnever closed", "N\n\n```\nnever closed");
        check("```\nnever closed\nS", "N\n\n```\nnever closed\nS");
    }

    #[test]
    fn a_section_can_be_taken_out() {
        let check = |text: &str, expected: &str| {
            assert_eq!(splice(&spelled(text), &|_| Some(Vec::new())).unwrap(), spelled(expected));
        };
        check("a\nS\nb", "a\nb");
        check("S", "");
        check("a", "a");
        check("a\n(\nb\nS\n)\n", "a\nb\n");
    }

    #[test]
    fn taking_it_out_gives_the_text_that_was_there_before() {
        let none = |_| Some(Vec::new());
        let texts = [
            "",
            "\n",
            " ",
            "a",
            "a\n",
            "a\n\n",
            "a\n\n\n",
            "\na\nb",
            "a\n\nb\n \n",
            "```\nopen",
            "```\n\nopen\n",
            "\n```\n",
        ];
        for text in texts.into_iter().flat_map(|text| [text.to_owned(), text.replace('\n', "\r\n")]) {
            assert_eq!(splice(&put(&text), &none).unwrap(), text);
            let again = splice(&put(&text), &|_| Some(section("newer"))).unwrap();
            assert_eq!(splice(&again, &none).unwrap(), text, "{again:?}");
            assert_eq!(splice(&text, &none).unwrap(), text, "there is none");
        }
        // what the author has written since then stays separate
        let check = |text: &str, expected: &str| {
            assert_eq!(splice(&spelled(text), &none).unwrap(), expected, "{text:?}");
        };
        check("a\n\nS\nb", "a\n\nb");
        check("a\nS", "a\n");
    }

    #[test]
    fn the_room_is_what_the_text_leaves() {
        let longest = |text: &str| {
            let fill = |room: SectionSpace| {
                (0..=LIMIT)
                    .rev()
                    .map(|length| vec![START.to_owned(), "x".repeat(length), END.to_owned()])
                    .find(|lines| room.holds(lines))
            };
            splice(text, &fill).map(|text| text.chars().count())
        };
        assert_eq!(longest(&"é".repeat(65_450)), Some(LIMIT));
        assert_eq!(longest(&"é".repeat(65_500)), None);
    }
}
