//! What a finding's rule is: its id as people know it, its name, and what to do.

use std::borrow::Cow;

use crate::model::finding::{FindingKind, Help, Rule};
use crate::report::parse::lenient::LenientText;
use crate::report::shared::words;

use super::found::{COLLECTOR, product};
use super::text::{is_direction, is_filler, whole};
use super::wire::AsffFinding;

/// What the rule is called in its product: a control, a check, otherwise the type of finding.
pub(super) fn id<'r>(found: &'r AsffFinding<'r>) -> Cow<'r, str> {
    let control = found.compliance.get().and_then(|compliance| compliance.security_control_id.some());
    if let Some(control) = control {
        return Cow::Borrowed(control);
    }
    match kind_of_finding(found) {
        Some(kind) => kind,
        None => short(generator(found)),
    }
}

/// What generated it, without the product's name.
fn generator<'r>(found: &'r AsffFinding<'r>) -> &'r str {
    let own = &*found.generator_id;
    ["prowler-", "Trivy/"].iter().find_map(|product| own.strip_prefix(product)).unwrap_or(own)
}

/// The type of finding if the generator is only the product, or one of its installations: all that it finds is not one
/// rule.
fn kind_of_finding<'r>(found: &'r AsffFinding<'r>) -> Option<Cow<'r, str>> {
    let letters = |text: &str| -> String {
        let all = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
        let all: String = all.collect();
        ["aws", "amazon"].iter().find_map(|owner| all.strip_prefix(owner)).map_or(all.clone(), str::to_owned)
    };
    let own = letters(&found.generator_id);
    let product = letters(product(found));
    let names_product = own.len() >= 4 && product.ends_with(&own);
    if !names_product && !found.generator_id.contains(":detector/") {
        return None;
    }
    let advisory = found.vulnerabilities.objects().find_map(|one| one.id.some());
    if let Some(advisory) = advisory {
        return Some(Cow::Borrowed(advisory));
    }
    let parts: Vec<&str> = found.types.iter().next()?.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        // GuardDuty's own name for it is unique
        [.., last] if last.contains(':') => Some(Cow::Borrowed(last)),
        [.., class, last] => Some(Cow::Owned(format!("{class}/{last}"))),
        [last] => Some(Cow::Borrowed(last)),
        [] => None,
    }
}

/// An id as people write it: `arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/3.7` is
/// `CIS 3.7`, and a control of a standard is called as on its own.
fn short(id: &str) -> Cow<'_, str> {
    const CIS: &str = "cis-aws-foundations-benchmark";
    // the version whose ids Security Hub wrote as ARNs
    const FIRST: &str = "1.2.0";
    let arn = id.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4));
    let mut parts: Vec<&str> = arn.unwrap_or(id).split('/').filter(|part| !part.is_empty()).collect();
    if let [standard, "v", version, .., control] | ["ruleset", standard, "v", version, .., control] =
        *parts.as_slice()
    {
        return match (standard, version) {
            (CIS, FIRST) => Cow::Owned(format!("CIS {control}")),
            (CIS, version) => Cow::Owned(format!("CIS {control} (v{version})")),
            _ => Cow::Owned(control.to_owned()),
        };
    }
    match (parts.as_slice(), arn) {
        (["security-control", control], _) => Cow::Owned((*control).to_owned()),
        (_, Some(_)) => {
            parts.retain(|part| !matches!(*part, "ruleset" | "set" | "rule" | "config-rule"));
            if parts.is_empty() { Cow::Borrowed(id) } else { Cow::Owned(parts.join("/")) }
        }
        _ => Cow::Borrowed(id),
    }
}

pub(super) fn rule(found: &AsffFinding<'_>) -> Rule {
    let advice = found.remediation.get().and_then(|remediation| remediation.recommendation.get());
    let help = advice.map_or(Help::None, |advice| match (advice.text.some(), advice.url.some()) {
        (Some(text), _) if !is_filler(text) => Help::Text(text.into()),
        (Some(text), Some(page)) if is_direction(text) => {
            Help::Text(format!("{}: [instructions]({page})", text.trim().trim_end_matches('.')).into())
        }
        _ => Help::None,
    });
    // an id that became shorter is still the same rule
    let former = Some(generator(found)).filter(|own| short(own) == id(found) && *own != id(found));
    // a product's own title is about one resource
    let title = if kind_of_finding(found).is_some() { "" } else { &*found.title };
    // Trivy's title names the file, too: `Trivy found a misconfiguration in a.yaml: …`
    let title = match title.strip_prefix("Trivy found a ").and_then(|title| title.split_once(": ")) {
        Some((_, title)) => title,
        None => title,
    };
    let title = without_number(title, &id(found));
    Rule {
        former: former.into_iter().map(|own| words::name(own).into_owned()).collect(),
        name: words::line(title),
        help,
        // what Security Hub says about its own controls is not about one resource
        description: if is_control(found) { whole(&found.description).into() } else { "".into() },
        help_uri: advice.and_then(|advice| advice.url.owned()),
        tags: found.types.iter().filter_map(LenientText::owned).collect(),
        ..Rule::default()
    }
}

/// Whether it is a control of Security Hub, in one of its standards or on its own.
fn is_control(found: &AsffFinding<'_>) -> bool {
    let generator = &*found.generator_id;
    let is_own = found.product_arn.ends_with(":product/aws/securityhub") && product(found) == COLLECTOR;
    is_own && (generator.starts_with("security-control/") || generator.contains("/v/"))
}

/// The title without the control's number, which its id contains: `2.5 Ensure AWS Config is enabled`, `CIS 2.5`.
fn without_number<'t>(title: &'t str, id: &str) -> &'t str {
    let Some((number, rest)) = title.split_once(' ') else { return title };
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && !rest.trim().is_empty();
    if is_number && id.split(' ').any(|word| word == number) { rest.trim() } else { title }
}

/// What kind of problem it is: all of them are about infrastructure, except for a credential that a scanner of files
/// found.
pub(super) fn kind(found: &AsffFinding<'_>) -> FindingKind {
    let credential = found.types.iter().any(|kind| kind.starts_with("Sensitive Data Identifications"));
    match product(found) {
        "Trivy" if credential => FindingKind::Secret,
        _ => FindingKind::Infrastructure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_said_twice() {
        let check = |title, id, expected: &str| assert_eq!(without_number(title, id), expected, "{title}");
        check("2.5 Ensure AWS Config is enabled", "CIS 2.5", "Ensure AWS Config is enabled");
        check("1.16 Ensure policies are attached", "CIS 1.16 (v1.4.0)", "Ensure policies are attached");
        check("3 buckets are public", "S3.8", "3 buckets are public");
        check("2.5", "CIS 2.5", "2.5");
    }

    #[test]
    fn an_id_is_what_people_call_it() {
        let check = |id, expected: &str| assert_eq!(short(id), expected, "{id}");
        check("arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/3.7", "CIS 3.7");
        check("cis-aws-foundations-benchmark/v/1.4.0/1.16", "CIS 1.16 (v1.4.0)");
        check("aws-foundational-security-best-practices/v/1.0.0/Config.1", "Config.1");
        check("security-control/S3.1", "S3.1");
        check("arn:aws:securityhub:us-east-2:1234:ruleset/set/rhel-7/rule/V-7", "rhel-7/V-7");
        check("arn:aws:config:eu-west-1:1234:config-rule/config-rule-a", "config-rule-a");
        check("s3_bucket_public_access", "s3_bucket_public_access");
        check("a/b", "a/b");
        check("arn:x", "arn:x");
        check("", "");
    }
}
