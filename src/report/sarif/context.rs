//! What the results of a run refer to: its tool with the rules, artifacts, taxonomies, base places.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::model::finding::Rule;
use crate::model::scan::{Problem, Scan};
use crate::model::severity::Severity;
use crate::report::each::Json;
use crate::report::source::Source;

use super::message::plain;
use super::rule::{Entry, level, sort};
use super::wire;

/// How many rules are remembered that the report does not describe; more are made anew each time.
const REMEMBERED: usize = 4096;

/// The members of a run, but for its results.
#[derive(Default)]
pub(super) struct Context {
    pub(super) scanner: Arc<str>,
    version: Option<String>,
    /// The driver first, then the extensions in their order.
    components: Vec<Component>,
    /// Where a rule is, by its id.
    by_id: HashMap<String, (usize, usize)>,
    others: RefCell<HashMap<(usize, String, Vec<u32>, Vec<String>), Rc<Entry>>>,
    artifacts: Vec<Place>,
    bases: HashMap<String, Place>,
    taxonomies: Vec<Taxonomy>,
    logical: Vec<String>,
    overrides: Vec<(String, Option<usize>, Option<Severity>)>,
    category: Option<String>,
    commit: Option<String>,
    success: Option<bool>,
    image: bool,
    /// Whether there is a list of results (3.14.23).
    pub(super) has_results: bool,
    seen: Vec<&'static str>,
    /// Whether the run was read to its end for this.
    complete: bool,
    missing: Cell<Option<&'static str>>,
}

/// A toolComponent (3.19).
#[derive(Default)]
struct Component {
    name: String,
    guid: String,
    rules: Vec<Rc<Entry>>,
    messages: Vec<(String, String)>,
}

/// A taxonomy's ids by place.
#[derive(Default)]
struct Taxonomy {
    name: String,
    taxa: Vec<String>,
}

/// An artifactLocation (3.4) for keeping.
#[derive(Default)]
struct Place {
    uri: String,
    base: String,
}

impl Place {
    fn of(location: &wire::ArtifactLocation<'_>) -> Place {
        Place { uri: location.uri.to_string(), base: location.uri_base_id.to_string() }
    }
}

impl Context {
    /// Reads a member of the run if it belongs here.
    pub(super) fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        match key {
            "tool" => {
                self.seen.push("tool");
                json.each_entry(|json, key| match key {
                    "driver" => self.component(json, 0),
                    "extensions" => {
                        json.each_element(|json| self.component(json, self.components.len().max(1)))
                    }
                    _ => Ok(()),
                })
            }
            "artifacts" => {
                self.seen.push("artifacts");
                json.each_element(|json| {
                    let place = json.value::<wire::Artifact<'_>, _>(|artifact, _| {
                        let location = artifact.get().and_then(|artifact| artifact.location.get());
                        location.map(Place::of).unwrap_or_default()
                    })?;
                    self.artifacts.push(place.unwrap_or_default());
                    Ok(())
                })
            }
            "taxonomies" => {
                self.seen.push("taxonomies");
                json.each_element(|json| self.taxonomy(json))
            }
            "originalUriBaseIds" => {
                self.seen.push("originalUriBaseIds");
                json.value::<wire::Bases, _>(|bases, _| {
                    let places =
                        bases.iter().filter_map(|(id, place)| Some((id.to_owned(), Place::of(place.get()?))));
                    self.bases.extend(places);
                })
                .map(drop)
            }
            "logicalLocations" => {
                self.seen.push("logicalLocations");
                json.each_element(|json| {
                    let name = json.value::<wire::LogicalLocation<'_>, _>(|logical, _| {
                        logical
                            .get()
                            .and_then(|logical| logical.fully_qualified_name.owned().or(logical.name.owned()))
                    })?;
                    self.logical.push(name.flatten().unwrap_or_default());
                    Ok(())
                })
            }
            "invocations" => json.each_element(|json| {
                json.value::<wire::Invocation<'_>, _>(|invocation, _| self.invocation(invocation.get()))
                    .map(drop)
            }),
            "versionControlProvenance" => json.each_element(|json| {
                let commit = json
                    .value::<wire::VersionControl<'_>, _>(|version, _| version.get()?.revision_id.owned())?;
                self.commit = self.commit.take().or(commit.flatten());
                Ok(())
            }),
            "automationDetails" => {
                let id =
                    json.value::<wire::AutomationDetails<'_>, _>(|details, _| details.get()?.id.owned())?;
                // GitHub's rule: what follows the last slash names the run, not the category
                self.category = id.flatten().and_then(|id| Some(id.rsplit_once('/')?.0.to_owned()));
                Ok(())
            }
            "externalPropertyFileReferences" => json.each_entry(|json, key| {
                if key == "results" {
                    let problem = json.problem("its results are in another file, which is not opened");
                    json.sink().problem(problem.hint("let the scanner write all into one file"));
                }
                Ok(())
            }),
            "properties" => {
                self.seen.push("properties");
                let image = |properties: &wire::RunProperties<'_>| properties.image_name.some().is_some();
                let image =
                    json.value::<wire::RunProperties<'_>, _>(|bag, _| bag.get().is_some_and(image))?;
                self.image = image.unwrap_or_default();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn component(&mut self, json: &mut Json<'_>, at: usize) -> Result<(), Problem> {
        while self.components.len() <= at {
            self.components.push(Component::default());
        }
        let mut component = std::mem::take(&mut self.components[at]);
        let done = json.each_entry(|json, key| {
            match key {
                "name" => component.name = word(json)?,
                "guid" => component.guid = word(json)?,
                "version" if at == 0 => {
                    self.version = Some(word(json)?).filter(|version| !version.is_empty())
                }
                "semanticVersion" if at == 0 && self.version.is_none() => {
                    self.version = Some(word(json)?).filter(|version| !version.is_empty());
                }
                "globalMessageStrings" => {
                    let strings = json.value::<wire::Strings, _>(|strings, _| {
                        let own =
                            |(id, message): (&str, &crate::report::lenient::Maybe<wire::Message<'_>>)| {
                                Some((id.to_owned(), plain(message.get()?)?.to_owned()))
                            };
                        strings.iter().filter_map(own).collect()
                    })?;
                    component.messages = strings.unwrap_or_default();
                }
                "rules" => json.each_element(|json| {
                    let entry = json.value::<wire::Descriptor<'_>, _>(|rule, _| match rule.get() {
                        Some(rule) => Entry::of(rule, at),
                        None => Entry::default(),
                    })?;
                    let entry = entry.unwrap_or_default();
                    let place = (at, component.rules.len());
                    if !entry.rule.id.is_empty() {
                        self.by_id.entry(entry.rule.id.clone()).or_insert(place);
                    }
                    component.rules.push(Rc::new(entry));
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        });
        if at == 0 {
            self.scanner = Arc::from(&*component.name);
        }
        self.components[at] = component;
        done
    }

    fn taxonomy(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let mut taxonomy = Taxonomy::default();
        json.each_entry(|json, key| {
            match key {
                "name" => taxonomy.name = word(json)?,
                "taxa" => json.each_element(|json| {
                    let id = json.value::<wire::Descriptor<'_>, _>(|taxon, _| taxon.get()?.id.owned())?;
                    taxonomy.taxa.push(id.flatten().unwrap_or_default());
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        self.taxonomies.push(taxonomy);
        Ok(())
    }

    fn invocation(&mut self, invocation: Option<&wire::Invocation<'_>>) {
        let Some(invocation) = invocation else { return };
        self.success = match (self.success, invocation.execution_successful.0) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (before, now) => now.or(before),
        };
        for change in invocation.rule_configuration_overrides.objects() {
            let Some(rule) = change.descriptor.get() else { continue };
            let level = change.configuration.get().and_then(|configuration| level(&configuration.level));
            self.overrides.push((rule.id.to_string(), rule.index.index(), level));
        }
    }

    /// Brings the parts together when all that is known is read.
    pub(super) fn settle(&mut self) {
        let scanner = Arc::clone(&self.scanner);
        for component in &mut self.components {
            for (at, shared) in component.rules.iter_mut().enumerate() {
                let entry = Rc::make_mut(shared);
                for (taxonomy, taxon) in std::mem::take(&mut entry.taxa) {
                    match self
                        .taxonomies
                        .get(taxonomy)
                        .and_then(|own| Some((&own.name, own.taxa.get(taxon)?)))
                    {
                        Some((name, id)) => add_taxon(Arc::make_mut(&mut entry.rule), name, id),
                        None if !self.complete => entry.taxa.push((taxonomy, taxon)),
                        None => {}
                    }
                }
                for (id, index, level) in &self.overrides {
                    let by_index = id.is_empty() && entry.component == 0 && *index == Some(at);
                    if by_index || *id == entry.rule.id {
                        entry.level = level.or(entry.level);
                    }
                }
                entry.settle(&scanner);
            }
        }
    }

    /// Whether something is known to follow the results: there is no tool yet.
    pub(super) fn lacks_tool(&self) -> bool {
        !self.complete && !self.seen.contains(&"tool")
    }

    /// A member of the run that was asked for and may follow its results. Asking resets it.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        self.missing.take().filter(|_| !self.complete)
    }

    /// Takes over what a look at the whole run found. Nothing more can be missing then.
    pub(super) fn complete(&mut self, whole: Context) {
        let has_results = self.has_results;
        for (component, entries) in self.components.iter().zip(&whole.components) {
            for (own, other) in component.rules.iter().zip(&entries.rules) {
                other.used.set(own.used.get());
            }
        }
        *self = Context { has_results, complete: true, ..whole };
        self.settle();
    }

    /// Whether the run is read to its end for this.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Says that a member of the run would be needed, unless it was there.
    fn miss(&self, member: &'static str) {
        if !self.seen.contains(&member) {
            self.missing.set(Some(member));
        }
    }

    /// The rule that a result names (3.27.5 to 3.27.7), with the weaknesses that the result adds.
    pub(super) fn rule(&self, result: &wire::Result<'_>) -> Rc<Entry> {
        let (id, place) = self.find(result);
        let known = place.and_then(|(component, at)| self.components.get(component)?.rules.get(at));
        if let Some(entry) = known {
            entry.used.set(true);
            if !entry.taxa.is_empty() {
                self.miss("taxonomies");
            }
        }
        let more = self.more(result, known.map(|entry| &*entry.rule));
        match (known, more) {
            (Some(entry), None) => Rc::clone(entry),
            (known, more) => self.other(id, known, more.unwrap_or_default()),
        }
    }

    /// A result's own id for its rule, and where the rule is.
    fn find<'r>(&self, result: &'r wire::Result<'_>) -> (&'r str, Option<(usize, usize)>) {
        let reference = result.rule.get();
        let id = result.rule_id.some().or_else(|| reference?.id.some()).unwrap_or_default();
        let component = reference.and_then(|reference| reference.tool_component.get());
        let component = component.and_then(|component| {
            let named = |own: &Component| {
                !own.guid.is_empty() && own.guid == *component.guid
                    || !own.name.is_empty() && own.name == *component.name
            };
            let extension = component.index.index().map(|index| index + 1);
            extension.or_else(|| self.components.iter().position(named))
        });
        let index = reference.and_then(|reference| reference.index.index());
        let index = index.or(result.rule_index.index()).map(|index| (component.unwrap_or(0), index));
        // an index that leads to another rule than the id says is wrong; 3.52.4: `CA1000/1` is a `CA1000`
        let fits = |&(component, at): &(usize, usize)| {
            self.components.get(component).and_then(|component| component.rules.get(at)).is_some_and(
                |entry| {
                    let rest = id.strip_prefix(&*entry.rule.id);
                    id.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                },
            )
        };
        let by_id = || {
            let mut id = id;
            loop {
                if let Some(place) = self.by_id.get(id) {
                    return Some(*place);
                }
                id = id.rsplit_once('/')?.0;
            }
        };
        (id, index.filter(fits).or_else(by_id))
    }

    /// The weaknesses that a result has beyond its rule's; mostly none.
    fn more(&self, result: &wire::Result<'_>, known: Option<&Rule>) -> Option<Rule> {
        if result.taxa.0.is_empty() && result.properties.get().is_none() {
            return None;
        }
        let mut more = Rule::default();
        let mut places = Vec::new();
        if let Some(properties) = result.properties.get() {
            super::rule::weaknesses(properties, &mut more);
        }
        for reference in result.taxa.objects() {
            super::rule::taxon(reference, &mut more, &mut places);
        }
        for (taxonomy, taxon) in places {
            match self.taxonomies.get(taxonomy).and_then(|own| Some((&own.name, own.taxa.get(taxon)?))) {
                Some((name, id)) => add_taxon(&mut more, name, id),
                None => self.miss("taxonomies"),
            }
        }
        if let Some(known) = known {
            more.cwe.retain(|number| !known.cwe.contains(number));
            more.owasp.retain(|category| !known.owasp.contains(category));
        }
        sort(&mut more);
        (!more.cwe.is_empty() || !more.owasp.is_empty()).then_some(more)
    }

    /// A rule that the report does not describe as the result has it, made once.
    fn other(&self, id: &str, known: Option<&Rc<Entry>>, more: Rule) -> Rc<Entry> {
        let place = known.map_or(0, |entry| Rc::as_ptr(entry).addr());
        let key = (place, id.to_owned(), more.cwe.clone(), more.owasp.clone());
        if let Some(entry) = self.others.borrow().get(&key) {
            return Rc::clone(entry);
        }
        let mut entry = known.map_or_else(|| Entry::of_id(id), |entry| Entry::clone(entry)).with(&more);
        entry.settle(&self.scanner);
        let entry = Rc::new(entry);
        let mut others = self.others.borrow_mut();
        if others.len() < REMEMBERED {
            others.insert(key, Rc::clone(&entry));
        }
        entry
    }

    /// The text of a `message.id`: the rule's own, else its component's (3.11.7).
    pub(super) fn message<'c>(&'c self, entry: &'c Entry, id: &str) -> Option<&'c str> {
        let global = self.components.get(entry.component).map(|component| &component.messages);
        let mut all = entry.messages.iter().chain(global.into_iter().flatten());
        all.find(|(own, _)| own == id).map(|(_, text)| &**text)
    }

    /// The address of an artifact (3.4): its own, or the listed one's, behind its base's.
    pub(super) fn uri<'c>(&'c self, location: &'c wire::ArtifactLocation<'_>) -> Cow<'c, str> {
        let (uri, base) = match location.uri.some() {
            Some(uri) => (uri, &*location.uri_base_id),
            None => {
                let Some(index) = location.index.index() else { return Cow::Borrowed("") };
                let Some(artifact) = self.artifacts.get(index) else {
                    self.miss("artifacts");
                    return Cow::Borrowed("");
                };
                (&*artifact.uri, &*artifact.base)
            }
        };
        if base.is_empty() || uri.contains("://") || uri.starts_with('/') {
            return Cow::Borrowed(uri);
        }
        let mut whole = Cow::Borrowed(uri);
        let mut base = base;
        // a base may have a base; a circle of them ends here
        for _ in 0..8 {
            let Some(place) = self.bases.get(base) else {
                if !base.is_empty() {
                    self.miss("originalUriBaseIds");
                }
                break;
            };
            if !place.uri.is_empty() {
                whole = Cow::Owned(format!("{}/{whole}", place.uri.trim_end_matches('/')));
            }
            base = &place.base;
        }
        whole
    }

    /// The name of a logical location (3.33): its own, or the listed one's.
    pub(super) fn logical<'c>(&'c self, location: &'c wire::LogicalLocation<'_>) -> Option<&'c str> {
        let own = location.fully_qualified_name.some().or_else(|| location.name.some());
        own.or_else(|| {
            let name = self.logical.get(location.index.index()?);
            if name.is_none() {
                self.miss("logicalLocations");
            }
            name.map(|name| &**name).filter(|name| !name.is_empty())
        })
    }

    /// Whether an image was scanned, as Trivy says it.
    pub(super) fn is_image(&self) -> bool {
        self.miss("properties");
        self.image
    }

    /// Whether the scanner looks at images alone, as its name says.
    pub(super) fn scans_containers(&self) -> bool {
        self.scanner.ends_with(" Container")
    }

    /// Notes that the report has no such member.
    pub(super) fn is_without(&mut self, member: &'static str) {
        self.seen.push(member);
    }

    /// The scan as the run reports it.
    pub(super) fn scan(&self, source: &Source) -> Scan {
        let rules = || self.components.iter().flat_map(|component| &component.rules);
        // Many scanners list only the rules that found something: that says nothing of the others.
        let all = rules().any(|entry| !entry.used.get());
        let ids = rules().map(|entry| entry.rule.id.clone()).filter(|id| !id.is_empty());
        Scan {
            scanner: self.scanner.to_string(),
            version: self.version.clone(),
            category: self.category.clone().or_else(|| source.category.clone()),
            success: self.success,
            has_results: self.has_results,
            commit: self.commit.clone(),
            rules: if all { ids.collect() } else { Vec::new() },
        }
    }
}

fn add_taxon(rule: &mut Rule, taxonomy: &str, id: &str) {
    if taxonomy.eq_ignore_ascii_case("cwe") {
        rule.cwe.extend(crate::report::weakness::cwe_field(id));
    } else if taxonomy.to_ascii_lowercase().contains("owasp") {
        rule.owasp.extend(crate::report::weakness::owasp_field(id));
    }
    sort(rule);
}

fn word(json: &mut Json<'_>) -> Result<String, Problem> {
    Ok(json.value::<wire::Word, _>(|word, _| word.to_string())?.unwrap_or_default())
}
