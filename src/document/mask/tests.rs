//! How credentials may be written, and what is left unchanged.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::*;

const SECRET: &str = "ghs_a+b/c=d\"e&f\\ G7hIjKlMnOp";

fn holding(secrets: &[&str]) -> Held {
    let mut held = Held::default();
    secrets.iter().for_each(|secret| held.add(secret));
    held
}

fn check(said: &str, expected: &str) {
    assert_eq!(holding(&[SECRET]).masked(said), expected, "{said}");
}

#[test]
fn a_credential_is_masked_however_it_is_written() {
    check(&format!("no {SECRET}!"), "no ***!");
    check(&format!("a {SECRET} and {SECRET}"), "a *** and ***");
    check("ghs_a%2Bb%2Fc%3Dd%22e%26f%5C%20G7hIjKlMnOp", "***");
    check("ghs_a%2bb%2fc%3dd%22e%26f%5c+G7hIjKlMnOp", "***");
    check("ghs_a%252Bb%252Fc%253Dd%2522e%2526f%255C%2520G7hIjKlMnOp", "***");
    check(&serde_json::json!({ "said": SECRET }).to_string(), "{\"said\":\"***\"}");
    check(
        &serde_json::json!({ "said": serde_json::json!([SECRET]).to_string() }).to_string(),
        "{\"said\":\"[\\\"***\\\"]\"}",
    );
    check("ghs_a+b/c=d&quot;e&amp;f\\ G7hIjKlMnOp", "***");
    check("ghs_a&#43;b&#x2F;c&#61;d&quot;e&amp;amp;f&#92; G7hIjKlMnOp", "***");
    let unicode: String = SECRET.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    check(&format!("<{unicode}>"), "<***>");
    check(&format!("<{}>", unicode.replace('\\', "\\\\")), "<***>");
    let entities: String = SECRET.bytes().map(|byte| format!("&#{byte};")).collect();
    check(&format!("<{entities}>"), "<***>");
    let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
    check(&format!("<{percent}>"), "<***>");
    for between in ["", ":", " ", "\n", "-"] {
        let hex: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
        check(&format!("({})", hex.join(between)), "(***)");
    }
    check(&SECRET.to_uppercase(), "***");
    check("nothing of it", "nothing of it");
    check("", "");
}

#[test]
fn a_credential_is_masked_wrapped_broken_and_cut_off() {
    for between in ["\n", "\r\n ", "\u{200b}", "\u{ad}", "\u{1b}[31m", "\0", "\\n"] {
        for at in 1..SECRET.len() - 1 {
            let broken = [&SECRET[..at], between, &SECRET[at..]].concat();
            let left = holding(&[SECRET]).masked(&broken).into_owned();
            assert!(
                left.contains("***") && !left.contains("G7") && !left.contains("ghs"),
                "{broken:?}: {left:?}"
            );
        }
    }
    check(&format!("said: {}…", &SECRET[..22]), "said: ***…");
    check(&format!("…{}", &SECRET[10..]), "…***");
    // a part of its beginning is not enough to reveal it
    check("ghs_a and so on", "ghs_a and so on");
}

#[test]
fn base64_of_base64_hides_nothing() {
    for user in ["", "a:", "bot@example.com:"] {
        let once = BASE64_STANDARD.encode(format!("{user}{SECRET}"));
        let twice = BASE64_STANDARD.encode(format!("Basic {once}"));
        let left = holding(&[SECRET]).masked(&twice).into_owned();
        assert!(left.contains("***") && left.len() + 40 < twice.len(), "{twice}: {left}");
    }
}

#[test]
fn base64_hides_nothing_whatever_stands_around_it() {
    for user in ["", ":", "a:", "ab:", "bot@example.com:", "x-access-token:"] {
        for after in ["", ":", ":x"] {
            let pair = format!("{user}{SECRET}{after}");
            for written in [BASE64_STANDARD.encode(&pair), BASE64_URL_SAFE_NO_PAD.encode(&pair)] {
                for width in [7, 20, 76] {
                    let lines: Vec<&str> = written
                        .as_bytes()
                        .chunks(width)
                        .map(|line| std::str::from_utf8(line).unwrap())
                        .collect();
                    let left = holding(&[SECRET]).masked(&lines.join("\r\n ")).into_owned();
                    // when neighbours share a group of three bytes, a few bits are left
                    assert!(left.contains("***") && left.len() + 24 < written.len() + 6, "{written}: {left}");
                }
            }
        }
    }
}

#[test]
fn a_document_stays_one() {
    let held = holding(&["findings1", "a\"b\"cdefgh", "!!??%%&&//"]);
    let said = r#"{"findings":1,"x":["findings",1]}"#;
    assert_eq!(held.masked(said), said);
    assert_eq!(held.masked(r#"{"said":"findings1","a":"a\"b\"cdefgh"}"#), r#"{"said":"***","a":"***"}"#);
    // a credential with few letters is recognised in every way of writing it
    assert_eq!(held.masked("it is !!??%%&&//, or %21%21%3F%3F%25%25%26%26%2F%2F"), "it is ***, or ***");
}

#[test]
fn what_may_be_a_word_takes_no_name_from_a_finding() {
    let held = holding(&["password", "postgres-admin", "s3cret-token", "c4n4ry-of-a-long-token"]);
    let report = "password postgres-admin s3cret-token";
    assert_eq!(held.without_folded(report, |one| one.random), report);
    assert_eq!(held.without_folded("C4N4RY of a long token", |one| one.random), "***");
    // casefile's own words are a different matter
    assert_eq!(
        held.masked("a password, Password, pass-word; s3cret token"),
        "a ***, Password, pass-word; ***"
    );
    assert!(held.masked(&BASE64_STANDARD.encode("bot:password:")).contains("***"));
}

#[test]
fn a_short_one_is_masked_as_a_word_of_what_a_server_says() {
    let held = holding(&["casefil", "  ", "true", "1234", "-----BEGIN PRIVATE KEY-----"]);
    assert!(held.spelled.is_empty() && held.folded.is_empty());
    assert_eq!(held.masked("casefil"), "casefil");
    assert_eq!(held.without_words("casefil, a casefile, true 1234"), "***, a casefile, true 1234");
}

#[test]
fn what_the_process_holds_is_masked_line_by_line() {
    hold("-----BEGIN KEY-----\nline-of-a-key-1\nline-of-a-key-2\n-----END KEY-----\nsh0rt!");
    assert_eq!(text("it says line-of-a-key-2, line-of-a-key-1"), "it says ***, ***");
    let mut answer = b"\xff line-of-a-key-1".to_vec();
    bytes(&mut answer);
    assert!(answer.ends_with(b" ***"));
    let mut answer = b"\xff fine".to_vec();
    bytes(&mut answer);
    assert_eq!(answer, b"\xff fine");
    let mut answer = b"no sh0rt! here".to_vec();
    refusal(&mut answer);
    assert_eq!(answer, b"no *** here");
}
