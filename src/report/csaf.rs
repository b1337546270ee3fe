//! CSAF 2: what a vendor's advisory says is not affected or fixed; no findings.

use std::collections::HashMap;

use crate::model::finding::Statement;
use crate::model::scan::Problem;

use super::each::Json;
use super::formats::{Format, Shape};
use super::lenient::{List, Maybe, Text, objects};
use super::source::Source;
use super::{Sink, advisory, flaw};

/// The format.
pub(super) const FORMAT: Format = Format {
    name: "csaf",
    scanners: "vendors that publish CSAF advisories and VEX",
    recognised: "a JSON object with `document` that has `csaf_version`",
    kinds: &[],
    recognise: |outline| {
        outline.shape == Shape::Object && outline.has("document") && outline.head.contains("\"csaf_version\"")
    },
    read,
};

objects! { "snake_case"
    struct Product {
        product_id: Text<'a>,
        product_identification_helper: Maybe<Helper<'a>>,
    }

    struct Helper {
        purl: Text<'a>,
        purls: List<Text<'a>>,
    }

    struct Relationship {
        product_reference: Text<'a>,
        full_product_name: Maybe<Product<'a>>,
    }

    struct Vulnerability {
        cve: Text<'a>,
        ids: List<Maybe<Name<'a>>>,
        product_status: Maybe<Status<'a>>,
        flags: List<Maybe<Flagged<'a>>>,
        threats: List<Maybe<Threat<'a>>>,
    }

    struct Name {
        text: Text<'a>,
    }

    struct Status {
        known_not_affected: List<Text<'a>>,
        fixed: List<Text<'a>>,
        first_fixed: List<Text<'a>>,
    }

    struct Flagged {
        label: Text<'a>,
        product_ids: List<Text<'a>>,
    }

    struct Threat {
        category: Text<'a>,
        details: Text<'a>,
        product_ids: List<Text<'a>>,
    }
}

/// Package URLs by the document's ids of products.
#[derive(Default)]
struct Products(HashMap<String, String>);

fn read(source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut products = Products::default();
    // `document`, `product_tree` and `vulnerabilities` come in this order, by custom and by the alphabet
    Json::new(&source.name, source.open()?, sink).each_entry(|json, key| match key {
        "product_tree" => products.tree(json),
        "vulnerabilities" => json.each_element(|json| {
            json.object::<Vulnerability<'_>>("vulnerability", |one, sink| products.tell(one, sink))
        }),
        _ => Ok(()),
    })
}

impl Products {
    fn tree(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let mut related = Vec::new();
        json.each_entry(|json, key| match key {
            "branches" => self.branches(json),
            "full_product_names" => json.each_element(|json| self.product(json)),
            "relationships" => json.each_element(|json| {
                let told = json.value::<Relationship<'_>, _>(|found, _| {
                    let found = found.get()?;
                    let name = found.full_product_name.get()?;
                    Some((name.product_id.to_string(), found.product_reference.to_string()))
                })?;
                related.extend(told.flatten());
                Ok(())
            }),
            _ => Ok(()),
        })?;
        // a part of another product is the package that it is
        for (whole, part) in related {
            if let Some(purl) = self.0.get(&part).cloned() {
                self.0.entry(whole).or_insert(purl);
            }
        }
        Ok(())
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
        json.value::<Product<'_>, _>(|found, _| {
            let found = found.get()?;
            let helper = found.product_identification_helper.get()?;
            let purl = helper.purl.some().or_else(|| helper.purls.iter().find_map(Text::some))?;
            let purl = flaw::package(purl, "", "", "").purl.into_owned();
            self.0.insert(found.product_id.to_string(), purl)
        })?;
        Ok(())
    }

    fn tell(&self, found: &Vulnerability<'_>, sink: &mut dyn Sink) {
        let ids = found.ids.objects().map(|one| &*one.text).filter(|id| advisory::id(id) == Some(id));
        let mut names = found.cve.some().into_iter().chain(ids).take(advisory::MOST_NAMES).map(str::to_owned);
        let (Some(name), Some(status)) = (names.next(), found.product_status.get()) else { return };
        let aliases: Vec<String> = names.collect();
        let lists = [
            ("known_not_affected", &status.known_not_affected),
            ("fixed", &status.fixed),
            ("fixed", &status.first_fixed),
        ];
        for (word, list) in lists {
            for id in list.iter() {
                // a product without a package URL is none that a scanner could name
                let Some(purl) = self.0.get(&**id) else { continue };
                sink.statement(Statement {
                    advisory: name.clone(),
                    aliases: aliases.clone(),
                    product: Some(purl.clone()),
                    justification: reason(word, id, found),
                });
            }
        }
    }
}

/// The flag and the impact that the document gives for a product.
fn reason(word: &str, id: &str, found: &Vulnerability<'_>) -> String {
    let named = |ids: &List<Text<'_>>| ids.iter().any(|other| &**other == id);
    let flag = found.flags.objects().find(|one| named(&one.product_ids)).map(|one| &*one.label);
    let impact = found.threats.objects().find(|one| &*one.category == "impact" && named(&one.product_ids));
    [Some(word), flag, impact.map(|one| &*one.details)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::report::told::{self, check};

    #[test]
    fn statements_are_read() {
        let report = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0"},"product_tree":{"branches":[{"category":"vendor","branches":[
            {"product":{"product_id":"A","product_identification_helper":{"purl":"pkg:npm/a@1?x=y"}}},{"product":{"product_id":"N","name":"no purl"}}]}],
            "relationships":[{"product_reference":"A","relates_to_product_reference":"N","full_product_name":{"product_id":"N:A"}}]},
            "vulnerabilities":[{"cve":"CVE-2024-1","ids":[{"text":"GHSA-1"},{"text":"own-1"}],"product_status":{"known_not_affected":["A","N"],"known_affected":["B"]},
            "flags":[{"label":"component_not_present","product_ids":["A"]}],"threats":[{"category":"impact","details":"none","product_ids":["A"]}]},
            {"cve":"CVE-2024-2","product_status":{"fixed":["N:A"]}}]}"#;
        check(
            "csaf",
            report,
            told::place,
            &[
                "vex CVE-2024-1=GHSA-1 pkg:npm/a@1: known_not_affected, component_not_present, none",
                "vex CVE-2024-2 pkg:npm/a@1: fixed",
            ],
        );
    }
}
