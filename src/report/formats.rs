//! The table of formats, and how a report's format is told from its content.

use std::io::{BufRead, BufReader, Read};

use serde::de::IgnoredAny;

use crate::document::visible::one_line;
use crate::model::finding::Kind;
use crate::model::scan::Problem;

use super::each::Json;
use super::source::Source;
use super::xml::Xml;
use super::{
    Nobody, Sink, bandit, brakeman, bundler_audit, cargo, checkov, composer_audit, csaf, cyclonedx,
    dependency_check, dependency_track, detect_secrets, dotnet, eslint, foreign, github, gitlab, gitleaks,
    gosec, govulncheck, grype, hadolint, kics, njsscan, nothing, npm, openvex, osv, pip_audit, sarif,
    semgrep, semgrep_supply_chain, snyk, terrascan, tfsec, trivy, trufflehog,
};

/// A report format that casefile reads.
pub struct Format {
    /// The name in output and documentation.
    pub name: &'static str,
    /// Whose reports these are.
    pub scanners: &'static str,
    /// How it is told from others, in words.
    pub recognised: &'static str,
    /// What it may report.
    pub kinds: &'static [Kind],
    pub(super) recognise: fn(&Outline) -> bool,
    /// Reads a report as one of this format, whether or not it is recognised as such.
    pub read: fn(&Source, &mut dyn Sink) -> Result<(), Problem>,
}

/// All formats, in the order in which they are tried. Each stands in its own file.
pub const FORMATS: &[Format] = &[
    sarif::FORMAT,
    bandit::FORMAT,
    brakeman::FORMAT,
    checkov::FORMAT,
    detect_secrets::FORMAT,
    eslint::FORMAT,
    gitleaks::FORMAT,
    gosec::FORMAT,
    hadolint::FORMAT,
    kics::FORMAT,
    njsscan::FORMAT,
    semgrep::FORMAT,
    semgrep_supply_chain::FORMAT,
    terrascan::FORMAT,
    tfsec::FORMAT,
    trufflehog::FORMAT,
    cyclonedx::FORMAT,
    trivy::FORMAT,
    grype::FORMAT,
    osv::FORMAT,
    npm::NPM,
    npm::PNPM,
    npm::YARN,
    pip_audit::FORMAT,
    cargo::AUDIT,
    cargo::DENY,
    govulncheck::FORMAT,
    bundler_audit::FORMAT,
    composer_audit::FORMAT,
    dotnet::FORMAT,
    github::CODE_SCANNING,
    github::DEPENDABOT,
    github::SECRET_SCANNING,
    gitlab::FORMAT,
    snyk::FORMAT,
    dependency_check::FORMAT,
    dependency_track::FORMAT,
    openvex::FORMAT,
    csaf::FORMAT,
    nothing::FORMAT,
];

/// How far a look at the beginning goes, in bytes.
const LOOK: u64 = 64 << 10;

/// A look at a report's beginning.
#[derive(Debug)]
pub struct Outline {
    /// What it is by its first character.
    pub shape: Shape,
    /// The keys of the outermost object, or of the first one in a list, as far as the look goes; with
    /// the value where that is a text, a number or a truth value.
    pub keys: Vec<(String, Option<String>)>,
    /// The name of XML's outermost element; empty: it is no XML.
    pub root: String,
    /// The beginning as text.
    pub head: String,
    /// What is wrong where it starts like JSON and is none.
    broken: Option<Problem>,
}

/// What a report is by its first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
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

/// A report whose format was told.
pub struct Done {
    /// Its format.
    pub format: &'static Format,
    /// What ended the reading before the report's end, if anything did.
    pub cut: Option<Problem>,
}

/// Tells the report's format and reads it. The error says that nothing could be read, and why.
pub fn read(source: &Source, sink: &mut dyn Sink) -> Result<Done, Problem> {
    let known = source.format.and_then(|name| FORMATS.iter().find(|format| format.name == name));
    let format = match known {
        Some(format) => format,
        None => {
            let outline = Outline::of(source)?;
            let told = FORMATS.iter().find(|format| (format.recognise)(&outline));
            told.ok_or_else(|| outline.unknown(source))?
        }
    };
    let cut = (format.read)(source, sink).err();
    Ok(Done { format, cut })
}

impl Outline {
    /// Looks at a report's beginning.
    pub fn of(source: &Source) -> Result<Outline, Problem> {
        let mut head = Vec::new();
        let mut input = BufReader::new(source.open()?);
        let read = pass_blanks(&mut input).and_then(|()| input.take(LOOK).read_to_end(&mut head));
        read.map_err(|error| source.unreadable(&error))?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let shape = match head.trim_start().bytes().next() {
            None => Shape::Empty,
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::List,
            Some(b'<') => Shape::Markup,
            Some(_) => Shape::Other,
        };
        let mut keys = Vec::new();
        let (mut broken, mut root) = (None, String::new());
        if matches!(shape, Shape::Object | Shape::List) {
            let input = Box::new(std::io::Cursor::new(head.clone().into_bytes()));
            let end = look(&mut Json::new(&source.name, input, &mut Nobody), &mut keys);
            // the look ends somewhere; only where it saw nothing, that matters
            broken = end.err().filter(|_| keys.is_empty());
        }
        if shape == Shape::Markup {
            let input = Box::new(std::io::Cursor::new(head.clone().into_bytes()));
            // what is wrong behind the first tag is its reader's business
            let _ = Xml::new(&source.name, input, &[], &mut Nobody).root(|_, name| {
                name.clone_into(&mut root);
                Ok(())
            });
        }
        Ok(Outline { shape, keys, root, head, broken })
    }

    /// Whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(own, _)| own == key)
    }

    /// The value of a key, if it is a text, a number or a truth value.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(own, _)| own == key)?.1.as_deref()
    }

    /// Why no format is told.
    fn unknown(&self, source: &Source) -> Problem {
        let problem = |message: String| Problem::new(&source.name, message);
        let known = "`casefile formats` lists what is read";
        if let Some(foreign) = foreign::known(self) {
            return problem(format!("looks like {}, which is not read", foreign.name))
                .hint(format!("{}; {known}", foreign.advice));
        }
        match (self.shape, &self.broken) {
            (Shape::Empty, _) => problem("is empty".to_owned())
                .hint("the scanner wrote nothing: see its own output in the log of its step"),
            (_, Some(broken)) => problem(format!("starts like JSON, but {}", broken.message))
                .hint("let the scanner finish before its report is read"),
            (Shape::Object | Shape::List, _) => {
                problem(format!("is JSON of no known format ({})", self.described())).hint(known)
            }
            (Shape::Markup, _) => {
                let html = self.head.to_ascii_lowercase().contains("<html");
                let what = if html { "a web page" } else { "XML of no known format" };
                problem(format!("is {what}")).hint(known)
            }
            (Shape::Other, _) if serde_json::from_str::<IgnoredAny>(&self.head).is_ok() => {
                problem("is JSON of no known format (a single value)".to_owned()).hint(known)
            }
            (Shape::Other, _) => match self.before_json() {
                Some(text) => problem(format!(
                    "is no JSON: other text stands before the JSON in it: `{text}`"
                ))
                .hint("let the scanner write its report into a file of its own, without its other output"),
                None => problem("is no JSON: it looks like plain text or binary data".to_owned()).hint(known),
            },
        }
    }

    /// The beginning of the text that stands before JSON, where some line below begins like JSON.
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
            (Shape::List, true) => "a list without objects".to_owned(),
            (Shape::List, false) => format!("a list of objects with {}", keys.join(", ")),
            (_, true) => "an object without members".to_owned(),
            (_, false) => format!("an object with {}", keys.join(", ")),
        }
    }
}

/// Collects the outermost keys, until the look ends.
fn look(json: &mut Json<'_>, keys: &mut Vec<(String, Option<String>)>) -> Result<(), Problem> {
    if json.peek()? == Some(b'{') {
        return json.each_entry(|json, key| {
            let plain = !matches!(json.peek()?, Some(b'{' | b'[' | b'n') | None);
            keys.push((key.to_owned(), None));
            if let Some((_, value)) = keys.last_mut().filter(|_| plain) {
                *value = Some(json.word()?);
            }
            Ok(())
        });
    }
    let mut seen = false;
    json.each_element(|json| {
        if !seen && json.peek()? == Some(b'{') {
            seen = true;
            return look(json, keys);
        }
        Ok(())
    })
}

/// Leaves white space behind, however much of it there is.
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

#[cfg(test)]
mod tests;
