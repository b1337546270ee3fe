//! A ticket's file as text: front matter, body, comments.

use super::front::{Damage, FrontMatter};

/// The line that divides the body from the comments.
const COMMENTS: &str = "<!-- casefile:comments -->";

/// The line before and after the front matter.
const FENCE: &str = "---";

/// A ticket's file, split into its parts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TicketFile {
    /// The fields.
    pub(super) front: FrontMatter,
    /// The description in Markdown, without blank lines around it.
    pub(super) body: String,
    /// The front matter as it was written, without the fences.
    yaml: String,
    /// The comments, oldest first.
    comments: String,
}

impl TicketFile {
    /// A page that has not been written yet.
    pub(super) fn new(front: FrontMatter) -> TicketFile {
        TicketFile { front, ..TicketFile::default() }
    }

    /// Splits a text; line numbers of damage count from the file's first line.
    pub(super) fn read(text: &str) -> Result<TicketFile, Damage> {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let damage = |line, why: &str| Damage { line, why: why.to_owned() };
        let mut lines = text.split_inclusive('\n');
        let first = lines.next().filter(|line| line.trim_end() == FENCE);
        let start =
            first.ok_or_else(|| damage(1, "the file does not begin with front matter (`---`)"))?.len();
        let inside = lines.take_while(|line| line.trim_end() != FENCE).map(str::len).sum::<usize>();
        let (yaml, rest) = text[start..].split_at(inside);
        let (_, rest) = rest
            .split_once('\n')
            .or_else(|| (!rest.is_empty()).then_some(("", "")))
            .ok_or_else(|| damage(1, "the front matter that begins here does not end with `---`"))?;
        let front = FrontMatter::read(yaml).map_err(|Damage { line, why }| Damage { line: line + 1, why })?;
        let (body, comments) = divide(rest);
        Ok(TicketFile { front, body: trim(body), yaml: yaml.to_owned(), comments: trim(comments) })
    }

    /// The text to write; `None`: the front matter cannot be written so that it is read back.
    pub(super) fn write(&self) -> Option<String> {
        let yaml = self.front.write(&self.yaml)?;
        let mut text = format!("{FENCE}\n{yaml}{FENCE}\n");
        if !self.body.is_empty() {
            text.push_str(&format!("\n{}\n", self.body));
        }
        if !self.comments.is_empty() {
            text.push_str(&format!("\n{COMMENTS}\n\n{}\n", self.comments));
        }
        Some(text)
    }

    /// Replaces the body.
    pub(super) fn set_body(&mut self, markdown: &str) {
        self.body = trim(&tame(markdown));
    }

    /// How many comments there are.
    pub(super) fn comment_count(&self) -> usize {
        self.comments.lines().filter(|line| line.starts_with("### ")).count()
    }

    /// Adds a comment under a heading.
    pub(super) fn comment(&mut self, heading: &str, markdown: &str) {
        if self.comments.is_empty() {
            self.comments.push_str("## Comments");
        }
        let comment = tame(markdown);
        self.comments.push_str(&format!("\n\n### {heading}\n\n{}", trim(&comment)));
    }
}

/// The text before and after the dividing line.
fn divide(text: &str) -> (&str, &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim() == COMMENTS {
            return (&text[..at], &text[at + line.len()..]);
        }
        at += line.len();
    }
    (text, "")
}

/// A text without a dividing line (a code block could contain one): the line is kept, but quoted.
fn tame(markdown: &str) -> String {
    let tame = |line: &str| if line.trim() == COMMENTS { format!("`{COMMENTS}`") } else { line.to_owned() };
    markdown.replace("\r\n", "\n").split('\n').map(tame).collect::<Vec<_>>().join("\n")
}

/// Without blank lines at either end; the first line keeps its indentation.
fn trim(text: &str) -> String {
    let text = text.trim_end();
    let blank =
        text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum::<usize>();
    text[blank..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "---\nsummary: x\nstatus: Done\n---\n\n    code\n\n---\n\ntext\n\n<!-- casefile:comments -->\n\n## Comments\n\n### Bob\n\nmine\n";

    #[test]
    fn a_file_is_written_back_as_it_was() {
        let check = |text: &str, expected: &str| {
            assert_eq!(TicketFile::read(text).unwrap().write().unwrap(), expected)
        };
        check(TEXT, TEXT);
        check(&TEXT.replace('\n', "\r\n"), TEXT);
        check(&format!("\u{feff}{TEXT}"), TEXT);
        check("---\nsummary: x\nstatus: y\n---", "---\nsummary: x\nstatus: y\n---\n");
    }

    #[test]
    fn a_text_that_looks_like_the_divider_stays_in_its_place() {
        let mut page = TicketFile::read(TEXT).unwrap();
        page.set_body("```\n<!-- casefile:comments -->\r\n```");
        page.comment("casefile", "---\n<!-- casefile:comments -->");
        let read = TicketFile::read(&page.write().unwrap()).unwrap();
        assert_eq!(read.body, "```\n`<!-- casefile:comments -->`\n```");
        assert!(read.comments.starts_with("## Comments\n\n### Bob\n\nmine\n\n### casefile\n\n---"));
    }

    #[test]
    fn damage_has_a_line() {
        let check = |text: &str, line| assert_eq!(TicketFile::read(text).unwrap_err().line, line, "{text}");
        check("", 1);
        check("# no front matter\n", 1);
        check("---\nsummary: x\nstatus: y\n", 1);
        check("---\nsummary: x\ndue: [\nstatus: y\n---\n", 3);
    }
}
