//! A CycloneDX vulnerability: one finding per affected component, and a statement if its analysis retracts it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::finding::{
    Cvss, Effect, ExclusionReason, FindingFact, FixOutlook, Help, Location, Statement,
};
use crate::report::parse::lenient::LenientText;
use crate::report::parse::source::ReportSource;
use crate::report::shared::flaw::{self, Flaw, Place};
use crate::report::shared::moment::moment;
use crate::report::shared::{advisory, cvss, path, purl, weakness, words};
use crate::report::sink::Sink;

use crate::report::readers::dependency::cyclonedx::context::{CycloneDxContext, local};
use crate::report::readers::dependency::cyclonedx::versions::{self, CycloneDxWord};
use crate::report::readers::dependency::cyclonedx::wire;

/// Reports everything that a vulnerability says; `within`: the component that contains it.
pub(crate) fn emit(
    found: &wire::CycloneDxVulnerability<'_>,
    within: &str,
    context: &CycloneDxContext,
    source: &ReportSource,
    sink: &mut dyn Sink,
) {
    let scanner: Arc<str> = context.scanner().into();
    // what is the same for all components, of which there may be as many as of anything else in it
    let (shared, _) = flaw_of(found).parted();
    let taken_back = found.analysis.get().and_then(justification);
    let mut all = names(found).into_iter();
    let (name, aliases) = (all.next().unwrap_or_default(), all.collect::<Arc<[String]>>());
    for (reference, affected) in places(found, within, context) {
        let (mut package, place) = context.package(reference);
        let listed = || affected.into_iter().flat_map(|one| one.versions.objects());
        let good = listed().filter(|version| &*version.status == "unaffected");
        let good = good.filter_map(|one| one.version.owned()).map(Cow::Owned);
        package.fixed = good.take(flaw::MOST_FIXED).collect();
        if package.fixed.is_empty() {
            package.fixed = recommended(found, &package.name).into_iter().map(Cow::Owned).collect();
        }
        let response = || found.analysis.get().into_iter().flat_map(|analysis| analysis.response.iter());
        let responds = |wanted: &str| response().any(|word| &**word == wanted);
        let is_open = package.fixed.is_empty() && !responds("update") && !responds("rollback");
        package.outlook = (is_open && responds("will_not_fix")).then_some(FixOutlook::WillNotFix);
        package.unfixed = package.outlook.is_some() || package.fixed.is_empty() && responds("can_not_fix");
        let word = versions::word(listed(), &package.version);
        let justification = match taken_back.clone() {
            // it is about versions other than this one
            Some(_) if word == CycloneDxWord::Nothing && !package.version.is_empty() => None,
            Some(words) => Some(words),
            None => (word == CycloneDxWord::Unaffected).then(|| "unaffected".to_owned()),
        };
        let exploitable = found.analysis.get().is_some_and(|analysis| &*analysis.state == "exploitable");
        let said = match &justification {
            Some(words) => {
                (!context.opened.holds(found, reference)).then_some((Effect::NotAffected, words.as_str()))
            }
            // it is not known what ranges contain
            None => (exploitable && listed().next().is_none()).then_some((Effect::Affected, "exploitable")),
        };
        let product = (!context.is_root(reference)).then(|| package.purl.to_string());
        let known = product.as_ref().is_none_or(|purl| !purl.starts_with("pkg:generic/"));
        if let Some((effect, justification)) = said.filter(|_| known) {
            sink.statement(Statement {
                advisory: name.clone(),
                aliases: aliases.clone(),
                within: context.product().filter(|_| product.is_none()).map(str::to_owned),
                product,
                effect,
                said_at: said_at(found, context),
                justification: justification.to_owned(),
            });
        }
        let image = context.image.as_deref();
        let location = match image {
            Some(image) => Location {
                path: image.to_owned().into(),
                logical: Some(place).filter(|place| !place.is_empty()).map(Cow::Owned),
                ..Location::default()
            },
            None => Location { path: path::of_path(place.into(), source), ..Location::default() },
        };
        let image = image.is_some() || purl::is_system(&package.purl);
        let skipped = justification.as_ref().map(|_| ExclusionReason::NotAffected);
        let mut finding = shared.finding(&scanner, Place { package, image, location, skipped });
        if justification.is_none() {
            finding.detail.facts = answer(found, affected);
        }
        finding.detail.justification = justification.map(Cow::Owned);
        sink.finding(finding);
    }
}

/// What the vendor says about its product, and which versions are affected.
fn answer(
    found: &wire::CycloneDxVulnerability<'_>,
    affected: Option<&wire::CycloneDxAffected<'_>>,
) -> Vec<FindingFact<'static>> {
    let Some(analysis) = found.analysis.get() else { return Vec::new() };
    let text = |text: &str| words::start(text.trim(), ANALYSIS_LIMIT).to_owned();
    let responses: Vec<&str> = analysis.response.iter().filter_map(|word| in_words(word)).collect();
    let versions = affected.into_iter().flat_map(|one| one.versions.objects());
    let versions = versions.filter(|one| matches!(&*one.status, "" | "affected"));
    let named = versions.filter_map(|one| one.version.owned().or_else(|| versions::in_words(&one.range)));
    let named: Vec<String> = named.take(flaw::MOST_FIXED).collect();
    let is_investigating = &*analysis.state == "in_triage";
    let facts = [
        (FindingFact::ANALYSIS, is_investigating.then(|| FindingFact::INVESTIGATING.to_owned())),
        (FindingFact::STATEMENT, analysis.detail.some().map(text)),
        (FindingFact::RESPONSE, Some(responses.join(", ")).filter(|words| !words.is_empty())),
        (FindingFact::AFFECTED, Some(text(&named.join(", "))).filter(|words| !words.is_empty())),
    ];
    facts.into_iter().filter_map(|(name, value)| Some(FindingFact { name, value: value?.into() })).collect()
}

/// What a response means: <https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis_response>.
fn in_words(response: &str) -> Option<&'static str> {
    Some(match response {
        "can_not_fix" => "cannot be fixed",
        "will_not_fix" => "will not be fixed",
        "update" => "update to a different version",
        "rollback" => "go back to a previous version",
        "workaround_available" => "there is a workaround",
        _ => return None,
    })
}

/// When the analysis was made (1.5 and later), otherwise when the bill of materials was written.
fn said_at(found: &wire::CycloneDxVulnerability<'_>, context: &CycloneDxContext) -> Option<Timestamp> {
    let analysis = found.analysis.get();
    let own = analysis.and_then(|one| moment(&one.last_updated).or_else(|| moment(&one.first_issued)));
    own.or(context.written)
}

/// What is explicitly called exploitable or in triage: by advisory and reference. It stays open, whatever another entry
/// of the report says about the same.
#[derive(Default)]
pub(crate) struct Opened(HashSet<(String, String)>);

impl Opened {
    pub(crate) fn note(
        &mut self,
        found: &wire::CycloneDxVulnerability<'_>,
        within: &str,
        context: &CycloneDxContext,
    ) {
        let state = found.analysis.get().map_or("", |analysis| &*analysis.state);
        if !matches!(state, "exploitable" | "in_triage") {
            return;
        }
        for (reference, affected) in places(found, within, context) {
            let version = context.package(reference).0.version;
            let listed = affected.into_iter().flat_map(|one| one.versions.objects());
            if versions::word(listed, &version) == CycloneDxWord::Affected {
                self.0.extend(names(found).into_iter().map(|name| (name, local(reference).into_owned())));
            }
        }
    }

    fn holds(&self, found: &wire::CycloneDxVulnerability<'_>, reference: &str) -> bool {
        let reference = local(reference).into_owned();
        !self.0.is_empty() && names(found).into_iter().any(|name| self.0.contains(&(name, reference.clone())))
    }
}

/// What a vulnerability is about, by reference: what it lists, otherwise the component of its own reference or the one
/// that it is within.
fn places<'p, 'r>(
    found: &'p wire::CycloneDxVulnerability<'r>,
    within: &'p str,
    context: &CycloneDxContext,
) -> Vec<(&'p str, Option<&'p wire::CycloneDxAffected<'r>>)> {
    let listed: Vec<_> = found.affects.objects().map(|one| (&*one.reference, Some(one))).collect();
    if !listed.is_empty() {
        return listed;
    }
    // within a component, the reference may be the vulnerability's own, random name
    let own = found.reference.some().filter(|own| within.is_empty() || context.knows(own));
    vec![(own.unwrap_or(within), None)]
}

/// What is the same for all components.
fn flaw_of<'r>(found: &'r wire::CycloneDxVulnerability<'r>) -> Flaw<'r> {
    let origin = found.source.get();
    let is_own = |rating: &&wire::Rating<'_>| {
        let name = rating.source.get().map_or("", |source| &*source.name);
        origin.is_none_or(|origin| name.eq_ignore_ascii_case(&origin.name)) || name.is_empty()
    };
    let rated = || found.ratings.objects().filter(|rating| !is_epss(rating));
    let own = cvss::best(rated().filter(is_own).filter_map(score));
    let word = rated().filter(is_own).chain(rated()).find_map(|rating| rating.severity.some());
    let help =
        found.recommendation.some().or_else(|| found.recommendations.iter().find_map(LenientText::some));
    let advice: Vec<&str> = help.into_iter().chain(found.workaround.some()).collect();
    // each component that it affects repeats it
    let short = |text| words::start(text, LONGEST_TEXT);
    let recorded = [&found.description, &found.detail].into_iter().filter_map(LenientText::some).map(short);
    let description = recorded.collect::<Vec<_>>().join("\n\n");
    Flaw {
        names: names(found),
        title: flaw::sentence(found.description.some().unwrap_or(&found.detail)).into(),
        description: description.into(),
        // https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_detail
        is_markdown: !found.detail.is_empty(),
        help: match advice.as_slice() {
            [] => Help::None,
            all => Help::Markdown(short(&all.join("\n\n")).into()),
        },
        url: origin.and_then(|origin| origin.url.owned()),
        cwe: found.cwes.iter().flat_map(|text| weakness::cwe_field(text)).collect(),
        severity: flaw::severity(word.unwrap_or_default(), own.as_ref()),
        cvss: own.or_else(|| cvss::best(rated().filter_map(score))),
        epss: found.ratings.objects().filter(is_epss).find_map(|rating| rating.score.0),
        withdrawn: !found.rejected.is_empty(),
        ..Flaw::default()
    }
}

/// The versions that the recommendation names for this package: `Upgrade lodash to version 4.17.21`.
fn recommended(found: &wire::CycloneDxVulnerability<'_>, package: &str) -> Vec<String> {
    let versions = || {
        let (name, rest) = found.recommendation.strip_prefix("Upgrade ")?.split_once(" to version ")?;
        let own = name.rsplit([':', '/']).next();
        let named = rest.lines().next().filter(|_| name == package || own == Some(package))?;
        Some(named.split([',', ';', ' ']).map(|version| version.trim_end_matches('.').to_owned()))
    };
    let is_version = |version: &String| version.starts_with(|c: char| c.is_ascii_digit() || c == 'v');
    versions().into_iter().flatten().filter(is_version).take(8).collect()
}

/// The id, and the names that other sources use.
fn names(found: &wire::CycloneDxVulnerability<'_>) -> Vec<String> {
    let equal = found.references.objects().map(|one| &*one.id);
    let equal = equal.filter(|id| advisory::id(id) == Some(id));
    std::iter::once(&*found.id).chain(equal).take(advisory::MOST_NAMES).map(str::to_owned).collect()
}

fn score(rating: &wire::Rating<'_>) -> Option<Cvss> {
    let vector = rating.vector.some().map(|vector| match &*rating.method {
        // the extension writes version 3 without its prefix
        "CVSSv3" if vector.starts_with("AV:") => format!("CVSS:3.0/{vector}"),
        _ => vector.to_owned(),
    });
    let method = rating.method.to_ascii_lowercase();
    let is_cvss = method.is_empty() || method.starts_with("cvss") || vector.is_some();
    cvss::of(rating.score.0.filter(|_| is_cvss), vector.as_deref())
}

fn is_epss(rating: &&wire::Rating<'_>) -> bool {
    let source = rating.source.get().map_or("", |source| &*source.name);
    rating.method.eq_ignore_ascii_case("epss") || source.eq_ignore_ascii_case("epss")
}

/// How much of a description and a recommendation is read, in bytes.
const LONGEST_TEXT: usize = 4_000;

/// How much of an analysis is read, in bytes.
const ANALYSIS_LIMIT: usize = 1_000;

/// Why the analysis retracts the vulnerability, if it does.
fn justification(analysis: &wire::CycloneDxAnalysis<'_>) -> Option<String> {
    let state = &*analysis.state;
    if !matches!(state, "resolved" | "resolved_with_pedigree" | "false_positive" | "not_affected") {
        return None;
    }
    let mut words = state.to_owned();
    for (separator, text) in [(", ", &analysis.justification), (": ", &analysis.detail)] {
        if let Some(text) = text.some() {
            words = format!("{words}{separator}{}", self::words::start(text.trim(), ANALYSIS_LIMIT));
        }
    }
    Some(words)
}
