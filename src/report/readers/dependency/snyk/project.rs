//! What kind of Snyk project it is: a manifest, an image, a configuration file.

use std::collections::HashSet;

use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::shared::{path, words};

use crate::report::readers::dependency::snyk::{SnykPackages, wire};

/// What is known about a project besides its findings.
#[derive(Default)]
pub(crate) struct SnykProject {
    /// Snyk's word for its type of packages.
    pub(crate) manager: String,
    /// The manifest or configuration file, relative to the repository's root.
    pub(crate) file: String,
    /// The image that it is, or is an application of.
    pub(crate) image: Option<String>,
    /// Why it was not tested.
    pub(crate) error: Option<String>,
    /// The packages, if results are by package.
    pub(crate) packages: SnykPackages,
    /// Flaws that have been reported already, by their id, package and version: Snyk lists each once per path.
    pub(crate) recorded: HashSet<Fingerprint>,
    is_infrastructure: bool,
    name: String,
    folder: String,
}

impl SnykProject {
    /// The part of Snyk that tested it.
    pub(crate) fn scanner(&self) -> &'static str {
        match () {
            () if self.is_infrastructure => "Snyk Infrastructure as Code",
            () if self.image.is_some() => "Snyk Container",
            () => "Snyk Open Source",
        }
    }
}

/// Reads what describes a project, and then the applications within it; `image`: the image that it is in.
pub(crate) fn look(
    json: &mut Json<'_>,
    source: &ReportSource,
    image: Option<&str>,
    projects: &mut Vec<SnykProject>,
) -> Result<(), Problem> {
    let index = projects.len();
    projects.push(SnykProject::default());
    let mut project = SnykProject { image: image.map(str::to_owned), ..SnykProject::default() };
    let (mut is_image, mut applications, mut root) = (false, Vec::new(), String::new());
    let end = json.each_entry(|json, key| {
        match key {
            "packageManager" => project.manager = json.word()?,
            "displayTargetFile" | "targetFile" | "targetFilePath" => {
                let recorded = json.word()?;
                if project.file.is_empty() && !recorded.is_empty() {
                    project.file = path::of_path(recorded.into(), source).into_owned();
                }
            }
            "projectName" => project.name = json.word()?,
            "path" => project.folder = json.word()?,
            "error" => project.error = Some(json.word()?).filter(|error| !error.is_empty()),
            "docker" => is_image = true,
            "infrastructureAsCodeIssues" => project.is_infrastructure = true,
            // the image's name comes after them
            "applications" => json.each_element(|json| look(json, source, Some(""), &mut applications))?,
            "result" => json.each_entry(|json, key| match key {
                "affectedPkgs" => json.each_entry(|json, _| affected(json, &mut project.packages)),
                "issues" => json.each_element(|json| listed(json, &mut project.packages)),
                "docker" => {
                    is_image = true;
                    Ok(())
                }
                // the first one is the project itself
                "depGraphData" => json.each_entry(|json, key| match key {
                    "pkgs" if root.is_empty() => json.each_element(|json| {
                        if root.is_empty() {
                            let id = json.value::<wire::SnykNode<'_>, _>(|node, _| {
                                node.get().map(|one| one.id.to_string())
                            })?;
                            root = id.flatten().unwrap_or_default();
                        }
                        Ok(())
                    }),
                    _ => Ok(()),
                }),
                _ => Ok(()),
            })?,
            _ => {}
        }
        Ok(())
    });
    if !is_image && let Some(file) = below_its_folder(&project, source) {
        project.file = file;
    }
    if is_image && project.name.is_empty() {
        project.name = root.rsplit_once('@').map_or(root.as_str(), |(name, _)| name).to_owned();
    }
    if is_image {
        let named = project.name.rsplit_once('|').map_or(project.name.as_str(), |(_, name)| name);
        let named = if named.is_empty() { &project.folder } else { named };
        project.image = Some(named.to_owned());
    }
    for application in &mut applications {
        application.image.clone_from(&project.image);
    }
    projects[index] = project;
    projects.append(&mut applications);
    end
}

/// Reads which package has which issue, if they are listed.
fn listed(json: &mut Json<'_>, packages: &mut SnykPackages) -> Result<(), Problem> {
    json.value::<wire::SnykListed<'_>, _>(|listed, _| {
        let Some(listed) = listed.get() else { return };
        let package = [&listed.pkg_name, &listed.pkg_version].map(|text| words::name(text).into_owned());
        packages.entry(listed.issue_id.to_string()).or_default().push(package.into());
    })?;
    Ok(())
}

fn affected(json: &mut Json<'_>, packages: &mut SnykPackages) -> Result<(), Problem> {
    json.value::<wire::SnykAffected<'_>, _>(|affected, _| {
        let Some(affected) = affected.get() else { return };
        let Some(package) = affected.pkg.get() else { return };
        let package = [&package.name, &package.version].map(|text| words::name(text).into_owned());
        for (key, issue) in affected.issues.iter() {
            let id = issue.get().and_then(|issue| issue.issue_id.some()).unwrap_or(key);
            packages.entry(id.to_owned()).or_default().push(package.clone().into());
        }
    })?;
    Ok(())
}

/// The file as the repository tracks it, if Snyk ran in one of its folders (`path`) and names the file relative to
/// that.
fn below_its_folder(project: &SnykProject, source: &ReportSource) -> Option<String> {
    let tree = source.tree.as_deref()?;
    if project.folder.is_empty() || project.file.is_empty() || path::is_foreign(&project.file) {
        return None;
    }
    let file = path::of_path(format!("{}/{}", project.folder, project.file).into(), source);
    tree.has(&file).then(|| file.into_owned())
}
