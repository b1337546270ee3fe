//! One result of a Trivy report: a lock file, an image's system packages, a configuration file.

use crate::model::scan::Problem;
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::shared::graph::Ways;
use crate::report::shared::path;
use crate::report::sink::Nobody;

use crate::report::readers::dependency::trivy::{TrivyArtifact, wire};

/// Stands for the list of packages if Trivy names a language instead of a file.
const LANGUAGES: &[&str] = &["Java", "Node.js", "Python", "Ruby", "Conda", "C#", "Rust", "PHP", "Julia"];

/// What is known about a result before its findings are read.
#[derive(Default)]
pub(crate) struct TrivyTarget {
    name: String,
    class: String,
    /// Trivy's name for the type of packages.
    pub(crate) ecosystem: String,
    packages: TrivyPackages,
    /// Whether all members have been examined, wherever they are.
    looked: bool,
    /// Whether its packages are in an image.
    pub(crate) image: bool,
    /// The file, the image or the resource.
    pub(crate) path: String,
    /// More details about the place.
    pub(crate) logical: Option<String>,
}

/// The packages that the result lists, by their nodes. There may be hundreds of thousands, so their names are stored as
/// one string.
#[derive(Default)]
struct TrivyPackages {
    ways: Ways,
    listed: Vec<TrivyListed>,
    names: String,
}

/// A package: where its name begins and ends, and the line that lists it.
#[derive(Clone, Copy, Default)]
struct TrivyListed {
    begin: u32,
    end: u32,
    line: u32,
}

impl TrivyPackages {
    fn list(&mut self, package: &wire::TrivyPackage<'_>) {
        let id = match package.id.some() {
            Some(id) => id.to_owned(),
            None => format!("{}@{}", &*package.name, &*package.version),
        };
        for other in package.depends_on.iter() {
            self.ways.edge(&id, other);
        }
        if &*package.relationship == "root" {
            self.ways.root(&id);
        }
        let line = package.locations.objects().next().map_or(0, |lines| lines.start_line.position());
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let begin = place(self.names.len());
        self.names.push_str(&package.name);
        let node = self.ways.node(&id) as usize;
        if node >= self.listed.len() {
            self.listed.resize(node + 1, TrivyListed::default());
        }
        self.listed[node] = TrivyListed { begin, end: place(self.names.len()), line };
    }

    /// The package that is listed under an id.
    fn get(&self, id: &str) -> Option<TrivyListed> {
        self.listed.get(self.ways.known(id)? as usize).copied()
    }

    /// The names of the packages on the path to one.
    fn way(&self, id: &str) -> Vec<&str> {
        let way = self.ways.known(id).map_or(Vec::new(), |node| self.ways.way(node));
        let name = |node: u32| {
            let TrivyListed { begin, end, .. } = *self.listed.get(node as usize)?;
            self.names.get(begin as usize..end as usize).filter(|name| !name.is_empty())
        };
        way.into_iter().filter_map(name).collect()
    }
}

impl TrivyTarget {
    pub(crate) fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        match key {
            "Target" => self.name = json.word()?,
            "Class" => self.class = json.word()?,
            "Type" => self.ecosystem = json.word()?,
            "Packages" => {
                return json.each_element(|json| {
                    json.value::<wire::TrivyPackage<'_>, _>(|package, _| {
                        package.get().map(|one| self.packages.list(one))
                    })?;
                    Ok(())
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the information where its findings are has been read, or will not come.
    pub(crate) fn is_known(&self) -> bool {
        self.looked || !self.name.is_empty() && !self.class.is_empty()
    }

    /// Reads the result that begins at a byte of the report, without its findings.
    pub(crate) fn look(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        source: &ReportSource,
        begin: u64,
    ) -> Result<(), Problem> {
        let mut nobody = Nobody;
        let _ = Json::new(&source.name, json.again(key, source, begin)?, &mut nobody)
            .each_entry(|json, key| self.member(json, key));
        self.looked = true;
        Ok(())
    }

    /// Determines where findings are, once everything is known.
    pub(crate) fn settle(&mut self, source: &ReportSource, artifact: &TrivyArtifact, resource: Option<&str>) {
        self.packages.ways.settle();
        let system = self.class == "os-pkgs" || self.class.is_empty() && self.name.ends_with(')');
        let within = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        if system {
            let whole = self.name.rsplit_once(" (").map_or(self.name.as_str(), |(name, _)| name);
            let named = if artifact.is_image() && !artifact.name.is_empty() { &artifact.name } else { whole };
            (self.image, self.path, self.logical) = (true, named.to_owned(), resource.map(str::to_owned));
        } else if artifact.is_image() {
            (self.image, self.path, self.logical) = (true, artifact.name.clone(), within(&self.name));
        } else if let Some(resource) = resource {
            self.image = self.class != "config";
            (self.path, self.logical) = (resource.to_owned(), None);
            if self.image {
                self.logical = within(&self.name);
            }
        } else {
            self.path = file(&self.name, source, artifact);
        }
    }

    /// A package's own file if the result names none; otherwise the result's.
    pub(crate) fn path_of(&self, package: &str) -> String {
        if LANGUAGES.contains(&self.path.rsplit('/').next().unwrap_or_default()) && !package.is_empty() {
            package.to_owned()
        } else {
            self.path.clone()
        }
    }

    /// More details about the place of a package in an image: its own file if the result only names a language.
    pub(crate) fn logical_of(&self, package: &str) -> Option<String> {
        let names_language = self.logical.as_deref().is_some_and(|name| LANGUAGES.contains(&name));
        let own = Some(package.to_owned()).filter(|package| names_language && !package.is_empty());
        own.or_else(|| self.logical.clone())
    }

    /// The line that lists a package.
    pub(crate) fn line(&self, id: &str) -> u32 {
        self.packages.get(id).map_or(0, |package| package.line)
    }

    /// The path from the lock file to a package.
    pub(crate) fn way(&self, id: &str) -> Vec<&str> {
        self.packages.way(id)
    }
}

/// A target's path from the repository's root: Trivy writes it relative to the folder that it scanned.
fn file(name: &str, source: &ReportSource, artifact: &TrivyArtifact) -> String {
    let plain = path::of_path(name.into(), source);
    let folder = artifact.name.trim_end_matches('/');
    let remote =
        |folder: &str| folder.split('/').next().is_some_and(|first| first.trim_matches('.').contains('.'));
    let joins = match artifact.kind.as_str() {
        "filesystem" => true,
        "repository" => !remote(folder),
        _ => false,
    };
    if !joins
        || matches!(folder, "" | ".")
        || folder.contains("://")
        || path::is_foreign(&plain) && !plain.starts_with("../")
    {
        return plain.into_owned();
    }
    let joined = path::of_path(format!("{folder}/{name}").into(), source);
    // a file that was scanned alone is its own folder; one outside says nothing about the repository
    if path::is_foreign(&joined) || folder.ends_with(name) { plain.into_owned() } else { joined.into_owned() }
}
