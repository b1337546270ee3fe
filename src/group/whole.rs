//! Merges what several reports say about the same finding.

use std::borrow::Cow;
use std::cmp::Reverse;

use crate::model::finding::{FlowStep, Help, Package, Rule};
use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;
use crate::model::survey::Exemplar;

/// How many further files of one package are named.
const MOST_FILES: usize = 20;

/// Puts what is kept whole in order, whatever the order of reading, and merges what several reports say about one
/// package: a fixed version or a title that only one of them has is not lost.
pub(super) fn order(exemplars: &mut Vec<Exemplar>) {
    exemplars.sort_by(|a, b| place(a).cmp(&place(b)));
    exemplars.dedup_by(|other, first| {
        let same = first.id == other.id;
        if let (true, Some(known), Some(package)) = (same, &mut first.package, &other.package) {
            learn(known, package);
            locate(first, other);
            first.severity = first.severity.max(other.severity);
            if said(&other.rule) > said(&first.rule) {
                first.rule = other.rule.clone();
            }
            return true;
        }
        false
    });
}

/// The sort key: place, identity, severity and text, so that nothing depends on the order of reading.
fn place(one: &Exemplar) -> (&str, u32, Fingerprint, Reverse<Severity>, &str, &str, Option<&str>) {
    let Exemplar { location, id, severity, detail, scanner, .. } = one;
    let logical = location.logical.as_deref();
    (&location.path, location.line, *id, Reverse(*severity), &detail.message, scanner, logical)
}

/// Adds the file in which a scanner found the same package again: one image has a package in several files, and all of
/// them have to be updated. Another scanner may call the same file something else.
fn locate(first: &mut Exemplar, other: &mut Exemplar) {
    if first.scanner != other.scanner {
        return;
    }
    let new = |logical: &Option<Cow<'static, str>>, also: &[FlowStep<'static>]| {
        logical.is_some() && also.iter().all(|step| step.location.logical != *logical)
    };
    if other.location.logical != first.location.logical
        && new(&other.location.logical, &first.detail.also)
        && first.detail.also.len() < MOST_FILES
    {
        let location = other.location.clone();
        first.detail.also.push(FlowStep::new(location, Cow::Borrowed("")));
    }
}

/// How much text a rule has; a rule with a title comes first.
fn said(rule: &Rule) -> (bool, usize) {
    let help = match &rule.help {
        Help::None => 0,
        Help::Text(text) | Help::Markdown(text) => text.len(),
    };
    (!rule.name.is_empty(), rule.description.len() + help)
}

/// Adds what one report knows about a package to what another said about it.
fn learn(known: &mut Package<'static>, other: &Package<'static>) {
    if known.version.is_empty() {
        known.purl.clone_from(&other.purl);
        known.version.clone_from(&other.version);
    }
    if known.path.is_empty() {
        known.path.clone_from(&other.path);
    }
    let new = |version: &&Cow<'static, str>| !known.fixed.contains(version);
    let more: Vec<_> = other.fixed.iter().filter(new).cloned().collect();
    known.fixed.extend(more);
    known.unfixed |= other.unfixed;
    known.outlook = known.outlook.max(other.outlook);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::finding::{FindingDetail, Location};

    #[test]
    fn every_file_of_an_image_with_the_same_package_is_named() {
        let one = |scanner: &str, file: &str| Exemplar {
            id: Fingerprint([1; 10]),
            rule: Arc::new(Rule::default()),
            scanner: scanner.into(),
            severity: Severity::High,
            location: Location {
                path: "shop".into(),
                logical: Some(file.to_owned().into()),
                ..Location::default()
            },
            package: Some(Package::default()),
            advisory: None,
            detail: FindingDetail::default(),
        };
        let all =
            [("Inspector", "go.sum"), ("Inspector", "go.mod"), ("Inspector", "go.sum"), ("Trivy", "/go.sum")];
        let mut all: Vec<Exemplar> = all.iter().map(|(scanner, file)| one(scanner, file)).collect();
        order(&mut all);
        let also = all[0].detail.also.iter().filter_map(|step| step.location.logical.as_deref());
        let files: Vec<&str> = all[0].location.logical.as_deref().into_iter().chain(also).collect();
        assert_eq!((all.len(), files), (1, vec!["go.mod", "go.sum"]));
    }
}
