//! CycloneDX as it is written, as far as it is read: JSON, and XML under the same names. No type here
//! can fail by type.

use crate::report::parse::lenient::{List, Maybe, Number, Text, name, objects};

objects! { "camelCase"
    struct Metadata {
        #[serde(deserialize_with = "name")]
        timestamp: Text<'a>,
        tools: List<Maybe<Tool<'a>>>,
        component: Maybe<Box<Component<'a>>>,
    }

    /// A tool; or since 1.5 (and in XML) an object that holds the tools.
    struct Tool {
        #[serde(deserialize_with = "name")]
        name: Text<'a>,
        #[serde(deserialize_with = "name")]
        version: Text<'a>,
        components: List<Maybe<Tool<'a>>>,
        tool: List<Maybe<Tool<'a>>>,
    }

    struct Component {
        #[serde(rename = "bom-ref")]
        #[serde(deserialize_with = "name")]
        reference: Text<'a>,
        #[serde(rename = "type")]
        #[serde(deserialize_with = "name")]
        kind: Text<'a>,
        #[serde(deserialize_with = "name")]
        group: Text<'a>,
        #[serde(deserialize_with = "name")]
        name: Text<'a>,
        #[serde(deserialize_with = "name")]
        version: Text<'a>,
        #[serde(deserialize_with = "name")]
        purl: Text<'a>,
        components: List<Maybe<Component<'a>>>,
        properties: List<Maybe<Property<'a>>>,
        evidence: Maybe<Evidence<'a>>,
        /// Of the extension of 1.0 to 1.3.
        vulnerabilities: List<Maybe<Vulnerability<'a>>>,
    }

    struct Property {
        #[serde(deserialize_with = "name")]
        name: Text<'a>,
        #[serde(deserialize_with = "name")]
        value: Text<'a>,
        #[serde(rename = "$")]
        #[serde(deserialize_with = "name")]
        text: Text<'a>,
    }

    struct Evidence {
        occurrences: List<Maybe<Occurrence<'a>>>,
    }

    struct Occurrence {
        #[serde(deserialize_with = "name")]
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
        #[serde(deserialize_with = "name")]
        reference: Text<'a>,
        #[serde(deserialize_with = "name")]
        id: Text<'a>,
        source: Maybe<Origin<'a>>,
        references: List<Maybe<Equal<'a>>>,
        ratings: List<Maybe<Rating<'a>>>,
        cwes: List<Text<'a>>,
        description: Text<'a>,
        detail: Text<'a>,
        recommendation: Text<'a>,
        recommendations: List<Text<'a>>,
        #[serde(deserialize_with = "name")]
        rejected: Text<'a>,
        analysis: Maybe<Analysis<'a>>,
        affects: List<Maybe<Affected<'a>>>,
    }

    struct Origin {
        #[serde(deserialize_with = "name")]
        name: Text<'a>,
        #[serde(deserialize_with = "name")]
        url: Text<'a>,
    }

    struct Equal {
        #[serde(deserialize_with = "name")]
        id: Text<'a>,
    }

    struct Rating {
        source: Maybe<Origin<'a>>,
        /// A number; in the extension of 1.0 to 1.3 an object with `base`, and the vector says the same.
        score: Number,
        #[serde(deserialize_with = "name")]
        severity: Text<'a>,
        #[serde(deserialize_with = "name")]
        method: Text<'a>,
        #[serde(deserialize_with = "name")]
        vector: Text<'a>,
    }

    struct Analysis {
        #[serde(deserialize_with = "name")]
        state: Text<'a>,
        justification: Text<'a>,
        detail: Text<'a>,
        response: List<Text<'a>>,
        #[serde(deserialize_with = "name")]
        first_issued: Text<'a>,
        #[serde(deserialize_with = "name")]
        last_updated: Text<'a>,
    }

    struct Affected {
        #[serde(rename = "ref")]
        #[serde(deserialize_with = "name")]
        reference: Text<'a>,
        versions: List<Maybe<Version<'a>>>,
    }

    struct Version {
        #[serde(deserialize_with = "name")]
        version: Text<'a>,
        #[serde(deserialize_with = "name")]
        range: Text<'a>,
        #[serde(deserialize_with = "name")]
        status: Text<'a>,
    }
}
