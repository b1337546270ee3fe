//! Snyk's JSON as it is written, as far as it is read.

use crate::report::parse::lenient::{
    Flag, LenientList, LenientPairs, LenientText, Maybe, Number, name, objects,
};

objects! { "camelCase"
    struct SnykVulnerability {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        severity: LenientText<'a>,
        severity_with_critical: LenientText<'a>,
        #[serde(rename = "CVSSv3")]
        cvss_v3: LenientText<'a>,
        cvss_score: Number,
        epss_details: Maybe<SnykEpss<'a>>,
        identifiers: Maybe<SnykIdentifiers<'a>>,
        alternative_ids: LenientList<LenientText<'a>>,
        #[serde(deserialize_with = "name")]
        package_name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_manager: LenientText<'a>,
        fixed_in: Option<LenientList<LenientText<'a>>>,
        nearest_fixed_in_version: LenientText<'a>,
        upgrade_path: LenientList<LenientText<'a>>,
        from: LenientList<LenientText<'a>>,
        #[serde(deserialize_with = "name")]
        file_path: LenientText<'a>,
    }

    struct SnykEpss {
        probability: LenientText<'a>,
    }

    struct SnykIdentifiers {
        #[serde(rename = "CVE")]
        cve: LenientList<LenientText<'a>>,
        #[serde(rename = "GHSA")]
        ghsa: LenientList<LenientText<'a>>,
        #[serde(rename = "CWE")]
        cwe: LenientList<LenientText<'a>>,
    }

    /// An issue of a package, as `result` lists it.
    struct SnykListed {
        pkg_name: LenientText<'a>,
        pkg_version: LenientText<'a>,
        issue_id: LenientText<'a>,
    }

    /// A node of the dependency graph.
    struct SnykNode {
        id: LenientText<'a>,
    }

    struct SnykAffected {
        pkg: Maybe<SnykPackage<'a>>,
        issues: LenientPairs<'a, Maybe<SnykIssue<'a>>>,
    }

    struct SnykPackage {
        name: LenientText<'a>,
        version: LenientText<'a>,
    }

    struct SnykIssue {
        issue_id: LenientText<'a>,
    }

    /// In `infrastructureAsCodeIssues`.
    struct SnykMisconfiguration {
        id: LenientText<'a>,
        public_id: LenientText<'a>,
        title: LenientText<'a>,
        severity: LenientText<'a>,
        documentation: LenientText<'a>,
        issue: LenientText<'a>,
        impact: LenientText<'a>,
        resolve: LenientText<'a>,
        is_ignored: Flag,
        path: LenientList<LenientText<'a>>,
        line_number: Number,
        iac_description: Maybe<SnykTold<'a>>,
    }

    struct SnykTold {
        issue: LenientText<'a>,
        impact: LenientText<'a>,
        resolve: LenientText<'a>,
    }
}
