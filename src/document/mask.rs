//! Takes the credentials that this process holds out of texts: a server or a proxy may quote what it was sent, in the
//! form in which it was sent or in another one.
//!
//! The list is the process's own, as the credentials are: whoever takes one up [holds](hold) it, and every rim where text
//! comes in from a server or goes out to people [masks](text) it.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// What stands for a credential.
const MASK: &str = "***";

/// A shorter secret could be a common word, or a part of one, which is not masked.
const TELLING: usize = 8;

/// A shorter part of an address's path is rather a word than a secret.
const SEGMENT: usize = 16;

/// So many spellings are known at most: the tokens of a server that runs for years are many.
const MOST: usize = 20_000;

/// Every spelling of every credential, the longest first.
static HELD: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Has a credential masked from now on. Each line of a longer one, such as a private key, is one of its own.
pub fn hold(secret: &str) {
    let new: Vec<String> = secret.lines().flat_map(spellings).collect();
    let mut held = HELD.write().unwrap_or_else(PoisonError::into_inner);
    for spelling in new {
        if !held.contains(&spelling) {
            held.push(spelling);
        }
    }
    let beyond = held.len().saturating_sub(MOST);
    held.drain(..beyond);
    held.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
}

/// The same for an address that is one: a server may quote its path alone. Of a proxy's it is the password.
pub fn hold_url(address: &str) {
    hold(address);
    let Ok(url) = url::Url::parse(address.trim()) else { return };
    for part in [url.path(), url.query().unwrap_or_default(), url.password().unwrap_or_default()] {
        hold(part.trim_start_matches('/'));
    }
    url.path_segments().into_iter().flatten().filter(|part| part.len() >= SEGMENT).for_each(hold);
}

/// The text without any credential.
pub fn text(text: &str) -> Cow<'_, str> {
    let held = HELD.read().unwrap_or_else(PoisonError::into_inner);
    masked(text, &held)
}

/// The same for what may be no text; what holds no credential stays as it is, byte by byte.
pub fn bytes(bytes: &mut Vec<u8>) {
    let held = HELD.read().unwrap_or_else(PoisonError::into_inner);
    let is_in = |spelling: &String| memchr::memmem::find(bytes, spelling.as_bytes()).is_some();
    if held.iter().any(is_in) {
        *bytes = masked(&String::from_utf8_lossy(bytes), &held).into_owned().into_bytes();
    }
}

fn masked<'t>(text: &'t str, held: &[String]) -> Cow<'t, str> {
    let mut masked = Cow::Borrowed(text);
    for spelling in held {
        if memchr::memmem::find(masked.as_bytes(), spelling.as_bytes()).is_some() {
            masked = Cow::Owned(masked.replace(spelling.as_str(), MASK));
        }
    }
    masked
}

/// How a secret may be written: as it is, in a URL, in JSON and HTML, and in Base64, also as a part of something longer
/// such as `user:secret`.
fn spellings(line: &str) -> Vec<String> {
    let secret = line.trim();
    // the frame of a PEM block is no secret
    if secret.len() < TELLING || secret.starts_with("-----") {
        return Vec::new();
    }
    let mut all = vec![secret.to_owned()];
    for upper in [true, false] {
        all.push(percent(secret, upper, "%20"));
        all.push(percent(secret, upper, "+"));
    }
    all.push(secret.bytes().map(|byte| format!("%{byte:02X}")).collect());
    all.push(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    all.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    all.push(json.to_owned());
    all.push(json.replace('/', "\\/"));
    // as Go's encoder writes it
    all.push(json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e"));
    all.push(secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"));
    for alphabet in [&STANDARD, &URL_SAFE] {
        all.extend((0..3).map(|before| inner(secret, before, &GeneralPurpose::new(alphabet, NO_PAD))));
    }
    all.retain(|spelling| spelling.len() >= TELLING);
    all.sort();
    all.dedup();
    all
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
fn percent(secret: &str, upper: bool, blank: &str) -> String {
    let mut written = String::new();
    for byte in secret.bytes() {
        match byte {
            b' ' => written.push_str(blank),
            b'-' | b'.' | b'_' | b'~' => written.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => written.push(char::from(byte)),
            byte if upper => written.push_str(&format!("%{byte:02X}")),
            byte => written.push_str(&format!("%{byte:02x}")),
        }
    }
    written
}

/// Base64 of a secret before which stand so many bytes more than a multiple of three, without the characters that hold
/// bits of its neighbours as well.
fn inner(secret: &str, before: usize, engine: &GeneralPurpose) -> String {
    let padded = [&vec![0; before][..], secret.as_bytes()].concat();
    let written = engine.encode(&padded);
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    written.get(first..last).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    const SECRET: &str = "ghs_a+b/c=d\"e&f\\ G7";

    fn check(said: &str, expected: &str) {
        let mut held = spellings(SECRET);
        held.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        assert_eq!(masked(said, &held), expected, "{said}");
    }

    #[test]
    fn a_credential_is_masked_however_it_is_written() {
        check(&format!("no {SECRET}!"), "no ***!");
        check(&format!("a {SECRET} and {SECRET}"), "a *** and ***");
        check("ghs_a%2Bb%2Fc%3Dd%22e%26f%5C%20G7", "***");
        check("ghs_a%2bb%2fc%3dd%22e%26f%5c+G7", "***");
        check(&serde_json::json!({ "said": SECRET }).to_string(), "{\"said\":\"***\"}");
        check("ghs_a+b/c=d&quot;e&amp;f\\ G7", "***");
        check("nothing of it", "nothing of it");
        check("", "");
    }

    #[test]
    fn base64_hides_nothing_whatever_stands_around_it() {
        for user in ["", ":", "a:", "ab:", "bot@example.com:", "x-access-token:"] {
            for after in ["", ":", ":x"] {
                let pair = format!("{user}{SECRET}{after}");
                for written in [BASE64_STANDARD.encode(&pair), BASE64_URL_SAFE_NO_PAD.encode(&pair)] {
                    let held = spellings(SECRET);
                    let left = masked(&written, &held).into_owned();
                    // of a group of three bytes that neighbours share, a few bits are left
                    assert!(left.contains("***") && left.len() + 16 < written.len() + 3, "{written}: {left}");
                }
            }
        }
    }

    #[test]
    fn what_could_be_a_common_word_stays() {
        assert!(spellings("casefil").is_empty() && spellings("  ").is_empty());
        assert!(spellings("-----BEGIN PRIVATE KEY-----").is_empty());
    }

    #[test]
    fn what_the_process_holds_is_masked_line_by_line() {
        hold("-----BEGIN KEY-----\nline-of-a-key-1\nline-of-a-key-2\n-----END KEY-----");
        assert_eq!(text("it says line-of-a-key-2, line-of-a-key-1"), "it says ***, ***");
        let mut answer = b"\xff line-of-a-key-1".to_vec();
        bytes(&mut answer);
        assert!(answer.ends_with(b" ***"));
        let mut answer = b"\xff fine".to_vec();
        bytes(&mut answer);
        assert_eq!(answer, b"\xff fine");
    }
}
