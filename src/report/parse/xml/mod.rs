//! The one way through an XML report: in one pass, one element at a time, with bounded memory.
//!
//! It is walked like JSON: down to the wanted elements with [`Xml::each_child`], each of which is taken with
//! [`Xml::value`] into the same lenient structs. Attributes and children are both members, namespace prefixes are
//! ignored, and there are no entities except XML's own.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;
use serde_json::Value;

use crate::model::scan::Problem;
use crate::report::parse::json::Element;
use crate::report::sink::Sink;

mod limited;
mod tree;

use limited::{ELEMENT_LIMIT, Limited};
pub(crate) use tree::TEXT;
use tree::{Start, character};

/// How deeply elements may be nested.
const DEEPEST: usize = 128;

/// How many elements may be within one: each takes a hundred times its size in the report.
const MOST_CHILDREN: usize = 200_000;

/// An XML text that is being read, and the sink for its findings and problems.
pub(crate) struct Xml<'s> {
    name: &'s str,
    reader: Reader<Limited>,
    buffer: Vec<u8>,
    path: Vec<String>,
    /// How many elements the one that is being read as a value has so far.
    children: usize,
    /// The element that was entered and whose content follows.
    here: Option<Start>,
    /// Elements that stand for the list of their children.
    lists: &'static [&'static str],
    sink: &'s mut dyn Sink,
}

/// What follows within an element.
enum XmlEvent {
    Child(Start),
    Text(String),
    End,
}

impl<'s> Xml<'s> {
    /// Starts at the beginning of the input; `name` is how problems refer to it. An element named in `lists` is read as
    /// the list of its children.
    pub(crate) fn new(
        name: &'s str,
        input: Box<dyn Read>,
        lists: &'static [&'static str],
        sink: &'s mut dyn Sink,
    ) -> Xml<'s> {
        let mut reader = Reader::from_reader(Limited::new(input));
        reader.config_mut().allow_dangling_amp = true;
        Xml { name, reader, buffer: Vec::new(), path: Vec::new(), children: 0, here: None, lists, sink }
    }

    /// Visits the outermost element.
    pub(crate) fn root(
        &mut self,
        mut visit: impl FnMut(&mut Xml<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        loop {
            match self.next()? {
                XmlEvent::Child(start) => {
                    self.visit(start, &mut visit)?;
                    return self.ends();
                }
                XmlEvent::Text(_) => {}
                XmlEvent::End => return Err(self.cut_off()),
            }
        }
    }

    /// Tells the sink where more begins after the outermost element.
    fn ends(&mut self) -> Result<(), Problem> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().renew();
            let at = self.reader.buffer_position();
            match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Eof) => return Ok(()),
                Ok(Event::Comment(_) | Event::PI(_)) => {}
                Ok(Event::Text(text)) if text.xml10_content().trim().is_empty() => {}
                _ => {
                    self.sink.follows(at);
                    return Ok(());
                }
            }
        }
    }

    /// Visits the children of the current element, in order.
    pub(crate) fn each_child(
        &mut self,
        mut visit: impl FnMut(&mut Xml<'s>, &str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let Some(start) = self.here.take() else { return Ok(()) };
        if start.empty {
            return Ok(());
        }
        loop {
            match self.next()? {
                XmlEvent::Child(child) => self.visit(child, &mut visit)?,
                XmlEvent::Text(_) => {}
                XmlEvent::End => break,
            }
        }
        Ok(())
    }

    /// The value of an attribute of the current element, before its content is read.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.here.as_ref()?.attribute(name)
    }

    /// Parses the current element and passes it to `take`, with the sink; `None`: it is too large, which was reported
    /// to the sink.
    pub(crate) fn value<T: Element, O>(
        &mut self,
        take: impl FnOnce(T::In<'_>, &mut dyn Sink) -> O,
    ) -> Result<Option<O>, Problem> {
        let Some(start) = self.here.take() else { return Ok(None) };
        let from = self.reader.buffer_position();
        self.children = 0;
        let tree = self.tree(start, from, 0)?;
        if self.children > MOST_CHILDREN {
            let problem = self.problem(format!("has more than {MOST_CHILDREN} elements and was skipped"));
            self.sink.problem(problem);
            return Ok(None);
        }
        if self.reader.buffer_position() - from > ELEMENT_LIMIT {
            let problem = self.problem(format!("is larger than {} MiB and was skipped", ELEMENT_LIMIT >> 20));
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
    pub(crate) fn problem(&self, message: impl Into<String>) -> Problem {
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
            return Err(self.problem(format!("is nested more than {DEEPEST} levels deep")));
        }
        let name = start.name.clone();
        self.path.push(name.clone());
        self.here = Some(start);
        let done = visit(self, &name);
        let left = self.skip();
        self.path.pop();
        done.and(left)
    }

    /// Skips the current element if the visit did not touch it.
    fn skip(&mut self) -> Result<(), Problem> {
        let Some(start) = self.here.take() else { return Ok(()) };
        let mut depth = usize::from(!start.empty);
        while depth > 0 {
            match self.next()? {
                XmlEvent::Child(child) => depth += usize::from(!child.empty),
                XmlEvent::Text(_) => {}
                XmlEvent::End => depth -= 1,
            }
        }
        Ok(())
    }

    /// The element as equivalent JSON. Beyond the limit, nothing more is kept.
    fn tree(&mut self, start: Start, from: u64, depth: usize) -> Result<Value, Problem> {
        if depth + self.path.len() > DEEPEST {
            return Err(self.problem(format!("is nested more than {DEEPEST} levels deep")));
        }
        let (mut children, mut text) = (Vec::new(), String::new());
        loop {
            if start.empty {
                break;
            }
            let next = self.next()?;
            let kept =
                self.reader.buffer_position() - from <= ELEMENT_LIMIT && self.children <= MOST_CHILDREN;
            match next {
                XmlEvent::Child(child) => {
                    self.children += 1;
                    let name = child.name.clone();
                    let value = self.tree(child, from, depth + 1)?;
                    children.extend(kept.then_some((name, value)));
                }
                XmlEvent::Text(more) if kept => text.push_str(&more),
                XmlEvent::Text(_) => {}
                XmlEvent::End => break,
            }
        }
        Ok(start.value(children, text.trim(), self.lists))
    }

    fn next(&mut self) -> Result<XmlEvent, Problem> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().renew();
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
                Event::Start(tag) => return Ok(XmlEvent::Child(Start::of(&tag, false))),
                Event::Empty(tag) => return Ok(XmlEvent::Child(Start::of(&tag, true))),
                Event::End(_) => return Ok(XmlEvent::End),
                Event::Text(text) => text.xml10_content().into_owned(),
                Event::CData(text) => text.xml10_content().into_owned(),
                Event::GeneralRef(reference) => character(&reference),
                Event::Eof => return Err(self.cut_off()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            };
            return Ok(XmlEvent::Text(text));
        }
    }

    fn cut_off(&self) -> Problem {
        self.problem("the file is cut off")
            .hint("make sure that the scanner has finished; the disk may also have been full")
    }
}

#[cfg(test)]
mod tests;
