//! Elements of any JSON, whatever is wrong with it and however it is cut into pieces.

use std::io::Cursor;

use proptest::prelude::*;
use serde_json::Value;

use crate::report::parse::json::element::ELEMENT_LIMIT;
use crate::report::parse::json::*;
use crate::report::shared::recorded::Problems;

/// The elements of `runs[*].results[*]`, the problems, and what ended the reading.
fn read(input: Box<dyn Read>) -> (Vec<Value>, Vec<Problem>, Result<(), Problem>) {
    let (mut values, mut problems) = (Vec::new(), Problems::default());
    let end = Json::new("r", input, &mut problems).each_document(|json| {
        json.each_entry(|json, key| match key {
            "runs" => json.each_element(|json| {
                json.each_entry(|json, key| match key {
                    "results" => json.each_element(|json| {
                        values.extend(json.value::<OwnedElement<Value>, _>(|value, _| value)?);
                        Ok(())
                    }),
                    _ => Ok(()),
                })
            }),
            _ => Ok(()),
        })
    });
    (values, problems.0, end)
}

fn check(text: &[u8], values: &str, problems: &[(&str, &str)], end: Option<(&str, &str)>) {
    let read = read(Box::new(Cursor::new(text.to_vec())));
    let said = |problem: &Problem, (place, message): (&str, &str)| {
        assert!(problem.place.contains(place), "{problem:?}");
        assert!(problem.message.contains(message), "{problem:?}");
    };
    assert_eq!(Value::Array(read.0).to_string(), values);
    assert_eq!(read.1.len(), problems.len(), "{:?}", read.1);
    read.1.iter().zip(problems).for_each(|(problem, expected)| said(problem, *expected));
    match (read.2, end) {
        (Err(problem), Some(expected)) => said(&problem, expected),
        (read, expected) => assert_eq!((read.err(), expected), (None, None)),
    }
}

#[test]
fn elements_come_one_by_one() {
    check(
        br#"{"runs":[{"results":[1,{"a":[]}]},{"results":[]},{"results":null}]}"#,
        r#"[1,{"a":[]}]"#,
        &[],
        None,
    );
    check(br#"{"x":[{"}":"]"}],"runs":[{"results":["a"],"y":-1e5}]}"#, r#"["a"]"#, &[], None);
    check(br#"{"runs":{"results":{"one":1}}}"#, r#"[{"one":1}]"#, &[], None);
    check(b"{\"runs\":[{\"results\":[1]}]}\n{\"runs\":[{\"results\":[2]}]}", "[1,2]", &[], None);
    check(br#"{"runs":[{"results":[1]}]}{"runs":[{"results":[2,]}]}"#, "[1,2]", &[], None);
    check(br#"{"runs":"x"} [] null"#, "[]", &[("r: runs (byte 8)", "is not a list")], None);
    check(b"", "[]", &[], None);
}

#[test]
fn one_bad_element_never_costs_its_neighbours() {
    check(
        br#"{"runs":[{"results":[1,{"a":},3]}]}"#,
        "[1,3]",
        &[("r: runs[0].results[1] (byte 23)", "is not valid JSON: expected value")],
        None,
    );
    let deep = format!(r#"{{"runs":[{{"results":[{}{},3]}}]}}"#, "[".repeat(200), "]".repeat(200));
    check(deep.as_bytes(), "[3]", &[("results[0]", "recursion limit")], None);
    let large = format!(r#"{{"runs":[{{"results":["{}",3]}}]}}"#, "x".repeat(ELEMENT_LIMIT));
    check(large.as_bytes(), "[3]", &[("results[0]", "larger than 16 MiB")], None);
    check(b"{\"runs\":[{\"results\":[\"a\xff\",\"\\ud800\"]}]}", "[\"a\u{fffd}\",\"\u{fffd}\"]", &[], None);
}

#[test]
fn what_is_cut_off_is_said() {
    let cut = |text: &str, values| check(text.as_bytes(), values, &[], Some(("", "is cut off")));
    cut(r#"{"runs":[{"results":[1,{"a":2}"#, r#"[1,{"a":2}]"#);
    cut(r#"{"runs":[{"results":[1,{"a":2"#, "[1]");
    cut(r#"{"runs":[{"results":[1,{"a":"b"#, "[1]");
    cut(r#"{"runs":[{"resu"#, "[]");
    cut(r#"{"other":[[["#, "[]");
    cut("{", "[]");
}

#[test]
fn what_is_no_json_is_said() {
    let check = |text: &str, place| check(text.as_bytes(), "[]", &[], Some((place, "is not JSON")));
    check(r#"{"runs":[}"#, "r: runs (byte 9)");
    check(r#"{"runs" 1}"#, "r (byte 1)");
    check(r#"{1:2}"#, "r (byte 1)");
    check(r#"{"a":,"b":1}"#, "r: a (byte 5)");
    check(r#"{"a":1]"#, "r (byte 6)");
    check("]", "r (byte 0)");
}

#[test]
fn what_follows_can_be_looked_at() {
    let check = |text: &str, expected: Option<&str>| {
        let (mut problems, mut ahead) = (Problems::default(), None);
        let end =
            Json::new("r", Box::new(Cursor::new(text.to_owned())), &mut problems).each_entry(|json, key| {
                if key == "a" {
                    ahead = json.rest_of_object();
                }
                Ok(())
            });
        assert_eq!(end, Ok(()));
        assert_eq!(ahead.map(|ahead| String::from_utf8(ahead).unwrap()).as_deref(), expected);
    };
    check(r#"{"z":1,"a":{"}":1},"b":["]"]} {"c":2}"#, Some(r#"{"}":1},"b":["]"]}"#));
    check(r#"{"a":1}"#, Some("1}"));
    check(&format!(r#"{{"a":"{}"}}"#, "x".repeat(1 << 20)), None);
}

#[test]
fn a_walk_is_bounded_in_depth() {
    fn down(json: &mut Json<'_>) -> Result<(), Problem> {
        json.each_element(down)
    }
    let mut problems = Problems::default();
    let input = Box::new(Cursor::new("[".repeat(1 << 20)));
    let end = Json::new("r", input, &mut problems).each_document(down);
    assert!(end.unwrap_err().message.contains("nested"));
}

/// Returns the input in pieces of the given sizes, in turn.
struct Pieces(Cursor<Vec<u8>>, Vec<usize>, usize);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.2 += 1;
        let size = self.1[self.2 % self.1.len()].min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[\\PC\"\\\\{}\\[\\],:]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However the input arrives, and however far the window has to grow.
    #[test]
    fn it_agrees_with_serde_json(
        results in proptest::collection::vec(value(), 0..12),
        pretty: bool,
        blanks in 0usize..300_000,
        sizes in proptest::collection::vec(1usize..5000, 1..4),
    ) {
        let report = serde_json::json!({"z": results, "runs": [{"a": results}, {"results": results}]});
        let mut text = if pretty { serde_json::to_vec_pretty(&report) } else { serde_json::to_vec(&report) }.unwrap();
        text.splice(0..0, std::iter::repeat_n(b' ', blanks));
        let (values, problems, end) = read(Box::new(Pieces(Cursor::new(text), sizes, 0)));
        prop_assert_eq!(values, results);
        prop_assert_eq!((problems, end), (vec![], Ok(())));
    }
}
