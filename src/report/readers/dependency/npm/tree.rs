//! The report of npm 7 and later: packages by name, each with the advisories on it and what it affects.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::finding::{Help, Introducer};
use crate::model::scan::Problem;
use crate::model::version;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{AnyValue, Flag, LenientList, LenientText, Maybe, name, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory, endless, ends};
use crate::report::shared::graph::{self, Ways};
use crate::report::sink::{Nobody, Sink};

use crate::report::readers::dependency::npm::{NpmCvss, audit_failed, cwe, names, score, words};

objects! { "camelCase"
    /// A package that something is wrong with, be it only what it depends on
    struct NpmTreePackage {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        is_direct: Flag,
        /// advisories; texts in between name packages that have their own
        via: LenientList<Maybe<Via<'a>>>,
        effects: LenientList<LenientText<'a>>,
        /// the versions that are vulnerable, be it only because of what they depend on
        range: LenientText<'a>,
        #[serde(deserialize_with = "fix_available")]
        fix_available: NpmTreeFix,
    }

    /// An advisory on the package
    struct Via {
        source: LenientText<'a>,
        title: LenientText<'a>,
        url: LenientText<'a>,
        severity: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        cvss: Maybe<NpmCvss<'a>>,
        range: LenientText<'a>,
    }
}

/// What npm offers: to install another version of a dependency of the project, or only of the package itself.
#[derive(Debug, Default)]
pub(crate) enum NpmTreeFix {
    #[default]
    None,
    Within,
    Install {
        name: String,
        version: String,
        is_major: bool,
    },
}

fn fix_available<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NpmTreeFix, D::Error> {
    let AnyValue(value) = AnyValue::deserialize(deserializer)?;
    let text = |key: &str| Some(crate::report::shared::words::name(value.get(key)?.as_str()?).into_owned());
    Ok(match (&value, text("name"), text("version")) {
        (Value::Bool(true), ..) => NpmTreeFix::Within,
        (_, Some(name), Some(version)) => {
            let is_major = value.get("isSemVerMajor").and_then(Value::as_bool) == Some(true);
            NpmTreeFix::Install { name, version, is_major }
        }
        _ => NpmTreeFix::None,
    })
}

/// The packages that a manifest brings in, and the paths to them.
#[derive(Default)]
struct NpmTreeTree {
    /// From the project itself.
    whole: NpmTreeWays,
    /// From what nothing in the report depends on: npm leaves out the dependencies above it if a new version of it is
    /// allowed.
    known: NpmTreeWays,
    /// The vulnerable versions of direct dependencies.
    ranges: HashMap<Box<str>, Box<str>>,
}

/// Paths, with the names of what is on them.
#[derive(Default)]
struct NpmTreeWays {
    ways: Ways,
    /// The packages in the report, by their nodes.
    names: HashMap<u32, Box<str>>,
}

/// Stands for the manifest itself among the packages; no package has such a name.
const PROJECT: &str = "\n";

impl NpmTreeTree {
    /// Notes a package, with those that depend on it.
    fn note(&mut self, name: &str, package: &NpmTreePackage<'_>) {
        if self.whole.names.len() == MOST_PACKAGES {
            return;
        }
        if package.is_direct.0 == Some(true) {
            self.whole.ways.edge(PROJECT, name);
            let range = package.range.some().filter(|range| range.len() < LONGEST_RANGE);
            self.ranges.extend(range.map(|range| (name.into(), range.into())));
        }
        for side in [&mut self.whole, &mut self.known] {
            for effect in package.effects.iter() {
                side.ways.edge(effect, name);
            }
            let node = side.ways.node(name);
            side.names.insert(node, name.into());
        }
    }

    /// Whether the report calls this version of a direct dependency vulnerable.
    fn is_vulnerable(&self, name: &str, version: &str) -> bool {
        self.ranges.get(name).is_some_and(|range| contains(range, version))
    }

    /// Finds the paths, once all packages are noted.
    fn settle(&mut self) {
        self.whole.settle();
        self.known.settle();
    }

    /// The shortest path from a direct dependency to the package, including both; otherwise as much of it as the report
    /// has.
    fn way(&self, package: &str) -> Vec<String> {
        let way = self.whole.way(package);
        if way.is_empty() { self.known.way(package) } else { way }
    }
}

impl NpmTreeWays {
    fn settle(&mut self) {
        let names = std::mem::take(&mut self.names);
        let named = |node| names.get(&node).map_or((true, String::new()), |name| (false, name.to_string()));
        let numbers = self.ways.order_by(named);
        let renumbered =
            names.into_iter().filter_map(|(node, name)| Some((*numbers.get(node as usize)?, name)));
        self.names = renumbered.collect();
        self.ways.settle();
        self.ways.close();
    }

    fn way(&self, package: &str) -> Vec<String> {
        let Some(node) = self.ways.known(package) else { return Vec::new() };
        let mut way = self.ways.way(node);
        if way.is_empty() && self.ways.is_direct(node) {
            way.push(node);
        }
        way.iter().filter_map(|node| Some(self.names.get(node)?.to_string())).collect()
    }
}

/// How long a range may be to be noted, in bytes.
const LONGEST_RANGE: usize = 1_000;

/// How many packages are noted: in a larger report, some paths are not shown.
const MOST_PACKAGES: usize = 200_000;

/// Reads the report twice: a package's path to the manifest leads over packages that come later.
pub(crate) fn read(audit: &Audit, source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut tree = NpmTreeTree::default();
    tree.whole.ways.root(PROJECT);
    let mut nobody = Nobody;
    // what fails here also fails in the second reading, and is reported there
    let ahead = &mut Json::new(&source.name, source.open()?, &mut nobody);
    let _ = each(ahead, &mut Around::default(), |key, package, _| tree.note(key, package));
    tree.settle();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let mut recorded = Around::default();
    let (mut packages, mut advisories) = (0, 0);
    let end = each(&mut json, &mut recorded, |key, package, sink| {
        packages += 1;
        advisories += package.via.objects().count();
        emit(audit, key, package, &tree, sink);
    });
    let lacks = match recorded.has_packages {
        false => Some("the report has no list of vulnerabilities".to_owned()),
        // each names another package, and none says what is wrong
        true if packages > 0 && advisories == 0 => {
            let plural = if packages == 1 { "" } else { "s" };
            Some(format!("the report lists {packages} vulnerable package{plural} but no advisories"))
        }
        true => None,
    };
    let failed = recorded.error.or(lacks).filter(|_| end.is_ok());
    if let Some(said) = &failed {
        sink.problem(audit_failed(source, &audit.scanner, said));
    }
    sink.scan(audit.scan(source, failed.map(|_| false)));
    end
}

/// What a report says besides its packages.
#[derive(Default)]
struct Around {
    /// Whether it has a place for them.
    has_packages: bool,
    /// Why the audit failed.
    error: Option<String>,
}

fn each(
    json: &mut Json<'_>,
    recorded: &mut Around,
    mut visit: impl FnMut(&str, &NpmTreePackage<'_>, &mut dyn Sink),
) -> Result<(), Problem> {
    json.each_entry(|json, key| {
        let next = json.peek()?;
        if key == "error" && next != Some(b'n') {
            recorded.error = Some(words(json)?.join(": "));
        }
        if key != "vulnerabilities" {
            return Ok(());
        }
        recorded.has_packages = next == Some(b'{');
        json.each_entry(|json, key| {
            json.object::<NpmTreePackage<'_>>("package", |package, sink| visit(key, package, sink))
        })
    })
}

fn emit(audit: &Audit, key: &str, package: &NpmTreePackage<'_>, tree: &NpmTreeTree, sink: &mut dyn Sink) {
    let name = package.name.some().unwrap_or(key);
    let path = tree.way(key);
    let steps = || path.iter().map(|step| Cow::Borrowed(&**step));
    let mut introduced_by = match package.is_direct.0 {
        Some(true) => Vec::new(),
        _ => graph::introduced_by([steps()]),
    };
    if let NpmTreeFix::Install { name: introducer, version, is_major } = &package.fix_available
        && introducer != name
        && package.is_direct.0 != Some(true)
    {
        // the beginning of a path that is not known to start at the project is no direct dependency
        introduced_by.retain(|one| one.name != *introducer && tree.ranges.contains_key(&*one.name));
        let is_fixed = !tree.is_vulnerable(introducer, version);
        let update_to = if is_fixed { Cow::Borrowed(&**version) } else { Cow::Borrowed("") };
        introduced_by.push(Introducer {
            name: introducer.into(),
            update_to,
            is_major: *is_major && is_fixed,
        });
    }
    let mut seen = BTreeSet::new();
    for via in package.via.objects() {
        let names = names("", &via.url, &LenientList::default(), &via.source);
        // npm lists an advisory once for each of its ranges
        if !seen.insert(names.clone()) {
            continue;
        }
        sink.finding(audit.finding(AuditAdvisory {
            names,
            title: &via.title,
            help: fix(&package.fix_available, name, tree),
            url: via.url.owned(),
            cwe: cwe(&via.cwe),
            severity: &via.severity,
            cvss: score(&via.cvss),
            package: name,
            fixed: ends(&via.range),
            unfixed: endless(&via.range),
            path: steps().collect(),
            introduced_by: introduced_by.clone(),
            ..AuditAdvisory::default()
        }));
    }
}

/// Whether a range as npm writes it contains a version: `28.12.3 || 29.0.1 - 29.0.3 || >=32.0.2`.
fn contains(ranges: &str, version: &str) -> bool {
    let holds = |comparator: &str| {
        let end = comparator.find(|c: char| !matches!(c, '<' | '>' | '=')).unwrap_or(comparator.len());
        let (sign, bound) = comparator.split_at(end);
        let order = version::compare(version, bound);
        match sign {
            _ if matches!(bound, "*" | "") => true,
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            _ => order.is_eq(),
        }
    };
    ranges.split("||").map(str::trim).filter(|range| !range.is_empty()).any(|range| {
        match range.split_once(" - ") {
            Some((from, to)) => {
                version::compare(version, from.trim()).is_ge() && version::compare(version, to.trim()).is_le()
            }
            None => range.split_whitespace().all(holds),
        }
    })
}

fn fix(fix: &NpmTreeFix, package: &str, tree: &NpmTreeTree) -> Help {
    match fix {
        NpmTreeFix::None => Help::None,
        NpmTreeFix::Within => Help::Text(
            format!(
                "Run npm audit fix to update {package} within the version range that the project allows."
            )
            .into(),
        ),
        // said of the dependency that brings the package in
        NpmTreeFix::Install { name, .. } if name != package => Help::None,
        NpmTreeFix::Install { name, version, .. } if tree.is_vulnerable(name, version) => Help::None,
        NpmTreeFix::Install { name, version, is_major } => {
            let major = if *is_major { " (a major version change)" } else { "" };
            Help::Text(format!("Upgrade {name} to {version}{major}.").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Subject;
    use crate::report::readers::dependency::npm::NPM;
    use crate::report::shared::recorded::{self, check_lines};

    #[test]
    fn packages_without_an_advisory_are_no_clean_audit() {
        check_lines(
            &NPM,
            r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"name":"a","via":["b"]},"b":{"name":"b","via":["c"]}}}"#,
            &[
                "problem npm audit failed: the report lists 2 vulnerable packages but no advisories",
                "scan npm audit failed",
            ],
        );
    }

    #[test]
    fn packages_are_told_by_their_advisories() {
        check_lines(
            &NPM,
            r#"{"auditReportVersion":2,"vulnerabilities":{
            "deep":{"name":"deep","isDirect":false,"via":[
                {"source":5,"title":"A","url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","severity":"low","range":"<1.2.0",
                 "cvss":{"score":0,"vectorString":null}},
                {"source":6,"title":"A","url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","severity":"low","range":">=2.0.0 <2.1.0"},
                {"source":7,"title":"B","severity":"low","cvss":{"score":9.1,"vectorString":"v"},"range":"<=3"}],
                "effects":["middle"],"fixAvailable":true},
            "middle":{"name":"middle","isDirect":false,"via":["deep"],"effects":["top","deep"]},
            "bad":7,
            "top":{"name":"top","isDirect":true,"via":["middle"],"effects":[]}},"metadata":{}}"#,
            &[
                "dependency low GHSA-aaaa-bbbb-cccc pkg:npm/deep fixed 1.2.0 via top>middle>deep at package-lock.json",
                "dependency low npm-advisory-7 pkg:npm/deep via top>middle>deep at package-lock.json",
                "problem is not a package and was skipped",
                "scan npm audit",
            ],
        );
    }

    #[test]
    fn what_npm_can_update_is_said_with_the_known_path() {
        let report = r#"{"auditReportVersion":2,"vulnerabilities":{
            "quote":{"name":"quote","isDirect":false,"via":[{"source":1,"title":"A","range":"<=1.7.2"}],"effects":["utils"],"fixAvailable":true},
            "utils":{"name":"utils","isDirect":false,"via":["quote"],"effects":[],"fixAvailable":true}}}"#;
        const HELP: &str =
            "Run npm audit fix to update quote within the version range that the project allows.";
        let said = recorded::lines_of(report, |finding| {
            let Subject::Advisory(_, package) = &finding.subject else { panic!() };
            assert_eq!(finding.rule.help, Help::Text(HELP.into()));
            package.path.join(">")
        });
        assert_eq!(said[0], "utils>quote");
    }

    #[test]
    fn the_dependency_that_npm_would_install_is_the_one_to_update() {
        let check = |direct: bool, fix: &str, expected: &str| {
            let report = format!(
                r#"{{"auditReportVersion":2,"vulnerabilities":{{
                "debug":{{"name":"debug","isDirect":{direct},"via":[{{"source":1,"title":"A","range":"<4"}}],"effects":["vercel"],"fixAvailable":{fix}}},
                "vercel":{{"name":"vercel","isDirect":true,"via":["debug"],"effects":[]}}}}}}"#
            );
            let said = recorded::lines_of(&report, |finding| {
                format!("{} {:?}", recorded::introducers(finding), finding.rule.help)
            });
            assert_eq!(said[0], expected, "{fix}");
        };
        let vercel = r#"{"name":"vercel","version":"32.3.0","isSemVerMajor":true}"#;
        check(false, vercel, "by vercel (32.3.0, major) None");
        check(false, "false", "by vercel None");
        check(true, "false", " None");
        let own = r#"{"name":"debug","version":"4.1.0","isSemVerMajor":false}"#;
        check(true, vercel, " None");
        check(true, own, " Text(\"Upgrade debug to 4.1.0.\")");
    }

    #[test]
    fn a_version_that_the_report_calls_vulnerable_is_not_advised() {
        let check = |range: &str, expected: &str| {
            let report = format!(
                r#"{{"auditReportVersion":2,"vulnerabilities":{{
                "debug":{{"name":"debug","isDirect":false,"via":[{{"source":1,"title":"A","range":"<4"}}],"effects":["vercel"],
                "fixAvailable":{{"name":"vercel","version":"32.3.0","isSemVerMajor":true}}}},
                "vercel":{{"name":"vercel","isDirect":true,"via":["debug"],"effects":[],"range":"{range}"}}}}}}"#
            );
            assert_eq!(recorded::lines_of(&report, recorded::introducers)[0], expected, "{range}");
        };
        check("28.12.3 || 29.0.1 - 29.0.3 || >=32.0.2", "by vercel");
        check("28.12.3 || 29.0.1 - 29.0.3", "by vercel (32.3.0, major)");
        check("30.0.0 - 32.3.0", "by vercel");
        check(">=30.0.0 <32.3.0", "by vercel (32.3.0, major)");
        check("*", "by vercel");
    }

    #[test]
    fn what_the_path_begins_with_brings_a_package_in_as_well() {
        let report = r#"{"auditReportVersion":2,"vulnerabilities":{
            "cookie":{"name":"cookie","isDirect":false,"via":[{"source":1,"title":"A","range":"<0.7.0"}],"effects":["connect","express"],
            "fixAvailable":{"name":"express","version":"5.1.0","isSemVerMajor":true}},
            "connect":{"name":"connect","isDirect":true,"via":["cookie"],"effects":["express"],"range":"<=2.30.2"},
            "express":{"name":"express","isDirect":true,"via":["connect","cookie"],"effects":[],"range":"<=4.21.0"}}}"#;
        assert_eq!(
            recorded::lines_of(report, recorded::introducers)[0],
            "by connect, express (5.1.0, major)"
        );
    }

    #[test]
    fn an_error_object_is_no_clean_report() {
        check_lines(
            &NPM,
            r#"{"message":"404 Not Found","method":"POST","statusCode":404,"body":"","error":{"summary":"","detail":""}}"#,
            &["problem npm audit failed: 404 Not Found", "scan npm audit failed without results"],
        );
        let check = |members: &str, said: &str| {
            check_lines(
                &NPM,
                &format!(r#"{{"auditReportVersion":2{members}}}"#),
                &[&format!("problem npm audit failed: {said}"), "scan npm audit failed"],
            );
        };
        check("", "the report has no list of vulnerabilities");
        check(r#","vulnerabilities":null,"metadata":{}"#, "the report has no list of vulnerabilities");
        check(r#","vulnerabilities":{},"error":{"code":"X"}"#, "X");
        check_lines(&NPM, r#"{"actions":[],"advisories":null,"runId":"x"}"#, &["scan npm audit failed"]);
        check_lines(
            &NPM,
            r#"{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile."}}"#,
            &[
                "problem npm audit failed: ENOLOCK: This command requires an existing lockfile.",
                "scan npm audit failed without results",
            ],
        );
        check_lines(
            &NPM,
            r#"{"error":{"code":"ERR_PNPM_AUDIT_NO_LOCKFILE"}}"#,
            &[
                "problem pnpm audit failed: ERR_PNPM_AUDIT_NO_LOCKFILE",
                "scan pnpm audit failed without results",
            ],
        );
    }
}
