//! Trivy's JSON as it is written, as far as it is read. The capitals are Go's.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::report::parse::lenient::{LenientList, LenientPairs, LenientText, Maybe, Number, objects};

objects! { "PascalCase"
    struct TrivyPackage {
        #[serde(rename = "ID")]
        id: LenientText<'a>,
        name: LenientText<'a>,
        version: LenientText<'a>,
        relationship: LenientText<'a>,
        depends_on: LenientList<LenientText<'a>>,
        locations: LenientList<Maybe<TrivyLines>>,
    }

    struct TrivyVulnerability {
        #[serde(rename = "VulnerabilityID")]
        id: LenientText<'a>,
        #[serde(rename = "VendorIDs")]
        vendor_ids: LenientList<LenientText<'a>>,
        #[serde(rename = "PkgID")]
        pkg_id: LenientText<'a>,
        pkg_name: LenientText<'a>,
        pkg_path: LenientText<'a>,
        pkg_identifier: Maybe<TrivyIdentifier<'a>>,
        installed_version: LenientText<'a>,
        fixed_version: LenientText<'a>,
        status: LenientText<'a>,
        severity_source: LenientText<'a>,
        #[serde(rename = "PrimaryURL")]
        primary_url: LenientText<'a>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        severity: LenientText<'a>,
        #[serde(rename = "CweIDs")]
        cwe_ids: LenientList<LenientText<'a>>,
        #[serde(rename = "CVSS")]
        cvss: LenientPairs<'a, Maybe<Scores<'a>>>,
        references: LenientList<LenientText<'a>>,
    }

    struct TrivyIdentifier {
        #[serde(rename = "PURL")]
        purl: LenientText<'a>,
    }

    struct Scores {
        v2_vector: LenientText<'a>,
        v3_vector: LenientText<'a>,
        v40_vector: LenientText<'a>,
        v2_score: Number,
        v3_score: Number,
        v40_score: Number,
    }

    struct TrivyMisconfiguration {
        #[serde(rename = "ID")]
        id: LenientText<'a>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        message: LenientText<'a>,
        resolution: LenientText<'a>,
        severity: LenientText<'a>,
        #[serde(rename = "PrimaryURL")]
        primary_url: LenientText<'a>,
        status: LenientText<'a>,
        cause_metadata: Maybe<TrivyCause<'a>>,
    }

    struct TrivyCause {
        resource: LenientText<'a>,
        start_line: Number,
        end_line: Number,
        code: Maybe<Code<'a>>,
    }

    struct Code {
        lines: LenientList<Maybe<TrivyLine<'a>>>,
    }

    struct TrivyLine {
        number: Number,
        content: LenientText<'a>,
    }

    struct Secret {
        #[serde(rename = "RuleID")]
        rule_id: LenientText<'a>,
        category: LenientText<'a>,
        severity: LenientText<'a>,
        title: LenientText<'a>,
        start_line: Number,
        end_line: Number,
    }

    /// A finding that an ignore file or a VEX document removes from the lists above.
    struct Modified {
        #[serde(rename = "Type")]
        kind: LenientText<'a>,
        status: LenientText<'a>,
        /// One of the kinds above, as [`Modified::kind`] says.
        finding: Option<&'a RawValue>,
    }

    struct TrivyMetadata {
        commit: LenientText<'a>,
        repo_tags: LenientList<LenientText<'a>>,
    }

    struct Trivy {
        version: LenientText<'a>,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct TrivyLines {
    pub(crate) start_line: Number,
    pub(crate) end_line: Number,
}
