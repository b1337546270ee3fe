//! Templates of fields: rendered once, within limits, with access to a ticket's properties only.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Object, Value};
use minijinja::{Environment, ErrorKind, Output, UndefinedBehavior, filters, functions};

use super::property::PropertySource;
use crate::config::template;
use crate::model::property::Property;

/// How many steps a template may take.
const FUEL: u64 = 20_000;
/// How many bytes it may output.
const OUTPUT_LIMIT: usize = 64 << 10;
/// How many bytes of a property it receives.
const LONGEST_PROPERTY: usize = 32 << 10;
/// How many elements a list in it may have.
const MOST_ELEMENTS: usize = 10_000;

/// Why a template has no text, and what to do; the words contain nothing from the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Textless {
    /// Why.
    pub why: String,
    /// What to do.
    pub hint: &'static str,
}

/// The template's text, with the properties that it names. `-` in their names is `_` here.
///
/// # Errors
/// It cannot be rendered: it names a property that these findings do not have, or takes too many steps or produces too
/// much text.
pub fn render(source: &str, properties: &PropertySource<'_>) -> Result<String, Textless> {
    template::check(source).map_err(|refused| Textless { why: refused.why, hint: refused.hint })?;
    let environment = environment();
    let mut text = BoundedOutput(Vec::new());
    let template = environment.template_from_str(source);
    let template = template.map_err(|error| textless(&error, &HashSet::new(), properties))?;
    let done = template.render_captured_to(context(properties), &mut text);
    done.map_err(|error| textless(&error, &template.undeclared_variables(true), properties))?;
    Ok(String::from_utf8_lossy(&text.0).into_owned())
}

/// An engine in which nothing can turn a little into a lot.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_function("range", |first, last, step| listed(&functions::range(first, last, step)?));
    environment.add_filter("list", |value: Value| listed(&value));
    environment.add_filter("split", |value: &Value, by: Option<Arc<str>>, most: Option<i64>| {
        listed(&filters::split(value, by, most)?)
    });
    environment.add_filter("lines", |value: &Value| listed(&filters::lines(value)?));
    environment.add_filter("join", joined);
    environment.add_filter("replace", replaced);
    // the output of a block that becomes a value counts like the template's output
    let made = AtomicUsize::new(0);
    environment.set_formatter(move |out, _, value| {
        let mut counted = Counted { out, made: &made };
        write!(counted, "{value}").map_err(|_| too_much())
    });
    environment
}

/// A list of a value's elements, if there are not too many.
fn listed(value: &Value) -> Result<Value, minijinja::Error> {
    let mut all = Vec::new();
    for element in value.try_iter()? {
        if all.len() == MOST_ELEMENTS {
            let why = format!("a list has more than {MOST_ELEMENTS} elements");
            return Err(minijinja::Error::new(ErrorKind::InvalidOperation, why));
        }
        all.push(element);
    }
    Ok(Value::from(all))
}

/// A value's elements as one text.
fn joined(value: &Value, between: Option<Cow<'_, str>>) -> Result<String, minijinja::Error> {
    let mut text = BoundedOutput(Vec::new());
    for (index, element) in value.try_iter()?.enumerate() {
        let between = between.as_deref().filter(|_| index > 0).unwrap_or_default();
        write!(text, "{between}{element}").map_err(|_| too_much())?;
    }
    Ok(String::from_utf8_lossy(&text.0).into_owned())
}

/// A text in which one string is replaced with another.
fn replaced(value: Cow<'_, str>, old: Cow<'_, str>, new: Cow<'_, str>) -> Result<String, minijinja::Error> {
    let more = value.matches(&*old).count().saturating_mul(new.len());
    if more > OUTPUT_LIMIT {
        return Err(too_much());
    }
    Ok(value.replace(&*old, &new))
}

fn too_much() -> minijinja::Error {
    minijinja::Error::new(ErrorKind::WriteFailure, "a template produces too much text")
}

/// Passes on a limited amount and no more.
struct Counted<'o, 'w> {
    out: &'o mut Output<'w>,
    made: &'o AtomicUsize,
}

impl fmt::Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.made.fetch_add(text.len(), Ordering::Relaxed) + text.len() > 2 * OUTPUT_LIMIT {
            return Err(fmt::Error);
        }
        self.out.write_str(text)
    }
}

/// What an error means. `named`: the names that the template uses from outside.
fn textless(error: &minijinja::Error, named: &HashSet<String>, properties: &PropertySource<'_>) -> Textless {
    let (why, hint) = match error.kind() {
        ErrorKind::UndefinedError => (
            unknown(named, properties),
            "Check first whether a finding has the property: `{% if cvss is defined %}…{% endif %}`.",
        ),
        ErrorKind::OutOfFuel => {
            (format!("rendering it would take more than {FUEL} steps"), "Use fewer or shorter loops.")
        }
        ErrorKind::WriteFailure => {
            (format!("its text would be longer than {} KiB", OUTPUT_LIMIT >> 10), "Shorten it.")
        }
        kind => {
            let line = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
            (
                format!("{kind}{line}"),
                "Templates use Jinja's syntax, but without includes, imports and macros.",
            )
        }
    };
    Textless { why, hint }
}

/// The properties that a template names and these findings do not have; if they have all of them, names that are not
/// properties.
fn unknown(named: &HashSet<String>, properties: &PropertySource<'_>) -> String {
    let property = |name: &&String| name.replace('_', "-").parse::<Property>().ok();
    let lacks = |name: &&String| property(name).is_some_and(|one| value(one, properties).is_none());
    let mut names: Vec<&String> = named.iter().filter(lacks).collect();
    if names.is_empty() {
        names = named.iter().filter(|name| property(name).is_none()).collect();
    }
    names.sort();
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "it uses something that is not defined".to_owned(),
        names => format!("undefined here: {}", names.join(", ")),
    }
}

fn context(properties: &PropertySource<'_>) -> Value {
    let mut all: BTreeMap<String, NamedValue> = BTreeMap::new();
    for property in Property::ALL {
        let Some(value) = value(property, properties) else { continue };
        let name = property.name().replace('-', "_");
        match name.split_once('.') {
            Some((of, member)) => {
                all.entry(of.to_owned()).or_default().members.insert(member.to_owned(), value);
            }
            None => all.entry(name).or_default().itself = Some(value),
        }
    }
    let plain = |(name, named): (String, NamedValue)| match named {
        NamedValue { itself: Some(value), members } if members.is_empty() => (name, value),
        named => (name, Value::from_object(named)),
    };
    Value::from_object(NamedValue { itself: None, members: all.into_iter().map(plain).collect() })
}

/// A number if it is one, otherwise the values as a string.
fn value(property: Property, properties: &PropertySource<'_>) -> Option<Value> {
    let values = properties.values(property);
    let mut text = values.join(", ");
    if text.len() > LONGEST_PROPERTY {
        text.truncate(text.floor_char_boundary(LONGEST_PROPERTY));
        text.push('…');
    }
    let number = || text.parse::<f64>().ok().filter(|_| property.is_number());
    match (number(), text.parse::<i64>()) {
        (Some(_), Ok(whole)) => Some(Value::from(whole)),
        (Some(number), Err(_)) => Some(Value::from(number)),
        (None, _) if property == Property::Exploited && !values.is_empty() => {
            Some(Value::from(text == "true"))
        }
        (None, _) => (!values.is_empty()).then(|| Value::from(text)),
    }
}

/// A value that has members: `rule` and `rule.name`.
#[derive(Debug, Default)]
struct NamedValue {
    itself: Option<Value>,
    members: BTreeMap<String, Value>,
}

impl Object for NamedValue {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.members.get(key.as_str()?).cloned()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.itself.as_ref().map_or(Ok(()), |itself| write!(f, "{itself}"))
    }
}

/// Accepts a limited amount and no more.
struct BoundedOutput(Vec<u8>);

impl Write for BoundedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_LIMIT {
            return Err(io::Error::other("a template produces too much text"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::samples;
    use super::*;
    use crate::model::survey::{Group, Survey};

    fn check((group, survey): &(Group, Survey), source: &str, expected: Result<&str, &str>) {
        let provenance = samples::provenance();
        let properties =
            PropertySource { group, survey, provenance: &provenance, first_seen: date(2026, 11, 22) };
        let rendered = render(source, &properties);
        match (&rendered, expected) {
            (Ok(text), Ok(expected)) => assert_eq!(text, expected, "{source}"),
            (Err(Textless { why, .. }), Err(expected)) => assert!(why.contains(expected), "{source}: {why}"),
            _ => panic!("{source}: {rendered:?}"),
        }
    }

    #[test]
    fn properties_are_at_hand() {
        let sample = samples::code(2);
        check(&sample, "{{ scanner }} {{ kind }}: {{ count + 1 }}", Ok("Bandit code: 5"));
        check(&sample, "{{ first_seen }}", Ok("2026-11-22"));
        check(&sample, "{{ rule }}={{ rule.id }}", Ok("B602=B602"));
        check(&sample, "{% if cvss is defined %}yes{% else %}no{% endif %}", Ok("no"));
        check(&samples::dependency(), "{% if cvss.score >= 7 %}bad{% endif %}", Ok("bad"));
        check(&samples::dependency(), "{% if exploited %}now{% endif %}", Ok("now"));
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        let sample = samples::code(2);
        check(&sample, "{{ cvss.score }}", Err("undefined here: `cvss.score`"));
        check(&sample, "{{ rule }} {{ package.name }}", Err("undefined here: `package.name`"));
        check(&sample, "{{ scanner }} {{ rule.mood }}", Err("undefined here: `rule.mood`"));
        check(&sample, "{{ scanner.x.y }}", Err("undefined"));
    }

    #[test]
    fn a_template_has_limits() {
        let sample = samples::code(2);
        check(
            &sample,
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            Err("more than 20000 steps"),
        );
        let long = "x".repeat(100);
        let each = format!("{{% for a in range(900) %}}{{{{ '{long}' }}}}{{% endfor %}}");
        check(&sample, &each, Err("longer than 64 KiB"));
        check(&sample, "a\n{{ scanner", Err("(line 2)"));
    }

    #[test]
    fn no_value_of_a_template_grows_without_bounds() {
        let sample = samples::code(2);
        check(&sample, "{{ [1]|slice(1000000000)|list }}", Err("no filter `slice`"));
        check(&sample, "{{ scanner|indent(1000000000) }}", Err("no filter `indent`"));
        check(&sample, "{{ range(1000000000)|join('long') }}", Err("invalid operation"));
        let long = "x".repeat(1_000);
        check(&sample, &format!("{{{{ range(9999)|join('{long}') }}}}"), Err("longer than 64 KiB"));
        check(
            &sample,
            &format!("{{{{ range(9999)|join|replace('1', '{long}') }}}}"),
            Err("longer than 64 KiB"),
        );
        check(
            &sample,
            "{% set a = scanner %}{% for b in range(99) %}{% set a = a ~ a %}{% endfor %}",
            Err("grows"),
        );
        let capture =
            format!("{{% set a = range(9999)|join %}}{}", "{% set b %}{{ a }}{% endset %}".repeat(9));
        check(&sample, &capture, Err("longer than 64 KiB"));
        check(&sample, "{{ 'a,b'|split(',')|join('-') }} {{ 'aXb'|replace('X', '+') }}", Ok("a-b a+b"));
        check(
            &sample,
            "{% set a %}{{ scanner }}!{% endset %}{{ a|upper }} {{ range(3)|list|length }}",
            Ok("BANDIT! 3"),
        );
    }

    #[test]
    fn what_a_finding_says_is_never_a_template() {
        let mut sample = samples::code(2);
        for exemplar in &mut sample.0.exemplars {
            exemplar.detail.message = "{{ scanner }}{% include 'x' %}".into();
        }
        check(&sample, "{{ message }}", Ok("{{ scanner }}{% include 'x' %}"));
    }
}
