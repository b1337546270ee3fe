//! GitHub's alerts of a repository.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// All of a repository's alerts as the API shows them, by feed (`code-scanning`, `dependabot`, `secret-scanning`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Alerts {
    pub(crate) feeds: BTreeMap<String, Vec<Value>>,
    /// Analyses of code scanning, the newest last.
    pub(crate) analyses: Vec<Value>,
}

impl Alerts {
    /// A scanner's results for a branch arrive, at a commit.
    pub(crate) fn analyse(&mut self, scanner: &str, branch: &str, commit: &str) {
        let reference = format!("refs/heads/{branch}");
        self.analyses.push(json!({
            "ref": reference, "commit_sha": commit, "analysis_key": ".github/workflows/scan.yml:scan",
            "environment": "{}", "error": "", "warning": "", "category": ".github/workflows/scan.yml:scan",
            "created_at": "2026-01-02T03:04:05Z", "results_count": 1, "rules_count": 1, "id": self.analyses.len() + 1,
            "url": "", "sarif_id": "", "deletable": true, "tool": {"name": scanner, "guid": null, "version": "1.0"},
        }));
    }

    /// An open alert of a scanner's rule on a line of `main`.
    pub(crate) fn code(&mut self, number: u64, scanner: &str, rule: &str, path: &str, line: u64) {
        let alert = json!({
            "number": number, "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
            "url": "", "html_url": format!("https://github.com/acme/shop/security/code-scanning/{number}"),
            "instances_url": "", "state": "open", "fixed_at": null, "dismissed_by": null, "dismissed_at": null,
            "dismissed_reason": null, "dismissed_comment": null,
            "rule": {
                "id": rule, "name": rule, "severity": "error", "security_severity_level": "high",
                "description": format!("Something is wrong by {rule}"), "tags": [],
            },
            "tool": {"name": scanner, "guid": null, "version": "1.0"},
            "most_recent_instance": {
                "ref": "refs/heads/main", "analysis_key": ".github/workflows/scan.yml:scan", "environment": "{}",
                "category": ".github/workflows/scan.yml:scan", "state": "open",
                "commit_sha": "0000000000000000000000000000000000000001",
                "message": {"text": format!("{rule} is wrong here")},
                "location": {"path": path, "start_line": line, "end_line": line, "start_column": 1, "end_column": 9},
                "classifications": [],
            },
        });
        self.feeds.entry("code-scanning".to_owned()).or_default().push(alert);
    }

    /// An open alert on an npm package of `package-lock.json`.
    pub(crate) fn dependency(&mut self, number: u64, package: &str, ghsa: &str, cve: &str) {
        let alert = json!({
            "number": number, "state": "open",
            "dependency": {
                "package": {"ecosystem": "npm", "name": package}, "manifest_path": "package-lock.json", "scope": "runtime",
            },
            "security_advisory": {
                "ghsa_id": ghsa, "cve_id": cve, "summary": format!("{package} is vulnerable"), "description": "It is so.",
                "vulnerabilities": [], "severity": "high", "cvss": {"vector_string": null, "score": 0.0}, "cwes": [],
                "identifiers": [{"type": "GHSA", "value": ghsa}, {"type": "CVE", "value": cve}], "references": [],
                "published_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z", "withdrawn_at": null,
            },
            "security_vulnerability": {
                "package": {"ecosystem": "npm", "name": package}, "severity": "high", "vulnerable_version_range": "< 2.0.0",
                "first_patched_version": {"identifier": "2.0.0"},
            },
            "url": "", "html_url": format!("https://github.com/acme/shop/security/dependabot/{number}"),
            "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z", "dismissed_at": null,
            "dismissed_by": null, "dismissed_reason": null, "dismissed_comment": null, "fixed_at": null,
        });
        self.feeds.entry("dependabot".to_owned()).or_default().push(alert);
    }

    /// An open alert on a credential; the secret itself is shown unless it is asked for without.
    pub(crate) fn secret(&mut self, number: u64, kind: &str, path: &str, line: u64) {
        let alert = json!({
            "number": number, "created_at": "2026-01-02T03:04:05Z", "updated_at": null, "url": "",
            "html_url": format!("https://github.com/acme/shop/security/secret-scanning/{number}"), "locations_url": "",
            "state": "open", "resolution": null, "resolved_at": null, "resolved_by": null, "resolution_comment": null,
            "secret_type": kind, "secret_type_display_name": format!("A key ({kind})"), "secret": "hunter2-hunter2",
            "validity": "unknown", "publicly_leaked": false, "multi_repo": false, "has_more_locations": false,
            "first_location_detected": {"path": path, "start_line": line, "end_line": line, "start_column": 1, "end_column": 16},
        });
        self.feeds.entry("secret-scanning".to_owned()).or_default().push(alert);
    }

    /// An alert as it is.
    pub(crate) fn get(&self, feed: &str, number: u64) -> Option<&Value> {
        self.feeds.get(feed)?.iter().find(|alert| alert["number"] == number)
    }

    /// Sets fields of an alert; `false`: there is none.
    pub(crate) fn set(&mut self, feed: &str, number: u64, fields: Value) -> bool {
        let alerts = self.feeds.get_mut(feed).into_iter().flatten();
        let Some(alert) = alerts.into_iter().find(|alert| alert["number"] == number) else { return false };
        for (name, value) in fields.as_object().into_iter().flatten() {
            alert[name.as_str()] = value.clone();
        }
        true
    }
}
