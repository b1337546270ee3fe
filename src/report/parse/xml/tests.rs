//! Elements of any XML, whatever is wrong with it.

use std::io::Cursor;

use crate::report::parse::json::OwnedElement;
use crate::report::parse::xml::*;
use crate::report::shared::recorded::Problems;

/// The `b` within `a`, the problems, and what ended the reading.
fn read(text: String) -> (Vec<Value>, Vec<Problem>, Result<(), Problem>) {
    let (mut values, mut problems) = (Vec::new(), Problems::default());
    let mut xml = Xml::new("r", Box::new(Cursor::new(text)), &["many"], &mut problems);
    let end = xml.root(|xml, _| {
        xml.each_child(|xml, name| {
            if name == "b" {
                values.extend(xml.value::<OwnedElement<Value>, _>(|value, _| value)?);
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
    let cut = Some("is cut off");
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
    check(&deep, "[]", Some("is cut off"));
    check(&format!("<a>{}", "<b>".repeat(1000)), "[]", Some("nested"));
    let large = read(format!(
        "<a><b><c>{}</c></b><b>x</b></a>",
        format!("<d>{}</d>", "x".repeat(1 << 16)).repeat(257)
    ));
    assert_eq!((large.0, large.2), (vec![Value::from("x")], Ok(())));
    assert!(large.1[0].message.contains("larger than 16 MiB"), "{:?}", large.1);
    let endless = read(format!("<a><b>{}</b></a>", "x".repeat(ELEMENT_LIMIT as usize + (1 << 16))));
    assert!(endless.2.unwrap_err().message.contains("a string is larger"));
}
