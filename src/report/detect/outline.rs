//! The outline of a report, from which its format, or what else it is, is recognised.

use std::io::{BufRead, BufReader, Read};

use serde::de::IgnoredAny;

use crate::document::visible::one_line;
use crate::model::scan::Problem;
use crate::report::detect::unsupported;
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::parse::xml::Xml;
use crate::report::sink::Nobody;

/// How much of the beginning is examined, in bytes.
const LOOK: u64 = 64 << 10;

/// How many bytes of a later member are examined, and of how many members.
const START: usize = 16 << 10;
const MEMBERS: usize = 64;

/// How many characters of a key or plain value are kept, and how many keys.
const SHORT: usize = 200;
const KEYS: usize = 10_000;

/// The beginning of a report, and its outermost members.
#[derive(Debug)]
pub struct Outline {
    /// The shape that its first character shows.
    pub shape: ReportShape,
    /// The keys of the outermost object, or of the first one in a list; with the beginning of the value if that is a
    /// string, a number or a Boolean.
    pub keys: Vec<(String, Option<String>)>,
    /// The name of XML's outermost element; empty: it is not XML.
    pub root: String,
    /// The beginning as text, and the beginnings of later outermost members.
    pub head: String,
    /// Whether there may be more keys that were not seen.
    cut: bool,
    /// What is wrong if it starts like JSON and is not JSON.
    broken: Option<Problem>,
}

/// The shape of a report, according to its first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportShape {
    /// Nothing but white space.
    Empty,
    /// A JSON object, or several one after another.
    Object,
    /// A JSON list.
    List,
    /// XML or HTML.
    Markup,
    /// Anything else.
    Other,
}

impl Outline {
    /// Examines a report's beginning.
    pub fn of(source: &ReportSource) -> Result<Outline, Problem> {
        let mut head = Vec::new();
        let mut input = BufReader::new(source.open()?);
        let read = pass_blanks(&mut input).and_then(|()| input.take(LOOK).read_to_end(&mut head));
        if let Err(error) = read
            && head.is_empty()
        {
            return Err(source.unreadable(&error));
        }
        let long = head.len() as u64 == LOOK;
        let head = String::from_utf8_lossy(&head).into_owned();
        let shape = match head.trim_start().bytes().next() {
            None => ReportShape::Empty,
            Some(b'{') => ReportShape::Object,
            Some(b'[') => ReportShape::List,
            Some(b'<') => ReportShape::Markup,
            Some(_) => ReportShape::Other,
        };
        let (mut broken, mut root, mut look) = (None, String::new(), OutlineVisitor::default());
        if matches!(shape, ReportShape::Object | ReportShape::List) {
            let input = Box::new(std::io::Cursor::new(head.clone().into_bytes()));
            let end = look.walk(&mut Json::new(&source.name, input, &mut Nobody));
            // the examined part ends somewhere; that matters only if nothing was seen in it
            broken = end.err().filter(|_| look.keys.is_empty() && !look.closed);
        }
        if shape == ReportShape::Markup {
            let input = Box::new(std::io::Cursor::new(head.clone().into_bytes()));
            // errors after the first tag are reported by the reader
            let _ = Xml::new(&source.name, input, &[], &mut Nobody).root(|_, name| {
                name.clone_into(&mut root);
                Ok(())
            });
        }
        let cut = long && !look.closed && matches!(shape, ReportShape::Object | ReportShape::List);
        Ok(Outline { shape, keys: look.keys, root, head, cut, broken })
    }

    /// Examines all outermost members, wherever they are: recognising a format must not depend on their order.
    pub fn whole(source: &ReportSource) -> Result<Outline, Problem> {
        let mut outline = Outline::of(source)?;
        // one key identifies SARIF, whose files are the largest
        if !outline.cut || outline.shape == ReportShape::Object && outline.has("runs") {
            return Ok(outline);
        }
        let mut look = OutlineVisitor::default();
        let end = look.walk(&mut Json::new(&source.name, source.open()?, &mut Nobody));
        outline.cut = false;
        outline.broken = end.err().filter(|_| look.keys.is_empty() && !look.closed);
        outline.keys = look.keys;
        outline.head.push_str(&String::from_utf8_lossy(&look.starts));
        Ok(outline)
    }

    /// Whether the report contains nothing but this text and white space.
    pub fn is(&self, text: &str) -> bool {
        self.head.bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(text.bytes())
    }

    /// Whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(own, _)| own == key)
    }

    /// The value of a key, if it is a string, a number or a Boolean.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(own, _)| own == key)?.1.as_deref()
    }

    /// Why no format is recognised.
    pub(crate) fn unknown(&self, source: &ReportSource) -> Problem {
        let problem = |message: String| Problem::new(&source.name, message);
        let known = "`casefile formats` lists the supported formats";
        if let Some(foreign) = unsupported::known(self) {
            return problem(format!("looks like {}, which is not supported", foreign.name))
                .hint(format!("{}; {known}", foreign.advice));
        }
        match (self.shape, &self.broken) {
            (ReportShape::Empty, _) => problem("is empty".to_owned())
                .hint("the scanner wrote nothing to this file: check the step's log for its messages"),
            (_, Some(broken)) => problem(format!("starts like JSON, but {}", broken.message))
                .hint("make sure that the scanner has finished before casefile reads the report"),
            (ReportShape::Object, _) if self.is("{}") => {
                problem("is JSON in an unknown format (an object without members)".to_owned()).hint(
                    "`bun audit` writes this if it finds nothing: if this report is from `bun audit`, \
                     give it an entry of its own under `reports`, with `category: bun`",
                )
            }
            (ReportShape::Object | ReportShape::List, _) => {
                problem(format!("is JSON in an unknown format ({})", self.described())).hint(known)
            }
            (ReportShape::Markup, _) => {
                let html = self.head.to_ascii_lowercase().contains("<html");
                let what = if html { "a web page" } else { "XML in an unknown format" };
                problem(format!("is {what}")).hint(known)
            }
            (ReportShape::Other, _) if serde_json::from_str::<IgnoredAny>(&self.head).is_ok() => {
                problem("is JSON in an unknown format (a single value)".to_owned()).hint(known)
            }
            (ReportShape::Other, _) => match self.before_json() {
                Some(text) => problem(format!("is not JSON: other text comes before the JSON: `{text}`"))
                    .hint("have the scanner write its report to a separate file, without its other output"),
                None => {
                    problem("is not JSON: it looks like plain text or binary data".to_owned()).hint(known)
                }
            },
        }
    }

    /// The beginning of the text before JSON, if some later line begins like JSON.
    fn before_json(&self) -> Option<String> {
        let begins = |line: &&str| {
            let mut marks = line.bytes().filter(|byte| !byte.is_ascii_whitespace());
            match (marks.next(), marks.next()) {
                (Some(b'{'), second) => matches!(second, None | Some(b'"' | b'}')),
                // a log's lines begin with `[info]`
                (Some(b'['), second) => matches!(second, None | Some(b'{' | b']')),
                _ => false,
            }
        };
        self.head.lines().find(begins)?;
        Some(one_line(self.head.lines().next()?).chars().take(60).collect())
    }

    fn described(&self) -> String {
        let mut keys: Vec<String> =
            self.keys.iter().take(8).map(|(key, _)| key.chars().take(40).collect()).collect();
        if self.keys.len() > keys.len() {
            keys.push("…".to_owned());
        }
        match (self.shape, keys.is_empty()) {
            (ReportShape::List, true) => "a list without objects".to_owned(),
            (ReportShape::List, false) => format!("a list of objects with {}", keys.join(", ")),
            (_, true) => "an object without members".to_owned(),
            (_, false) => format!("an object with {}", keys.join(", ")),
        }
    }
}

/// Collects the outermost members.
#[derive(Default)]
struct OutlineVisitor {
    keys: Vec<(String, Option<String>)>,
    /// The beginnings of those that are not at the report's beginning.
    starts: Vec<u8>,
    /// Whether all were seen.
    closed: bool,
}

impl OutlineVisitor {
    /// Visits the members of the outermost object, or of the first one in a list.
    fn walk(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        if json.peek()? == Some(b'{') {
            json.each_entry(|json, key| self.member(json, key))?;
        } else {
            json.each_element(|json| {
                if json.peek()? != Some(b'{') {
                    return Ok(());
                }
                self.walk(json)?;
                Err(json.problem("the rest is not read"))
            })?;
        }
        self.closed = true;
        Ok(())
    }

    fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        let plain = !matches!(json.peek()?, Some(b'{' | b'[' | b'n') | None);
        let far = json.offset() + START as u64 > LOOK;
        if far && self.starts.len() < MEMBERS * START {
            self.starts.extend([b"\"", key.as_bytes(), b"\":"].concat());
            self.starts.extend(json.start(START));
        }
        if self.keys.len() == KEYS {
            return Ok(());
        }
        self.keys.push((key.chars().take(SHORT).collect(), None));
        if let Some((_, value)) = self.keys.last_mut().filter(|_| plain) {
            *value = Some(json.word()?.chars().take(SHORT).collect());
        }
        Ok(())
    }
}

/// Skips white space, however much of it there is.
fn pass_blanks(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let blanks = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let done = blanks < buffer.len() || buffer.is_empty();
        input.consume(blanks);
        if done {
            return Ok(());
        }
    }
}
