//! What a bill of materials says besides its vulnerabilities: which tool wrote it, what it describes, and its
//! components.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::model::finding::Package;
use crate::model::scan::Scan;
use crate::report::parse::lenient::LenientText;
use crate::report::readers::dependency::cyclonedx::finding::Opened;
use crate::report::readers::dependency::cyclonedx::wire;
use crate::report::shared::graph::{self, Ways};
use crate::report::shared::moment::moment;
use crate::report::shared::{flaw, path, purl};

/// The names by which people know tools, by the name that they write.
const TOOLS: &[(&str, &str)] = &[
    ("trivy", "Trivy"),
    ("grype", "Grype"),
    ("osv-scanner", "OSV-Scanner"),
    ("dependency-track", "Dependency-Track"),
];

/// How many dependencies are noted to find the project among them.
const MOST_NOTED: usize = 100_000;

/// Properties that name the file that contains a component.
const PLACES: &[&str] =
    &["syft:location:0:path", "aquasecurity:trivy:FilePath", "aquasecurity:trivy:PkgPath", "SrcFile"];

/// What is known beyond one vulnerability.
#[derive(Default)]
pub(crate) struct CycloneDxContext {
    scanner: Option<String>,
    version: Option<String>,
    /// When the bill of materials was written.
    pub(crate) written: Option<Timestamp>,
    /// What it describes, by package URL, name and reference.
    products: Vec<String>,
    /// The reference of what it describes.
    root: Option<String>,
    /// The image that it describes.
    pub(crate) image: Option<String>,
    /// The components that are needed, by their node.
    parts: HashMap<u32, CycloneDxSubject>,
    /// The nodes of what vulnerabilities affect and, once settled, those of the dependency paths there, too.
    needed: HashSet<u32>,
    /// The nodes of what vulnerabilities affect.
    flawed: HashSet<u32>,
    /// The only dependency of each node that has a single one.
    only: HashMap<u32, u32>,
    ways: Ways,
    /// What is explicitly called open.
    pub(crate) opened: Opened,
    /// Whether there is a place for vulnerabilities.
    pub(crate) has_results: bool,
}

/// A component, as far as it is needed: URL, name, version and place as lines of one string. A bill of materials may
/// have hundreds of thousands of them, which must not take more memory than necessary.
struct CycloneDxSubject {
    texts: Box<str>,
    role: Role,
}

/// What a component is on a dependency path.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// A package that brings others in.
    Package,
    /// A file that lists packages: the path starts after it.
    Manifest,
    /// The system of an image, which is no package: the path starts after it.
    System,
}

impl CycloneDxSubject {
    fn new(texts: [&str; 4], role: Role) -> CycloneDxSubject {
        let line = |text: &str| text.replace('\n', " ");
        CycloneDxSubject { texts: texts.map(line).join("\n").into(), role }
    }

    fn text(&self, index: usize) -> &str {
        self.texts.split('\n').nth(index).unwrap_or_default()
    }

    fn purl(&self) -> &str {
        self.text(0)
    }

    fn name(&self) -> &str {
        self.text(1)
    }

    fn version(&self) -> &str {
        self.text(2)
    }

    fn place(&self) -> &str {
        self.text(3)
    }
}

impl CycloneDxContext {
    /// Notes which tool wrote it, and what it describes.
    pub(crate) fn metadata(&mut self, metadata: &wire::CycloneDxMetadata<'_>) {
        self.written = moment(&metadata.timestamp);
        let holders = metadata.tools.objects();
        let tools = holders.flat_map(|tool| {
            std::iter::once(tool).chain(tool.components.objects()).chain(tool.tool.objects())
        });
        if let Some(tool) = tools.into_iter().find(|tool| !tool.name.is_empty()) {
            let known = TOOLS.iter().find(|(name, _)| tool.name.eq_ignore_ascii_case(name));
            self.scanner = Some(known.map_or(&*tool.name, |(_, name)| name).to_owned());
            self.version = tool.version.owned().filter(|version| !version.starts_with('['));
        }
        if let Some(component) = metadata.component.get() {
            let reference = CycloneDxContext::reference(component);
            self.ways.root(&reference);
            let purl = component.purl.some().map(|purl| flaw::package(purl, "", "", "").purl.into_owned());
            let names = [component.name.owned(), component.reference.owned()];
            self.products = purl.into_iter().chain(names.into_iter().flatten()).collect();
            self.image = (&*component.kind == "container").then(|| component.name.to_string());
            self.component(component, true);
            self.root = Some(reference);
        }
    }

    /// Notes what a vulnerability is about; `within`: the component that contains it.
    pub(crate) fn affected(&mut self, found: &wire::CycloneDxVulnerability<'_>, within: &str) {
        let listed = found.affects.objects().map(|one| &*one.reference);
        for reference in listed.chain([&*found.reference, within]).filter(|one| !one.is_empty()) {
            let node = self.ways.node(&local(reference));
            self.needed.insert(node);
        }
    }

    /// Keeps a component and those within it, all of them or as far as they are needed.
    pub(crate) fn component(&mut self, component: &wire::CycloneDxComponent<'_>, all: bool) {
        component.components.objects().for_each(|inner| self.component(inner, all));
        let reference = CycloneDxContext::reference(component);
        let node = if all { Some(self.ways.node(&reference)) } else { self.ways.known(&reference) };
        let Some(node) = node.filter(|node| all || self.needed.contains(node)) else { return };
        let group = component.group.some().filter(|_| component.purl.is_empty());
        let name = group.map_or(component.name.to_string(), |group| format!("{group}/{}", &*component.name));
        let property = |wanted: &&str| {
            let found = component.properties.objects().find(|property| *property.name == **wanted)?;
            [&found.value, &found.text].into_iter().find_map(LenientText::owned)
        };
        let occurrence = || {
            let all = component.evidence.get()?.occurrences.objects();
            all.into_iter().find_map(|one| one.location.owned())
        };
        let place = PLACES.iter().find_map(property).or_else(occurrence).unwrap_or_default();
        let role = match &*component.kind {
            "application" if component.purl.is_empty() => Role::Manifest,
            "operating-system" => Role::System,
            _ => Role::Package,
        };
        let part = CycloneDxSubject::new([&component.purl, &name, &component.version, &place], role);
        self.parts.insert(node, part);
    }

    pub(crate) fn dependency(&mut self, dependency: &wire::CycloneDxDependency<'_>) {
        let inner = dependency.dependency.objects().map(|one| &one.reference);
        let (mut first, mut number) = (None, 0);
        for other in dependency.depends_on.iter().chain(inner) {
            self.ways.edge(&dependency.reference, other);
            first = first.or(Some(other));
            number += 1;
        }
        if let (Some(only), 1, true) = (first, number, self.only.len() < MOST_NOTED) {
            let (node, only) = (self.ways.node(&dependency.reference), self.ways.node(only));
            self.only.insert(node, only);
        }
    }

    /// To be called once all dependencies and vulnerabilities are known, before the components.
    pub(crate) fn settle(&mut self) {
        self.ways.settle();
        self.ways.close();
        self.flawed.clone_from(&self.needed);
        let ways: HashSet<u32> = self.needed.iter().flat_map(|node| self.ways.way(*node)).collect();
        self.needed.extend(ways);
    }

    /// The reference of a component within its bill of materials; one without a name there is identified by what it is.
    pub(crate) fn reference(component: &wire::CycloneDxComponent<'_>) -> String {
        match [&component.reference, &component.purl].into_iter().find_map(|text| text.some()) {
            Some(own) => own.to_owned(),
            None if component.version.is_empty() => component.name.to_string(),
            None => format!("{}@{}", &*component.name, &*component.version),
        }
    }

    /// Whether a reference belongs to a component.
    pub(crate) fn knows(&self, reference: &str) -> bool {
        self.ways.known(&local(reference)).is_some_and(|node| self.parts.contains_key(&node))
    }

    /// Whether a reference is what the bill of materials describes.
    pub(crate) fn is_root(&self, reference: &str) -> bool {
        self.root.as_deref() == Some(reference)
    }

    /// What it describes, by its best name.
    pub(crate) fn product(&self) -> Option<&str> {
        self.products.first().map(String::as_str)
    }

    pub(crate) fn scanner(&self) -> &str {
        self.scanner.as_deref().unwrap_or("CycloneDX")
    }

    /// The package behind a reference, with the dependency path, and the file that lists it.
    pub(crate) fn package(&self, reference: &str) -> (Package<'static>, String) {
        let reference = &*local(reference);
        let known = self.ways.known(reference).and_then(|node| Some((node, self.parts.get(&node)?)));
        let Some((node, part)) = known else {
            let purl = if reference.starts_with("pkg:") { reference } else { "" };
            // with a random name, the next report's finding would be a different one
            let name = if purl.is_empty() && !is_random(reference) { reference } else { "" };
            return (flaw::package(purl, "", name, ""), String::new());
        };
        let mut package = flaw::package(part.purl(), "", "", part.version());
        if part.purl().is_empty() {
            package = flaw::package("", "", part.name(), part.version());
        }
        let mut place = String::new();
        let mut path = Vec::new();
        let mut manifest = None;
        for (node, part) in
            self.ways.way(node).into_iter().filter_map(|node| Some((node, self.parts.get(&node)?)))
        {
            let above = std::mem::replace(&mut manifest, (part.role == Role::Manifest).then_some(node));
            match part.role {
                Role::Package if path.is_empty() && self.is_project(node, part, above) => {}
                Role::Manifest => {
                    part.name().clone_into(&mut place);
                    path.clear();
                }
                Role::System => path.clear(),
                Role::Package => {
                    let name = flaw::package(part.purl(), "", "", "").name;
                    path.push(if name.is_empty() { part.name().to_owned().into() } else { name });
                }
            }
        }
        // without the project, nobody knows where a path begins
        if self.root.is_some() && !purl::is_system(&package.purl) {
            package.introduced_by = graph::introduced_by([path.iter().cloned()]);
        }
        package.path = if path.len() > 1 { path } else { Vec::new() };
        (package, if place.is_empty() { part.place().to_owned() } else { place })
    }

    /// Whether a component is the reader's own project or a module of it, rather than a dependency: the only one below a
    /// manifest, in development; or of the same group and version as what the bill of materials describes.
    fn is_project(&self, node: u32, part: &CycloneDxSubject, manifest: Option<u32>) -> bool {
        if self.flawed.contains(&node) {
            return false;
        }
        let is_only = manifest.is_some_and(|manifest| self.only.get(&manifest) == Some(&node));
        let root = self.root.as_deref().and_then(|root| self.parts.get(&self.ways.known(root)?));
        let is_module = root.is_some_and(|root| {
            let space = |purl: &str| purl.rsplit_once('/').map(|(space, _)| space.to_owned());
            let own = space(part.purl()).filter(|space| space.contains('/'));
            part.purl() == root.purl() && !part.purl().is_empty()
                || own.is_some() && own == space(root.purl()) && part.version() == root.version()
        });
        is_only && part.version().ends_with("-SNAPSHOT") || is_module
    }

    pub(crate) fn scan(self) -> Scan {
        let scanner = self.scanner().to_owned();
        Scan {
            has_results: self.has_results,
            version: self.version,
            products: self.products,
            ..Scan::new(&scanner)
        }
    }
}

/// A reference without the bill of materials that it is in: `urn:cdx:<serial>/<version>#<reference>`, where a package
/// URL may be percent-encoded once more.
pub(crate) fn local(reference: &str) -> Cow<'_, str> {
    let Some((_, own)) = reference.strip_prefix("urn:cdx:").and_then(|rest| rest.split_once('#')) else {
        return Cow::Borrowed(reference);
    };
    let twice = own.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("pkg%3a"));
    if twice { Cow::Owned(path::decode(own)) } else { Cow::Borrowed(own) }
}

/// Whether a reference contains a UUID, which is different in each report.
fn is_random(reference: &str) -> bool {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let is_uuid = |bytes: &[u8]| {
        let at = |(at, byte): (usize, &u8)| match HYPHENS.contains(&at) {
            true => *byte == b'-',
            false => byte.is_ascii_hexdigit(),
        };
        bytes.iter().enumerate().all(at)
    };
    reference.as_bytes().windows(36).any(is_uuid)
}
