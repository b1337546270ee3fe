//! The parts of JFrog's reports: issues as Xray's API returns them, and rows of `--format=simple-json`.

use crate::report::parse::lenient::{LenientList, LenientPairs, LenientText, Maybe, Number, name, objects};

/// The name that its SARIF uses.
pub(crate) const SCANNER: &str = "JFrog Xray Scanner";

objects! { "snake_case"
    /// An Xray issue, in whatever list it occurs.
    struct XrayIssue {
        #[serde(deserialize_with = "name")]
        issue_id: LenientText<'a>,
        summary: LenientText<'a>,
        description: LenientText<'a>,
        severity: LenientText<'a>,
        /// For a violation: `security`, `license`, `operational_risk`.
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        issue_type: LenientText<'a>,
        cves: LenientList<Maybe<XrayCve<'a>>>,
        /// By their ids, if a scan on demand found it.
        components: LenientPairs<'a, Maybe<XrayComponent<'a>>>,
        /// The only one, in an Xray report.
        #[serde(deserialize_with = "name")]
        vulnerable_component: LenientText<'a>,
        /// The artifact that it is in.
        #[serde(deserialize_with = "name")]
        impacted_artifact: LenientText<'a>,
        /// Where that artifact is in the repository.
        #[serde(deserialize_with = "name")]
        path: LenientText<'a>,
        applicability_result: LenientText<'a>,
        fixed_versions: LenientList<LenientText<'a>>,
        /// The only one, in a list of an artifact's components.
        #[serde(deserialize_with = "name")]
        source_comp_id: LenientText<'a>,
        component_versions: Maybe<XrayVersions<'a>>,
        /// Those of a violation.
        infected_components: LenientList<LenientText<'a>>,
        /// The artifacts that they are in.
        impacted_artifacts: LenientList<LenientText<'a>>,
        /// In a summary: each a path through the artifact to a component. In a report: the steps of one path.
        impact_path: LenientList<LenientText<'a>>,
        references: LenientList<LenientText<'a>>,
        extended_information: Maybe<XrayResearch<'a>>,
    }

    struct XrayCve {
        #[serde(deserialize_with = "name")]
        cve: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        cvss_v2_score: Number,
        cvss_v2_vector: LenientText<'a>,
        cvss_v3_score: Number,
        cvss_v3_vector: LenientText<'a>,
        /// Both in one: `7.5/CVSS:3.1/AV:N/…`.
        cvss_v2: LenientText<'a>,
        cvss_v3: LenientText<'a>,
    }

    struct XrayComponent {
        fixed_versions: LenientList<LenientText<'a>>,
        impact_paths: LenientList<LenientList<Maybe<XrayStep<'a>>>>,
    }

    struct XrayStep {
        #[serde(deserialize_with = "name")]
        component_id: LenientText<'a>,
    }

    struct XrayVersions {
        fixed_versions: LenientList<LenientText<'a>>,
        more_details: Maybe<XrayDetails<'a>>,
    }

    struct XrayDetails {
        cves: LenientList<Maybe<XrayCve<'a>>>,
        description: LenientText<'a>,
    }

    struct XrayResearch {
        short_description: LenientText<'a>,
        full_description: LenientText<'a>,
        remediation: LenientText<'a>,
    }

    /// An artifact of a summary.
    struct XrayArtifact {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        path: LenientText<'a>,
        pkg_type: LenientText<'a>,
    }

    /// What a summary could not say about an artifact.
    struct XrayFailure {
        identifier: LenientText<'a>,
        error: LenientText<'a>,
    }
}

objects! { "camelCase"
    /// An advisory on a package, in `--format=simple-json`.
    struct XrayRow {
        severity: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        impacted_package_name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        impacted_package_version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        impacted_package_type: LenientText<'a>,
        components: LenientList<Maybe<XrayPackage<'a>>>,
        summary: LenientText<'a>,
        applicable: LenientText<'a>,
        fixed_versions: LenientList<LenientText<'a>>,
        cves: LenientList<Maybe<XrayRowCve<'a>>>,
        #[serde(deserialize_with = "name")]
        issue_id: LenientText<'a>,
        references: LenientList<LenientText<'a>>,
        impact_paths: LenientList<LenientList<Maybe<XrayPackage<'a>>>>,
        jfrog_research_information: Maybe<XrayRowResearch<'a>>,
    }

    struct XrayPackage {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        location: Maybe<XrayLocation<'a>>,
    }

    struct XrayLocation {
        file: LenientText<'a>,
    }

    struct XrayRowCve {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        cvss_v2: Number,
        cvss_v2_vector: LenientText<'a>,
        cvss_v3: Number,
        cvss_v3_vector: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        applicability: Maybe<XrayApplicability<'a>>,
    }

    /// Whether the vulnerable code is used, or whether a credential still works.
    struct XrayApplicability {
        status: LenientText<'a>,
        evidence: LenientList<Maybe<XrayEvidence<'a>>>,
    }

    struct XrayEvidence {
        file: LenientText<'a>,
        start_line: Number,
        end_line: Number,
        start_column: Number,
        reason: LenientText<'a>,
    }

    struct XrayRowResearch {
        summary: LenientText<'a>,
        details: LenientText<'a>,
        remediation: LenientText<'a>,
    }

    /// A place that one of JFrog's advanced scans flags.
    struct XrayFlagged {
        severity: LenientText<'a>,
        rule_id: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        scanner_short_description: LenientText<'a>,
        scanner_description: LenientText<'a>,
        file: LenientText<'a>,
        start_line: Number,
        end_line: Number,
        start_column: Number,
        snippet: LenientText<'a>,
        finding: LenientText<'a>,
        applicability: Maybe<XrayApplicability<'a>>,
        code_flow: LenientList<LenientList<Maybe<XrayFlowStep<'a>>>>,
    }

    struct XrayFlowStep {
        file: LenientText<'a>,
        start_line: Number,
        end_line: Number,
        start_column: Number,
    }

    struct XrayError {
        file_path: LenientText<'a>,
        error_message: LenientText<'a>,
    }
}
