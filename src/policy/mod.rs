//! Which findings are kept, and where they go: pure decisions over the configuration.

pub(crate) mod branch;
pub(crate) mod condition;
pub(crate) mod owners;
pub(crate) mod route;
pub(crate) mod select;

#[cfg(test)]
mod samples {
    //! Two findings that the tests of this folder ask about.

    use std::sync::Arc;

    use crate::model::finding::{
        Advisory, Anchors, Finding, FindingDetail, FindingKind, Location, Package, Rule, Subject,
    };
    use crate::model::severity::Severity;

    pub(super) fn code() -> Finding<'static> {
        Finding {
            kind: FindingKind::Code,
            scanner: "Bandit".into(),
            rule: Arc::new(Rule { id: "B602".into(), ..Rule::default() }),
            severity: Severity::High,
            subject: Subject::Rule,
            location: Location { path: "tests/unit/run.py".into(), line: 3, ..Location::default() },
            anchors: Anchors::default(),
            detail: FindingDetail::default(),
            skipped: None,
        }
    }

    pub(super) fn dependency() -> Finding<'static> {
        let advisory = Advisory {
            id: "GHSA-35jh-r3h4-6jhm".into(),
            aliases: vec!["CVE-2021-23337".into()],
            ..Advisory::default()
        };
        let package = Package {
            purl: "pkg:npm/lodash@4.17.20?arch=any".into(),
            name: "lodash".into(),
            version: "4.17.20".into(),
            fixed: vec!["4.17.21".into()],
            ..Package::default()
        };
        Finding {
            kind: FindingKind::Dependency,
            subject: Subject::Advisory(Arc::new(advisory), package),
            location: Location { path: "package-lock.json".into(), ..Location::default() },
            ..code()
        }
    }
}
