//! The parts of the report that are read.

use serde::{Deserialize, Deserializer};

use super::software::{self, DependencyCheckSoftware};
use crate::report::parse::lenient::{AnyValue, LenientList, LenientText, Maybe, Number, name, objects};
use crate::report::parse::xml::TEXT;

objects! { "camelCase"
    struct DependencyCheckDependency {
        #[serde(deserialize_with = "name")]
        file_name: LenientText<'a>,
        file_path: LenientText<'a>,
        packages: LenientList<Maybe<Identified<'a>>>,
        vulnerability_ids: LenientList<Maybe<Identified<'a>>>,
        included_by: LenientList<Maybe<Including<'a>>>,
        project_references: LenientList<LenientText<'a>>,
        /// In XML.
        identifiers: Maybe<DependencyCheckIdentifiers<'a>>,
        vulnerabilities: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
        suppressed_vulnerabilities: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
    }

    struct DependencyCheckIdentifiers {
        package: LenientList<Maybe<Identified<'a>>>,
        identifier: LenientList<Maybe<Identified<'a>>>,
        vulnerability_ids: LenientList<Maybe<Identified<'a>>>,
    }

    /// What brings a dependency in.
    struct Including {
        reference: LenientList<LenientText<'a>>,
    }

    struct Identified {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(rename = "type")]
        #[serde(deserialize_with = "name")]
        kind: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        confidence: LenientText<'a>,
    }

    /// A vulnerability; in XML, also the element around them.
    struct DependencyCheckVulnerability {
        #[serde(deserialize_with = "name")]
        source: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "word")]
        severity: String,
        cvssv2: Maybe<DependencyCheckScore<'a>>,
        #[serde(rename = "cvssV2")]
        cvss_v2: Maybe<DependencyCheckScore<'a>>,
        cvssv3: Maybe<DependencyCheckScore<'a>>,
        #[serde(rename = "cvssV3")]
        cvss_v3: Maybe<DependencyCheckScore<'a>>,
        cvssv4: Maybe<DependencyCheckScore<'a>>,
        #[serde(rename = "cvssV4")]
        cvss_v4: Maybe<DependencyCheckScore<'a>>,
        /// In versions before 5.
        cvss_score: Number,
        cwe: LenientText<'a>,
        cwes: LenientList<LenientText<'a>>,
        description: LenientText<'a>,
        known_exploited_vulnerability: Maybe<Catalogued<'a>>,
        references: LenientList<Maybe<DependencyCheckReference<'a>>>,
        #[serde(deserialize_with = "software::software")]
        vulnerable_software: Vec<DependencyCheckSoftware>,
        vulnerability: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
        suppressed_vulnerability: LenientList<Maybe<DependencyCheckVulnerability<'a>>>,
    }

    /// Where to read more; for npm's advisories, the source is the title, and the name lists the pages.
    struct DependencyCheckReference {
        source: LenientText<'a>,
        name: LenientText<'a>,
        url: LenientText<'a>,
    }

    struct DependencyCheckScore {
        score: Number,
        base_score: Number,
        vector_string: LenientText<'a>,
    }

    struct Catalogued {
        vulnerability_name: LenientText<'a>,
    }

    struct Info {
        engine_version: LenientText<'a>,
        analysis_exceptions: LenientList<Maybe<DependencyCheckFailure<'a>>>,
    }

    struct DependencyCheckFailure {
        exception: LenientList<Maybe<DependencyCheckException<'a>>>,
        message: LenientText<'a>,
    }

    struct DependencyCheckException {
        message: LenientText<'a>,
    }
}

/// A string, including that of an element with attributes.
fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let AnyValue(value) = AnyValue::deserialize(deserializer)?;
    let text = value.as_str().or_else(|| value.get(TEXT)?.as_str());
    Ok(text.unwrap_or_default().to_owned())
}
