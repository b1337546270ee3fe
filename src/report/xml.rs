//! The one way through an XML report: in one pass, one element at a time, with bounded memory.
//!
//! It is walked like JSON: down to the elements that are wanted with [`Xml::each_child`], each of which
//! is taken with [`Xml::value`] into the same lenient structs. Attributes and children alike are members,
//! prefixes of name spaces do not count, and there are no entities but XML's own.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Sink;
use super::each::Element;
use crate::model::scan::Problem;

/// How deep elements may lie within each other.
const DEEPEST: usize = 128;

/// How many bytes one text, or one element that is taken, may have.
const LARGEST: u64 = 16 << 20;

/// The member that holds an element's text beside its attributes.
pub(super) const TEXT: &str = "$";

/// Where an XML text is being read, and whom its findings and problems are told.
pub(super) struct Xml<'s> {
    name: &'s str,
    reader: Reader<Limited>,
    buffer: Vec<u8>,
    path: Vec<String>,
    /// The element that was entered and whose content is still to come.
    here: Option<Start>,
    /// Elements that stand for the list of their children.
    lists: &'static [&'static str],
    sink: &'s mut dyn Sink,
}

/// An element's start tag.
struct Start {
    name: String,
    attributes: Map<String, Value>,
    /// Written as `<a/>`.
    empty: bool,
}

/// What comes next within an element.
enum Next {
    Child(Start),
    Text(String),
    End,
}

impl<'s> Xml<'s> {
    /// Starts at the beginning of the input; `name` is what problems call it. An element named in
    /// `lists` is taken as the list of its children.
    pub(super) fn new(
        name: &'s str,
        input: Box<dyn Read>,
        lists: &'static [&'static str],
        sink: &'s mut dyn Sink,
    ) -> Xml<'s> {
        let mut reader = Reader::from_reader(Limited { input: BufReader::new(input), left: LARGEST });
        reader.config_mut().allow_dangling_amp = true;
        Xml { name, reader, buffer: Vec::new(), path: Vec::new(), here: None, lists, sink }
    }

    /// Visits the outermost element.
    pub(super) fn root(
        &mut self,
        mut visit: impl FnMut(&mut Xml<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        loop {
            match self.next()? {
                Next::Child(start) => return self.visit(start, &mut visit),
                Next::Text(_) => {}
                Next::End => return Err(self.cut_off()),
            }
        }
    }

    /// Visits the children of the element that was entered, in their order.
    pub(super) fn each_child(
        &mut self,
        mut visit: impl FnMut(&mut Xml<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let Some(start) = self.here.take() else { return Ok(()) };
        if start.empty {
            return Ok(());
        }
        loop {
            match self.next()? {
                Next::Child(child) => self.visit(child, &mut visit)?,
                Next::Text(_) => {}
                Next::End => break,
            }
        }
        Ok(())
    }

    /// Parses the element that was entered and hands it to `take`, with the sink; `None`: it is too
    /// large, which the sink was told.
    pub(super) fn value<T: Element, O>(
        &mut self,
        take: impl FnOnce(T::In<'_>, &mut dyn Sink) -> O,
    ) -> Result<Option<O>, Problem> {
        let Some(start) = self.here.take() else { return Ok(None) };
        let from = self.reader.buffer_position();
        let tree = self.tree(start, from, 0)?;
        if self.reader.buffer_position() - from > LARGEST {
            let problem = self.problem(format!("is larger than {} MiB and was passed over", LARGEST >> 20));
            self.sink.problem(problem);
            return Ok(None);
        }
        match T::In::deserialize(&tree) {
            Ok(value) => Ok(Some(take(value, self.sink))),
            Err(error) => {
                let problem = self.problem(format!("cannot be read: {error}"));
                self.sink.problem(problem);
                Ok(None)
            }
        }
    }

    /// A problem at this place.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        let path = self.path.join("/");
        let separator = if path.is_empty() { "" } else { ": " };
        let place = format!("{}{separator}{path:.200} (byte {})", self.name, self.reader.buffer_position());
        Problem::new(place, message)
    }

    fn visit(
        &mut self,
        start: Start,
        visit: &mut dyn FnMut(&mut Xml<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if self.path.len() == DEEPEST {
            return Err(self.problem(format!("is nested more than {DEEPEST} deep")));
        }
        let name = start.name.clone();
        self.path.push(name.clone());
        self.here = Some(start);
        let done = visit(self, &name);
        let left = self.skip();
        self.path.pop();
        done.and(left)
    }

    /// Leaves the element behind that was entered, where the visit did not touch it.
    fn skip(&mut self) -> Result<(), Problem> {
        let Some(start) = self.here.take() else { return Ok(()) };
        let mut depth = usize::from(!start.empty);
        while depth > 0 {
            match self.next()? {
                Next::Child(child) => depth += usize::from(!child.empty),
                Next::Text(_) => {}
                Next::End => depth -= 1,
            }
        }
        Ok(())
    }

    /// The element as the JSON that it would be. Beyond the limit nothing more is kept.
    fn tree(&mut self, start: Start, from: u64, depth: usize) -> Result<Value, Problem> {
        if depth + self.path.len() > DEEPEST {
            return Err(self.problem(format!("is nested more than {DEEPEST} deep")));
        }
        let (mut children, mut text) = (Vec::new(), String::new());
        loop {
            if start.empty {
                break;
            }
            let next = self.next()?;
            let kept = self.reader.buffer_position() - from <= LARGEST;
            match next {
                Next::Child(child) => {
                    let name = child.name.clone();
                    let value = self.tree(child, from, depth + 1)?;
                    children.extend(kept.then_some((name, value)));
                }
                Next::Text(more) if kept => text.push_str(&more),
                Next::Text(_) => {}
                Next::End => break,
            }
        }
        Ok(value(start, children, text.trim(), self.lists))
    }

    fn next(&mut self) -> Result<Next, Problem> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().left = LARGEST;
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => {
                    let ended =
                        matches!(error, quick_xml::Error::Syntax(_)) && self.reader.get_mut().has_ended();
                    return Err(if ended {
                        self.cut_off()
                    } else {
                        self.problem(format!("is not XML: {error}"))
                    });
                }
            };
            let text = match event {
                Event::Start(tag) => return Ok(Next::Child(start(&tag, false))),
                Event::Empty(tag) => return Ok(Next::Child(start(&tag, true))),
                Event::End(_) => return Ok(Next::End),
                Event::Text(text) => text.xml10_content().into_owned(),
                Event::CData(text) => text.xml10_content().into_owned(),
                Event::GeneralRef(reference) => character(&reference),
                Event::Eof => return Err(self.cut_off()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            };
            return Ok(Next::Text(text));
        }
    }

    fn cut_off(&self) -> Problem {
        self.problem("the file ends in the middle")
            .hint("let the scanner finish before its report is read; the disk may have been full")
    }
}

/// A text where there is nothing else, the children of a list, else an object of all that it has.
fn value(start: Start, children: Vec<(String, Value)>, text: &str, lists: &[&str]) -> Value {
    if lists.contains(&start.name.as_str()) {
        return children.into_iter().map(|(_, child)| child).collect();
    }
    let mut object = start.attributes;
    if object.is_empty() && children.is_empty() {
        return Value::from(text);
    }
    for (name, child) in children {
        match object.get_mut(&name) {
            None => {
                object.insert(name, child);
            }
            Some(Value::Array(several)) => several.push(child),
            Some(one) => *one = Value::Array(vec![one.take(), child]),
        }
    }
    if !text.is_empty() {
        object.insert(TEXT.to_owned(), text.into());
    }
    Value::Object(object)
}

fn start(tag: &BytesStart<'_>, empty: bool) -> Start {
    let mut attributes = Map::new();
    for attribute in tag.attributes().with_checks(false).flatten() {
        let key = String::from(attribute.key.as_ref());
        // a name space is no member
        if key != "xmlns" && !key.starts_with("xmlns:") && !key.starts_with("xsi:") {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
            attributes.insert(key, value.into());
        }
    }
    Start { name: String::from(tag.local_name().as_ref()), attributes, empty }
}

/// What a reference stands for; one that XML does not define stays as it is written, so nothing expands.
fn character(reference: &BytesRef<'_>) -> String {
    match (reference.resolve_char_ref(), &**reference) {
        (Ok(Some(character)), _) => character.to_string(),
        (_, "lt") => "<".to_owned(),
        (_, "gt") => ">".to_owned(),
        (_, "amp") => "&".to_owned(),
        (_, "apos") => "'".to_owned(),
        (_, "quot") => "\"".to_owned(),
        (_, name) => format!("&{name};"),
    }
}

/// Fails where one text or tag would not end.
struct Limited {
    input: BufReader<Box<dyn Read>>,
    left: u64,
}

impl Limited {
    fn has_ended(&mut self) -> bool {
        self.input.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(format!("a text is larger than {} MiB", LARGEST >> 20)));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.input.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Finding;
    use crate::model::scan::Scan;
    use crate::report::each::Own;
    use std::io::Cursor;

    #[derive(Default)]
    struct Problems(Vec<Problem>);

    impl Sink for Problems {
        fn finding(&mut self, _: Finding<'_>) {}
        fn scan(&mut self, _: Scan) {}
        fn problem(&mut self, problem: Problem) {
            self.0.push(problem);
        }
    }

    /// The `b` within `a`, the problems, and what ended the reading.
    fn read(text: String) -> (Vec<Value>, Vec<Problem>, Result<(), Problem>) {
        let (mut values, mut problems) = (Vec::new(), Problems::default());
        let mut xml = Xml::new("r", Box::new(Cursor::new(text)), &["many"], &mut problems);
        let end = xml.root(|xml, _| {
            xml.each_child(|xml, name| {
                if name == "b" {
                    values.extend(xml.value::<Own<Value>, _>(|value, _| value)?);
                }
                Ok(())
            })
        });
        (values, problems.0, end)
    }

    fn check(text: &str, values: &str, end: Option<&str>) {
        let read = read(text.to_owned());
        assert_eq!(Value::Array(read.0).to_string(), values, "{text}");
        assert_eq!(read.1, [], "{text}");
        match (read.2, end) {
            (Err(problem), Some(expected)) => assert!(problem.message.contains(expected), "{problem:?}"),
            (read, expected) => assert_eq!((read.err(), expected), (None, None), "{text}"),
        }
    }

    #[test]
    fn elements_come_one_by_one() {
        check("<a><b>x</b><c><b>y</b></c><b/></a>", r#"["x",""]"#, None);
        check(
            "<?xml version='1.0'?><!-- <a> --><v:a xmlns:v='u'><v:b w='1'>x</v:b></v:a>",
            r#"[{"$":"x","w":"1"}]"#,
            None,
        );
        check("<a><b><c>1</c><c>2</c><d><e>3</e></d></b></a>", r#"[{"c":["1","2"],"d":{"e":"3"}}]"#, None);
        check("<a><b><many><x>1</x></many></b><b><many/></b></a>", r#"[{"many":["1"]},{"many":[]}]"#, None);
        check("<a><b>1 &lt; &#50; &amp; <![CDATA[<3]]> &other;</b></a>", r#"["1 < 2 & <3 &other;"]"#, None);
        check("<a/>", "[]", None);
    }

    #[test]
    fn what_is_cut_off_or_no_xml_is_said() {
        let cut = Some("ends in the middle");
        check("<a><b>x</b><b>", r#"["x"]"#, cut);
        check("<a><b>x</b><b att", r#"["x"]"#, cut);
        check("<a>", "[]", cut);
        check("", "[]", cut);
        check("<a><b>x</b></c></a>", r#"["x"]"#, Some("is not XML"));
    }

    #[test]
    fn nothing_expands_and_all_is_bounded() {
        check("<!DOCTYPE a [<!ENTITY e 'eeee'>]><a><b>&e;</b></a>", r#"["&e;"]"#, None);
        let deep = "<a>".repeat(1000);
        check(&deep, "[]", Some("ends in the middle"));
        check(&format!("<a>{}", "<b>".repeat(1000)), "[]", Some("nested"));
        let large = read(format!(
            "<a><b><c>{}</c></b><b>x</b></a>",
            format!("<d>{}</d>", "x".repeat(1 << 16)).repeat(257)
        ));
        assert_eq!((large.0, large.2), (vec![Value::from("x")], Ok(())));
        assert!(large.1[0].message.contains("larger than 16 MiB"), "{:?}", large.1);
        let endless = read(format!("<a><b>{}</b></a>", "x".repeat(LARGEST as usize + (1 << 16))));
        assert!(endless.2.unwrap_err().message.contains("a text is larger"));
    }
}
