//! Everything is said once: what a part repeats of those before it is left out, and so is a heading that nothing
//! follows.

use std::collections::HashSet;

use memchr::memmem;

use crate::document::{Block, DocumentPart, Inline, plain};

/// The part whose tables come from the report.
pub(super) const FIX: &str = "how to fix it";

/// How many characters of words a paragraph must have to be compared: shorter ones may well occur twice.
const SHORT: usize = 12;

/// From this many characters on, a paragraph is left out if it is a part of a longer one.
const LONG: usize = 25;

/// Removes from a document's parts what was said before.
pub(super) fn leave_out_what_was_said(parts: &mut Vec<DocumentPart>) {
    let mut said = Said::default();
    for at in 0..parts.len() {
        let (before, rest) = parts.split_at_mut(at);
        let Some(part) = rest.first_mut() else { continue };
        if part.name == FIX {
            leave_out_repeated_tables(&mut part.blocks, before);
            leave_out_facts(&mut part.blocks, before);
        }
        said.blocks(&mut part.blocks);
        drop_empty_headings(&mut part.blocks);
    }
    parts.retain(|part| !part.blocks.is_empty());
}

/// Removes the tables that repeat, cell by cell, what the parts before say, with the title above them. Trivy's help has
/// such a table.
fn leave_out_repeated_tables(blocks: &mut Vec<Block>, before: &[DocumentPart]) {
    let mut cells = HashSet::new();
    before.iter().for_each(|part| part.blocks.iter().for_each(|block| gather(block, &mut cells)));
    let is_known = |cell: &Vec<Inline>| {
        let words = words(&plain::inline(cell));
        words.is_empty() || cells.contains(&words)
    };
    let is_title =
        |block: &Block| matches!(block, Block::Paragraph(line) if matches!(line[..], [Inline::Strong(_)]));
    let mut kept: Vec<Block> = Vec::new();
    for block in blocks.drain(..) {
        match &block {
            Block::Table { head, rows }
                if is_of_versions(head) || !rows.is_empty() && rows.iter().flatten().all(is_known) =>
            {
                kept.pop_if(|above| is_title(above));
            }
            _ => kept.push(block),
        }
    }
    *blocks = kept;
}

/// Whether a table is one of packages with the versions that fix them, which are read and advised (Grype).
fn is_of_versions(head: &[Vec<Inline>]) -> bool {
    let has = |names: [&str; 2]| head.iter().any(|cell| names.contains(&&*words(&plain::inline(cell))));
    has(["package", "package name"]) && has(["fix version", "fixed version"])
}

/// Removes the lines that repeat a row of the facts (`Severity: MEDIUM`) or a paragraph of the parts before, and those
/// that only lead to a page to which one of these parts has a link.
fn leave_out_facts(blocks: &mut Vec<Block>, before: &[DocumentPart]) {
    let (mut known, mut pages) = (HashSet::new(), HashSet::new());
    for block in before.iter().flat_map(|part| &part.blocks) {
        gather(block, &mut known);
        let Block::Table { rows, .. } = block else { continue };
        known.extend(
            rows.iter()
                .map(|row| words(&row.iter().map(|cell| plain::inline(cell) + " ").collect::<String>())),
        );
        pages.extend(rows.iter().flatten().flatten().filter_map(page));
    }
    let is_new = |line: &str| {
        let words = words(line);
        words.is_empty() || !known.contains(&words)
    };
    blocks.retain_mut(|block| {
        let Block::Paragraph(line) = block else { return true };
        if let [Inline::Text(text)] = &mut line[..] {
            *text = text.split('\n').filter(|line| is_new(line)).collect::<Vec<_>>().join("\n");
            return !text.is_empty();
        }
        // `dangerous-triggers`: use of a dangerous trigger
        if let [Inline::Code(_), Inline::Text(text)] = &line[..]
            && let Some(named) = text.strip_prefix(':').map(words)
        {
            return !known.iter().any(|known| known.starts_with(&named));
        }
        let all = line.iter().filter_map(page).all(|page| pages.contains(page));
        is_new(&plain::inline(line)) && !(is_reference(line) && all)
    });
}

/// The address to which a link leads.
fn page(inline: &Inline) -> Option<&str> {
    match inline {
        Inline::Link(link) => Some(link.to().as_str()),
        _ => None,
    }
}

/// Whether a line consists of links, with at most a label before them: `Docs: https://…`.
fn is_reference(line: &[Inline]) -> bool {
    let others = line.iter().filter(|inline| page(inline).is_none()).cloned().collect::<Vec<_>>();
    others.len() < line.len() && words(&plain::inline(&others)).split_whitespace().count() <= 1
}

/// The words of each cell and paragraph.
fn gather(block: &Block, cells: &mut HashSet<String>) {
    match block {
        Block::Paragraph(line) | Block::Heading(_, line) => {
            cells.insert(words(&plain::inline(line)));
        }
        Block::Table { rows, .. } => {
            for cell in rows.iter().flatten() {
                // several ids may be in one cell, and so may versions
                cells.extend(plain::inline(cell).split(", ").map(words));
            }
        }
        Block::List { items, .. } => items.iter().flatten().for_each(|block| gather(block, cells)),
        Block::Quote(inner) => inner.iter().for_each(|block| gather(block, cells)),
        Block::Code { .. } => {}
    }
}

/// A text reduced to its words, in lower case.
pub(super) fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Said {
    known: HashSet<String>,
    /// Paragraphs that others may be a part of, one line each.
    long: String,
}

impl Said {
    fn blocks(&mut self, blocks: &mut Vec<Block>) {
        blocks.retain_mut(|block| match block {
            // a place says what the lines after it belong to
            Block::Paragraph(line) if is_place(line) => true,
            Block::Paragraph(line) => {
                line.iter_mut().for_each(each_line_once);
                let text = plain::inline(line);
                !self.is_labelled(&text) && self.is_new(&text)
            }
            Block::Heading(_, line) => self.is_new(&plain::inline(line)),
            Block::Code { text, .. } => self.is_new(text),
            // the steps of a data flow only make sense together
            Block::List { ordered: true, items } if items.iter().any(|item| begins_with_place(item)) => {
                let all = items.iter().flatten().map(|block| match block {
                    Block::Paragraph(line) => plain::inline(line),
                    _ => String::new(),
                });
                self.is_new(&all.collect::<Vec<_>>().join("\n"))
            }
            Block::List { items, .. } => {
                items.retain_mut(|item| {
                    self.blocks(item);
                    !item.is_empty()
                });
                !items.is_empty()
            }
            Block::Quote(inner) => {
                self.blocks(inner);
                !inner.is_empty()
            }
            // one cell may well be like another
            Block::Table { .. } => true,
        });
    }

    /// Whether a longer paragraph has these words. Most differ at the beginning, which is faster to search for.
    fn is_part(&self, words: &str) -> bool {
        let all = self.long.as_bytes();
        let begin = &words.as_bytes()[..words.len().min(LONG)];
        memmem::find(all, begin).is_some_and(|at| memmem::find(&all[at..], words.as_bytes()).is_some())
    }

    /// Whether a text is known, apart from a word before it: `buffer/sscanf: The scanf() family …`.
    fn is_labelled(&self, text: &str) -> bool {
        let Some((label, rest)) = text.split_once(':') else { return false };
        let words = words(rest);
        !label.contains(char::is_whitespace) && words.len() >= LONG && self.is_part(&words)
    }

    fn is_new(&mut self, text: &str) -> bool {
        let words = words(text);
        if words.len() < SHORT {
            return true;
        }
        if words.len() >= LONG {
            if self.is_part(&words) {
                return false;
            }
            self.long.push_str(&words);
            self.long.push('\n');
        }
        self.known.insert(words)
    }
}

/// Scanners say the same for each way that leads to a place, one line each (CodeQL).
fn each_line_once(inline: &mut Inline) {
    let Inline::Text(text) = inline else { return };
    if !text.contains('\n') {
        return;
    }
    let mut seen = HashSet::new();
    let new = |line: &&str| {
        let words = words(line);
        words.len() < SHORT || seen.insert(words)
    };
    *text = text.split('\n').filter(new).collect::<Vec<_>>().join("\n");
}

/// Whether a line is a place in the code, with at most the name of what it is part of.
fn is_place(line: &[Inline]) -> bool {
    let texts =
        line.iter().filter_map(|inline| if let Inline::Text(text) = inline { Some(&**text) } else { None });
    let words = words(&texts.collect::<String>());
    let begins = match line.first() {
        Some(Inline::Code(_)) => true,
        // other links have words
        Some(Inline::Link(link)) => !link.text().contains(' '),
        _ => false,
    };
    begins && words.len() < SHORT
}

fn begins_with_place(item: &[Block]) -> bool {
    let Some(Block::Paragraph(line)) = item.first() else { return false };
    let is_step = |text: &str| text.is_empty() || text.starts_with(" – ");
    match line.as_slice() {
        [Inline::Code(_) | Inline::Link(_)] => true,
        [Inline::Code(_) | Inline::Link(_), Inline::Text(text), ..] => is_step(text),
        _ => false,
    }
}

/// Removes lines that end with a colon, and headings, if nothing follows them.
fn drop_empty_headings(blocks: &mut Vec<Block>) {
    let level = |block: &Block| match block {
        Block::Heading(level, _) => Some(*level),
        Block::Paragraph(line) if leads(line) => Some(u8::MAX),
        _ => None,
    };
    for at in (0..blocks.len()).rev() {
        let Some(own) = level(&blocks[at]) else { continue };
        let follows = blocks.get(at + 1).is_some_and(|next| level(next).is_none_or(|next| next > own));
        let is_heading = matches!(blocks[at], Block::Heading(..));
        // the same line follows if the list between them was said before
        let again = blocks.get(at + 1) == Some(&blocks[at]);
        if again || !follows && (is_heading || at + 1 == blocks.len()) {
            blocks.remove(at);
        }
    }
}

fn leads(line: &[Inline]) -> bool {
    matches!(line, [Inline::Text(text)] if text.ends_with(':') && text.len() < 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parts: Vec<Vec<Block>>, expected: &str) {
        let part = |blocks| DocumentPart { name: "text", weight: 1, blocks };
        let mut parts: Vec<DocumentPart> = parts.into_iter().map(part).collect();
        leave_out_what_was_said(&mut parts);
        let document = crate::document::Document { parts };
        assert_eq!(crate::document::markdown::render(&document).trim_end(), expected);
    }

    #[test]
    fn what_was_said_is_left_out() {
        let heading = |text: &str| Block::Heading(2, vec![Inline::text(text)]);
        let text = || Block::text("Use a safe function here.");
        check(vec![vec![text()], vec![heading("How to fix it"), text()]], "Use a safe function here.");
        check(
            vec![vec![Block::Paragraph(vec![Inline::strong("use a safe function here")]), text()]],
            "**use a safe function here**",
        );
        let list = Block::List {
            ordered: false,
            items: vec![vec![text()], vec![Block::text("Another one, then.")]],
        };
        check(vec![vec![text(), list]], "Use a safe function here.\n\n- Another one, then.");
        let lines = Block::text("It depends on a user's value.\nIt depends on a user's value.\nMore.");
        check(vec![vec![lines]], "It depends on a user's value.\\\nMore.");
        // short words may occur twice
        check(vec![vec![Block::text("On main."), Block::text("On main.")]], "On main.\n\nOn main.");
    }

    #[test]
    fn a_place_is_said_for_each_finding_there() {
        let place = || Block::Paragraph(vec![Inline::code("src/deploy/main.py:20")]);
        let step = |text: &str| {
            vec![Block::Paragraph(vec![Inline::code("src/deploy/main.py:20"), Inline::text(text)])]
        };
        let flow = |last: &str| Block::List {
            ordered: true,
            items: vec![step(" – what the user has sent"), step(last)],
        };
        let first = "1. `src/deploy/main.py:20` – what the user has sent\n2. `src/deploy/main.py:20`";
        check(
            vec![vec![flow(""), place(), Block::text("Another fault is here.")]],
            &format!("{first}\n\n`src/deploy/main.py:20`\n\nAnother fault is here."),
        );
        check(
            vec![vec![flow(""), flow(" – the end of another way"), flow("")]],
            &format!("{first}\n\n{first} – the end of another way"),
        );
    }

    #[test]
    fn a_table_that_repeats_the_facts_is_left_out() {
        let row = |cells: &[&str]| cells.iter().map(|text| vec![Inline::text(*text)]).collect::<Vec<_>>();
        let table = |rows: &[&[&str]]| Block::Table {
            head: vec![],
            rows: rows.iter().map(|cells| row(cells)).collect(),
        };
        let facts = table(&[
            &["Severity", "Medium"],
            &["Advisory", "CVE-2019-1563, GHSA-1"],
            &["Package", "openssl"],
        ]);
        let check = |cells: &[&str], ends: bool, left: usize| {
            let fix = [
                Block::Paragraph(vec![Inline::strong("Vulnerability CVE-2019-1563")]),
                table(&[cells]),
                Block::text("Update it."),
            ];
            let fix = fix[..if ends { 2 } else { 3 }].to_vec();
            let mut parts = vec![
                DocumentPart { name: "facts", weight: 1, blocks: vec![facts.clone()] },
                DocumentPart { name: FIX, weight: 1, blocks: fix },
            ];
            leave_out_what_was_said(&mut parts);
            assert_eq!(parts.get(1).map_or(0, |part| part.blocks.len()), left, "{cells:?}");
        };
        check(&["MEDIUM", "openssl", "CVE-2019-1563"], false, 1);
        check(&["MEDIUM", "openssl", "CVE-2019-1563"], true, 0);
        check(&["MEDIUM", "openssl", "1.1.1d-r0"], false, 3);
        assert!(is_of_versions(&row(&["Package", "Version", "Fix Version"])));
        assert!(!is_of_versions(&row(&["Package", "Version"])));
    }

    #[test]
    fn what_to_do_does_not_repeat_the_facts() {
        let page = "https://a.example/rules#x";
        let facts = Block::Table {
            head: vec![],
            rows: vec![
                vec![vec![Inline::strong("Severity")], vec![Inline::text("Medium")]],
                vec![vec![Inline::strong("Rule")], vec![Inline::link("x", page)]],
            ],
        };
        let check = |fix: Vec<Block>, expected: &str| {
            let title = Block::Paragraph(vec![Inline::strong("Bad call: it is wrong")]);
            let fix = std::iter::once(Block::Heading(2, vec![Inline::text("Fix")])).chain(fix).collect();
            let mut parts = vec![
                DocumentPart { name: "facts", weight: 1, blocks: vec![title, facts.clone()] },
                DocumentPart { name: FIX, weight: 1, blocks: fix },
            ];
            leave_out_what_was_said(&mut parts);
            let blocks = parts.into_iter().skip(1).flat_map(|part| part.blocks).collect();
            let document = crate::document::Document::of(blocks);
            assert_eq!(crate::document::markdown::render(&document).trim_end(), expected);
        };
        let link = |text: &str, page| Block::Paragraph(vec![Inline::text(text), Inline::link("here", page)]);
        check(vec![Block::text("bad call: it is wrong\nSeverity: MEDIUM"), link("", page)], "");
        check(vec![Block::text("Severity: MEDIUM\nUse another.")], "## Fix\n\nUse another.");
        check(
            vec![
                Block::Paragraph(vec![Inline::code("x-y"), Inline::text(": bad call")]),
                link("Docs: ", page),
            ],
            "",
        );
        check(vec![link("", "https://a.example/other")], "## Fix\n\n[here](https://a.example/other)");
        check(vec![link("Read all about it ", page)], &format!("## Fix\n\nRead all about it [here]({page})"));
    }

    #[test]
    fn a_part_of_a_paragraph_is_no_news() {
        let long = "The function copies a string without checking how long it is. Use one that does.";
        let short = "The function copies a string without checking how long it is";
        check(vec![vec![Block::text(long), Block::text(short)]], long);
        check(vec![vec![Block::text(long), Block::text(format!("buffer/strcpy:{short}"))]], long);
    }

    #[test]
    fn a_heading_stays_with_what_follows_it() {
        let heading = |level, text: &str| Block::Heading(level, vec![Inline::text(text)]);
        check(
            vec![vec![heading(2, "a"), heading(3, "b"), Block::text("c"), heading(3, "d")]],
            "## a\n\n### b\n\nc",
        );
        check(vec![vec![Block::text("See also:")]], "");
        check(
            vec![vec![Block::text("Data flow:"), Block::text("Data flow:"), Block::text("c")]],
            "Data flow:\n\nc",
        );
    }
}
