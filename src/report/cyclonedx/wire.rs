//! CycloneDX as it is written, as far as it is read: JSON, and XML under the same names. No type here
//! can fail by type.

use crate::report::lenient::{List, Maybe, Number, Text, objects};

objects! { "camelCase"
    struct Metadata {
        timestamp: Text<'a>,
        tools: List<Maybe<Tool<'a>>>,
        component: Maybe<Box<Component<'a>>>,
    }

    /// A tool; or since 1.5 (and in XML) an object that holds the tools.
    struct Tool {
        name: Text<'a>,
        version: Text<'a>,
        components: List<Maybe<Tool<'a>>>,
        tool: List<Maybe<Tool<'a>>>,
    }

    struct Component {
        #[serde(rename = "bom-ref")]
        reference: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
        group: Text<'a>,
        name: Text<'a>,
        version: Text<'a>,
        purl: Text<'a>,
        components: List<Maybe<Component<'a>>>,
        properties: List<Maybe<Property<'a>>>,
        evidence: Maybe<Evidence<'a>>,
        /// Of the extension of 1.0 to 1.3.
        vulnerabilities: List<Maybe<Vulnerability<'a>>>,
    }

    struct Property {
        name: Text<'a>,
        value: Text<'a>,
        #[serde(rename = "$")]
        text: Text<'a>,
    }

    struct Evidence {
        occurrences: List<Maybe<Occurrence<'a>>>,
    }

    struct Occurrence {
        location: Text<'a>,
    }

    struct Dependency {
        #[serde(rename = "ref")]
        reference: Text<'a>,
        depends_on: List<Text<'a>>,
        /// In XML.
        dependency: List<Maybe<Reference<'a>>>,
    }

    struct Reference {
        #[serde(rename = "ref")]
        reference: Text<'a>,
    }

    struct Vulnerability {
        /// Of the extension of 1.0 to 1.3.
        #[serde(rename = "ref")]
        reference: Text<'a>,
        id: Text<'a>,
        source: Maybe<Origin<'a>>,
        references: List<Maybe<Equal<'a>>>,
        ratings: List<Maybe<Rating<'a>>>,
        cwes: List<Text<'a>>,
        description: Text<'a>,
        detail: Text<'a>,
        recommendation: Text<'a>,
        recommendations: List<Text<'a>>,
        rejected: Text<'a>,
        analysis: Maybe<Analysis<'a>>,
        affects: List<Maybe<Affected<'a>>>,
    }

    struct Origin {
        name: Text<'a>,
        url: Text<'a>,
    }

    struct Equal {
        id: Text<'a>,
    }

    struct Rating {
        source: Maybe<Origin<'a>>,
        /// A number; in the extension of 1.0 to 1.3 an object with `base`, and the vector says the same.
        score: Number,
        severity: Text<'a>,
        method: Text<'a>,
        vector: Text<'a>,
    }

    struct Analysis {
        state: Text<'a>,
        justification: Text<'a>,
        detail: Text<'a>,
        first_issued: Text<'a>,
        last_updated: Text<'a>,
    }

    struct Affected {
        #[serde(rename = "ref")]
        reference: Text<'a>,
        versions: List<Maybe<Version<'a>>>,
    }

    struct Version {
        version: Text<'a>,
        range: Text<'a>,
        status: Text<'a>,
    }
}
