//! CycloneDX as it is written, as far as it is read: JSON, and XML under the same names. No type here can fail because
//! of a value's type.

use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, name, objects};

objects! { "camelCase"
    struct CycloneDxMetadata {
        #[serde(deserialize_with = "name")]
        timestamp: LenientText<'a>,
        tools: LenientList<Maybe<CycloneDxTool<'a>>>,
        component: Maybe<Box<CycloneDxComponent<'a>>>,
    }

    /// A tool; or, since 1.5 (and in XML), an object that contains the tools.
    struct CycloneDxTool {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        components: LenientList<Maybe<CycloneDxTool<'a>>>,
        tool: LenientList<Maybe<CycloneDxTool<'a>>>,
    }

    struct CycloneDxComponent {
        #[serde(rename = "bom-ref")]
        #[serde(deserialize_with = "name")]
        reference: LenientText<'a>,
        #[serde(rename = "type")]
        #[serde(deserialize_with = "name")]
        kind: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        group: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        purl: LenientText<'a>,
        components: LenientList<Maybe<CycloneDxComponent<'a>>>,
        properties: LenientList<Maybe<CycloneDxProperty<'a>>>,
        evidence: Maybe<Evidence<'a>>,
        /// In the extension of 1.0 to 1.3.
        vulnerabilities: LenientList<Maybe<CycloneDxVulnerability<'a>>>,
    }

    struct CycloneDxProperty {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        value: LenientText<'a>,
        #[serde(rename = "$")]
        #[serde(deserialize_with = "name")]
        text: LenientText<'a>,
    }

    struct Evidence {
        occurrences: LenientList<Maybe<CycloneDxOccurrence<'a>>>,
    }

    struct CycloneDxOccurrence {
        #[serde(deserialize_with = "name")]
        location: LenientText<'a>,
    }

    struct CycloneDxDependency {
        #[serde(rename = "ref")]
        reference: LenientText<'a>,
        depends_on: LenientList<LenientText<'a>>,
        /// In XML.
        dependency: LenientList<Maybe<CycloneDxReference<'a>>>,
    }

    struct CycloneDxReference {
        #[serde(rename = "ref")]
        reference: LenientText<'a>,
    }

    struct CycloneDxVulnerability {
        /// In the extension of 1.0 to 1.3.
        #[serde(rename = "ref")]
        #[serde(deserialize_with = "name")]
        reference: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        source: Maybe<CycloneDxOrigin<'a>>,
        references: LenientList<Maybe<Equal<'a>>>,
        ratings: LenientList<Maybe<Rating<'a>>>,
        cwes: LenientList<LenientText<'a>>,
        description: LenientText<'a>,
        detail: LenientText<'a>,
        workaround: LenientText<'a>,
        recommendation: LenientText<'a>,
        recommendations: LenientList<LenientText<'a>>,
        #[serde(deserialize_with = "name")]
        rejected: LenientText<'a>,
        analysis: Maybe<CycloneDxAnalysis<'a>>,
        affects: LenientList<Maybe<CycloneDxAffected<'a>>>,
    }

    struct CycloneDxOrigin {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        url: LenientText<'a>,
    }

    struct Equal {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
    }

    struct Rating {
        source: Maybe<CycloneDxOrigin<'a>>,
        /// A number; in the extension of 1.0 to 1.3, an object with `base`, and the vector says the same.
        score: Number,
        #[serde(deserialize_with = "name")]
        severity: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        method: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        vector: LenientText<'a>,
    }

    struct CycloneDxAnalysis {
        #[serde(deserialize_with = "name")]
        state: LenientText<'a>,
        justification: LenientText<'a>,
        detail: LenientText<'a>,
        response: LenientList<LenientText<'a>>,
        #[serde(deserialize_with = "name")]
        first_issued: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        last_updated: LenientText<'a>,
    }

    struct CycloneDxAffected {
        #[serde(rename = "ref")]
        #[serde(deserialize_with = "name")]
        reference: LenientText<'a>,
        versions: LenientList<Maybe<Version<'a>>>,
    }

    struct Version {
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        range: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        status: LenientText<'a>,
    }
}
