//! What the results of a run refer to: its tool with the rules, artifacts, taxonomies, base places.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::report::parse::json::Json;
use crate::report::shared::failures::first_line;
use crate::report::shared::words;

use crate::report::readers::code::sarif::artifact::SarifPlace;
use crate::report::readers::code::sarif::descriptor::{add_taxon, level};
use crate::report::readers::code::sarif::message::plain;
use crate::report::readers::code::sarif::notice::Notices;
use crate::report::readers::code::sarif::rule::SarifEntry;
use crate::report::readers::code::sarif::wire;

/// The members that a result may refer to, wherever they are in the run.
const REFERRED: [&str; 6] =
    ["tool", "artifacts", "taxonomies", "originalUriBaseIds", "logicalLocations", "properties"];

/// The members of a run, except for its results.
#[derive(Default)]
pub(crate) struct SarifContext {
    pub(crate) scanner: Arc<str>,
    pub(crate) version: Option<String>,
    /// The driver first, then the extensions in their order.
    pub(crate) components: Vec<SarifContextComponent>,
    /// Where a rule is, by its id.
    pub(crate) by_id: HashMap<String, (usize, usize)>,
    pub(crate) others: Mutex<HashMap<SarifOther, Arc<SarifEntry>>>,
    pub(crate) artifacts: Vec<SarifPlace>,
    pub(crate) bases: HashMap<String, SarifPlace>,
    /// Where a component is, by its guid and by its name: the first of each.
    pub(crate) by_guid: HashMap<String, usize>,
    pub(crate) by_name: HashMap<String, usize>,
    /// How much of what results refer to has been kept.
    pub(crate) kept: Kept,
    pub(crate) taxonomies: Vec<Taxonomy>,
    pub(crate) logical: Vec<String>,
    /// Levels by the id of a rule and, for the driver's rules, by their index: the last one that is given.
    pub(crate) overrides: HashMap<String, Severity>,
    pub(crate) overrides_at: HashMap<usize, Severity>,
    pub(crate) category: Option<String>,
    pub(crate) commit: Option<String>,
    pub(crate) success: Option<bool>,
    /// Why a tool failed, in its own words; empty: it does not say.
    pub(crate) why: String,
    /// The exit code, if it was not 0.
    pub(crate) code: Option<i64>,
    /// What the tool says it could not do.
    pub(crate) notices: Notices,
    pub(crate) image: bool,
    /// Whether there is a list of results (3.14.23).
    pub(crate) has_results: bool,
    /// Whether it has been reported why there is none: they are in another file, or not in a list.
    pub(crate) excused: bool,
    /// Which of [`REFERRED`] occurred, each once.
    pub(crate) seen: BTreeSet<&'static str>,
    /// Whether a list of results was encountered.
    pub(crate) asked: bool,
    /// Whether the run was read to its end for this.
    pub(crate) complete: bool,
    /// Whether a result referred to a rule that is not listed.
    pub(crate) unlisted: AtomicBool,
}

/// How many rules, artifacts and other objects that results may refer to are kept for a run.
const MOST_OBJECTS: usize = 200_000;

/// How many of these may be rules, which need far more room.
const MOST_RULES: usize = 50_000;

/// How many bytes of the rules' texts are kept in full for a run. Of any others, only the beginnings are kept.
const MOST_TEXT: usize = 32 << 20;

/// How long these beginnings are, in bytes.
const BEGINNING: usize = 300;

/// How much of what results refer to has been kept.
#[derive(Default)]
pub(crate) struct Kept {
    things: usize,
    rules: usize,
    text: usize,
    /// Whether it has been reported that there is more.
    recorded: bool,
}

/// Texts by their ids, the first for each.
fn first_of<'m>(texts: impl Iterator<Item = (&'m str, &'m str)>) -> HashMap<String, String> {
    let mut all = HashMap::new();
    for (id, text) in texts {
        all.entry(id.to_owned()).or_insert_with(|| text.to_owned());
    }
    all
}

/// What distinguishes rules that the report does not describe in the way in which a result uses them: the described
/// rule's address, the id, and the result's own weaknesses.
pub(crate) type SarifOther = (usize, String, Vec<u32>, Vec<String>, Vec<String>);

/// A toolComponent (3.19).
#[derive(Default)]
pub(crate) struct SarifContextComponent {
    pub(crate) name: String,
    pub(crate) guid: String,
    pub(crate) rules: Vec<Arc<SarifEntry>>,
    pub(crate) messages: HashMap<String, String>,
}

/// A taxonomy's ids by index.
#[derive(Default)]
pub(crate) struct Taxonomy {
    pub(crate) name: String,
    pub(crate) taxa: Vec<String>,
}

impl SarifContext {
    /// Reads a member of the run if it belongs here.
    pub(crate) fn member(&mut self, json: &mut Json<'_>, key: &str) -> Result<(), Problem> {
        self.seen.extend(REFERRED.iter().find(|own| **own == key));
        match key {
            "tool" => self.tool(json),
            "artifacts" => json.each_element(|json| self.artifact(json)),
            "taxonomies" => json.each_element(|json| self.taxonomy(json)),
            "originalUriBaseIds" => self.bases(json),
            "logicalLocations" => json.each_element(|json| self.logical_location(json)),
            "invocations" => json.each_element(|json| {
                json.value::<wire::Invocation<'_>, _>(|invocation, _| self.invocation(invocation.get()))
                    .map(drop)
            }),
            "versionControlProvenance" => json.each_element(|json| self.provenance(json)),
            "automationDetails" => self.automation(json),
            "externalPropertyFileReferences" => json.each_entry(|json, key| {
                if key == "results" {
                    self.excused = true;
                    let problem =
                        json.problem("its results are in another file, which casefile does not open");
                    json.sink().problem(problem.hint("have the scanner write everything to one file"));
                }
                Ok(())
            }),
            "properties" => self.properties(json),
            _ => Ok(()),
        }
    }

    fn tool(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        json.each_entry(|json, key| match key {
            "driver" => self.component(json, 0),
            "extensions" => json.each_element(|json| self.component(json, self.components.len().max(1))),
            _ => Ok(()),
        })
    }

    fn artifact(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let place = json.value::<wire::SarifArtifact<'_>, _>(|artifact, _| {
            let location = artifact.get().and_then(|artifact| artifact.location.get());
            location.map(SarifPlace::of).unwrap_or_default()
        })?;
        if self.keeps(json) {
            self.artifacts.push(place.unwrap_or_default());
        }
        Ok(())
    }

    fn bases(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        json.value::<wire::Bases, _>(|bases, _| {
            let places =
                bases.iter().filter_map(|(id, place)| Some((id.to_owned(), SarifPlace::of(place.get()?))));
            self.bases.extend(places);
        })
        .map(drop)
    }

    fn logical_location(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let name = json.value::<wire::LogicalLocation<'_>, _>(|logical, _| {
            let logical = logical.get()?;
            logical.fully_qualified_name.owned().or(logical.name.owned())
        })?;
        if self.keeps(json) {
            self.logical.push(name.flatten().unwrap_or_default());
        }
        Ok(())
    }

    fn provenance(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let commit =
            json.value::<wire::VersionControl<'_>, _>(|version, _| version.get()?.revision_id.owned())?;
        self.commit = self.commit.take().or(commit.flatten());
        Ok(())
    }

    fn automation(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let id = json.value::<wire::AutomationDetails<'_>, _>(|details, _| details.get()?.id.owned())?;
        // GitHub's convention: what follows the last slash names the run, not the category
        self.category = id.flatten().and_then(|id| Some(id.rsplit_once('/')?.0.to_owned()));
        Ok(())
    }

    fn properties(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        let image = json.value::<wire::RunProperties<'_>, _>(|bag, _| {
            bag.get().is_some_and(|properties| properties.image_name.some().is_some())
        })?;
        self.image = image.unwrap_or_default();
        Ok(())
    }

    /// The same for a rule, whose texts are shortened if there is no room for all of them.
    fn keeps_rule(&mut self, json: &mut Json<'_>, entry: &mut SarifEntry) -> bool {
        let room = self.kept.rules < MOST_RULES;
        if !self.emit(room, json) {
            return false;
        }
        self.kept.rules += 1;
        self.kept.text += entry.length();
        if self.kept.text > MOST_TEXT {
            entry.shorten(BEGINNING);
        }
        true
    }

    /// Reserves a place for one more object that results refer to, if one is left. Reports once that there is none.
    fn keeps(&mut self, json: &mut Json<'_>) -> bool {
        let room = self.kept.things < MOST_OBJECTS;
        self.kept.things += usize::from(room);
        self.emit(room, json)
    }

    /// Reports once that there is more than is read.
    fn emit(&mut self, room: bool, json: &mut Json<'_>) -> bool {
        if !room && !std::mem::replace(&mut self.kept.recorded, true) {
            let problem = json.problem(format!(
                "lists more than {MOST_RULES} rules, or more than {MOST_OBJECTS} other objects that results may \
                 refer to"
            ));
            json.sink().problem(problem.hint("the rest are not read; split the report"));
        }
        room
    }

    fn component(&mut self, json: &mut Json<'_>, at: usize) -> Result<(), Problem> {
        if at > 0 && !self.keeps(json) {
            return Ok(());
        }
        while self.components.len() <= at {
            self.components.push(SarifContextComponent::default());
        }
        let mut component = std::mem::take(&mut self.components[at]);
        let done = json.each_entry(|json, key| {
            match key {
                "name" => component.name = json.word()?,
                "guid" => component.guid = json.word()?,
                "version" if at == 0 => {
                    self.version = Some(json.word()?).filter(|version| !version.is_empty())
                }
                "semanticVersion" if at == 0 && self.version.is_none() => {
                    self.version = Some(json.word()?).filter(|version| !version.is_empty());
                }
                "globalMessageStrings" => {
                    let strings = json.value::<wire::Strings, _>(|strings, _| {
                        let texts = strings.iter().map(|(id, message)| Some((id, plain(message.get()?)?)));
                        first_of(texts.flatten())
                    })?;
                    component.messages = strings.unwrap_or_default();
                }
                "rules" => json.each_element(|json| {
                    let entry = json.value::<wire::SarifDescriptor<'_>, _>(|rule, _| match rule.get() {
                        Some(rule) => SarifEntry::of(rule, at),
                        None => SarifEntry::default(),
                    })?;
                    let mut entry = entry.unwrap_or_default();
                    if !self.keeps_rule(json, &mut entry) {
                        return Ok(());
                    }
                    let place = (at, component.rules.len());
                    if !entry.rule.id.is_empty() {
                        self.by_id.entry(entry.rule.id.clone()).or_insert(place);
                    }
                    component.rules.push(Arc::new(entry));
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        });
        if !component.guid.is_empty() {
            self.by_guid.entry(component.guid.clone()).or_insert(at);
        }
        if !component.name.is_empty() {
            self.by_name.entry(component.name.clone()).or_insert(at);
        }
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
                "name" => taxonomy.name = json.word()?,
                "taxa" => json.each_element(|json| {
                    let id =
                        json.value::<wire::SarifDescriptor<'_>, _>(|taxon, _| taxon.get()?.id.owned())?;
                    if self.keeps(json) {
                        taxonomy.taxa.push(id.flatten().unwrap_or_default());
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        if self.keeps(json) {
            self.taxonomies.push(taxonomy);
        }
        Ok(())
    }

    fn invocation(&mut self, invocation: Option<&wire::Invocation<'_>>) {
        let Some(invocation) = invocation else { return };
        self.success = match (self.success, invocation.execution_successful.0) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (before, now) => now.or(before),
        };
        if invocation.execution_successful.0 == Some(false) {
            let texts = [&invocation.process_start_failure_message, &invocation.exit_code_description];
            if let Some(text) = texts.into_iter().find_map(|text| text.some()) {
                first_line(words::start(text, 300)).clone_into(&mut self.why);
            }
            self.code = invocation.exit_code.parse().ok().filter(|code| *code != 0);
        }
        let execution = invocation.tool_execution_notifications.objects().map(|one| (one, true));
        let configuration = invocation.tool_configuration_notifications.objects().map(|one| (one, false));
        execution.chain(configuration).for_each(|(one, execution)| self.notices.add(one, execution));
        for change in invocation.rule_configuration_overrides.objects() {
            let Some(rule) = change.descriptor.get() else { continue };
            let level = change.configuration.get().and_then(|configuration| level(&configuration.level));
            let Some(level) = level.filter(|_| self.kept.things < MOST_OBJECTS) else { continue };
            self.kept.things += 1;
            if let Some(id) = rule.id.some() {
                self.overrides.insert(id.to_owned(), level);
            } else if let Some(at) = rule.index.index() {
                self.overrides_at.insert(at, level);
            }
        }
    }

    /// Combines the parts once everything has been read.
    pub(crate) fn settle(&mut self) {
        let scanner = Arc::clone(&self.scanner);
        let category = self.category.clone().unwrap_or_default();
        for component in &mut self.components {
            for (at, shared) in component.rules.iter_mut().enumerate() {
                let entry = Arc::make_mut(shared);
                for (taxonomy, taxon) in std::mem::take(&mut entry.taxa) {
                    let own = self.taxonomies.get(taxonomy);
                    match own.and_then(|own| Some((&own.name, own.taxa.get(taxon)?))) {
                        Some((name, id)) => add_taxon(Arc::make_mut(&mut entry.rule), name, id),
                        None if !self.complete => entry.taxa.push((taxonomy, taxon)),
                        None => {}
                    }
                }
                let by_place = self.overrides_at.get(&at).filter(|_| entry.component == 0);
                let level = self.overrides.get(&entry.rule.id).or(by_place);
                entry.level = level.copied().or(entry.level);
                entry.settle(&scanner, &[&component.name, &category]);
            }
        }
    }
}
