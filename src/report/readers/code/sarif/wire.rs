//! SARIF as it is written, as far as it is read: OASIS SARIF 2.1.0, section 3. No type here can fail because of a
//! value's type, because real reports violate the schema and are still used. Large and rare values are boxed: a result
//! is moved several times while it is parsed.

use crate::report::parse::json::Element;
use crate::report::parse::lenient::{
    First, Flag, LenientList, LenientPairs, LenientText, Maybe, Number, objects,
};

objects! { "camelCase"
    /// 3.27
    struct SarifResult {
        rule_id: LenientText<'a>,
        rule_index: Number,
        rule: Maybe<Box<SarifReference<'a>>>,
        level: LenientText<'a>,
        kind: LenientText<'a>,
        message: Maybe<SarifMessage<'a>>,
        locations: LenientList<Maybe<SarifLocation<'a>>>,
        related_locations: LenientList<Maybe<SarifLocation<'a>>>,
        code_flows: First<Maybe<CodeFlow<'a>>>,
        partial_fingerprints: LenientPairs<'a>,
        fingerprints: LenientPairs<'a>,
        suppressions: LenientList<Maybe<SarifSuppression<'a>>>,
        baseline_state: LenientText<'a>,
        work_item_uris: LenientList<LenientText<'a>>,
        taxa: LenientList<Maybe<SarifReference<'a>>>,
        properties: Maybe<Box<SarifProperties<'a>>>,
    }

    /// A reportingDescriptorReference (3.52); where it stands for a tool component (3.54), the same
    /// keys are used.
    struct SarifReference {
        id: LenientText<'a>,
        index: Number,
        tool_component: Maybe<SarifWireComponent<'a>>,
    }

    /// A toolComponentReference (3.54), or the plain members of a toolComponent (3.19).
    struct SarifWireComponent {
        name: LenientText<'a>,
        index: Number,
        guid: LenientText<'a>,
    }

    /// 3.11 and 3.12
    struct SarifMessage {
        text: LenientText<'a>,
        markdown: LenientText<'a>,
        id: LenientText<'a>,
        arguments: LenientList<LenientText<'a>>,
    }

    /// 3.28
    struct SarifLocation {
        physical_location: Maybe<PhysicalLocation<'a>>,
        logical_locations: LenientList<Maybe<LogicalLocation<'a>>>,
        message: Maybe<Box<SarifMessage<'a>>>,
    }

    /// 3.29
    struct PhysicalLocation {
        artifact_location: Maybe<ArtifactLocation<'a>>,
        region: Maybe<Region<'a>>,
        context_region: Maybe<Box<Region<'a>>>,
    }

    /// 3.4
    struct ArtifactLocation {
        uri: LenientText<'a>,
        uri_base_id: LenientText<'a>,
        index: Number,
    }

    /// 3.30
    struct Region {
        start_line: Number,
        end_line: Number,
        start_column: Number,
        snippet: Maybe<SarifContent<'a>>,
    }

    /// 3.3
    struct SarifContent {
        text: LenientText<'a>,
    }

    /// 3.33
    struct LogicalLocation {
        fully_qualified_name: LenientText<'a>,
        name: LenientText<'a>,
        index: Number,
    }

    /// 3.36
    struct CodeFlow {
        thread_flows: LenientList<Maybe<ThreadFlow<'a>>>,
    }

    /// 3.37
    struct ThreadFlow {
        locations: LenientList<Maybe<ThreadFlowLocation<'a>>>,
    }

    /// 3.38
    struct ThreadFlowLocation {
        location: Maybe<SarifLocation<'a>>,
        module: LenientText<'a>,
    }

    /// 3.35; `state` is what `status` was called in drafts
    struct SarifSuppression {
        status: LenientText<'a>,
        state: LenientText<'a>,
    }

    /// What scanners keep in the property bags of results and rules (3.8)
    struct SarifProperties {
        #[serde(rename = "security-severity")]
        security_severity: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        owasp: LenientList<LenientText<'a>>,
        #[serde(rename = "owasp-web")]
        owasp_web: LenientList<LenientText<'a>>,
        #[serde(rename = "owasp-mobile")]
        owasp_mobile: LenientList<LenientText<'a>>,
        category: LenientText<'a>,
        subcategory: LenientList<LenientText<'a>>,
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        /// What a rule of Fortify is about
        #[serde(rename = "Type")]
        class: LenientText<'a>,
        tags: LenientList<LenientText<'a>>,
        purl: LenientText<'a>,
        purls: LenientList<LenientText<'a>>,
        /// Docker Scout
        #[serde(alias = "fixed_version", alias = "fixed-version", alias = "fixedVersions")]
        fixed_version: LenientList<LenientText<'a>>,
        /// How many of a query's results are right (CodeQL)
        precision: LenientText<'a>,
        #[serde(alias = "issue_confidence")]
        confidence: LenientText<'a>,
        severity: LenientText<'a>,
        /// Plugins for Cppcheck
        #[serde(rename = "Severity")]
        capital_severity: LenientText<'a>,
        /// Bandit
        #[serde(rename = "issue_severity")]
        issue_severity: LenientText<'a>,
        /// Fortify; PMD has a number here
        priority: LenientText<'a>,
        #[serde(rename = "DevSkimSeverity")]
        devskim: LenientText<'a>,
        #[serde(rename = "qodanaSeverity")]
        qodana: LenientText<'a>,
        #[serde(rename = "zizmor/severity")]
        zizmor: LenientText<'a>,
        /// CodeQL's level for a rule that is not about security
        #[serde(rename = "problem.severity")]
        problem_severity: LenientText<'a>,
        /// How what was scanned leads to the package (JFrog)
        impact_paths: LenientList<LenientList<Maybe<SarifStep<'a>>>>,
        /// Whether the vulnerable code is used (JFrog)
        applicability: LenientText<'a>,
        /// Whether a credential still works (JFrog)
        token_validation: LenientText<'a>,
    }

    /// A package on a path
    struct SarifStep {
        name: LenientText<'a>,
    }

    /// A reportingDescriptor (3.49): a rule, or a taxon
    struct SarifDescriptor {
        id: LenientText<'a>,
        name: LenientText<'a>,
        short_description: Maybe<SarifMessage<'a>>,
        full_description: Maybe<SarifMessage<'a>>,
        help: Maybe<SarifMessage<'a>>,
        help_uri: LenientText<'a>,
        deprecated_ids: LenientList<LenientText<'a>>,
        default_configuration: Maybe<Configuration<'a>>,
        relationships: LenientList<Maybe<SarifRelationship<'a>>>,
        message_strings: LenientPairs<'a, Maybe<SarifMessage<'a>>>,
        properties: Maybe<SarifProperties<'a>>,
    }

    /// 3.50
    struct Configuration {
        level: LenientText<'a>,
    }

    /// 3.51
    struct ConfigurationOverride {
        configuration: Maybe<Configuration<'a>>,
        descriptor: Maybe<SarifReference<'a>>,
    }

    /// 3.53
    struct SarifRelationship {
        target: Maybe<SarifReference<'a>>,
    }

    /// 3.20
    struct Invocation {
        execution_successful: Flag,
        exit_code: LenientText<'a>,
        exit_code_description: LenientText<'a>,
        process_start_failure_message: LenientText<'a>,
        tool_execution_notifications: LenientList<Maybe<SarifNotification<'a>>>,
        tool_configuration_notifications: LenientList<Maybe<SarifNotification<'a>>>,
        rule_configuration_overrides: LenientList<Maybe<ConfigurationOverride<'a>>>,
    }

    /// 3.58
    struct SarifNotification {
        level: LenientText<'a>,
        message: Maybe<SarifMessage<'a>>,
        locations: LenientList<Maybe<SarifLocation<'a>>>,
        associated_rule: Maybe<SarifReference<'a>>,
    }

    /// 3.23
    struct VersionControl {
        revision_id: LenientText<'a>,
    }

    /// 3.17
    struct AutomationDetails {
        id: LenientText<'a>,
    }

    /// 3.24
    struct SarifArtifact {
        location: Maybe<ArtifactLocation<'a>>,
    }

    /// The run's property bag, as Trivy fills it for an image
    struct RunProperties {
        image_name: LenientText<'a>,
    }
}

/// Named messages (3.19.22, 3.49.11).
pub(crate) struct Strings;

impl Element for Strings {
    type In<'w> = LenientPairs<'w, Maybe<SarifMessage<'w>>>;
}

/// Named places that others are relative to (3.14.14).
pub(crate) struct Bases;

impl Element for Bases {
    type In<'w> = LenientPairs<'w, Maybe<ArtifactLocation<'w>>>;
}
