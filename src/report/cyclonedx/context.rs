//! What a bill of materials says beside its vulnerabilities: who made it, of what, and its components.

use crate::model::finding::Package;
use crate::model::scan::Scan;
use crate::report::flaw;
use crate::report::graph::Graph;
use crate::report::lenient::Text;

use super::finding::Opened;
use super::wire;

/// Tools as people know them, by the name that they write.
const TOOLS: &[(&str, &str)] = &[
    ("trivy", "Trivy"),
    ("grype", "Grype"),
    ("osv-scanner", "OSV-Scanner"),
    ("dependency-track", "Dependency-Track"),
];

/// Properties that name the file that holds a component.
const PLACES: &[&str] =
    &["syft:location:0:path", "aquasecurity:trivy:FilePath", "aquasecurity:trivy:PkgPath", "SrcFile"];

/// What is known beyond one vulnerability.
#[derive(Default)]
pub(super) struct Context {
    scanner: Option<String>,
    version: Option<String>,
    /// What the bill is of, by package URL, reference and name.
    products: Vec<String>,
    /// The reference of what the bill is of.
    root: Option<String>,
    /// The image that the bill is of.
    pub(super) image: Option<String>,
    /// By the number of their node in the graph, which has their references.
    parts: Vec<Option<Part>>,
    graph: Graph,
    /// What is explicitly called open.
    pub(super) opened: Opened,
    /// Whether there is a place for vulnerabilities.
    pub(super) has_results: bool,
}

/// A component, as far as it is needed: URL, name, version and place as lines of one text. A bill may have
/// hundreds of thousands of them, and must not take more memory than it has to.
struct Part {
    texts: Box<str>,
    is_file: bool,
}

impl Part {
    fn new(texts: [&str; 4], is_file: bool) -> Part {
        let line = |text: &str| text.replace('\n', " ");
        Part { texts: texts.map(line).join("\n").into(), is_file }
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

impl Context {
    pub(super) fn metadata(&mut self, metadata: &wire::Metadata<'_>) {
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
            let reference = Context::reference(component);
            self.graph.root(&reference);
            let purl = component.purl.some().map(|purl| flaw::package(purl, "", "", "").purl.into_owned());
            let names = [component.reference.owned(), component.name.owned()];
            self.products = purl.into_iter().chain(names.into_iter().flatten()).collect();
            self.image = (&*component.kind == "container").then(|| component.name.to_string());
            self.component(component);
            self.root = Some(reference);
        }
    }

    pub(super) fn component(&mut self, component: &wire::Component<'_>) {
        let group = component.group.some().filter(|_| component.purl.is_empty());
        let name = group.map_or(component.name.to_string(), |group| format!("{group}/{}", &*component.name));
        let property = |wanted: &&str| {
            let found = component.properties.objects().find(|property| *property.name == **wanted)?;
            [&found.value, &found.text].into_iter().find_map(Text::owned)
        };
        let occurrence = || {
            let all = component.evidence.get()?.occurrences.objects();
            all.into_iter().find_map(|one| one.location.owned())
        };
        let place = PLACES.iter().find_map(property).or_else(occurrence).unwrap_or_default();
        let is_file = &*component.kind == "application" && component.purl.is_empty();
        let part = Part::new([&component.purl, &name, &component.version, &place], is_file);
        let node = self.graph.node(&Context::reference(component)) as usize;
        if self.parts.len() <= node {
            self.parts.resize_with(node + 1, || None);
        }
        self.parts[node] = Some(part);
        component.components.objects().for_each(|inner| self.component(inner));
    }

    pub(super) fn dependency(&mut self, dependency: &wire::Dependency<'_>) {
        let inner = dependency.dependency.objects().map(|one| &one.reference);
        for other in dependency.depends_on.iter().chain(inner) {
            self.graph.edge(&dependency.reference, other);
        }
    }

    /// To be called when all components are known.
    pub(super) fn settle(&mut self) {
        self.graph.settle();
        self.graph.close();
        self.parts.shrink_to_fit();
    }

    /// What a component is called within its bill; what has no name there is known as what it is.
    pub(super) fn reference(component: &wire::Component<'_>) -> String {
        match [&component.reference, &component.purl].into_iter().find_map(|text| text.some()) {
            Some(own) => own.to_owned(),
            None if component.version.is_empty() => component.name.to_string(),
            None => format!("{}@{}", &*component.name, &*component.version),
        }
    }

    /// Whether a reference is a component's.
    pub(super) fn knows(&self, reference: &str) -> bool {
        self.graph.known(local(reference)).is_some_and(|node| self.part(node).is_some())
    }

    /// Whether a reference is what the bill is of.
    pub(super) fn is_root(&self, reference: &str) -> bool {
        self.root.as_deref() == Some(reference)
    }

    pub(super) fn scanner(&self) -> &str {
        self.scanner.as_deref().unwrap_or("CycloneDX")
    }

    /// The package behind a reference, with the way to it, and the file that lists it.
    pub(super) fn package(&self, reference: &str) -> (Package<'static>, String) {
        let reference = local(reference);
        let Some(part) = self.graph.known(reference).and_then(|node| self.part(node)) else {
            let purl = if reference.starts_with("pkg:") { reference } else { "" };
            // a random one would make the next report's finding another one
            let name = if purl.is_empty() && !is_random(reference) { reference } else { "" };
            return (flaw::package(purl, "", name, ""), String::new());
        };
        let mut package = flaw::package(part.purl(), "", "", part.version());
        if part.purl().is_empty() {
            package = flaw::package("", "", part.name(), part.version());
        }
        let mut place = String::new();
        let mut path = Vec::new();
        for part in self.graph.way(reference).into_iter().filter_map(|node| self.part(node)) {
            if part.is_file {
                // what is listed by a file starts there
                part.name().clone_into(&mut place);
                path.clear();
            } else {
                let name = flaw::package(part.purl(), "", "", "").name;
                path.push(if name.is_empty() { part.name().to_owned().into() } else { name });
            }
        }
        package.path = if path.len() > 1 { path } else { Vec::new() };
        (package, if place.is_empty() { part.place().to_owned() } else { place })
    }

    fn part(&self, node: u32) -> Option<&Part> {
        self.parts.get(node as usize)?.as_ref()
    }

    pub(super) fn scan(self) -> Scan {
        let scanner = self.scanner().to_owned();
        Scan {
            has_results: self.has_results,
            version: self.version,
            products: self.products,
            ..Scan::new(&scanner)
        }
    }
}

/// A reference without the bill that it is in: `urn:cdx:<serial>/<version>#<reference>`.
pub(super) fn local(reference: &str) -> &str {
    reference.strip_prefix("urn:cdx:").and_then(|rest| rest.split_once('#')).map_or(reference, |(_, own)| own)
}

/// Whether a reference holds a UUID, which is another one in each report.
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
