//! A SARIF result (3.27) as a finding.

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, Finding, FindingDetail, FindingKind, Subject};
use crate::model::severity::Severity;
use crate::report::parse::lenient::{LenientPairs, LenientText};
use crate::report::parse::source::ReportSource;

use crate::report::readers::code::sarif::descriptor::{self, level};
use crate::report::readers::code::sarif::lookup::Lookup;
use crate::report::readers::code::sarif::message::{bounded, say};
use crate::report::readers::code::sarif::package::package;
use crate::report::readers::code::sarif::rule::SarifEntry;
use crate::report::readers::code::sarif::{place, wire};
use crate::report::shared::secret::rule_without;
use crate::report::shared::{applicability, words};

/// What Gitleaks and others put among the fingerprints, although it says when and by whom a line was written and not
/// which finding it is.
const NO_FINGERPRINTS: &[&str] = &["commitSha", "email", "author", "date", "commitMessage"];

/// Whether anything of a result can be read: if not, nobody could tell what it is about.
pub(crate) fn says_something(result: &wire::SarifResult<'_>) -> bool {
    let message = result.message.get();
    let mut texts = [&result.rule_id, &result.level, &result.kind, &result.baseline_state].into_iter();
    texts.any(|text| text.some().is_some())
        || message
            .is_some_and(|said| [&said.text, &said.markdown, &said.id].iter().any(|text| !text.is_empty()))
        || result.rule.get().is_some()
        || result.rule_index.0.is_some_and(|index| index >= 0.0)
        || result.properties.get().is_some()
        || [&result.locations, &result.related_locations].iter().any(|all| all.objects().next().is_some())
        || result.suppressions.objects().next().is_some()
        || stable(result).is_some()
}

/// The finding that a result stands for; `None`: it is about a licence. The look-up remembers which members of its run are
/// missing for it.
pub(crate) fn finding<'r>(
    lookup: &Lookup<'r>,
    source: &ReportSource,
    result: &'r wire::SarifResult<'r>,
) -> Option<Finding<'r>> {
    let context = lookup.context;
    let entry = lookup.rule(result);
    if entry.is_license {
        return None;
    }
    let main = main(result);
    let location = main.map(|main| place::location(lookup, source, main)).unwrap_or_default();
    let mut message = match result.message.get() {
        Some(message) if message.id.is_empty() => say(message, |_| None),
        Some(message) => Cow::Owned(say(message, |id| context.message(&entry, id)).into_owned()),
        None => Cow::Borrowed(""),
    };
    let (kind, subject) = match &entry.advice {
        Some(advice) => {
            let image = advice.image.unwrap_or_else(|| lookup.is_image()) || context.scans_containers();
            let (package, kind) = package(advice, result, &message, &location.path, image);
            (kind, Subject::Advisory(advice.advisory.clone(), package))
        }
        None => (entry.kind(), Subject::Rule),
    };
    let secret = kind == FindingKind::Secret;
    if secret || message.is_empty() {
        message = Cow::Owned(own_text(&entry));
    }
    let region = main.and_then(|main| main.physical_location.get());
    let text = region.filter(|_| !secret).and_then(flagged);
    let snippet = region.and_then(snippet);
    // rules of some scanners quote the credential
    let credential = snippet.filter(|_| secret).map(|(text, _)| text.trim());
    let rule = credential.map_or_else(|| entry.rule.clone(), |text| rule_without(&entry.rule, &[text]));
    let (snippet, snippet_line) = snippet.filter(|_| !secret).unzip();
    let names_only = !secret && names_variables(&message);
    let stated = severity(result, &entry, kind);
    // that of scanners' own formats
    let severity = stated.unwrap_or(Severity::High);
    let usage = entry.advice.as_ref().and_then(|_| usage(&message)).map(|text| Cow::Owned(text.to_owned()));
    let mut detail = FindingDetail {
        message,
        snippet: snippet.map(Cow::Borrowed),
        snippet_line: snippet_line.unwrap_or(0),
        usage,
        flow: place::flow(lookup, source, &entry, result),
        also: place::also(lookup, source, &entry, result, main),
        related: place::related(lookup, source, &entry, result),
        facts: Vec::new(),
        work_items: result.work_item_uris.iter().filter_map(LenientText::some).map(Cow::Borrowed).collect(),
        applicability: result.properties.get().and_then(|bag| match secret {
            true => applicability::of_credential(&bag.token_validation),
            false => applicability::of_vulnerability(&bag.applicability),
        }),
        justification: None,
        alert: None,
        markdown: result.message.get().filter(|_| !secret).and_then(markdown),
        confidence: result.properties.get().and_then(|bag| descriptor::confidence(bag)).or(entry.confidence),
        withheld: false,
        assumed: stated.is_none().then_some(severity),
        fingerprint: None,
    };
    if names_only {
        // nothing else that may quote one
        (detail.snippet, detail.snippet_line, detail.markdown) = (None, 0, None);
    }
    if secret || names_only {
        // the steps' own messages may quote it
        let steps = detail.flow.iter_mut().chain(&mut detail.also).chain(&mut detail.related);
        steps.for_each(|step| step.message = Cow::Borrowed(""));
    }
    Some(Finding {
        kind,
        scanner: context.scanner.clone(),
        rule,
        severity,
        subject,
        location,
        anchors: match names_only {
            true => Anchors { stable: stable(result), ..Anchors::withheld() },
            false => Anchors { stable: stable(result), text: text.map(Cow::Borrowed), ..Anchors::default() },
        },
        detail,
        skipped: skipped(result),
    })
}

/// What a message says about how the code uses a package (govulncheck).
fn usage(message: &str) -> Option<&str> {
    Some(message).filter(|message| message.starts_with("Your code "))
}

/// Whether a message only names variables: `Suspicious ENV key found : DB_PASSWORD, …` (Dockle). Some versions add the
/// instruction that sets one.
fn names_variables(message: &str) -> bool {
    const LONGEST: usize = 64;
    let is_name = |name: &str| {
        let inner = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        name.len() <= LONGEST
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.contains('_')
            && name.bytes().all(inner)
    };
    message.split(", ").all(|one| one.strip_prefix("Suspicious ENV key found : ").is_some_and(is_name))
}

/// A message's Markdown, unless its text is elsewhere, or it says the same with a label before it (JFrog).
fn markdown<'r>(message: &'r wire::SarifMessage<'r>) -> Option<Cow<'r, str>> {
    let is_text = |markdown: &str| markdown.strip_prefix("Security Violation ") == Some(&*message.text);
    message.markdown.some().filter(|text| message.arguments.0.is_empty() && !is_text(text)).map(bounded)
}

/// The location that represents the result: the first that names a file, otherwise the first.
fn main<'r>(result: &'r wire::SarifResult<'r>) -> Option<&'r wire::SarifLocation<'r>> {
    let named = |location: &&wire::SarifLocation<'_>| {
        let artifact = location.physical_location.get().and_then(|physical| physical.artifact_location.get());
        artifact.is_some_and(|artifact| !artifact.uri.is_empty() || artifact.index.index().is_some())
    };
    result.locations.objects().find(named).or_else(|| result.locations.objects().next())
}

/// The scanner's word as `security-severity`, a tag or in its texts, the result's before the rule's, is used if there is
/// one; otherwise a number as `security-severity`; otherwise a word in another property; otherwise the level (3.27.10).
/// `None`: the report states none for a credential, which is not a warning for want of another level.
fn severity(result: &wire::SarifResult<'_>, entry: &SarifEntry, kind: FindingKind) -> Option<Severity> {
    let own = result.properties.get().map_or("", |properties| &*properties.security_severity);
    if let Some(word) = words::severity(own) {
        return Some(word);
    }
    let score: Option<f64> = own.trim().parse().ok().filter(|score: &f64| score.is_finite());
    if let Some(score) = score {
        return entry.word.or_else(|| Some(Severity::of_score(score)));
    }
    let scored = || entry.score.map(Severity::of_score);
    let bag = || result.properties.get().and_then(|bag| descriptor::word(bag));
    if let Some(word) = entry.word.or_else(scored).or_else(bag).or(entry.unscored) {
        return Some(word);
    }
    let failure = matches!(&*result.kind, "" | "fail");
    let unstated = (kind != FindingKind::Secret).then_some(Severity::Medium);
    let default = || if failure { entry.level.or(unstated) } else { Some(Severity::Info) };
    level(&result.level).or_else(default)
}

fn skipped(result: &wire::SarifResult<'_>) -> Option<ExclusionReason> {
    match (&*result.kind, &*result.baseline_state) {
        ("pass" | "notApplicable" | "informational", _) => return Some(ExclusionReason::NotAFailure),
        (_, "absent") => return Some(ExclusionReason::Absent),
        _ => {}
    }
    // 3.27.23: suppressed by a suppression that is accepted or has no status, unless another one is in doubt
    let mut suppressed = false;
    for suppression in result.suppressions.objects() {
        match suppression.status.some().or(suppression.state.some()) {
            Some("underReview" | "rejected") => return None,
            _ => suppressed = true,
        }
    }
    suppressed.then_some(ExclusionReason::Suppressed)
}

/// The scanner's own fingerprint as `name:value`: GitHub's, otherwise one of `fingerprints`, otherwise another partial
/// one; if there are several, the last by name, which has the highest version.
fn stable<'r>(result: &'r wire::SarifResult<'r>) -> Option<Cow<'r, str>> {
    const GITHUB: &str = "primaryLocationLineHash";
    let whole = |name: &str, value: &str| Cow::Owned(format!("{name}:{value}"));
    let of = |name: &str| {
        result.partial_fingerprints.iter().find(|(own, value)| *own == name && !value.is_empty())
    };
    if let Some((name, value)) = of(GITHUB) {
        return Some(whole(name, value));
    }
    let last = |pairs: &'r LenientPairs<'r>| {
        let usable = pairs.iter().filter(|(name, value)| {
            !value.is_empty()
                && !NO_FINGERPRINTS.contains(name)
                && *name != "primaryLocationStartColumnFingerprint"
        });
        usable.max_by_key(|(name, _)| version(name)).map(|(name, value)| whole(name, value))
    };
    last(&result.fingerprints).or_else(|| last(&result.partial_fingerprints))
}

/// A fingerprint's name and version (3.27.17: `name/v1`), so that `v10` comes after `v9`.
fn version(name: &str) -> (&str, u64) {
    let (stem, digits) = name.rsplit_once("/v").unwrap_or((name, "0"));
    digits.parse().map_or((name, 0), |version| (stem, version))
}

/// The flagged line's text: the region's own, otherwise its line among the surrounding ones.
fn flagged<'r>(physical: &'r wire::PhysicalLocation<'r>) -> Option<&'r str> {
    let region = physical.region.get();
    let own = region.and_then(|region| region.snippet.get()?.text.some());
    own.filter(|text| !text.trim().is_empty()).or_else(|| {
        let around = physical.context_region.get()?;
        let (line, first) = (region?.start_line.position(), around.start_line.position());
        let text = around.snippet.get()?.text.lines().nth(line.checked_sub(first)? as usize)?;
        Some(text).filter(|text| !text.trim().is_empty())
    })
}

/// The lines to show, and the number of the first. A single word (Qodana) says less than the lines around it.
fn snippet<'r>(physical: &'r wire::PhysicalLocation<'r>) -> Option<(&'r str, u32)> {
    let regions = [physical.region.get(), physical.context_region.get().map(|around| &**around)];
    let shown = regions.into_iter().flatten().filter_map(|region| {
        let text = region.snippet.get()?.text.some().filter(|text| !text.trim().is_empty())?;
        Some((text, region.start_line.position()))
    });
    let is_whole = |(text, _): &(&str, u32)| text.trim().contains(char::is_whitespace);
    shown.clone().find(is_whole).or_else(|| shown.into_iter().next())
}

/// The text of the rule itself.
fn own_text(entry: &SarifEntry) -> String {
    let rule = &entry.rule;
    let texts = [&*rule.description, &rule.name, &rule.id];
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}
