//! `dotnet list package --vulnerable --format json`: packages by project and target framework.

use std::collections::BTreeSet;

use crate::model::finding::FindingKind;
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::advisory;
use crate::report::shared::audit::{Audit, AuditAdvisory};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "dotnet-list-package",
    scanners: ".NET (`dotnet list package --vulnerable --include-transitive --format json`)",
    recognised: "a JSON object with `version`, `parameters` and `projects`",
    kinds: &[FindingKind::Dependency],
    recognise,
    read,
};

const SCANNER: &str = "dotnet list package";

objects! { "camelCase"
    /// A project
    struct DotnetProject {
        path: LenientText<'a>,
        frameworks: LenientList<Maybe<Framework<'a>>>,
    }

    /// A target framework
    struct Framework {
        top_level_packages: LenientList<Maybe<DotnetPackage<'a>>>,
        transitive_packages: LenientList<Maybe<DotnetPackage<'a>>>,
    }

    /// A package
    struct DotnetPackage {
        id: LenientText<'a>,
        resolved_version: LenientText<'a>,
        vulnerabilities: LenientList<Maybe<DotnetVulnerability<'a>>>,
    }

    /// A vulnerability
    struct DotnetVulnerability {
        severity: LenientText<'a>,
        #[serde(alias = "advisoryUrl")]
        advisoryurl: LenientText<'a>,
    }

    /// What went wrong
    struct DotnetFailure {
        level: LenientText<'a>,
        text: LenientText<'a>,
        project: LenientText<'a>,
    }
}

fn recognise(outline: &Outline) -> bool {
    outline.shape == ReportShape::Object
        && outline.has("parameters")
        && (outline.has("projects") || outline.has("problems"))
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut failed = false;
    let mut asked = true;
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| match key {
        "parameters" => json.word().map(|word| asked = word.contains("--vulnerable")),
        "projects" => json.each_element(|json| {
            json.object::<DotnetProject<'_>>("project", |project, sink| emit(project, source, sink))
        }),
        "problems" => json.each_element(|json| {
            let recorded = json.value::<DotnetFailure<'_>, _>(|failure, _| {
                let failure = failure.get().filter(|failure| &*failure.level == "error")?;
                Some(format!("{SCANNER} failed: {} {}", &*failure.project, &*failure.text))
            })?;
            if let Some(message) = recorded.flatten() {
                failed = true;
                let problem = json
                    .problem(message)
                    .hint("restore the project (`dotnet restore`) before you list its packages");
                json.sink().problem(problem);
            }
            Ok(())
        }),
        _ => Ok(()),
    });
    let scan = Audit::new(SCANNER, "nuget", "", source).scan(source, failed.then_some(false));
    // a list of packages by itself says nothing about vulnerabilities
    sink.scan(Scan { has_results: asked, ..scan });
    end
}

/// Reports one finding per vulnerability and package; each target framework repeats them.
fn emit(project: &DotnetProject<'_>, source: &ReportSource, sink: &mut dyn Sink) {
    let audit = Audit::new(SCANNER, "nuget", &project.path, source);
    let mut seen = BTreeSet::new();
    for framework in project.frameworks.objects() {
        let packages = framework.top_level_packages.objects().chain(framework.transitive_packages.objects());
        for package in packages {
            for one in package.vulnerabilities.objects() {
                if seen.insert((&*package.id, &*package.resolved_version, &*one.advisoryurl)) {
                    sink.finding(audit.finding(recorded(package, one)));
                }
            }
        }
    }
}

fn recorded<'r>(package: &'r DotnetPackage<'r>, one: &'r DotnetVulnerability<'r>) -> AuditAdvisory<'r> {
    let mut names: Vec<String> = advisory::ids(&one.advisoryurl).map(str::to_owned).collect();
    if names.is_empty() {
        names.push(one.advisoryurl.to_string());
    }
    AuditAdvisory {
        names,
        url: one.advisoryurl.owned(),
        severity: &one.severity,
        package: &package.id,
        version: &package.resolved_version,
        ..AuditAdvisory::default()
    }
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    #[test]
    fn projects_are_told() {
        let vulnerable = r#"{"id":"Left","requestedVersion":"1.0","resolvedVersion":"1.0","vulnerabilities":[
            {"severity":"High","advisoryurl":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc"}]}"#;
        check_lines(
            &FORMAT,
            &format!(
                r#"{{"version":1,"parameters":"--vulnerable","projects":[{{"path":"/github/workspace/src/a.csproj","frameworks":[
                {{"framework":"net8.0","topLevelPackages":[{vulnerable},{{"id":"Fine"}}]}},
                {{"framework":"net9.0","transitivePackages":[{vulnerable}]}}]}},{{"path":"b.csproj"}},1]}}"#
            ),
            &[
                "dependency high GHSA-aaaa-bbbb-cccc pkg:nuget/left@1.0 at src/a.csproj",
                "problem is not a project and was skipped",
                "scan dotnet list package",
            ],
        );
        check_lines(
            &FORMAT,
            r#"{"version":1,"parameters":"--outdated","problems":[{"level":"error","text":"No assets file.","project":"a.csproj"}],"projects":[]}"#,
            &[
                "problem dotnet list package failed: a.csproj No assets file.",
                "scan dotnet list package failed without results",
            ],
        );
    }
}
