//! Snyk's JSON as it is written, as far as it is read.

use crate::report::parse::lenient::{Flag, List, Maybe, Number, Pairs, Text, name, objects};

objects! { "camelCase"
    struct Vulnerability {
        #[serde(deserialize_with = "name")]
        id: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
        title: Text<'a>,
        description: Text<'a>,
        severity: Text<'a>,
        severity_with_critical: Text<'a>,
        #[serde(rename = "CVSSv3")]
        cvss_v3: Text<'a>,
        cvss_score: Number,
        epss_details: Maybe<Epss<'a>>,
        identifiers: Maybe<Identifiers<'a>>,
        alternative_ids: List<Text<'a>>,
        #[serde(deserialize_with = "name")]
        package_name: Text<'a>,
        #[serde(deserialize_with = "name")]
        name: Text<'a>,
        #[serde(deserialize_with = "name")]
        version: Text<'a>,
        #[serde(deserialize_with = "name")]
        package_version: Text<'a>,
        #[serde(deserialize_with = "name")]
        package_manager: Text<'a>,
        fixed_in: Option<List<Text<'a>>>,
        nearest_fixed_in_version: Text<'a>,
        from: List<Text<'a>>,
        #[serde(deserialize_with = "name")]
        file_path: Text<'a>,
    }

    struct Epss {
        probability: Text<'a>,
    }

    struct Identifiers {
        #[serde(rename = "CVE")]
        cve: List<Text<'a>>,
        #[serde(rename = "GHSA")]
        ghsa: List<Text<'a>>,
        #[serde(rename = "CWE")]
        cwe: List<Text<'a>>,
    }

    /// An issue of a package, where `result` lists them.
    struct Listed {
        pkg_name: Text<'a>,
        pkg_version: Text<'a>,
        issue_id: Text<'a>,
    }

    /// A node of the graph of dependencies.
    struct Node {
        id: Text<'a>,
    }

    struct Affected {
        pkg: Maybe<Package<'a>>,
        issues: Pairs<'a, Maybe<Issue<'a>>>,
    }

    struct Package {
        name: Text<'a>,
        version: Text<'a>,
    }

    struct Issue {
        issue_id: Text<'a>,
    }

    /// Of `infrastructureAsCodeIssues`.
    struct Misconfiguration {
        id: Text<'a>,
        public_id: Text<'a>,
        title: Text<'a>,
        severity: Text<'a>,
        documentation: Text<'a>,
        issue: Text<'a>,
        impact: Text<'a>,
        resolve: Text<'a>,
        is_ignored: Flag,
        path: List<Text<'a>>,
        line_number: Number,
        iac_description: Maybe<Told<'a>>,
    }

    struct Told {
        issue: Text<'a>,
        impact: Text<'a>,
        resolve: Text<'a>,
    }
}
