//! OpenVEX: statements about advisories; it contains no findings. The newest of several about one product counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::finding::{Effect, Statement};
use crate::model::scan::Problem;
use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::{Json, strict};
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::moment::moment;
use crate::report::shared::{advisory, flaw, words};
use crate::report::sink::{Nobody, Sink};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "openvex",
    scanners: "vexctl and any other tool that writes OpenVEX",
    recognised: "a JSON object with an `@context` from openvex.dev",
    kinds: &[],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("@context")
            && (outline.head.contains("openvex.dev") || outline.has("statements"))
    },
    read,
};

objects! { "snake_case"
    struct OpenVexSaid {
        vulnerability: Maybe<OpenVexVulnerability<'a>>,
        products: LenientList<Maybe<OpenVexProduct<'a>>>,
        subcomponents: LenientList<Maybe<OpenVexProduct<'a>>>,
        status: LenientText<'a>,
        justification: LenientText<'a>,
        impact_statement: LenientText<'a>,
        timestamp: LenientText<'a>,
        last_updated: LenientText<'a>,
    }

    struct OpenVexVulnerability {
        #[serde(rename = "@id")]
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        aliases: LenientList<LenientText<'a>>,
    }

    struct OpenVexProduct {
        #[serde(rename = "@id")]
        id: LenientText<'a>,
        identifiers: Maybe<OpenVexIdentifiers<'a>>,
        subcomponents: LenientList<Maybe<OpenVexProduct<'a>>>,
    }

    struct OpenVexIdentifiers {
        purl: LenientText<'a>,
    }

    /// The format before 0.2: only names.
    struct OpenVexNames {
        #[serde(deserialize_with = "name")]
        vulnerability: LenientText<'a>,
        products: LenientList<LenientText<'a>>,
        subcomponents: LenientList<LenientText<'a>>,
    }
}

/// What govulncheck calls the product, which it does not know.
const UNNAMED: &str = "Unknown Product";

/// How many statements about one product each a document may make, including those that another one retracts.
const MOST_STATEMENTS: usize = 100_000;

/// How long the name of a product, and what a document says about it, may be, in bytes.
const STATEMENT_LIMIT: usize = 1_000;

/// How long an advisory's name may be.
const LONGEST_NAME: usize = 200;

/// The latest statement, by advisory, product, and what the product is part of.
type Last = BTreeMap<(String, String, Option<String>), Statement>;

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let document = dated(source)?;
    let mut last = Last::new();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        "statements" => json.each_element(|json| {
            let text = json
                .value::<crate::report::parse::json::OwnedElement<Box<serde_json::value::RawValue>>, _>(
                    |raw, _| raw,
                )?;
            let read = text.map(|text| note(text.get(), document, &mut last));
            json.note_skipped(read, "statement");
            Ok(())
        }),
        _ => Ok(()),
    });
    // a document is not a scan, so it does not prove that anything is gone
    last.into_values().for_each(|one| json.sink().statement(one));
    end
}

/// When the document was written: its statements use this if they have no time of their own. It may come after them.
fn dated(source: &ReportSource) -> Result<Option<Timestamp>, Problem> {
    let (mut written, mut updated) = (None, None);
    // what ends this reading also ends the next, and is reported there
    let _ = Json::new(&source.name, source.open()?, &mut Nobody).each_entry(|json, key| {
        match key {
            "timestamp" => written = moment(&json.word()?),
            "last_updated" => updated = moment(&json.word()?),
            _ => {}
        }
        Ok(())
    });
    Ok(written.or(updated))
}

/// Notes what a statement says; false: it is not one.
fn note(text: &str, document: Option<Timestamp>, last: &mut Last) -> bool {
    let (Ok(said), Ok(names)) =
        (strict::<Maybe<OpenVexSaid<'_>>>(text), strict::<Maybe<OpenVexNames<'_>>>(text))
    else {
        return false;
    };
    let (Some(said), Some(plain)) = (said.get(), names.get()) else { return false };
    let recorded = said.vulnerability.get();
    let name =
        recorded.and_then(|recorded| recorded.name.some().or_else(|| advisory::ids(&recorded.id).next()));
    let Some(name) = name.or(plain.vulnerability.some()) else { return true };
    let aliases =
        recorded.into_iter().flat_map(|recorded| recorded.aliases.iter()).filter_map(LenientText::owned);
    let aliases: Arc<[String]> =
        aliases.filter(|name| name.len() <= LONGEST_NAME).take(advisory::MOST_NAMES).collect();
    let products = products(said, plain);
    let justification: Vec<&str> = [&said.status, &said.justification, &said.impact_statement]
        .into_iter()
        .filter_map(|text| text.some().map(|text| words::start(text, STATEMENT_LIMIT)))
        .collect();
    let excused = matches!(&*said.status, "not_affected" | "fixed");
    let effect = if excused { Effect::NotAffected } else { Effect::Affected };
    // what was changed later was said later
    let said_at = moment(&said.timestamp).max(moment(&said.last_updated)).or(document);
    let canonical = |purl: &str| flaw::package(purl, "", "", "").purl.into_owned();
    for (product, within) in products {
        if last.len() == MOST_STATEMENTS
            || product.len() > STATEMENT_LIMIT
            || within.is_some_and(|within| within.len() > STATEMENT_LIMIT)
        {
            return false;
        }
        let product = canonical(product);
        let within =
            within.map(|within| if is_purl(&within) { canonical(within) } else { within.to_owned() });
        let statement = Statement {
            advisory: name.to_owned(),
            aliases: aliases.clone(),
            product: Some(product.clone()),
            within: within.clone(),
            effect,
            said_at,
            justification: justification.join(", "),
        };
        let key = (name.to_owned(), product, within);
        // of two with the same time, the later in the document counts
        if last.get(&key).is_none_or(|other| other.said_at <= said_at) {
            last.insert(key, statement);
        }
    }
    true
}

/// What a statement is about, each with the product that it is part of. If parts are named, they are what is (not)
/// affected, only in this product, whether or not it is known which they are.
fn products<'s>(said: &'s OpenVexSaid<'_>, plain: &'s OpenVexNames<'_>) -> Vec<(&'s str, Option<&'s str>)> {
    let mut all: Vec<(&str, Option<&str>)> = Vec::new();
    // before 0.2, the parts were listed beside the products, and either may be only a name
    let beside: Vec<&str> = {
        let names = plain.subcomponents.iter().filter_map(LenientText::some).filter(is_purl);
        said.subcomponents.objects().filter_map(purl).chain(names).take(MOST_STATEMENTS).collect()
    };
    let has_beside = !said.subcomponents.0.is_empty() || !plain.subcomponents.0.is_empty();
    let objects = said.products.objects().map(|product| {
        let parts: Vec<&str> = product.subcomponents.objects().filter_map(purl).collect();
        (product.id.some(), purl(product), parts, !product.subcomponents.0.is_empty())
    });
    let names = plain.products.iter().filter_map(LenientText::some);
    let names = names.map(|name| (Some(name), Some(name).filter(is_purl), Vec::new(), false));
    for (name, purl, parts, has_parts) in objects.chain(names) {
        let whole = purl.or(name).filter(|name| *name != UNNAMED);
        all.extend(parts.into_iter().chain(beside.iter().copied()).map(|part| (part, whole)));
        if !has_parts && !has_beside {
            all.extend(purl.map(|purl| (purl, None)));
        }
        if all.len() > MOST_STATEMENTS {
            break;
        }
    }
    all
}

/// Whether a name is a package URL.
fn is_purl(name: &&str) -> bool {
    name.starts_with("pkg:")
}

/// A product's package URL.
fn purl<'a>(product: &'a OpenVexProduct<'_>) -> Option<&'a str> {
    let own = product.identifiers.get().and_then(|identifiers| identifiers.purl.some());
    own.or_else(|| product.id.some()).filter(is_purl)
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    fn check_statements(statements: &str, expected: &[&str]) {
        let report = format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","statements":[{statements}]}}"#
        );
        check("openvex", &report, recorded::place, expected);
    }

    #[test]
    fn what_was_changed_later_was_said_later() {
        let said = |status: &str, times: &str| {
            format!(
                r#"{{"vulnerability":{{"name":"CVE-1"}},"products":[{{"@id":"pkg:npm/a@1"}}],"status":"{status}"{times}}}"#
            )
        };
        let changed =
            said("affected", r#","timestamp":"2025-01-01T00:00:00Z","last_updated":"2026-03-01T00:00:00Z""#);
        let other = said("not_affected", r#","timestamp":"2026-02-01T00:00:00Z""#);
        for statements in [format!("{changed},{other}"), format!("{other},{changed}")] {
            check_statements(
                &statements,
                &["vex CVE-1 pkg:npm/a@1 affected at 2026-03-01T00:00:00Z: affected"],
            );
        }
    }

    #[test]
    fn statements_are_read() {
        check_statements("", &[]);
        check_statements(
            r#"{"vulnerability":{"name":"CVE-1","aliases":["GHSA-1"]},"products":[{"@id":"pkg:npm/a@1?x=y"}],"status":"not_affected","justification":"inline_mitigations_already_exist","impact_statement":"off"},
            {"vulnerability":{"name":"CVE-2"},"products":[{"@id":"pkg:oci/shop@sha256%3Aab","subcomponents":[{"@id":"pkg:npm/b"},{"identifiers":{"purl":"pkg:npm/c"}}]}],"status":"fixed"},
            {"vulnerability":{"name":"CVE-3"},"products":[{"@id":"pkg:npm/a@1"}],"status":"under_investigation"},
            {"vulnerability":"CVE-4","products":["pkg:npm/d@1"],"status":"not_affected"},
            {"vulnerability":{"name":"CVE-5"},"products":[{"@id":"https://x/product"}],"status":"not_affected"},
            {"vulnerability":{"name":"CVE-6"},"products":[{"@id":"Unknown Product","subcomponents":[{"@id":"pkg:npm/e@1"}]}],"status":"fixed"}"#,
            &[
                "vex CVE-1=GHSA-1 pkg:npm/a@1: not_affected, inline_mitigations_already_exist, off",
                "vex CVE-2 pkg:npm/b within pkg:oci/shop@sha256:ab: fixed",
                "vex CVE-2 pkg:npm/c within pkg:oci/shop@sha256:ab: fixed",
                "vex CVE-3 pkg:npm/a@1 affected: under_investigation",
                "vex CVE-4 pkg:npm/d@1: not_affected",
                "vex CVE-6 pkg:npm/e@1: fixed",
            ],
        );
        check_statements(
            r#"{"vulnerability":"CVE-1","products":["https://x/shop","pkg:oci/cart"],"subcomponents":["pkg:npm/d@1"],"status":"not_affected"},
            {"vulnerability":{"name":"CVE-2"},"products":[{"@id":"https://x/shop","subcomponents":[{"@id":"pkg:npm/b"}]}],"status":"fixed"}"#,
            &[
                "vex CVE-1 pkg:npm/d@1 within https://x/shop: not_affected",
                "vex CVE-1 pkg:npm/d@1 within pkg:oci/cart: not_affected",
                "vex CVE-2 pkg:npm/b within https://x/shop: fixed",
            ],
        );
    }

    #[test]
    fn where_parts_are_named_the_whole_is_not_meant() {
        // parts about which it is not known what they are
        let unknown = [
            r#"{"@id":"pkg:oci/shop","subcomponents":[{"@id":"urn:uuid:1"}]}"#,
            r#"{"@id":"pkg:oci/shop","subcomponents":["libfoo"]}"#,
            r#"{"@id":"pkg:oci/shop","subcomponents":[{"identifiers":{"cpe23":"cpe:2.3:a:x:x:1:*:*:*:*:*:*:*"}}]}"#,
        ];
        for product in unknown {
            check_statements(
                &format!(r#"{{"vulnerability":{{"name":"CVE-1"}},"products":[{product}],"status":"fixed"}}"#),
                &[],
            );
        }
        // next to the products, in either form
        for (products, parts) in [
            (r#"[{"@id":"pkg:oci/shop"}]"#, r#"["pkg:npm/b"]"#),
            (r#"["pkg:oci/shop"]"#, r#"[{"@id":"pkg:npm/b"}]"#),
            (r#"[{"@id":"pkg:oci/shop"}]"#, r#"[{"identifiers":{"purl":"pkg:npm/b"}}]"#),
        ] {
            check_statements(
                &format!(
                    r#"{{"vulnerability":{{"name":"CVE-1"}},"products":{products},"subcomponents":{parts},"status":"fixed"}}"#
                ),
                &["vex CVE-1 pkg:npm/b within pkg:oci/shop: fixed"],
            );
        }
    }

    #[test]
    fn the_last_word_counts() {
        let said = |status: &str, time: &str| {
            format!(
                r#"{{"vulnerability":{{"name":"CVE-1"}},"products":[{{"@id":"pkg:npm/a"}}],"status":"{status}","timestamp":"{time}"}}"#
            )
        };
        let (no, yes) =
            (said("not_affected", "2026-01-01T00:00:00Z"), said("affected", "2026-02-01T00:00:00Z"));
        let affected = "vex CVE-1 pkg:npm/a affected at 2026-02-01T00:00:00Z: affected";
        check_statements(&format!("{no},{yes}"), &[affected]);
        check_statements(&format!("{yes},{no}"), &[affected]);
        let excused = "vex CVE-1 pkg:npm/a at 2026-01-01T00:00:00Z: not_affected";
        check_statements(&format!("{no},{no}"), &[excused]);
        // 22:00 in New York is later than midnight in Berlin
        let (no, yes) = (
            said("not_affected", "2026-01-02T00:00:00+01:00"),
            said("affected", "2026-01-01T22:00:00-05:00"),
        );
        let affected = "vex CVE-1 pkg:npm/a affected at 2026-01-02T03:00:00Z: affected";
        check_statements(&format!("{yes},{no}"), &[affected]);
        let (no, yes) =
            (said("not_affected", "2026-01-01T00:00:00Z"), said("affected", "2026-01-01T00:00:00.5Z"));
        let affected = "vex CVE-1 pkg:npm/a affected at 2026-01-01T00:00:00.5Z: affected";
        check_statements(&format!("{yes},{no}"), &[affected]);
    }

    #[test]
    fn a_statement_without_a_time_has_its_documents() {
        let check_document = |members: &str, expected: &str| {
            let statement =
                r#"{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/a"}],"status":"affected"}"#;
            let newer = r#"{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/a"}],"status":"fixed","timestamp":"2026-01-01T00:00:00Z"}"#;
            for members in [
                format!(r#"{members},"statements":[{newer},{statement}]"#),
                format!(r#""statements":[{statement},{newer}],{members}"#),
            ] {
                let report = format!(r#"{{"@context":"https://openvex.dev/ns/v0.2.0",{members}}}"#);
                check("openvex", &report, recorded::place, &[expected]);
            }
        };
        check_document(
            r#""timestamp":"2026-02-01T00:00:00Z""#,
            "vex CVE-1 pkg:npm/a affected at 2026-02-01T00:00:00Z: affected",
        );
        check_document(
            r#""timestamp":"2025-12-01T00:00:00Z""#,
            "vex CVE-1 pkg:npm/a at 2026-01-01T00:00:00Z: fixed",
        );
        check_document(r#""version":1"#, "vex CVE-1 pkg:npm/a at 2026-01-01T00:00:00Z: fixed");
    }
}
