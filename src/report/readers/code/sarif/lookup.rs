//! What a result refers to in its run: its rule, texts, artifacts; and which members of the run are missing for it.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::finding::Rule;
use crate::report::shared::secret;

use crate::report::readers::code::sarif::context::{SarifContext, SarifOther};
use crate::report::readers::code::sarif::descriptor::{add_taxon, sort, taxon, weaknesses};
use crate::report::readers::code::sarif::rule::SarifEntry;
use crate::report::readers::code::sarif::wire;

/// How many rules that the report does not describe are remembered; any others are created again each time.
const RULES_REMEMBERED: usize = 4096;

/// How long the id of such a rule may be, in bytes, to be remembered.
const ID_LIMIT: usize = 512;

impl SarifContext {
    /// Whether it is known that something follows the results, because there is no tool yet.
    pub(crate) fn lacks_tool(&self) -> bool {
        !self.complete && !self.seen.contains(&"tool")
    }

    /// Adds what a look at the whole run found. Nothing more can be missing after that.
    pub(crate) fn complete(&mut self, whole: SarifContext) {
        let has_results = self.has_results;
        for (component, entries) in self.components.iter().zip(&whole.components) {
            for (own, other) in component.rules.iter().zip(&entries.rules) {
                other.used.store(own.used.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
        let unlisted = AtomicBool::new(self.unlisted.load(Ordering::Relaxed));
        *self = SarifContext {
            has_results,
            asked: true,
            complete: true,
            others: Mutex::default(),
            unlisted,
            ..whole
        };
        self.settle();
    }

    /// Whether the run has been read to its end for this.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Notes which rules results named.
    pub(crate) fn named(&self, rules: NamedRules) {
        rules.used.iter().for_each(|entry| entry.used.store(true, Ordering::Relaxed));
        if rules.unlisted {
            self.unlisted.store(true, Ordering::Relaxed);
        }
    }

    /// The text of a `message.id`: the rule's own, otherwise its component's (3.11.7).
    pub(crate) fn message<'c>(&'c self, entry: &'c SarifEntry, id: &str) -> Option<&'c str> {
        let global = self.components.get(entry.component).map(|component| &component.messages);
        entry.messages.get(id).or_else(|| global?.get(id)).map(String::as_str)
    }

    /// Whether the scanner only scans images, judging by its name.
    pub(crate) fn scans_containers(&self) -> bool {
        self.scanner.ends_with(" Container")
    }

    /// Notes that the report has no such member.
    pub(crate) fn is_without(&mut self, member: &'static str) {
        self.seen.insert(member);
    }
}

/// The rules that results named.
#[derive(Default)]
pub(crate) struct NamedRules {
    /// Those that the report describes and that no result named before.
    used: Vec<Arc<SarifEntry>>,
    /// Whether one was named that it does not describe.
    unlisted: bool,
}

/// What results look up in their run. It remembers what they name, and what was missing.
pub(crate) struct Lookup<'c> {
    pub(crate) context: &'c SarifContext,
    missing: Cell<Option<&'static str>>,
    rules: RefCell<NamedRules>,
}

impl<'c> Lookup<'c> {
    /// A look-up that has found nothing yet.
    pub(crate) fn new(context: &'c SarifContext) -> Lookup<'c> {
        Lookup { context, missing: Cell::new(None), rules: RefCell::default() }
    }

    /// A member of the run that was looked up and may follow its results.
    pub(crate) fn lacks(&self) -> Option<&'static str> {
        self.missing.get().filter(|_| !self.context.complete)
    }

    /// The rules that were named.
    pub(crate) fn named(self) -> NamedRules {
        self.rules.into_inner()
    }

    /// Notes that a member of the run would be needed, unless it has been read.
    fn miss(&self, member: &'static str) {
        if !self.context.seen.contains(&member) {
            self.missing.set(Some(member));
        }
    }

    /// The rule that a result names (3.27.5 to 3.27.7), with the weaknesses and the word for a credential that the
    /// result adds.
    pub(crate) fn rule(&self, result: &wire::SarifResult<'_>) -> Arc<SarifEntry> {
        let (id, place) = self.find(result);
        let known = place.and_then(|(component, at)| self.context.components.get(component)?.rules.get(at));
        match known {
            Some(entry) => {
                if !entry.used.load(Ordering::Relaxed) {
                    self.rules.borrow_mut().used.push(Arc::clone(entry));
                }
                if !entry.taxa.is_empty() {
                    self.miss("taxonomies");
                }
            }
            None => self.rules.borrow_mut().unlisted = true,
        }
        let more = self.more(result, known.map(|entry| &*entry.rule));
        match (known, more) {
            (Some(entry), None) => Arc::clone(entry),
            (known, more) => self.other(id, known, more.unwrap_or_default()),
        }
    }

    /// A result's own id for its rule, and the position of the rule.
    fn find<'r>(&self, result: &'r wire::SarifResult<'_>) -> (&'r str, Option<(usize, usize)>) {
        let reference = result.rule.get();
        let id = result.rule_id.some().or_else(|| reference?.id.some()).unwrap_or_default();
        let component = reference.and_then(|reference| reference.tool_component.get());
        let component = component.and_then(|component| {
            let extension = component.index.index().map(|index| index + 1);
            let guid = self.context.by_guid.get(&*component.guid);
            let name = self.context.by_name.get(&*component.name);
            extension.or_else(|| guid.into_iter().chain(name).min().copied())
        });
        let index = reference.and_then(|reference| reference.index.index());
        let index = index.or(result.rule_index.index()).map(|index| (component.unwrap_or(0), index));
        // an index that leads to a rule other than that of the id is wrong; 3.52.4: `CA1000/1` is a `CA1000`
        let fits = |&(component, at): &(usize, usize)| {
            self.context.components.get(component).and_then(|component| component.rules.get(at)).is_some_and(
                |entry| {
                    let rest = id.strip_prefix(&*entry.rule.id);
                    id.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                },
            )
        };
        let by_id = || {
            let parents = std::iter::successors(Some(id), |id| Some(id.rsplit_once('/')?.0));
            // no scanner goes deeper
            parents.take(8).find_map(|id| self.context.by_id.get(id).copied())
        };
        (id, index.filter(fits).or_else(by_id))
    }

    /// The weaknesses that a result has in addition to its rule's; usually none.
    fn more(&self, result: &wire::SarifResult<'_>, known: Option<&Rule>) -> Option<Rule> {
        if result.taxa.0.is_empty() && result.properties.get().is_none() {
            return None;
        }
        let mut more = Rule::default();
        let mut places = Vec::new();
        if let Some(properties) = result.properties.get() {
            weaknesses(properties, &mut more);
            let known = |tag: &str| known.is_some_and(|known| known.tags.iter().any(|own| own == tag));
            let tags = properties.tags.iter().filter_map(|tag| tag.some());
            let new = tags.filter(|tag| secret::names_one(tag) && !known(tag));
            more.tags.extend(new.take(1).map(str::to_owned));
        }
        for reference in result.taxa.objects() {
            taxon(reference, &mut more, &mut places);
        }
        for (taxonomy, taxon) in places {
            match self
                .context
                .taxonomies
                .get(taxonomy)
                .and_then(|own| Some((&own.name, own.taxa.get(taxon)?)))
            {
                Some((name, id)) => add_taxon(&mut more, name, id),
                None => self.miss("taxonomies"),
            }
        }
        if let Some(known) = known {
            more.cwe.retain(|number| !known.cwe.contains(number));
            more.owasp.retain(|category| !known.owasp.contains(category));
        }
        sort(&mut more);
        (!more.cwe.is_empty() || !more.owasp.is_empty() || !more.tags.is_empty()).then_some(more)
    }

    /// A rule that the report does not describe in the way in which the result uses it, created once.
    fn other(&self, id: &str, known: Option<&Arc<SarifEntry>>, more: Rule) -> Arc<SarifEntry> {
        let place = known.map_or(0, |entry| Arc::as_ptr(entry).addr());
        let key = (place, id.to_owned(), more.cwe.clone(), more.owasp.clone(), more.tags.clone());
        if let Some(entry) = self.others().get(&key) {
            return Arc::clone(entry);
        }
        let mut entry =
            known.map_or_else(|| SarifEntry::of_id(id), |entry| SarifEntry::clone(entry)).with(&more);
        let component = self.context.components.get(entry.component).map_or("", |component| &component.name);
        entry.settle(
            &self.context.scanner,
            &[component, self.context.category.as_deref().unwrap_or_default()],
        );
        let entry = Arc::new(entry);
        let mut others = self.others();
        if others.len() < RULES_REMEMBERED && id.len() <= ID_LIMIT {
            others.insert(key, Arc::clone(&entry));
        }
        entry
    }

    fn others(&self) -> MutexGuard<'c, HashMap<SarifOther, Arc<SarifEntry>>> {
        self.context.others.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of an artifact (3.4), its own or that of the listed one: with its base, and by itself.
    pub(crate) fn uri(&self, location: &'c wire::ArtifactLocation<'_>) -> (Option<String>, Cow<'c, str>) {
        let (uri, base) = match location.uri.some() {
            Some(uri) => (uri, &*location.uri_base_id),
            None => {
                let Some(index) = location.index.index() else { return (None, Cow::Borrowed("")) };
                let Some(artifact) = self.context.artifacts.get(index) else {
                    self.miss("artifacts");
                    return (None, Cow::Borrowed(""));
                };
                (&*artifact.uri, &*artifact.base)
            }
        };
        if base.is_empty() || uri.contains("://") || uri.starts_with('/') {
            return (None, Cow::Borrowed(uri));
        }
        (self.behind(base, uri), Cow::Borrowed(uri))
    }

    /// An address after that of its base, if that is known.
    fn behind(&self, base: &str, uri: &str) -> Option<String> {
        let mut whole = None;
        let mut base = base;
        // a base may have a base; a cycle of them ends here
        for _ in 0..8 {
            let Some(place) = self.context.bases.get(base) else {
                if !base.is_empty() {
                    self.miss("originalUriBaseIds");
                }
                break;
            };
            if !place.uri.is_empty() {
                let rest = whole.as_deref().unwrap_or(uri);
                whole = Some(format!("{}/{rest}", place.uri.trim_end_matches('/')));
            }
            base = &place.base;
        }
        whole
    }

    /// The name of a logical location (3.33): its own, or the listed one's.
    pub(crate) fn logical(&self, location: &'c wire::LogicalLocation<'_>) -> Option<&'c str> {
        let own = location.fully_qualified_name.some().or_else(|| location.name.some());
        own.or_else(|| {
            let name = self.context.logical.get(location.index.index()?);
            if name.is_none() {
                self.miss("logicalLocations");
            }
            name.map(|name| &**name).filter(|name| !name.is_empty())
        })
    }

    /// Whether an image was scanned, in Trivy's terms.
    pub(crate) fn is_image(&self) -> bool {
        self.miss("properties");
        self.context.image
    }
}
