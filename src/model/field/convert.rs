//! Converts configured strings into the value of a field.

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::shape::FieldShape;
use crate::document::shorten::shortened;
use crate::document::visible::one_line;
use crate::document::{Block, Document};
use crate::model::answer::{Choice, FieldMeta};
use crate::model::ticket::LABEL_LIMIT;
use crate::model::ticket::{Person, TicketKey};
use crate::model::write::FieldContent;

/// How long a line of text may be in Jira, in UTF-16.
const LINE: usize = 255;
/// How many of a field's values a message lists.
const LISTED: usize = 20;

/// Why a field does not accept the strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionError {
    /// For people, in words.
    pub why: String,
    /// The accepted values in this position, if they differ from those of the field.
    pub instead: Vec<Choice>,
}

impl ConversionError {
    fn new(why: String) -> ConversionError {
        ConversionError { why, instead: Vec::new() }
    }
}

/// What strings mean for a field. `person` knows who is meant.
pub fn convert(
    shape: FieldShape,
    meta: &FieldMeta,
    texts: &[String],
    person: &dyn Fn(&str) -> Option<Person>,
) -> Result<FieldContent, ConversionError> {
    let all = || texts.join(", ");
    Ok(match shape {
        FieldShape::Line => FieldContent::Text(shortened(&one_line(&all()), LINE)),
        FieldShape::Rich => FieldContent::Rich(rich(texts)),
        FieldShape::Number => FieldContent::Number(number(one(texts)?)?),
        FieldShape::Day => FieldContent::Date(day(one(texts)?)?),
        FieldShape::Moment => FieldContent::Text(moment(one(texts)?)?),
        FieldShape::One => match (one(texts)?, meta.allowed.as_slice()) {
            (text, []) => FieldContent::Name(text.to_owned()),
            (text, allowed) => chosen(choose(allowed, text)?),
        },
        FieldShape::Several if meta.allowed.is_empty() => FieldContent::Names(texts.to_vec()),
        FieldShape::Several => several(&meta.allowed, texts)?,
        FieldShape::Cascade => cascade(&meta.allowed, one(texts)?)?,
        FieldShape::Person => FieldContent::Person(who(one(texts)?, person)?),
        FieldShape::People => {
            FieldContent::People(texts.iter().map(|text| who(text, person)).collect::<Result<_, _>>()?)
        }
        FieldShape::Group => FieldContent::Group(one(texts)?.to_owned()),
        FieldShape::Groups => FieldContent::Groups(texts.to_vec()),
        FieldShape::Words => FieldContent::Words(words(texts)),
        FieldShape::Url => FieldContent::Url(address(one(texts)?)?),
        FieldShape::Ticket => match TicketKey::parse(one(texts)?.trim()) {
            Some(key) => FieldContent::Key(key.to_string()),
            None => return Err(not(&all(), "the key of a ticket")),
        },
        FieldShape::Things if meta.allowed.is_empty() => {
            FieldContent::Ids(texts.iter().map(|text| text.trim().to_owned()).collect())
        }
        FieldShape::Things => several(&meta.allowed, texts)?,
        FieldShape::Estimate => match texts {
            [original] => FieldContent::Estimate(one_line(original.trim()), None),
            [original, remaining] => {
                FieldContent::Estimate(one_line(original.trim()), Some(one_line(remaining.trim())))
            }
            _ => {
                return Err(ConversionError::new(
                    "it takes an original estimate and, optionally, a remaining estimate, e.g. 2d".to_owned(),
                ));
            }
        },
        FieldShape::Unknown => {
            return Err(ConversionError::new(format!(
                "casefile cannot set fields of this type (`{}`)",
                meta.schema
            )));
        }
    })
}

/// The same for a list of values, of which those that the field accepts are used without the others. The second result
/// says why values are left out, if any are.
pub fn convert_what_fits(
    shape: FieldShape,
    meta: &FieldMeta,
    texts: &[String],
    person: &dyn Fn(&str) -> Option<Person>,
) -> (Option<FieldContent>, Option<ConversionError>) {
    if !matches!(shape, FieldShape::Several | FieldShape::People) {
        return match convert(shape, meta, texts, person) {
            Ok(value) => (Some(value), None),
            Err(wrong) => (None, Some(wrong)),
        };
    }
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for text in texts {
        match convert(shape, meta, std::slice::from_ref(text), person) {
            Ok(_) => good.push(text.clone()),
            Err(wrong) => bad.push(wrong.why),
        }
    }
    let value = if good.is_empty() { None } else { convert(shape, meta, &good, person).ok() };
    (value, (!bad.is_empty()).then(|| ConversionError::new(bad.join("; "))))
}

/// Words as labels: without spaces, each once.
pub fn words(texts: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in texts {
        let word = shortened(&text.split_whitespace().collect::<Vec<_>>().join("-"), LABEL_LIMIT);
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The values that a field accepts, for a message: ` It takes: a, b.`; empty if they are not known.
pub fn listed(allowed: &[Choice]) -> String {
    if allowed.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = allowed.iter().take(LISTED).map(|choice| one_line(&choice.name)).collect();
    if allowed.len() > LISTED {
        names.push(format!("and {} more", allowed.len() - LISTED));
    }
    format!("It takes: {}.", names.join(", "))
}

/// The value that is meant by its id, or by its name, ignoring case.
pub fn choice<'m>(allowed: &'m [Choice], text: &str) -> Option<&'m Choice> {
    let text = text.trim();
    let name = text.to_lowercase();
    let by_id = allowed.iter().find(|choice| choice.id == text && !text.is_empty());
    by_id.or_else(|| allowed.iter().find(|choice| choice.name.trim().to_lowercase() == name))
}

/// A value, as it is written.
pub fn chosen(choice: &Choice) -> FieldContent {
    if choice.id.is_empty() {
        FieldContent::Name(choice.name.clone())
    } else {
        FieldContent::Id(choice.id.clone())
    }
}

fn choose<'m>(allowed: &'m [Choice], text: &str) -> Result<&'m Choice, ConversionError> {
    choice(allowed, text).ok_or_else(|| not(text, "one of its values"))
}

fn several(allowed: &[Choice], texts: &[String]) -> Result<FieldContent, ConversionError> {
    let choices: Vec<&Choice> = texts.iter().map(|text| choose(allowed, text)).collect::<Result<_, _>>()?;
    Ok(if choices.iter().any(|choice| choice.id.is_empty()) {
        FieldContent::Names(choices.into_iter().map(|choice| choice.name.clone()).collect())
    } else {
        FieldContent::Ids(choices.into_iter().map(|choice| choice.id.clone()).collect())
    })
}

/// `Parent > Child`, or only the parent. Names may contain a `>` themselves, so any of them may be the separator.
fn cascade(allowed: &[Choice], text: &str) -> Result<FieldContent, ConversionError> {
    if let Some(parent) = choice(allowed, text) {
        return Ok(FieldContent::Cascade(parent.id.clone(), None));
    }
    let mut known: Option<(&Choice, &str)> = None;
    for (at, _) in text.match_indices('>') {
        let (parent, child) = (&text[..at], &text[at + 1..]);
        let Some(parent) = choice(allowed, parent) else { continue };
        if let Some(child) = choice(&parent.children, child) {
            return Ok(FieldContent::Cascade(parent.id.clone(), Some(child.id.clone())));
        }
        known = Some((parent, child));
    }
    Err(match known {
        Some((parent, child)) => ConversionError {
            instead: parent.children.clone(),
            ..not(child.trim(), &format!("one of the values under `{}`", parent.name))
        },
        None => not(text.split_once('>').map_or(text, |(parent, _)| parent), "one of its values"),
    })
}

fn one(texts: &[String]) -> Result<&str, ConversionError> {
    match texts {
        [text] => Ok(text),
        _ => Err(ConversionError::new(format!("it takes one value, not {}", texts.len()))),
    }
}

fn number(text: &str) -> Result<f64, ConversionError> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| not(text, "a number"))
}

fn day(text: &str) -> Result<Date, ConversionError> {
    let day = text.trim().get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| not(text, "a date in the form YYYY-MM-DD"))
}

/// A moment in Jira's format.
fn moment(text: &str) -> Result<String, ConversionError> {
    let text = text.trim();
    let moment = text.parse::<Timestamp>().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok());
    let moment = moment.ok_or_else(|| not(text, "a date and time in the form YYYY-MM-DDThh:mm:ssZ"))?;
    Ok(moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string())
}

fn address(text: &str) -> Result<String, ConversionError> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(String::from).ok_or_else(|| not(text, "a web address"))
}

fn who(text: &str, person: &dyn Fn(&str) -> Option<Person>) -> Result<String, ConversionError> {
    let found = person(text.trim()).map(|person| person.id);
    found.ok_or_else(|| not(text, "an active account, or is not visible"))
}

fn rich(texts: &[String]) -> Document {
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
    Document::of(lines.map(Block::text).collect())
}

fn not(text: &str, what: &str) -> ConversionError {
    ConversionError::new(format!("`{}` is not {what}", shortened(&one_line(text), LINE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;

    fn choices(names: &[(&str, &str)]) -> Vec<Choice> {
        let choice = |(id, name): &(&str, &str)| Choice {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            children: Vec::new(),
        };
        names.iter().map(choice).collect()
    }

    /// Texts for a field with two allowed values, and what becomes of them.
    fn check(shape: FieldShape, texts: &[&str], expected: &str) {
        let mut allowed = choices(&[("1", "Production"), ("2", "Staging"), ("3", "2")]);
        allowed[0].children = choices(&[("11", "EU"), ("12", "US")]);
        let meta = FieldMeta { allowed, schema: "odd".into(), ..FieldMeta::default() };
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let alice = |who: &str| (who == "alice").then(|| Person { id: "5b".into(), name: "Alice".into() });
        let said = match convert(shape, &meta, &texts, &alice) {
            Ok(FieldContent::Rich(document)) => format!("rich {}", plain::render(&document)),
            Ok(value) => format!("{value:?}"),
            Err(wrong) => format!("{} {}", wrong.why, listed(&wrong.instead)).trim_end().to_owned(),
        };
        assert_eq!(said, expected, "{shape:?} {texts:?}");
    }

    #[test]
    fn texts_become_what_the_field_takes() {
        check(FieldShape::Line, &["a\nb", "c"], r#"Text("a b, c")"#);
        check(FieldShape::Rich, &["a\n\nb"], "rich a\nb\n");
        check(FieldShape::Number, &["7.5"], "Number(7.5)");
        check(FieldShape::Number, &["NaN"], "`NaN` is not a number");
        check(FieldShape::Number, &["1", "2"], "it takes one value, not 2");
        check(FieldShape::Day, &["2027-01-31"], "Date(2027-01-31)");
        check(FieldShape::Day, &["soon"], "`soon` is not a date in the form YYYY-MM-DD");
        check(FieldShape::Moment, &["2027-01-31"], r#"Text("2027-01-31T00:00:00.000+0000")"#);
        check(FieldShape::Moment, &["2027-01-31T12:30:00+02:00"], r#"Text("2027-01-31T10:30:00.000+0000")"#);
        check(FieldShape::One, &["production"], r#"Id("1")"#);
        check(FieldShape::One, &["2"], r#"Id("2")"#);
        check(FieldShape::One, &["nowhere"], "`nowhere` is not one of its values");
        check(FieldShape::Several, &["Staging", "1"], r#"Ids(["2", "1"])"#);
        check(FieldShape::Several, &["Staging", "x"], "`x` is not one of its values");
        check(FieldShape::Cascade, &["Production > us"], r#"Cascade("1", Some("12"))"#);
        check(FieldShape::Cascade, &["Production"], r#"Cascade("1", None)"#);
        check(
            FieldShape::Cascade,
            &["Production > AS"],
            "`AS` is not one of the values under `Production` It takes: EU, US.",
        );
        check(
            FieldShape::Things,
            &["ari:cloud:graph::service/7"],
            "`ari:cloud:graph::service/7` is not one of its values",
        );
        check(FieldShape::Things, &["Staging"], r#"Ids(["2"])"#);
        check(FieldShape::Estimate, &["2d 4h"], r#"Estimate("2d 4h", None)"#);
        check(FieldShape::Estimate, &["2d", "1d"], r#"Estimate("2d", Some("1d"))"#);
        check(FieldShape::Person, &["alice"], r#"Person("5b")"#);
        check(FieldShape::Person, &["carol"], "`carol` is not an active account, or is not visible");
        check(FieldShape::People, &["alice", "alice"], r#"People(["5b", "5b"])"#);
        check(FieldShape::Groups, &["a", "b"], r#"Groups(["a", "b"])"#);
        check(FieldShape::Words, &["a b", "c", "c"], r#"Words(["a-b", "c"])"#);
        check(FieldShape::Url, &["https://a.example/x"], r#"Url("https://a.example/x")"#);
        check(FieldShape::Url, &["javascript:x"], "`javascript:x` is not a web address");
        check(FieldShape::Ticket, &["SEC-1"], r#"Key("SEC-1")"#);
        check(FieldShape::Ticket, &["x"], "`x` is not the key of a ticket");
        check(FieldShape::Unknown, &["x"], "casefile cannot set fields of this type (`odd`)");
    }

    #[test]
    fn names_may_hold_what_parts_them() {
        let mut allowed = choices(&[("1", "A > B"), ("2", "A"), ("3", "x>y")]);
        allowed[0].children = choices(&[("11", "C"), ("12", "D > E")]);
        allowed[1].children = choices(&[("21", "B > F")]);
        let check = |text: &str, expected: &str| {
            let said = match cascade(&allowed, text) {
                Ok(value) => format!("{value:?}"),
                Err(wrong) => wrong.why,
            };
            assert_eq!(said, expected, "{text}");
        };
        check("A > B", r#"Cascade("1", None)"#);
        check("A > B > C", r#"Cascade("1", Some("11"))"#);
        check("a > b > d > e", r#"Cascade("1", Some("12"))"#);
        check("A > B > F", r#"Cascade("2", Some("21"))"#);
        check("x>y", r#"Cascade("3", None)"#);
        check("A > B > Z", "`Z` is not one of the values under `A > B`");
        check("Q > C", "`Q` is not one of its values");
    }

    #[test]
    fn services_of_which_no_list_is_known_go_by_their_ids() {
        let texts = ["b:YXJp".to_owned()];
        let value = convert(FieldShape::Things, &FieldMeta::default(), &texts, &|_| None);
        assert_eq!(value, Ok(FieldContent::Ids(vec!["b:YXJp".into()])));
    }

    #[test]
    fn of_a_list_what_the_field_takes_is_good() {
        let meta = FieldMeta { allowed: choices(&[("1", "AppSec"), ("2", "Web")]), ..FieldMeta::default() };
        let check = |shape: FieldShape, texts: &[&str], value: Option<FieldContent>, why: Option<&str>| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let alice =
                |who: &str| (who == "alice").then(|| Person { id: "5b".into(), name: "Alice".into() });
            let (given, wrong) = convert_what_fits(shape, &meta, &texts, &alice);
            assert_eq!((given, wrong.map(|wrong| wrong.why)), (value, why.map(str::to_owned)), "{texts:?}");
        };
        let ids = |ids: &[&str]| Some(FieldContent::Ids(ids.iter().map(|id| (*id).to_owned()).collect()));
        check(FieldShape::Several, &["web", "appsec"], ids(&["2", "1"]), None);
        check(FieldShape::Several, &["web", "x"], ids(&["2"]), Some("`x` is not one of its values"));
        let both = "`x` is not one of its values; `y` is not one of its values";
        check(FieldShape::Several, &["x", "y"], None, Some(both));
        let people = Some(FieldContent::People(vec!["5b".into()]));
        check(
            FieldShape::People,
            &["carol", "alice"],
            people,
            Some("`carol` is not an active account, or is not visible"),
        );
        check(FieldShape::One, &["x"], None, Some("`x` is not one of its values"));
    }

    #[test]
    fn a_line_is_no_longer_than_jira_takes() {
        let long = "word ".repeat(99);
        let meta = FieldMeta::default();
        let Ok(FieldContent::Text(line)) = convert(FieldShape::Line, &meta, &[long], &|_| None) else {
            panic!("a line")
        };
        assert!(line.encode_utf16().count() <= LINE && line.ends_with('…'), "{line}");
    }

    #[test]
    fn without_known_values_names_are_taken() {
        let meta = FieldMeta::default();
        let texts = ["x".to_owned()];
        assert_eq!(convert(FieldShape::One, &meta, &texts, &|_| None), Ok(FieldContent::Name("x".into())));
        assert_eq!(
            convert(FieldShape::Several, &meta, &texts, &|_| None),
            Ok(FieldContent::Names(vec!["x".into()]))
        );
    }

    #[test]
    fn many_values_are_not_all_listed() {
        let many: Vec<Choice> = (0..30).flat_map(|n| choices(&[("1", &format!("v{n}"))])).collect();
        assert!(listed(&many).ends_with("v19, and 10 more."), "{}", listed(&many));
        assert_eq!(listed(&[]), "");
    }
}
