//! Turns a parser's events, one after another, into blocks.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};

use super::html;
use crate::document::{Block, Inline, plain};

/// How deeply lists and quotations can be nested; anything deeper joins the level above.
pub(super) const DEPTH: usize = 6;

/// A block that is open and can contain others.
enum OpenBlock {
    List { ordered: bool, items: Vec<Vec<Block>> },
    Item(Vec<Block>),
    Quote(Vec<Block>),
}

/// Blocks that are being built.
#[derive(Default)]
pub(super) struct DocumentBuilder {
    done: Vec<Block>,
    open: Vec<OpenBlock>,
    /// Levels that were too deep to be opened.
    ignored: usize,
    line: Vec<Inline>,
    strong: usize,
    emphasis: usize,
    link: Option<(String, String)>,
    /// Whether what follows is code, because of an HTML tag.
    monospaced: bool,
    code: Option<(Option<String>, String)>,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    head: Vec<Vec<Inline>>,
    rows: Vec<Vec<Vec<Inline>>>,
    row: Vec<Vec<Inline>>,
}

impl DocumentBuilder {
    pub(super) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.inline(&text, Inline::Code),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.line.push(Inline::Break),
            Event::Rule => self.flush(),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text);
            }
            Event::TaskListMarker(done) => self.text(if done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(first) => self.open(OpenBlock::List { ordered: first.is_some(), items: Vec::new() }),
            Tag::Item => self.open(OpenBlock::Item(Vec::new())),
            Tag::BlockQuote(_) => self.open(OpenBlock::Quote(Vec::new())),
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().map(str::to_owned),
                    CodeBlockKind::Indented => None,
                };
                self.code = Some((language, String::new()));
            }
            Tag::Table(_) => {
                self.flush();
                self.table = Some(Table::default());
            }
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.into_string(), String::new())),
            Tag::Paragraph | Tag::Heading { .. } | Tag::HtmlBlock => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let line = std::mem::take(&mut self.line);
                if !line.is_empty() {
                    self.block(Block::Heading(number(level), line));
                }
            }
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => self.close(),
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.block(Block::Code { language, text: text.trim_end_matches('\n').to_owned() });
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(table) = &mut self.table {
                    table.row.push(cell);
                }
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.head = std::mem::take(&mut table.row);
                }
            }
            TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    let row = std::mem::take(&mut table.row);
                    table.rows.push(row);
                }
            }
            TagEnd::Table => {
                if let Some(Table { head, rows, .. }) = self.table.take() {
                    self.block(Block::Table { head, rows });
                }
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Link => {
                if let Some((to, text)) = self.link.take() {
                    self.line.push(Inline::foreign_link(text, &to));
                }
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else if self.monospaced {
            self.inline(text, Inline::Code);
        } else if self.strong > 0 {
            self.inline(text, Inline::Strong);
        } else if self.emphasis > 0 {
            self.inline(text, Inline::Emphasis);
        } else {
            self.inline(text, Inline::Text);
        }
    }

    /// HTML is text, except for links and the tags that affect the layout.
    fn html(&mut self, html: &str) {
        for piece in html::pieces(html) {
            match piece {
                html::HtmlPiece::Text(text) => self.text(text),
                html::HtmlPiece::Tag(tag) => self.tag(&tag),
            }
        }
    }

    pub(super) fn tag(&mut self, tag: &html::HtmlTag<'_>) {
        match (tag.name.as_str(), tag.closes) {
            ("br", _) => self.line.push(Inline::Break),
            ("a", false) => self.link = Some((tag.attribute("href").unwrap_or_default(), String::new())),
            ("a", true) => self.end(TagEnd::Link),
            ("img", _) => self.text(&tag.attribute("alt").unwrap_or_default()),
            ("code" | "kbd" | "tt", closes) => self.monospaced = !closes,
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", true) => {
                let line = std::mem::take(&mut self.line);
                if !line.is_empty() {
                    let level = tag.name.as_bytes().get(1).map_or(2, |digit| digit - b'0');
                    self.block(Block::Heading(level, line));
                }
            }
            ("ul" | "ol", false) => {
                self.open(OpenBlock::List { ordered: tag.name == "ol", items: Vec::new() });
            }
            ("li", false) if matches!(self.open.last(), Some(OpenBlock::List { .. })) => {
                self.open(OpenBlock::Item(Vec::new()));
            }
            ("li", true) if matches!(self.open.last(), Some(OpenBlock::Item(_))) => self.close(),
            ("ul" | "ol", true) if matches!(self.open.last(), Some(OpenBlock::List { .. })) => self.close(),
            ("td" | "th", true) => self.text(" "),
            (name, _) if html::is_block(name) => self.flush(),
            _ => {}
        }
    }

    /// Adds to the line, or to the text of the open link.
    fn inline(&mut self, text: &str, kind: fn(String) -> Inline) {
        if let Some((_, link)) = &mut self.link {
            link.push_str(text);
            return;
        }
        match (self.line.last_mut(), kind(text.to_owned())) {
            (Some(Inline::Text(before)), Inline::Text(_)) => before.push_str(text),
            (_, inline) => self.line.push(inline),
        }
    }

    /// Ends a paragraph that has no end of its own: items of a tight list have none.
    pub(super) fn flush(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if !plain::inline(&line).trim().is_empty() {
            if let Some(Inline::Text(first)) = line.first_mut() {
                *first = first.trim_start().to_owned();
            }
            if let Some(Inline::Text(last)) = line.last_mut() {
                last.truncate(last.trim_end().len());
            }
            self.block(Block::Paragraph(line));
        }
    }

    pub(super) fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(OpenBlock::Item(blocks) | OpenBlock::Quote(blocks)) => blocks.push(block),
            Some(OpenBlock::List { items, .. }) => items.push(vec![block]),
            None => self.done.push(block),
        }
    }

    fn open(&mut self, open: OpenBlock) {
        self.flush();
        // a list and its items count as two levels
        if self.ignored > 0 || self.open.len() >= DEPTH * 2 {
            self.ignored += 1;
        } else {
            self.open.push(open);
        }
    }

    fn close(&mut self) {
        self.flush();
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        match self.open.pop() {
            Some(OpenBlock::List { ordered, items }) if !items.is_empty() => {
                self.block(Block::List { ordered, items });
            }
            Some(OpenBlock::Quote(blocks)) if !blocks.is_empty() => self.block(Block::Quote(blocks)),
            Some(OpenBlock::Item(blocks)) => match self.open.last_mut() {
                Some(OpenBlock::List { items, .. }) => items.push(blocks),
                _ => blocks.into_iter().for_each(|block| self.block(block)),
            },
            _ => {}
        }
    }

    pub(super) fn finish(mut self) -> Vec<Block> {
        while !self.open.is_empty() || self.ignored > 0 {
            self.close();
        }
        self.flush();
        self.done
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
