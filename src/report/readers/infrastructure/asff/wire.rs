//! What is read of a finding.

use crate::report::parse::lenient::{LenientList, LenientPairs, LenientText, Maybe, Number, name, objects};

objects! { "PascalCase"
    struct AsffFinding {
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        product_arn: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        product_name: LenientText<'a>,
        generator_id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        aws_account_id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        aws_account_name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        region: LenientText<'a>,
        source_url: LenientText<'a>,
        types: LenientList<LenientText<'a>>,
        severity: Maybe<AsffSeverity<'a>>,
        finding_provider_fields: Maybe<AsffProvider<'a>>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        remediation: Maybe<AsffRemediation<'a>>,
        product_fields: LenientPairs<'a>,
        resources: LenientList<Maybe<AsffResource<'a>>>,
        compliance: Maybe<AsffCompliance<'a>>,
        workflow: Maybe<AsffWorkflow<'a>>,
        record_state: LenientText<'a>,
        vulnerabilities: LenientList<Maybe<AsffVulnerability<'a>>>,
    }

    struct AsffSeverity {
        label: LenientText<'a>,
        normalized: Number,
    }

    struct AsffProvider {
        severity: Maybe<AsffSeverity<'a>>,
    }

    struct AsffRemediation {
        recommendation: Maybe<AsffRecommendation<'a>>,
    }

    struct AsffRecommendation {
        text: LenientText<'a>,
        url: LenientText<'a>,
    }

    struct AsffResource {
        #[serde(rename = "Type", deserialize_with = "name")]
        kind: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        region: LenientText<'a>,
        details: Maybe<AsffDetails<'a>>,
    }

    struct AsffDetails {
        other: LenientPairs<'a>,
        aws_ecr_container_image: Maybe<AsffImage<'a>>,
    }

    struct AsffImage {
        image_tags: LenientList<LenientText<'a>>,
    }

    struct AsffCompliance {
        status: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        security_control_id: LenientText<'a>,
        status_reasons: LenientList<Maybe<AsffReason<'a>>>,
    }

    /// Why a check did not pass.
    struct AsffReason {
        description: LenientText<'a>,
    }

    struct AsffWorkflow {
        status: LenientText<'a>,
    }

    struct AsffVulnerability {
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        vulnerable_packages: LenientList<Maybe<AsffPackage<'a>>>,
        cvss: LenientList<Maybe<AsffScore<'a>>>,
        vendor: Maybe<AsffVendor<'a>>,
        reference_urls: LenientList<LenientText<'a>>,
        fix_available: LenientText<'a>,
        epss_score: Number,
        exploit_available: LenientText<'a>,
    }

    struct AsffPackage {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        epoch: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        release: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        package_manager: LenientText<'a>,
        file_path: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        fixed_in_version: LenientText<'a>,
    }

    struct AsffScore {
        base_score: Number,
        base_vector: LenientText<'a>,
    }

    struct AsffVendor {
        url: LenientText<'a>,
    }
}
