//! The line that says where a finding is.

use super::further_facts::found_at;
use crate::compose::names::{self, is_secret};
use crate::compose::{Provenance, links};
use crate::document::Inline;
use crate::document::visible::one_line;
use crate::model::finding::{FindingKind, Location};
use crate::model::survey::{Common, Exemplar, Group};

/// `path:line in function`.
pub(super) fn named(location: &Location<'_>, kind: FindingKind, provenance: &Provenance) -> Vec<Inline> {
    let logical = location.logical.as_deref().map(one_line).filter(|name| !name.is_empty());
    match logical {
        // a cloud resource is not in a file
        Some(name) if location.path.is_empty() => vec![Inline::code(name)],
        Some(name) if location.path.contains("://") || is_match(&name) => {
            requested(&name, location, kind, provenance)
        }
        Some(name) => {
            vec![links::place(location, kind, provenance), Inline::text(" in "), Inline::code(name)]
        }
        None => vec![links::place(location, kind, provenance)],
    }
}

/// Whether it says what a scanner of hosts found there, of which it need not know an address: `matched wix`.
fn is_match(logical: &str) -> bool {
    logical.starts_with("matched ")
}

/// Where a finding is, with its alert, and what it is in the ticket of a file.
pub(super) fn headline(one: &Exemplar, group: &Group, provenance: &Provenance) -> Vec<Inline> {
    let mut line = named(&one.location, group.kind, &found_at(one, provenance));
    if let Some(alert) = &one.detail.alert {
        line.extend([Inline::text(", "), links::alert(alert)]);
    }
    if matches!(group.common, Common::File(_)) {
        let message = Some(&*one.detail.message).filter(|_| !is_secret(group.kind, &one.rule));
        line.extend([Inline::text(": "), Inline::strong(names::rule(&one.rule, message, true))]);
    }
    line
}

/// `GET https://… (parameter id)`: an address is not in something, as a line is in a function.
fn requested(name: &str, location: &Location<'_>, kind: FindingKind, provenance: &Provenance) -> Vec<Inline> {
    let (first, rest) = name.split_once(", ").unwrap_or((name, ""));
    let is_method = first.len() < 12 && first.bytes().all(|byte| byte.is_ascii_uppercase());
    let (method, part) = if is_method { (first, rest) } else { ("", name) };
    let mut line = Vec::new();
    if !method.is_empty() {
        line.push(Inline::text(format!("{method} ")));
    }
    // a host without a scheme is not a file either
    line.push(match is_match(part) && location.line == 0 {
        true => Inline::code(one_line(&location.path)),
        false => links::place(location, kind, provenance),
    });
    if !part.is_empty() {
        line.push(Inline::text(format!(" ({part})")));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;
    use crate::document::{Block, Document, markdown};

    #[test]
    fn an_address_is_shown_as_the_request_to_it() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        let mut check_at = |path: &str, logical: &str, expected: &str| {
            let one = &mut group.exemplars[0];
            one.location = Location {
                path: path.to_owned().into(),
                logical: Some(logical.to_owned().into()),
                ..Location::default()
            };
            let line = headline(&group.exemplars[0], &group, &samples::provenance());
            let text = markdown::render(&Document::of(vec![Block::Paragraph(line)]));
            assert_eq!(text.trim(), expected, "{logical}");
        };
        let mut check = |logical: &str, expected: &str| check_at("https://a.example", logical, expected);
        check("GET, parameter id", "GET `https://a.example` (parameter id)");
        check("PUT", "PUT `https://a.example`");
        check("missing header x-a", "`https://a.example` (missing header x-a)");
        check_at("www.a.example", "matched wix", "`www.a.example` (matched wix)");
    }
}
