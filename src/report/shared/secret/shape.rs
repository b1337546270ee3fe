//! Credentials that are recognised by their form, whatever rule's text or line they are in: a query for SQL injection
//! may quote the line with the token, too.

use std::borrow::Cow;

use crate::model::finding::{FindingDetail, FlowStep};

/// Replaces one.
const MASK: &str = "***";

/// The prefixes of services' tokens, and how many letters and digits follow at least.
const TOKENS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 35),
    ("SG.", 20),
    ("eyJ", 30),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("ghu_", 30),
    ("github_pat_", 30),
    ("glpat-", 18),
    ("hf_", 30),
    ("npm_", 30),
    ("pypi-", 50),
    ("sk-", 32),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("xoxa-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("dop_v1_", 40),
];

/// Masks them in what a scanner says about a place; returns whether there were any.
pub(crate) fn mask(detail: &mut FindingDetail<'_>) -> bool {
    let snippet = detail.snippet.as_mut().is_some_and(text);
    let steps = detail.flow.iter_mut().chain(&mut detail.also).chain(&mut detail.related);
    let steps = steps.fold(false, |any, FlowStep { message, .. }| text(message) | any);
    let facts = detail.facts.iter_mut().fold(false, |any, fact| text(&mut fact.value) | any);
    let markdown = detail.markdown.as_mut().is_some_and(text);
    text(&mut detail.message) | markdown | snippet | steps | facts
}

/// Masks them in a text; one without any stays as it is.
fn text(text: &mut Cow<'_, str>) -> bool {
    let masked = masked(text);
    let any = masked.is_some();
    if let Some(masked) = masked {
        *text = Cow::Owned(masked);
    }
    any
}

/// A text with them masked; `None`: it contains none.
pub(crate) fn masked(text: &str) -> Option<String> {
    if may_contain_one(text) { scan(text) } else { None }
}

/// The length of the shortest token, in bytes.
const SHORTEST_TOKEN: usize = 20;

/// Whether a text has anything that each credential has. Most texts have nothing of it, and this is found out quickly.
fn may_contain_one(text: &str) -> bool {
    let bytes = text.as_bytes();
    let words = ["BEGIN ", "Bearer ", "Basic "].map(str::as_bytes);
    let begins = |at: usize| words.iter().any(|word| bytes[at..].starts_with(word));
    memchr::memchr2(b':', b'=', bytes).is_some()
        || has_long_word(bytes)
        || memchr::memchr_iter(b'B', bytes).any(begins)
}

/// Whether a text has a word that is as long as a token. Only about one byte of each such length is looked at.
fn has_long_word(bytes: &[u8]) -> bool {
    let mut at = SHORTEST_TOKEN - 1;
    while let Some(byte) = bytes.get(at) {
        if is_inner(byte) {
            let before = bytes[..at].iter().rev().take_while(|byte| is_inner(byte)).count();
            let after = bytes[at + 1..].iter().take(SHORTEST_TOKEN).take_while(|byte| is_inner(byte)).count();
            if before + 1 + after >= SHORTEST_TOKEN {
                return true;
            }
            at += after;
        }
        at += SHORTEST_TOKEN;
    }
    false
}

/// Whether a character can be part of a token.
fn is_inner(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn scan(text: &str) -> Option<String> {
    let mut masked: Option<String> = None;
    let mut kept = 0;
    let mut at = 0;
    let mut in_address = false;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        in_address = match bytes[at] {
            b':' => in_address || bytes[at..].starts_with(b"://"),
            byte => in_address && !byte.is_ascii_whitespace(),
        };
        let length = length(text, at, in_address);
        if length > 0 {
            let out = masked.get_or_insert_default();
            out.push_str(&text[kept..at]);
            out.push_str(MASK);
            kept = at + length;
        }
        at += length.max(1);
    }
    masked.map(|out| out + &text[kept..])
}

/// The length of the credential that begins here; 0: there is none. `in_address`: the surrounding word has a scheme.
fn length(text: &str, at: usize, in_address: bool) -> usize {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'A' | b'S' | b'd' | b'e' | b'g' | b'h' | b'n' | b'p' | b'r' | b's' | b'x' => token(text, at),
        b'-' if bytes[at..].starts_with(b"-----BEGIN ") => private_key(&text[at..]),
        b':' if bytes[at..].starts_with(b"://") => 0,
        b':' if in_address => password(text, at).max(assignment(text, at)),
        b'=' if in_address => parameter(text, at).max(assignment(text, at)),
        b':' | b'=' => assignment(text, at),
        b'B' => header(text, at),
        _ => 0,
    }
}

/// A service's token that is not part of a longer word.
fn token(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    let begins = at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric();
    if !begins || rest.len() < SHORTEST_TOKEN || !rest[..SHORTEST_TOKEN].iter().all(is_inner) {
        return 0;
    }
    let fits = |&&(start, least): &&(&str, usize)| {
        let Some(own) = rest.strip_prefix(start.as_bytes()) else { return false };
        let own = &own[..own.iter().take(SEARCHED_BYTES).take_while(|byte| is_inner(byte)).count()];
        let alphanumeric = own.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
        alphanumeric >= least && own.iter().any(u8::is_ascii_digit)
    };
    match TOKENS.iter().find(fits) {
        Some(_) => rest.iter().take_while(|byte| is_inner(byte)).count(),
        None => 0,
    }
}

/// The maximum length of the first line of a private key, in bytes.
const HEAD: usize = 100;

/// A private key up to its end, or to the end of the text.
fn private_key(rest: &str) -> usize {
    let head = &rest[..rest.floor_char_boundary(HEAD)];
    let Some(head) = head.lines().next().filter(|head| head.contains("PRIVATE KEY")) else { return 0 };
    let end = rest.find("-----END ").map(|at| at + rest[at..].find('\n').unwrap_or(rest.len() - at));
    end.unwrap_or(rest.len()).max(head.len())
}

/// The password in an address, `https://user:password@host`, with its colon; the user name stays.
fn password(text: &str, at: usize) -> usize {
    let ends = |byte: u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'' | b'`' | b'<' | b'>' | b',')
    };
    let own = text.as_bytes()[at + 1..].iter().take(SEARCHED_BYTES).take_while(|&&byte| !ends(byte)).count();
    let own = &text[at + 1..text.floor_char_boundary(at + 1 + own)];
    let before = word_before(text, at);
    let before =
        before.rsplit(|c: char| c.is_ascii() && ends(c as u8) && c != '/').next().unwrap_or_default();
    let has_user = before.rsplit_once("://").is_some_and(|(scheme, user)| {
        scheme.ends_with(|c: char| c.is_ascii_alphanumeric()) && !user.contains('/')
    });
    let variable = own.starts_with(['$', '{', '%', '<']);
    match own.rfind('@') {
        Some(end) if end > 0 && has_user && !variable => end + 1,
        _ => 0,
    }
}

/// Names of address parameters that contain credentials, without the separators between their words.
const PARAMETERS: [&str; 17] = [
    "accesstoken",
    "apikey",
    "apitoken",
    "auth",
    "authtoken",
    "clientsecret",
    "passphrase",
    "password",
    "passwd",
    "pwd",
    "privatetoken",
    "secret",
    "sig",
    "signature",
    "token",
    "xamzsecuritytoken",
    "xamzsignature",
];

/// The length of the shortest value that is taken for a credential.
const SHORTEST: usize = 6;

/// The value of an address parameter that contains a credential, `?token=…`, with its separator; the name stays.
fn parameter(text: &str, at: usize) -> usize {
    let before = &text[text.ceil_char_boundary(at.saturating_sub(40))..at];
    let Some((_, name)) = before.rsplit_once(['?', '&', '#', ';']) else { return 0 };
    let bare: String = name.chars().filter(|c| !matches!(c, '-' | '_')).collect();
    if !PARAMETERS.contains(&bare.to_ascii_lowercase().as_str()) {
        return 0;
    }
    let value = &text[at + 1..];
    let ends = |c: char| c.is_whitespace() || "&#\"'`<>(),;".contains(c);
    let value = &value[..value.find(ends).unwrap_or(value.len())];
    let variable = value.starts_with(['$', '{', '%', '*']);
    if value.len() >= SHORTEST && !variable { 1 + value.len() } else { 0 }
}

/// Names of keys whose values are credentials, without the separators between their words.
const KEYS: [&str; 11] = [
    "accesstoken",
    "accountkey",
    "apikey",
    "apitoken",
    "authtoken",
    "clientsecret",
    "secretaccesskey",
    "secretkey",
    "sharedaccesskey",
    "secrettoken",
    "signingkey",
];

/// The minimum number of letters and digits in a key's value that is not a word.
const LEAST: usize = 20;

/// A long value of letters and digits that is assigned to a key with such a name, `aws_secret_access_key = …`, with its
/// separator.
fn assignment(text: &str, at: usize) -> usize {
    let rest = &text[at + 1..];
    let blank = rest.bytes().take(4).take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'=')).count();
    let Some(key) = key(&rest[blank..], LEAST) else { return 0 };
    let start = text.ceil_char_boundary(at.saturating_sub(40));
    let name = text[start..at].trim_end_matches([' ', '"', '\'']);
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = name.rsplit(|c| !is_inner(c)).next().unwrap_or_default();
    let bare =
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase()));
    let bare: String = bare.collect();
    if KEYS.iter().any(|key| bare.ends_with(key)) { 1 + blank + key } else { 0 }
}

/// The credential of an `Authorization` header, `Bearer …` or `Basic …`, with the word.
fn header(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let Some(after) = ["Bearer ", "Basic "].iter().find_map(|word| rest.strip_prefix(word)) else { return 0 };
    let before = &text[text.ceil_char_boundary(at.saturating_sub(40))..at];
    let before = before.trim_end_matches([' ', ':', '"', '\'', ',', '=']).to_ascii_lowercase();
    let named = before.ends_with("authorization");
    let least = if named { SHORTEST } else { LEAST };
    key(after, least).map_or(0, |key| rest.len() - after.len() + key)
}

/// The length of the key at the beginning of a text: letters, digits, and the characters between them in Base64 and
/// tokens. It is not a word: it has this many letters and digits, and both of them.
fn key(text: &str, least: usize) -> Option<usize> {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(byte);
    let length = |most: usize| text.bytes().take(most).take_while(inner).count();
    let start = &text.as_bytes()[..length(SEARCHED_BYTES)];
    let alphanumeric = start.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let both = start.iter().any(u8::is_ascii_digit) && start.iter().any(u8::is_ascii_alphabetic);
    (both && alphanumeric >= least).then(|| length(usize::MAX))
}

/// What precedes a place without white space, as far as it is examined.
fn word_before(text: &str, at: usize) -> &str {
    let start = text.ceil_char_boundary(at.saturating_sub(SEARCHED_BYTES));
    text[start..at].rsplit(char::is_whitespace).next().unwrap_or_default()
}

/// How many bytes around a place are examined, so that the time grows only with the text's length.
const SEARCHED_BYTES: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_a_known_shape_are_masked_and_nothing_else() {
        let check = |text: &str, expected: &str| {
            let mut shown = Cow::Borrowed(text);
            super::text(&mut shown);
            assert_eq!(shown, expected);
        };
        check("key = 'AKIAQ7XKPWV3ZNTRB4MJ';", "key = '***';");
        check("use ghp_9fK2mQ8rT4vX7zB1nD5hJ3sL6wP0yCeRaUgI here", "use *** here");
        check("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "***\nx");
        check("-----BEGIN PRIVATE KEY-----\nMIIE", "***");
        check("-----BEGIN CERTIFICATE-----\nMIIE", "-----BEGIN CERTIFICATE-----\nMIIE");
        check(
            "git clone https://ada:hunter2@github.com/acme/shop",
            "git clone https://ada***@github.com/acme/shop",
        );
        check("postgres://app:s3cr@t@db:5432/shop", "postgres://app***@db:5432/shop");
        check("see https://example.com:8080/a@b", "see https://example.com:8080/a@b");
        check("https://$USER:$TOKEN@github.com", "https://$USER:$TOKEN@github.com");
        check("a: b@c.example", "a: b@c.example");
        check(
            "https://x.example/a?b=c&access_token=hunter22&d=e#f",
            "https://x.example/a?b=c&access_token***&d=e#f",
        );
        check(
            "blob https://x.example/b?X-Amz-Signature=0a1b2c3d.",
            "blob https://x.example/b?X-Amz-Signature***",
        );
        check("Authorization: Bearer abcdefg1234567890hijk' https://x", "Authorization: ***' https://x");
        check("'authorization': 'Basic dXNlcjpwYXNz1234'", "'authorization': '***'");
        check("Bearer of the ring1", "Bearer of the ring1");
        check(
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY;",
            "aws_secret_access_key ***;",
        );
        check(r#"{"apiKey": "0a1b2c3d4e5f60718293a4b5"}"#, r#"{"apiKey"***"}"#);
        check("AccountName=a;AccountKey=abcDEF123456789abcDEF123456789==;x", "AccountName=a;AccountKey***;x");
        check(
            "api_key = os.environ['KEY_1234567890123456789']",
            "api_key = os.environ['KEY_1234567890123456789']",
        );
        check(
            "the secret key: read the documentation of version 2",
            "the secret key: read the documentation of version 2",
        );
        check("https://x.example/?tab=token&token=$TOKEN", "https://x.example/?tab=token&token=$TOKEN");
        check("if a?token=hunter22 then", "if a?token=hunter22 then");
        check("task-force sk-learn AKIA eyJ", "task-force sk-learn AKIA eyJ");
        check("AKIA and größe: ü", "AKIA and größe: ü");
        check("", "");
    }

    proptest::proptest! {
        /// Whatever stands next to it, nothing panics, the token is removed, and what is already masked is left
        /// unchanged.
        #[test]
        fn a_token_is_masked_within_any_text(
            before in "(a:|://|[?&=: \"'@]|Bearer |apikey|token|-----BEGIN |AKIA|\u{df}|\u{1f600}|[a-z0-9]){0,12}",
            after in "(a:|://|[?&=: \"'@]|Bearer |apikey|token|-----BEGIN |AKIA|\u{df}|\u{1f600}|[a-z0-9]){0,12}",
        ) {
            let token = "ghp_9fK2mQ8rT4vX7zB1nD5hJ3sL6wP0yCeRaUgI";
            let shown = masked(&format!("{before} {token} {after}")).unwrap_or_default();
            proptest::prop_assert!(!shown.contains("9fK2mQ8"), "{shown}");
            let again = masked(&shown).unwrap_or_else(|| shown.clone());
            proptest::prop_assert_eq!(masked(&again).unwrap_or_else(|| again.clone()), again);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_cannot_contain_one_contains_none(
            text in "(AKIA|ghp_|SG\\.|a:|://|[?&=: \"'@]|Bearer |Basic |apikey|token|-----BEGIN |PRIVATE KEY|\u{df}|[a-z0-9]{1,9}){0,12}",
        ) {
            proptest::prop_assert!(may_contain_one(&text) || scan(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn long_words_are_found_wherever_they_are() {
        for before in 0..50 {
            for long in 18..23 {
                let text = format!(
                    "{}{}.b {}",
                    "a ".repeat(before / 2) + &" ".repeat(before % 2),
                    "w".repeat(long - 2),
                    "c ".repeat(9)
                );
                assert_eq!(has_long_word(text.as_bytes()), long >= SHORTEST_TOKEN, "{text}");
            }
        }
        assert!(!has_long_word(b"") && !has_long_word("w".repeat(19).as_bytes()));
        assert!(has_long_word("w".repeat(20).as_bytes()));
    }

    #[test]
    fn no_token_is_shorter_than_the_shortest() {
        let shortest = TOKENS.iter().map(|(start, least)| start.len() + least).min();
        assert_eq!(shortest, Some(SHORTEST_TOKEN));
    }

    #[test]
    fn a_long_text_takes_no_more_time_than_its_length() {
        for piece in ["a:", "AKIA_", "-----BEGIN ", "://a:", "?token=", "https://a:b", "apikey=", "Bearer "] {
            let before = std::time::Instant::now();
            let text = piece.repeat(500_000 / piece.len());
            masked(&text);
            assert!(before.elapsed().as_secs() < 30, "{piece}: {:?}", before.elapsed());
        }
    }
}
