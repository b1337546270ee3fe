//! CSAF 2: what a vendor's advisory says is not affected or fixed; it contains no findings.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::finding::{Effect, Statement};
use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::moment::moment;
use crate::report::shared::{advisory, flaw, purl, words};
use crate::report::sink::{Nobody, Sink};

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "csaf",
    scanners: "vendors that publish security advisories or VEX documents in the CSAF format",
    recognised: "a JSON object with a `document` that has `csaf_version`, or with `document`, `product_tree` and \
                 `vulnerabilities`",
    kinds: &[],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("document")
            // the document's own notes may be longer than the examined part
            && (outline.head.contains("\"csaf_version\"")
                || outline.has("product_tree") && outline.has("vulnerabilities"))
    },
    read,
};

objects! { "snake_case"
    struct CsafDocument {
        tracking: Maybe<CsafTracking<'a>>,
    }

    struct CsafTracking {
        current_release_date: LenientText<'a>,
        initial_release_date: LenientText<'a>,
    }

    struct CsafProduct {
        #[serde(deserialize_with = "name")]
        product_id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        product_identification_helper: Maybe<Helper<'a>>,
    }

    struct Helper {
        #[serde(deserialize_with = "name")]
        purl: LenientText<'a>,
        purls: LenientList<LenientText<'a>>,
    }

    struct CsafRelationship {
        #[serde(deserialize_with = "name")]
        product_reference: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        relates_to_product_reference: LenientText<'a>,
        full_product_name: Maybe<CsafProduct<'a>>,
    }

    struct CsafVulnerability {
        #[serde(deserialize_with = "name")]
        cve: LenientText<'a>,
        ids: LenientList<Maybe<Name<'a>>>,
        product_status: Maybe<CsafStatus<'a>>,
        flags: LenientList<Maybe<Flagged<'a>>>,
        threats: LenientList<Maybe<Threat<'a>>>,
    }

    struct Name {
        text: LenientText<'a>,
    }

    struct CsafStatus {
        known_not_affected: LenientList<LenientText<'a>>,
        fixed: LenientList<LenientText<'a>>,
        first_fixed: LenientList<LenientText<'a>>,
        known_affected: LenientList<LenientText<'a>>,
        first_affected: LenientList<LenientText<'a>>,
        last_affected: LenientList<LenientText<'a>>,
        under_investigation: LenientList<LenientText<'a>>,
    }

    struct Flagged {
        #[serde(deserialize_with = "name")]
        label: LenientText<'a>,
        product_ids: LenientList<LenientText<'a>>,
    }

    struct Threat {
        category: LenientText<'a>,
        details: LenientText<'a>,
        product_ids: LenientList<LenientText<'a>>,
    }
}

/// How many package URLs of one product are used.
const MOST_URLS: usize = 20;

/// How deeply products may be parts of each other.
const DEEPEST: usize = 8;

/// What the document's product ids stand for.
#[derive(Default)]
struct Products {
    /// The packages that a product consists of, each with what it has to be part of.
    packages: HashMap<String, Vec<(String, Option<String>)>>,
    /// The names of products without a package URL.
    names: HashMap<String, String>,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut products = Products::default();
    let mut released = None;
    // what `vulnerabilities` refers to may come after it; what ends this reading also ends the next, and is reported
    // there
    let _ = Json::new(&source.name, source.open()?, &mut Nobody).each_entry(|json, key| match key {
        "document" => {
            released = json.value::<CsafDocument<'_>, _>(|found, _| found.get().and_then(date))?.flatten();
            Ok(())
        }
        "product_tree" => products.tree(json),
        _ => Ok(()),
    });
    Json::new(&source.name, source.open()?, sink).each_entry(|json, key| match key {
        "vulnerabilities" => json.each_element(|json| {
            json.object::<CsafVulnerability<'_>>("vulnerability", |one, sink| {
                products.emit(one, released, sink)
            })
        }),
        _ => Ok(()),
    })
}

/// When this revision of the document was released (CSAF 2.0, 3.2.1.12).
fn date(document: &CsafDocument<'_>) -> Option<Timestamp> {
    let tracking = document.tracking.get()?;
    moment(&tracking.current_release_date).or_else(|| moment(&tracking.initial_release_date))
}

impl Products {
    fn tree(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let mut related = Vec::new();
        json.each_entry(|json, key| match key {
            "branches" => self.branches(json),
            "full_product_names" => json.each_element(|json| self.product(json)),
            "relationships" => json.each_element(|json| {
                let recorded = json.value::<CsafRelationship<'_>, _>(|found, _| {
                    let found = found.get()?;
                    let name = found.full_product_name.get()?;
                    let of = &found.relates_to_product_reference;
                    let [id, part, of] = [&name.product_id, &found.product_reference, of];
                    Some([id.to_string(), part.to_string(), of.to_string()])
                })?;
                related.extend(recorded.flatten());
                Ok(())
            }),
            _ => Ok(()),
        })?;
        // a part of something may itself consist of parts, in whatever order they are listed
        for _ in 0..DEEPEST {
            let before = related.len();
            related.retain(|relation| !self.relate(relation));
            if related.is_empty() || related.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// A part of another product is the package that it stands for, but only there. False: nothing is known about it
    /// yet.
    fn relate(&mut self, [id, part, of]: &[String; 3]) -> bool {
        let Some(packages) = self.packages.get(part) else { return false };
        let parts = packages.iter().map(|(package, _)| {
            let within = match self.packages.get(of).and_then(|wholes| wholes.first()) {
                Some((whole, _)) => Some(whole.clone()),
                // a distribution's packages name it themselves
                None if purl::is_system(package) => None,
                None => self.names.get(of).cloned().filter(|name| !name.is_empty()),
            };
            (package.clone(), within)
        });
        let parts = parts.collect();
        self.packages.entry(id.clone()).or_insert(parts);
        true
    }

    fn branches(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        json.each_element(|json| {
            json.each_entry(|json, key| match key {
                "branches" => self.branches(json),
                "product" => self.product(json),
                _ => Ok(()),
            })
        })
    }

    fn product(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        json.value::<CsafProduct<'_>, _>(|found, _| {
            let found = found.get()?;
            let helper = found.product_identification_helper.get();
            let urls = helper
                .into_iter()
                .flat_map(|helper| std::iter::once(&helper.purl).chain(helper.purls.iter()));
            let mut packages: Vec<(String, Option<String>)> = Vec::new();
            for url in urls.filter_map(LenientText::some).take(MOST_URLS) {
                let purl = flaw::package(url, "", "", "").purl.into_owned();
                if packages.iter().all(|(known, _)| *known != purl) {
                    packages.push((purl, None));
                }
            }
            let id = found.product_id.to_string();
            match packages.is_empty() {
                false => drop(self.packages.insert(id, packages)),
                true => drop(self.names.insert(id, found.name.to_string())),
            }
            Some(())
        })?;
        Ok(())
    }

    fn emit(&self, found: &CsafVulnerability<'_>, released: Option<Timestamp>, sink: &mut dyn Sink) {
        let ids = found.ids.objects().map(|one| &*one.text).filter(|id| advisory::id(id) == Some(id));
        let mut names = found.cve.some().into_iter().chain(ids).take(advisory::MOST_NAMES).map(str::to_owned);
        let (Some(name), Some(status)) = (names.next(), found.product_status.get()) else { return };
        let aliases: Arc<[String]> = names.collect();
        let reasons = Reasons::of(found);
        let lists = [
            ("known_not_affected", Effect::NotAffected, &status.known_not_affected),
            ("fixed", Effect::NotAffected, &status.fixed),
            ("fixed", Effect::NotAffected, &status.first_fixed),
            ("known_affected", Effect::Affected, &status.known_affected),
            ("affected", Effect::Affected, &status.first_affected),
            ("affected", Effect::Affected, &status.last_affected),
            ("under_investigation", Effect::Affected, &status.under_investigation),
        ];
        for (word, effect, list) in lists {
            for id in list.iter() {
                // a product without a package URL cannot be named by any scanner
                for (purl, within) in self.packages.get(&**id).into_iter().flatten() {
                    sink.statement(Statement {
                        advisory: name.clone(),
                        aliases: aliases.clone(),
                        product: Some(purl.clone()),
                        within: within.clone(),
                        effect,
                        said_at: released,
                        justification: reasons.text(word, id),
                    });
                }
            }
        }
    }
}

/// How much of the reason why a product is not affected is read, in bytes.
const JUSTIFICATION_LIMIT: usize = 1_000;

/// The first flag and the first impact that a document gives for each product.
struct Reasons<'r> {
    flags: HashMap<&'r str, &'r str>,
    impacts: HashMap<&'r str, &'r str>,
}

impl<'r> Reasons<'r> {
    fn of(found: &'r CsafVulnerability<'r>) -> Reasons<'r> {
        let (mut flags, mut impacts) = (HashMap::new(), HashMap::new());
        for one in found.flags.objects() {
            for id in one.product_ids.iter() {
                flags.entry(&**id).or_insert(&*one.label);
            }
        }
        for one in found.threats.objects().filter(|one| &*one.category == "impact") {
            let details = words::start(&one.details, JUSTIFICATION_LIMIT);
            for id in one.product_ids.iter() {
                impacts.entry(&**id).or_insert(details);
            }
        }
        Reasons { flags, impacts }
    }

    fn text(&self, word: &str, id: &str) -> String {
        let (flag, impact) = (self.flags.get(id).copied(), self.impacts.get(id).copied());
        [Some(word), flag, impact].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{self, check};

    #[test]
    fn members_come_in_any_order_and_a_product_has_several_urls() {
        let notes = "x".repeat(70_000);
        let report = format!(
            r#"{{"vulnerabilities":[{{"product_status":{{"fixed":["P:A"],"known_not_affected":["A"]}},"cve":"CVE-2024-1"}}],
            "product_tree":{{"relationships":[{{"full_product_name":{{"product_id":"P:A"}},"relates_to_product_reference":"P","product_reference":"Q:A"}},
            {{"full_product_name":{{"product_id":"Q:A"}},"relates_to_product_reference":"Q","product_reference":"A"}}],
            "full_product_names":[{{"product_identification_helper":{{"purls":["pkg:npm/a@1","pkg:npm/b@1","pkg:npm/a@1"]}},"product_id":"A"}},{{"product_id":"P","name":"shop"}},{{"product_id":"Q","name":"part"}}]}},
            "document":{{"notes":[{{"text":"{notes}"}}],"csaf_version":"2.0"}}}}"#
        );
        check(
            "csaf",
            &report,
            recorded::place,
            &[
                "vex CVE-2024-1 pkg:npm/a@1: known_not_affected",
                "vex CVE-2024-1 pkg:npm/b@1: known_not_affected",
                "vex CVE-2024-1 pkg:npm/a@1 within shop: fixed",
                "vex CVE-2024-1 pkg:npm/b@1 within shop: fixed",
            ],
        );
    }

    #[test]
    fn statements_are_read() {
        let report = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0"},"product_tree":{"branches":[{"category":"vendor","branches":[
            {"product":{"product_id":"A","product_identification_helper":{"purl":"pkg:npm/a@1?x=y"}}},{"product":{"product_id":"N","name":"no purl"}}]}],
            "full_product_names":[{"product_id":"O","product_identification_helper":{"purl":"pkg:oci/shop"}},{"product_id":"Z","product_identification_helper":{"purl":"pkg:rpm/redhat/zlib@1"}}],
            "relationships":[{"product_reference":"A","relates_to_product_reference":"N","full_product_name":{"product_id":"N:A"}},
            {"product_reference":"A","relates_to_product_reference":"O","full_product_name":{"product_id":"O:A"}},
            {"product_reference":"Z","relates_to_product_reference":"N","full_product_name":{"product_id":"N:Z"}}]},
            "vulnerabilities":[{"cve":"CVE-2024-1","ids":[{"text":"GHSA-1"},{"text":"own-1"}],"product_status":{"known_not_affected":["A","N"],"known_affected":["B"]},
            "flags":[{"label":"component_not_present","product_ids":["A"]}],"threats":[{"category":"impact","details":"none","product_ids":["A"]}]},
            {"cve":"CVE-2024-2","product_status":{"fixed":["N:A","O:A","N:Z"]}}]}"#;
        check(
            "csaf",
            report,
            recorded::place,
            &[
                "vex CVE-2024-1=GHSA-1 pkg:npm/a@1: known_not_affected, component_not_present, none",
                "vex CVE-2024-2 pkg:npm/a@1 within no purl: fixed",
                "vex CVE-2024-2 pkg:npm/a@1 within pkg:oci/shop: fixed",
                "vex CVE-2024-2 pkg:rpm/redhat/zlib@1: fixed",
            ],
        );
    }
}
