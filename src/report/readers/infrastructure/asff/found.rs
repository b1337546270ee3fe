//! What a finding says: who found it, how severe it is, and whether it is skipped.

use super::wire::{AsffFinding, AsffResource};
use crate::model::finding::ExclusionReason;
use crate::model::severity::Severity;
use crate::report::shared::words;

/// The service that collects them.
pub(super) const COLLECTOR: &str = "AWS Security Hub";

/// What the product says about the finding beyond the format.
pub(super) fn field<'r>(found: &'r AsffFinding<'r>, key: &str) -> Option<&'r str> {
    found.product_fields.iter().find(|(own, _)| *own == key).and_then(|(_, value)| value.some())
}

/// The product that found it: by its own name, otherwise the end of
/// `arn:aws:securityhub:eu-west-1::product/aws/guardduty`.
pub(super) fn product<'r>(found: &'r AsffFinding<'r>) -> &'r str {
    let named = ["ProviderName", "aws/securityhub/ProductName", "Product Name"];
    let named = named.iter().find_map(|key| field(found, key)).or(found.product_name.some());
    match named.or_else(|| found.product_arn.rsplit('/').next()).unwrap_or_default() {
        // a customer's own findings have no other name
        "Security Hub" | "securityhub" | "Default" | "default" => COLLECTOR,
        product => product,
    }
}

/// Whether it is a check that failed.
pub(super) fn is_failed(found: &AsffFinding<'_>) -> bool {
    let status = found.compliance.get().map_or("", |compliance| &*compliance.status);
    !matches!(status, "" | "PASSED" | "NOT_AVAILABLE")
}

/// What identifies a resource.
pub(super) fn identity(resource: &AsffResource<'_>) -> String {
    format!("{}|{}", &*resource.id, &*resource.region)
}

/// Security Hub's word, otherwise its number from 0 to 100.
pub(super) fn severity(found: &AsffFinding<'_>) -> Option<Severity> {
    let provider = found.finding_provider_fields.get().and_then(|fields| fields.severity.get());
    let all = || [found.severity.get(), provider].into_iter().flatten();
    let word = all().find_map(|severity| words::severity(&severity.label));
    word.or_else(|| {
        all().find_map(|severity| severity.normalized.0).map(|number| match number {
            90.0.. => Severity::Critical,
            70.0.. => Severity::High,
            40.0.. => Severity::Medium,
            1.0.. => Severity::Low,
            _ => Severity::Info,
        })
    })
}

pub(super) fn skipped(found: &AsffFinding<'_>) -> Option<ExclusionReason> {
    match found.workflow.get().map_or("", |workflow| &*workflow.status) {
        "SUPPRESSED" => Some(ExclusionReason::Suppressed),
        "RESOLVED" => Some(ExclusionReason::Absent),
        _ if &*found.record_state == "ARCHIVED" => Some(ExclusionReason::Absent),
        _ => None,
    }
}
