//! Reports whose texts would mean something to Jira, GitHub, the runner or a terminal.

use super::event::Event;
use super::sarif::{Found, found};
use super::shop::Shop;

const TEXTS: [&str; 12] = [
    "<!-- casefile:end -->",
    "<!-- casefile:start -->\n<!-- casefile:data 1 x x -->",
    "@team and @acme/owners",
    "<img src=x onerror=alert(1)> <!--",
    "``` ` `` ```",
    "::error file=a::b",
    "a ##[set-output name=x]y",
    "\" OR labels = \"x\\",
    "\u{0}\u{1}\u{b}\u{1b}[2J\u{7f}\u{fffe}",
    "\u{202e}right to left\u{2066}",
    "[a](javascript:alert(1)) ![i](http://x.example/i.png) | pipe",
    "https://x.example/browse/SEC-999)",
];

#[test]
fn hostile_texts_change_nothing_outside_the_section_and_break_no_ticket() {
    let mut all: Vec<Found> = (1..)
        .zip(TEXTS)
        .map(|(n, text)| found(&format!("R{n} {text}"), &format!("src/{n} {text}.py"), 3, text))
        .collect();
    all.push(found("R99", "src/long.py", 3, &"x".repeat(1 << 20)));
    let shop = Shop::with(&all);
    let before = shop.description(7);
    let event = Event::pull_request(7, "feature", 1);
    let ran = shop.run_well(&event);
    assert_eq!(ran.actions().get("created"), Some(&all.len()), "{:?}", ran.tickets());
    let after = shop.description(7);
    assert!(after.starts_with(&before), "{after}");
    for marker in ["<!-- casefile:start -->", "<!-- casefile:end -->"] {
        assert_eq!(after.matches(marker).count(), 1, "{marker}: {after}");
    }
    assert!(after.trim_end().ends_with("<!-- casefile:end -->"), "{after}");
    let links = after.replace("\\]", "");
    for word in ["<img", "](javascript:", "\u{202e}", "\u{1b}"] {
        assert!(!links.contains(word), "{word:?}: {after}");
    }
    let foreign = foreign_links(&after[before.len()..]);
    assert!(foreign.is_empty(), "{foreign:?}: {after}");
    for stream in [&ran.printed, &ran.errors] {
        assert!(!stream.lines().any(|line| line.trim_start().starts_with("::")), "{stream}");
        assert!(!stream.contains("##[") && !stream.contains(['\u{1b}', '\u{202e}']), "{stream}");
    }
    shop.one_ticket_a_group(all.len());
    assert_eq!(shop.run_well(&event).actions().len(), 1, "all are tracked");
    assert_eq!(shop.writes(), [""; 0]);
}

/// The links and pictures of a section, as Markdown has them, that lead neither to the tracker nor to the repository.
fn foreign_links(section: &str) -> Vec<String> {
    let events = pulldown_cmark::Parser::new_ext(section, pulldown_cmark::Options::ENABLE_TABLES);
    let links = events.filter_map(|event| match event {
        pulldown_cmark::Event::Start(
            pulldown_cmark::Tag::Link { dest_url, .. } | pulldown_cmark::Tag::Image { dest_url, .. },
        ) => Some(dest_url.into_string()),
        _ => None,
    });
    let own = ["http://127.0.0.1:", "https://github.com/acme/shop/"];
    links.filter(|link| !own.iter().any(|start| link.starts_with(start))).collect()
}
