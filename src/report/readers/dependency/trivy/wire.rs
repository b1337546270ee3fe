//! Trivy's JSON as it is written, as far as it is read. Go's own capitals.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::report::parse::lenient::{List, Maybe, Number, Pairs, Text, objects};

objects! { "PascalCase"
    struct Package {
        #[serde(rename = "ID")]
        id: Text<'a>,
        name: Text<'a>,
        version: Text<'a>,
        relationship: Text<'a>,
        depends_on: List<Text<'a>>,
        locations: List<Maybe<Lines>>,
    }

    struct Vulnerability {
        #[serde(rename = "VulnerabilityID")]
        id: Text<'a>,
        #[serde(rename = "VendorIDs")]
        vendor_ids: List<Text<'a>>,
        #[serde(rename = "PkgID")]
        pkg_id: Text<'a>,
        pkg_name: Text<'a>,
        pkg_path: Text<'a>,
        pkg_identifier: Maybe<Identifier<'a>>,
        installed_version: Text<'a>,
        fixed_version: Text<'a>,
        status: Text<'a>,
        severity_source: Text<'a>,
        #[serde(rename = "PrimaryURL")]
        primary_url: Text<'a>,
        title: Text<'a>,
        description: Text<'a>,
        severity: Text<'a>,
        #[serde(rename = "CweIDs")]
        cwe_ids: List<Text<'a>>,
        #[serde(rename = "CVSS")]
        cvss: Pairs<'a, Maybe<Scores<'a>>>,
        references: List<Text<'a>>,
    }

    struct Identifier {
        #[serde(rename = "PURL")]
        purl: Text<'a>,
    }

    struct Scores {
        v2_vector: Text<'a>,
        v3_vector: Text<'a>,
        v40_vector: Text<'a>,
        v2_score: Number,
        v3_score: Number,
        v40_score: Number,
    }

    struct Misconfiguration {
        #[serde(rename = "ID")]
        id: Text<'a>,
        title: Text<'a>,
        description: Text<'a>,
        message: Text<'a>,
        resolution: Text<'a>,
        severity: Text<'a>,
        #[serde(rename = "PrimaryURL")]
        primary_url: Text<'a>,
        status: Text<'a>,
        cause_metadata: Maybe<Cause<'a>>,
    }

    struct Cause {
        resource: Text<'a>,
        start_line: Number,
        end_line: Number,
        code: Maybe<Code<'a>>,
    }

    struct Code {
        lines: List<Maybe<Line<'a>>>,
    }

    struct Line {
        number: Number,
        content: Text<'a>,
    }

    struct Secret {
        #[serde(rename = "RuleID")]
        rule_id: Text<'a>,
        category: Text<'a>,
        severity: Text<'a>,
        title: Text<'a>,
        start_line: Number,
        end_line: Number,
    }

    /// A finding that an ignore file or a VEX document takes out of the lists above.
    struct Modified {
        #[serde(rename = "Type")]
        kind: Text<'a>,
        status: Text<'a>,
        /// One of the kinds above, told by [`Modified::kind`].
        finding: Option<&'a RawValue>,
    }

    struct Metadata {
        commit: Text<'a>,
        repo_tags: List<Text<'a>>,
    }

    struct Trivy {
        version: Text<'a>,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Lines {
    pub(crate) start_line: Number,
    pub(crate) end_line: Number,
}
