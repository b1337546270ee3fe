//! SARIF as it is written, as far as it is read: OASIS SARIF 2.1.0, section 3. No type here can fail
//! by type, because real reports break the schema and are used all the same. What is large and rare
//! is boxed: a result is moved several times while it is parsed.

use crate::report::parse::json::Element;
use crate::report::parse::lenient::{First, Flag, List, Maybe, Number, Pairs, Text, objects};

objects! { "camelCase"
    /// 3.27
    struct Result {
        rule_id: Text<'a>,
        rule_index: Number,
        rule: Maybe<Box<Reference<'a>>>,
        level: Text<'a>,
        kind: Text<'a>,
        message: Maybe<Message<'a>>,
        locations: List<Maybe<Location<'a>>>,
        related_locations: List<Maybe<Location<'a>>>,
        code_flows: First<Maybe<CodeFlow<'a>>>,
        partial_fingerprints: Pairs<'a>,
        fingerprints: Pairs<'a>,
        suppressions: List<Maybe<Suppression<'a>>>,
        baseline_state: Text<'a>,
        work_item_uris: List<Text<'a>>,
        taxa: List<Maybe<Reference<'a>>>,
        properties: Maybe<Box<Properties<'a>>>,
    }

    /// A reportingDescriptorReference (3.52); where it stands for a tool component (3.54), the same
    /// keys are used.
    struct Reference {
        id: Text<'a>,
        index: Number,
        tool_component: Maybe<Component<'a>>,
    }

    /// A toolComponentReference (3.54), or the plain members of a toolComponent (3.19).
    struct Component {
        name: Text<'a>,
        index: Number,
        guid: Text<'a>,
    }

    /// 3.11 and 3.12
    struct Message {
        text: Text<'a>,
        markdown: Text<'a>,
        id: Text<'a>,
        arguments: List<Text<'a>>,
    }

    /// 3.28
    struct Location {
        physical_location: Maybe<PhysicalLocation<'a>>,
        logical_locations: List<Maybe<LogicalLocation<'a>>>,
        message: Maybe<Box<Message<'a>>>,
    }

    /// 3.29
    struct PhysicalLocation {
        artifact_location: Maybe<ArtifactLocation<'a>>,
        region: Maybe<Region<'a>>,
        context_region: Maybe<Box<Region<'a>>>,
    }

    /// 3.4
    struct ArtifactLocation {
        uri: Text<'a>,
        uri_base_id: Text<'a>,
        index: Number,
    }

    /// 3.30
    struct Region {
        start_line: Number,
        end_line: Number,
        start_column: Number,
        snippet: Maybe<Content<'a>>,
    }

    /// 3.3
    struct Content {
        text: Text<'a>,
    }

    /// 3.33
    struct LogicalLocation {
        fully_qualified_name: Text<'a>,
        name: Text<'a>,
        index: Number,
    }

    /// 3.36
    struct CodeFlow {
        thread_flows: List<Maybe<ThreadFlow<'a>>>,
    }

    /// 3.37
    struct ThreadFlow {
        locations: List<Maybe<ThreadFlowLocation<'a>>>,
    }

    /// 3.38
    struct ThreadFlowLocation {
        location: Maybe<Location<'a>>,
        module: Text<'a>,
    }

    /// 3.35; `state` is what `status` was called in drafts
    struct Suppression {
        status: Text<'a>,
        state: Text<'a>,
    }

    /// What scanners keep in the property bags of results and rules (3.8)
    struct Properties {
        #[serde(rename = "security-severity")]
        security_severity: Number,
        cwe: List<Text<'a>>,
        owasp: List<Text<'a>>,
        #[serde(rename = "owasp-web")]
        owasp_web: List<Text<'a>>,
        #[serde(rename = "owasp-mobile")]
        owasp_mobile: List<Text<'a>>,
        category: Text<'a>,
        subcategory: List<Text<'a>>,
        #[serde(rename = "type")]
        kind: Text<'a>,
        tags: List<Text<'a>>,
        purl: Text<'a>,
        purls: List<Text<'a>>,
    }

    /// A reportingDescriptor (3.49): a rule, or a taxon
    struct Descriptor {
        id: Text<'a>,
        name: Text<'a>,
        short_description: Maybe<Message<'a>>,
        full_description: Maybe<Message<'a>>,
        help: Maybe<Message<'a>>,
        help_uri: Text<'a>,
        deprecated_ids: List<Text<'a>>,
        default_configuration: Maybe<Configuration<'a>>,
        relationships: List<Maybe<Relationship<'a>>>,
        message_strings: Pairs<'a, Maybe<Message<'a>>>,
        properties: Maybe<Properties<'a>>,
    }

    /// 3.50
    struct Configuration {
        level: Text<'a>,
    }

    /// 3.51
    struct ConfigurationOverride {
        configuration: Maybe<Configuration<'a>>,
        descriptor: Maybe<Reference<'a>>,
    }

    /// 3.53
    struct Relationship {
        target: Maybe<Reference<'a>>,
    }

    /// 3.20
    struct Invocation {
        execution_successful: Flag,
        tool_execution_notifications: List<Maybe<Notification<'a>>>,
        tool_configuration_notifications: List<Maybe<Notification<'a>>>,
        rule_configuration_overrides: List<Maybe<ConfigurationOverride<'a>>>,
    }

    /// 3.58
    struct Notification {
        level: Text<'a>,
        message: Maybe<Message<'a>>,
        locations: List<Maybe<Location<'a>>>,
        associated_rule: Maybe<Reference<'a>>,
    }

    /// 3.23
    struct VersionControl {
        revision_id: Text<'a>,
    }

    /// 3.17
    struct AutomationDetails {
        id: Text<'a>,
    }

    /// 3.24
    struct Artifact {
        location: Maybe<ArtifactLocation<'a>>,
    }

    /// The run's property bag, as Trivy fills it for an image
    struct RunProperties {
        image_name: Text<'a>,
    }
}

/// Named messages (3.19.22, 3.49.11).
pub(crate) struct Strings;

impl Element for Strings {
    type In<'w> = Pairs<'w, Maybe<Message<'w>>>;
}

/// Named places that others are relative to (3.14.14).
pub(crate) struct Bases;

impl Element for Bases {
    type In<'w> = Pairs<'w, Maybe<ArtifactLocation<'w>>>;
}
