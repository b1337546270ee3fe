//! One word, one meaning: names in the code are the field's, and those that a stranger would stumble over do not come
//! back. Text in quotes and comments is not looked at, since English may need any word.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::arrows::sources;

/// Words that were once names here, each with the glossary's word for it.
const FORMER: &[(&str, &str)] = &[
    ("adopt", "carry over"),
    ("adopted", "carried over"),
    ("aside", "skipped"),
    ("brake", "mass-resolve guard"),
    ("claimed", "referenced"),
    ("desk", "dispatcher"),
    ("doors", "sites"),
    ("excuse", "justification"),
    ("fate", "outcome"),
    ("fates", "outcomes"),
    ("holding", "assignment"),
    ("holdings", "assignments"),
    ("lessen", "partially resolve"),
    ("lessened", "partially resolved"),
    ("lot", "disposition"),
    ("lots", "dispositions"),
    ("ordinal", "occurrence index"),
    ("patience", "retry"),
    ("remedies", "remediations"),
    ("remedy", "remediation"),
    ("seldom", "log throttle"),
    ("surroundings", "environment"),
    ("tell", "post, report"),
    ("told", "reported"),
    ("trouble", "error, failure"),
    ("twin", "duplicate"),
    ("twins", "duplicates"),
    ("untold", "suppressed, unknown"),
    ("vain", "unmatched, failed"),
    ("vanished", "unfindable"),
    ("verdict", "action"),
    ("vouch", "verify references"),
    ("whence", "source"),
    ("withdraw", "retract"),
    ("wrote", "last written"),
];

/// Names that have one of these words in another sense: the file's beginning, the word, and why it stays.
const KEPT: &[(&str, &str, &str)] = &[];

#[test]
fn former_words_do_not_come_back() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");
    let mut found = Vec::new();
    for file in sources() {
        let path = file.path.display().to_string().replace(root, "");
        let tokens = TokenStream::from_str(&file.text).unwrap();
        names(tokens, &mut |name, line| {
            let Some((_, now)) = FORMER.iter().find(|(former, _)| *former == name) else { return };
            if !KEPT.iter().any(|(start, word, _)| path.starts_with(start) && *word == name) {
                found.push(format!("src/{path}:{line}: `{name}` is called: {now}"));
            }
        });
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn former_words_are_seen_only_in_names() {
    let check = |code: &str, expected: &[&str]| {
        let mut seen = Vec::new();
        names(TokenStream::from_str(code).unwrap(), &mut |name, _| seen.push(name.to_owned()));
        assert_eq!(seen, expected, "{code}");
    };
    check("let told = fate.twin(\"lot\"); // vain", &["let", "told", "fate", "twin"]);
    check("/// told\nfn tell() {}", &["fn", "tell"]);
}

/// Each name of the code with its line, without those of documentation.
fn names(tokens: TokenStream, see: &mut impl FnMut(&str, usize)) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) => see(&ident.to_string(), ident.span().start().line),
            TokenTree::Group(group) => names(group.stream(), see),
            // documentation is an attribute
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                let is_attribute = |next: &TokenTree| matches!(next, TokenTree::Group(_));
                tokens.next_if(is_attribute);
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
