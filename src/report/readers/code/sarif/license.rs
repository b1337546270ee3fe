//! Licences that scanners of packages write among their results: they are no weaknesses.

use crate::report::readers::code::sarif::wire;

/// Whether a rule is about a licence, judging by its id alone: `snyk:lic:npm:a:GPL-3.0`.
pub(crate) fn is_named(id: &str) -> bool {
    id.starts_with("snyk:lic:")
}

/// Whether a rule with these texts is about a licence: Snyk's id, Trivy's `License` whose help begins with the licence, what
/// JFrog says of a package whose licence a policy does not allow.
pub(crate) fn is_described(rule: &wire::SarifDescriptor<'_>, texts: &[String]) -> bool {
    let refused = |text: &String| {
        text.starts_with("Dependency ")
            && text.contains(" is using a license (")
            && text.trim_end().ends_with("that is not allowed.")
    };
    let is_of_trivy = &*rule.name == "License" && texts.iter().any(|text| text.starts_with("License "));
    is_named(&rule.id) || is_of_trivy || texts.iter().any(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_of_packages_are_told_from_rules_about_code() {
        let check = |rule: &str, text: &str, expected: bool| {
            let rule: wire::SarifDescriptor<'_> = serde_json::from_str(rule).unwrap();
            assert_eq!(is_described(&rule, &[text.to_owned()]), expected, "{text}");
        };
        check(r#"{"id":"snyk:lic:npm:light-my-request:ISC"}"#, "ISC license", true);
        let trivy = "License GPL-3.0\nClassification: restricted";
        check(r#"{"id":"a:GPL-3.0","name":"License"}"#, trivy, true);
        let jfrog = "Dependency loadsh version 1.4.1 is using a license (MIT) that is not allowed.";
        check(r#"{"id":"MIT_loadsh_1.4.1"}"#, jfrog, true);
        check(r#"{"id":"AbsentOrWrongFileLicense","name":"License"}"#, "Licence text is absent", false);
        check(r#"{"id":"snyk:1"}"#, "Dependency a is outdated", false);
    }
}
