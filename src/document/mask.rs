//! Removes the credentials that this process holds from texts: a server or a proxy may quote what it was sent, in the
//! same form or in another one.
//!
//! The list belongs to the process, like the credentials: whatever reads one [holds](hold) it, and every place where
//! text comes in from a server or goes out to people [masks](text) it.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

use self::letters::{folded, letters};

mod letters;

/// What replaces a credential.
const MASK: &str = "***";

/// The shortest secret that is masked in every text, in bytes. A shorter one could be a common word, or a part of one:
/// it is masked only in what a server says, as a whole word.
const SHORTEST_MASKED: usize = 8;

/// The shortest secret that is masked there.
const WORD: usize = 4;

/// A shorter part of an address's path is more likely to be a word than a secret.
const SEGMENT: usize = 16;

/// A credential with this many letters and digits is not a word: a shorter one, such as the `password` of a test
/// database, would remove names from findings.
const RANDOM: usize = 16;

/// How many letters reveal a credential, unless half of it has fewer: an echo may be cut off at either end.
const PART: usize = 12;

/// The maximum number of spellings: a server that runs for years has many tokens.
const MOST_SPELLINGS: usize = 20_000;

static HELD: RwLock<Held> = RwLock::new(Held { spelled: Vec::new(), folded: Vec::new(), words: Vec::new() });

/// Every credential to mask.
#[derive(Default)]
struct Held {
    /// As they are written, longest first: those that have few letters, or may be words.
    spelled: Vec<String>,
    folded: Vec<Folded>,
    /// Short ones.
    words: Vec<String>,
}

/// A credential's letters in one of its spellings.
#[derive(PartialEq, Eq)]
struct Folded {
    letters: Vec<u8>,
    /// Which of the characters that structure a document are part of it: an echo contains no others.
    frame: String,
    /// Whether it cannot occur by chance, so that it is also masked in what reports say.
    random: bool,
}

/// The characters that structure a document.
const FRAME: [char; 5] = ['"', '{', '}', '[', ']'];

/// Masks a credential from now on. Each line of a longer one, such as a private key, counts as one.
pub fn hold(secret: &str) {
    let mut held = HELD.write().unwrap_or_else(PoisonError::into_inner);
    secret.lines().for_each(|line| held.add(line.trim()));
}

/// The same for an address that is a credential: a server may quote only its path. For a proxy's address, it is the
/// password.
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
    HELD.read().unwrap_or_else(PoisonError::into_inner).masked(text)
}

/// What a report says, without any credential that cannot occur by chance: names of findings stay as they are.
pub fn report(text: &str) -> Cow<'_, str> {
    HELD.read().unwrap_or_else(PoisonError::into_inner).without_folded(text, |one| one.random)
}

/// The same as [`text`] for what a server says and what may not be text; what contains no credential stays as it is,
/// byte for byte.
pub fn bytes(bytes: &mut Vec<u8>) {
    let held = HELD.read().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(bytes);
    let masked = held.masked(&text);
    if let Cow::Owned(masked) = masked {
        *bytes = masked.into_bytes();
    }
}

/// The same for what a server says in a refusal: short credentials are masked, too.
pub fn refusal(refusal: &mut Vec<u8>) {
    bytes(refusal);
    let held = HELD.read().unwrap_or_else(PoisonError::into_inner);
    if held.words.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(refusal);
    if let Cow::Owned(masked) = held.without_words(&text) {
        *refusal = masked.into_bytes();
    }
}

impl Held {
    fn add(&mut self, secret: &str) {
        // the frame of a PEM block is not secret
        if secret.len() < WORD || secret.starts_with("-----") {
            return;
        }
        if secret.len() < SHORTEST_MASKED {
            // these words are part of JSON's structure
            if !["true", "false", "null"].contains(&secret)
                && secret.bytes().any(|byte| !byte.is_ascii_digit())
            {
                self.words.push(secret.to_owned());
                self.words.sort_by_key(|word| std::cmp::Reverse(word.len()));
                self.words.dedup();
            }
            return;
        }
        let frame: String = FRAME.into_iter().filter(|character| secret.contains(*character)).collect();
        let plain = folded(secret);
        let has_both = plain.iter().any(u8::is_ascii_digit) && plain.iter().any(u8::is_ascii_lowercase);
        let random = has_both && plain.len() >= RANDOM;
        // what may be a word is recognised as it is written
        let is_word = plain.len() < SHORTEST_MASKED || plain.len() < RANDOM && !has_both;
        let plain = Some(plain).filter(|_| !is_word);
        let coded = base64(secret);
        // a server may recode what it was sent in Base64; what reports say is not searched for that
        let twice: Vec<Vec<u8>> =
            coded.iter().flat_map(|coded| base64(coded)).map(|code| folded(&code)).collect();
        let once = plain.into_iter().chain([hex(secret)]).chain(coded.iter().map(|code| folded(code)));
        let all =
            once.map(|letters| (letters, random)).chain(twice.into_iter().map(|letters| (letters, false)));
        for (letters, random) in all.filter(|(letters, _)| letters.len() >= SHORTEST_MASKED) {
            let one = Folded { letters, frame: frame.clone(), random };
            if !self.folded.contains(&one) {
                self.folded.push(one);
            }
        }
        if is_word {
            for spelling in spellings(secret) {
                if !self.spelled.contains(&spelling) {
                    self.spelled.push(spelling);
                }
            }
            self.spelled.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        }
        let beyond = self.folded.len().saturating_sub(MOST_SPELLINGS);
        self.folded.drain(..beyond);
        self.spelled.truncate(MOST_SPELLINGS);
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = self.without_folded(text, |_| true);
        for spelling in &self.spelled {
            if memchr::memmem::find(masked.as_bytes(), spelling.as_bytes()).is_some() {
                masked = Cow::Owned(masked.replace(spelling.as_str(), MASK));
            }
        }
        masked
    }

    /// The text without anything that has a credential's letters.
    fn without_folded<'t>(&self, text: &'t str, counts: fn(&Folded) -> bool) -> Cow<'t, str> {
        if self.folded.is_empty() || text.len() < SHORTEST_MASKED {
            return Cow::Borrowed(text);
        }
        let all = folded(text);
        let folded = self.folded.iter().filter(|one| counts(one));
        let mut found: Vec<(usize, usize, &Folded)> =
            folded.flat_map(|one| one.found(&all).map(move |(from, to)| (from, to, one))).collect();
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
        let places: Vec<(usize, usize)> = letters(text).map(|letter| (letter.start, letter.end)).collect();
        let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
        for (from, to, one) in found {
            let (Some((start, _)), Some((_, end))) = (places.get(from), places.get(to - 1)) else { continue };
            let said = text.get(*start..*end).unwrap_or_default();
            // a terminal's colours are not part of a structure
            let frame = said.replace("\u{1b}[", "");
            if *end <= done || frame.contains(|c| FRAME.contains(&c) && !one.frame.contains(c)) {
                continue;
            }
            if *start >= done {
                masked.push_str(text.get(done..*start).unwrap_or_default());
                masked.push_str(MASK);
            }
            done = *end;
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(masked)
    }

    fn without_words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for word in &self.words {
            let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let mut parts = String::new();
            let mut done = 0;
            for (at, _) in masked.match_indices(word.as_str()) {
                let end = at + word.len();
                if !inner(masked[..at].chars().next_back()) && !inner(masked[end..].chars().next()) {
                    parts.push_str(&masked[done..at]);
                    parts.push_str(MASK);
                    done = end;
                }
            }
            if done > 0 {
                parts.push_str(&masked[done..]);
                masked = Cow::Owned(parts);
            }
        }
        masked
    }
}

impl Folded {
    /// Where it occurs among a text's letters, whole or without its beginning or its end.
    fn found<'f>(&'f self, all: &'f [u8]) -> impl Iterator<Item = (usize, usize)> + 'f {
        let whole = &self.letters[..];
        let part = whole.len().min(PART.max(whole.len().div_ceil(2)));
        let first = memchr::memmem::find_iter(all, &whole[..part]).map(move |from| {
            let more = all[from + part..].iter().zip(&whole[part..]).take_while(|(one, other)| one == other);
            (from, from + part + more.count())
        });
        let rest = whole.len() - part;
        let last = (rest > 0).then(|| memchr::memmem::find_iter(all, &whole[rest..]));
        let last = last.into_iter().flatten().map(move |from| {
            let before = all[..from].iter().rev().zip(whole[..rest].iter().rev());
            (from - before.take_while(|(one, other)| one == other).count(), from + part)
        });
        first.chain(last)
    }
}

/// The letters of a secret as the numbers of its bytes.
fn hex(secret: &str) -> Vec<u8> {
    secret.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// A secret in Base64, also as a part of something longer such as `user:secret`. The other alphabet only differs in
/// characters that are not letters.
fn base64(secret: &str) -> Vec<String> {
    let engine = GeneralPurpose::new(&STANDARD, NO_PAD);
    (0..3).map(|before| inner(secret, before, &engine)).collect()
}

/// The ways in which a secret that is recognised as it is written may be written: unchanged, in a URL, in JSON and in
/// HTML.
fn spellings(secret: &str) -> Vec<String> {
    let mut all = vec![secret.to_owned()];
    for upper in [true, false] {
        all.push(percent(secret, upper, "%20"));
        all.push(percent(secret, upper, "+"));
    }
    all.push(secret.bytes().map(|byte| format!("%{byte:02X}")).collect());
    all.push(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    all.push(json.to_owned());
    all.push(json.replace('/', "\\/"));
    // as Go's encoder writes it
    all.push(json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e"));
    all.push(secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"));
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

/// Base64 of a secret after `before` bytes, counted modulo three, without the characters that also hold bits of its
/// neighbours.
fn inner(secret: &str, before: usize, engine: &GeneralPurpose) -> String {
    let padded = [&vec![0; before][..], secret.as_bytes()].concat();
    let written = engine.encode(&padded);
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    written.get(first..last).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
