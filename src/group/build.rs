//! Turns buckets into groups once all reports have been read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::advisory::{self, AdvisoryFactsByReport, AliasClass, Classes};
use super::bucket::{GroupAccumulator, GroupKey};
use super::finish::{NAMES, dedup, drop_shared_names, finish, known_as, names_of};
use super::gather::{MOST_RULES, SurveyBuilder};
use super::identity::{self, Namer};
use super::ledger::ReportStatistics;
use super::synonyms::Synonyms;
use super::vex::StatementIndex;
use super::{alerts, occurrence, places, versions};
use crate::model::finding::{Advisory, ExclusionReason, FindingKind};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::severity::Severity;
use crate::model::survey::{Common, Exemplar, Group, Sighting, Survey};

/// How long the reasons that reports give for one finding may become before no more are added, in bytes.
const LONGEST_JUSTIFICATION: usize = 2_000;

impl SurveyBuilder<'_> {
    /// The survey of everything that the reports say.
    pub fn survey(self) -> Survey {
        let SurveyBuilder {
            rules,
            rule_ids,
            buckets,
            advisories,
            statements,
            texts,
            renamed,
            mut ledger,
            over,
            ..
        } = self;
        let known = advisories.values().map(|one| (&one.advisory.id, one.aliases.iter().collect::<Vec<_>>()));
        let stated = statements.iter().map(|one| (&one.advisory, one.aliases.iter().collect::<Vec<_>>()));
        let classes = Classes::new(known.chain(stated));
        let mut builder = GroupBuilder {
            repository: rules.repository,
            others: HashMap::new(),
            statements: StatementIndex::new(statements, &classes),
            classes,
            synonyms: Synonyms { renamed, aliases: BTreeMap::new() },
            advisories,
            merged: HashMap::new(),
            products: ledger.scans.iter().map(|seen| seen.scan.products.clone()).collect(),
            justifications: BTreeMap::new(),
            paths: texts.all,
            rule_ids,
            groups: BTreeMap::new(),
        };
        let mut buckets: Vec<_> = buckets.into_iter().collect();
        buckets.sort_by(|(a, _), (b, _)| a.cmp(b));
        let in_time = buckets.iter_mut().take_while(|_| !over());
        let grouped = in_time.map(|(key, bucket)| builder.identify(key, bucket)).count();
        let left = buckets.split_off(grouped);
        ledger.left_out(left.iter().flat_map(|(_, bucket)| &bucket.sightings).map(|one| one.scan));
        let ReportStatistics { reports, scans, problems, .. } = ledger;
        places::join(&mut buckets, &builder.paths, &mut builder.justifications, |name| {
            builder.classes.class(name)
        });
        versions::join(&mut buckets, &builder.paths, |name| builder.class(name));
        let alerts = alerts::join(&mut buckets, &mut builder.justifications);
        for (key, bucket) in buckets {
            builder.bucket(key, *bucket);
        }
        let GroupBuilder { mut groups, paths, rule_ids, justifications, others, synonyms, .. } = builder;
        let Synonyms { mut renamed, aliases } = synonyms;
        for group in groups.values_mut() {
            finish(group, &paths);
        }
        drop_shared_names(&mut groups);
        for group in groups.values_mut() {
            known_as(&mut group.names, &others);
            known_as(&mut group.loose, &others);
        }
        let groups: Vec<Group> = groups.into_values().collect();
        if !renamed.is_empty() {
            // findings under both names mean that these are two rules
            let used = groups.iter().flat_map(|group| &group.sightings);
            used.for_each(|one| _ = renamed.remove(&one.rule));
        }
        let (owners, distinctions) = (BTreeMap::new(), BTreeMap::new());
        Survey {
            reports,
            scans,
            groups,
            paths,
            rules: rule_ids,
            renamed,
            aliases,
            justifications,
            alerts,
            owners,
            distinctions,
            untracked: Arc::default(),
            problems,
        }
    }
}

struct GroupBuilder {
    repository: Vec<Fingerprint>,
    /// The names of groups under the repository's further identities, by the name under its own.
    others: HashMap<Fingerprint, Vec<Fingerprint>>,
    classes: Classes,
    synonyms: Synonyms,
    advisories: HashMap<String, AdvisoryFactsByReport>,
    /// What all reports know about a class of advisories, by its number.
    merged: HashMap<Option<usize>, Arc<Advisory>>,
    statements: StatementIndex,
    /// What each scan scanned.
    products: Vec<Vec<String>>,
    justifications: BTreeMap<Fingerprint, String>,
    paths: Vec<Arc<str>>,
    /// The ids of rules and the names of advisories, by what sightings have of them.
    rule_ids: HashMap<u32, Arc<str>>,
    groups: BTreeMap<Fingerprint, Group>,
}

impl GroupBuilder {
    /// Gives each sighting its anchors, as far as its own report shows them.
    fn identify(&mut self, key: &GroupKey, bucket: &mut GroupAccumulator) {
        let GroupKey::Advisory { name, .. } = key else { return occurrence::number(&mut bucket.sightings) };
        let (class, index) = (self.class(name), self.classes.index(name));
        for (sighting, waiting) in bucket.sightings.iter_mut().zip(&bucket.waiting) {
            let purl = self.paths.get(waiting.purl as usize).map_or("", |purl| purl);
            let path = self.paths.get(sighting.path as usize).map_or("", |path| path);
            sighting.anchors = identity::advisory_anchors(&class, purl, path);
            sighting.rule = identity::package_alone(&class, purl);
            if let Some(name) = class.first().filter(|_| self.rule_ids.len() < MOST_RULES) {
                self.rule_ids.entry(sighting.rule).or_insert_with(|| advisory::shown(name).into());
            }
            self.synonyms.note(sighting.rule, &class, purl);
            sighting.text = identity::package_text(purl);
            // if the report itself calls it not affected, its own words come before those of any other document
            let own = self.paths.get(waiting.justification as usize).filter(|words| !words.is_empty());
            let open = matches!(sighting.skipped, None | Some(ExclusionReason::NotAffected));
            if let Some(words) = own.filter(|_| sighting.skipped == Some(ExclusionReason::NotAffected)) {
                let recorded = self.justifications.entry(sighting.id()).or_default();
                // a report may repeat it for the same finding, in other words
                if recorded.len() < LONGEST_JUSTIFICATION && !recorded.split("; ").any(|one| one == &**words)
                {
                    let separator = if recorded.is_empty() { "" } else { "; " };
                    *recorded = format!("{recorded}{separator}{words}");
                }
                continue;
            }
            let products = self.products.get(sighting.scan as usize).map_or(&[][..], Vec::as_slice);
            if let Some(statement) = self.statements.find(index, purl, path, products).filter(|_| open) {
                sighting.skipped = Some(ExclusionReason::NotAffected);
                self.justifications.insert(sighting.id(), statement.justification.clone());
            }
        }
    }

    fn class(&self, name: &str) -> AliasClass {
        self.classes.class(name)
    }

    fn bucket(&mut self, key: GroupKey, bucket: GroupAccumulator) {
        match key {
            GroupKey::Rule { scanner, rule } => {
                let common = Common::Rule(bucket.rule.clone());
                if bucket.mode == Mode::Vulnerability {
                    self.each_finding(&common, &[], bucket);
                } else {
                    let named = |rule: &str| self.name(bucket.mode, |namer| namer.rule(&scanner, rule));
                    let names: Vec<Fingerprint> = std::iter::once(&*rule)
                        .chain(bucket.former.iter().map(String::as_str))
                        .map(named)
                        .collect();
                    let loose: Vec<Fingerprint> = names.iter().skip(1).copied().collect();
                    if let Some(group) = self.add(names, common, bucket) {
                        group.loose.extend(loose);
                    }
                }
            }
            GroupKey::File { scanner, path } => {
                let common = Common::File(path.as_str().into());
                let name = self.name(bucket.mode, |namer| namer.file(&scanner, &path));
                self.add(vec![name], common, bucket);
            }
            GroupKey::Advisory { name, package, manifest } => {
                self.advisory(&name, &package, &manifest, bucket)
            }
        }
    }

    /// A group's name, which is noted under each identity of the repository.
    fn name(&mut self, mode: Mode, of: impl Fn(Namer) -> Fingerprint) -> Fingerprint {
        let mut names = self.repository.iter().map(|repository| of(Namer { repository: *repository, mode }));
        let own = names.next().unwrap_or(Fingerprint([0; 10]));
        let others: Vec<Fingerprint> = names.collect();
        if !others.is_empty() {
            self.others.insert(own, others);
        }
        own
    }

    fn advisory(&mut self, name: &str, package: &str, manifest: &str, mut bucket: GroupAccumulator) {
        let class = self.class(name);
        let merged = self.merged(name);
        for (_, exemplar) in &mut bucket.exemplars {
            exemplar.advisory = Some(merged.clone());
        }
        let common = Common::Advisory(merged);
        match bucket.mode {
            Mode::Type => {
                let named = |name: &String| self.name(bucket.mode, |namer| namer.advisory(name));
                let names = class.iter().take(NAMES).map(named).collect();
                self.add(names, common, bucket);
            }
            Mode::File => self.each_manifest(manifest, bucket),
            Mode::Package => self.each_image(package, manifest, bucket),
            Mode::Vulnerability => self.each_finding(&common, &class, bucket),
        }
    }

    /// One group per package and, for images, one per image: findings that name no image may join one that another
    /// report names.
    fn each_image(&mut self, package: &str, image: &str, bucket: GroupAccumulator) {
        let parts = match image.is_empty() && bucket.kind == FindingKind::Container {
            true => bucket.split(|sighting| Some(sighting.path)),
            false => BTreeMap::from([(None, bucket)]),
        };
        for (path, part) in parts {
            let path = path.and_then(|path| self.paths.get(path as usize)).cloned();
            let image = path.as_deref().map_or(image, identity::path);
            let name = self.name(part.mode, |namer| namer.package(package, image));
            self.add(vec![name], Common::Package(package.into()), part);
        }
    }

    /// One group per manifest: findings that name no manifest may join one that another report names.
    fn each_manifest(&mut self, manifest: &str, bucket: GroupAccumulator) {
        let parts = match manifest.is_empty() {
            true => bucket.split(|sighting| Some(sighting.path)),
            false => BTreeMap::from([(None, bucket)]),
        };
        for (path, part) in parts {
            let path = path.and_then(|path| self.paths.get(path as usize)).cloned();
            let manifest = path.as_deref().map_or(manifest, identity::path);
            let name = self.name(part.mode, |namer| namer.manifest(manifest));
            self.add(vec![name], Common::File(manifest.into()), part);
        }
    }

    /// What all reports know about an advisory, under its best-known name.
    fn merged(&mut self, name: &str) -> Arc<Advisory> {
        let (class, index) = (self.class(name), self.classes.index(name));
        if let Some(known) = self.merged.get(&index).filter(|_| index.is_some()) {
            return known.clone();
        }
        let all = index.map_or(&class[..], |index| self.classes.all(index));
        let mut known = all.iter().filter_map(|name| self.advisories.get(name)).map(|known| &known.advisory);
        let mut merged = known.next().cloned().unwrap_or_default();
        known.for_each(|other| advisory::learn(&mut merged, other));
        let mut names = class.iter().map(|name| advisory::shown(name));
        let (id, aliases) = (names.next().unwrap_or_default(), names.collect::<Vec<_>>());
        if merged.id != id || merged.aliases != aliases {
            let merged = Arc::make_mut(&mut merged);
            (merged.id, merged.aliases) = (id, aliases);
        }
        self.merged.insert(index, merged.clone());
        merged
    }

    /// One group per finding. Two sightings are one finding if their first anchor is the same or, if one scan knows
    /// less than another, the best anchor that both have. `class`: the names of its advisory, if it has one.
    fn each_finding(&mut self, common: &Common, class: &[String], bucket: GroupAccumulator) {
        let mut first: HashMap<Fingerprint, Fingerprint> = HashMap::new();
        for sighting in &bucket.sightings {
            for anchor in sighting.anchors.iter().flatten() {
                let known = first.entry(*anchor).or_insert_with(|| sighting.id());
                *known = (*known).min(sighting.id());
            }
        }
        // A sighting without a stable fingerprint joins a finding that has one by text, otherwise by line.
        let home = |sighting: &Sighting| match sighting.anchors {
            [Some(stable), ..] => stable,
            [None, Some(text), _] => first.get(&text).copied().unwrap_or(text),
            [None, None, line] => line.and_then(|line| first.get(&line).copied()).unwrap_or(sighting.id()),
        };
        let parts = bucket.split(home);
        for part in parts.into_values() {
            let anchors = part.sightings.iter().map(|sighting| sighting.anchors);
            let names: BTreeSet<_> = anchors.map(|anchors| names_of(anchors, common)).collect();
            let nowhere = self.without_manifest(class, &part);
            let mut loose = nowhere.clone();
            if let Common::Advisory(_) = common {
                let further = |one: &Sighting| one.anchors.into_iter().skip(1).flatten();
                loose.extend(part.sightings.iter().flat_map(further));
            }
            let ids: BTreeSet<Fingerprint> = part.sightings.iter().map(Sighting::id).collect();
            let mut named = |anchor| self.name(part.mode, |namer| namer.finding(anchor));
            let loose: Vec<Fingerprint> =
                loose.into_iter().filter(|one| !ids.contains(one)).map(&mut named).collect();
            let mut names: Vec<_> = names.into_iter().flatten().chain(nowhere).map(named).collect();
            dedup(&mut names);
            if let Some(group) = self.add(names, common.clone(), part) {
                group.loose.extend(loose);
            }
        }
    }

    /// The identity that findings of an advisory have in a report that names no manifest.
    fn without_manifest(&self, class: &[String], part: &GroupAccumulator) -> BTreeSet<Fingerprint> {
        let text = |index: u32| self.paths.get(index as usize).map_or("", |text| text);
        let placed = part.sightings.iter().zip(&part.waiting).filter(|(one, _)| !text(one.path).is_empty());
        placed
            .filter_map(|(_, waiting)| identity::advisory_anchors(class, text(waiting.purl), "")[0])
            .collect()
    }

    fn add(
        &mut self,
        mut names: Vec<Fingerprint>,
        common: Common,
        bucket: GroupAccumulator,
    ) -> Option<&mut Group> {
        names.truncate(NAMES);
        let &name = names.first()?;
        let GroupAccumulator { mode, kind, kinds, scanners, sightings, exemplars, .. } = bucket;
        let exemplars = exemplars.into_iter().map(|(index, exemplar)| Exemplar {
            id: sightings.get(index).map_or(exemplar.id, Sighting::id),
            ..*exemplar
        });
        let group = self.groups.entry(name).or_insert_with(|| Group {
            names: Vec::new(),
            loose: Vec::new(),
            mode,
            route: None,
            common,
            kind,
            kinds: BTreeSet::new(),
            severity: Severity::Info,
            scanners: Vec::new(),
            sightings: Vec::new(),
            exemplars: Vec::new(),
        });
        group.names.extend(names);
        group.kind = group.kind.min(kind);
        group.kinds.extend(kinds);
        group.scanners.extend(scanners);
        // an exemplar is large, and most groups have those of one bucket: room for more would take more than they do
        if group.exemplars.is_empty() {
            group.exemplars.reserve_exact(exemplars.len());
        }
        group.exemplars.extend(exemplars);
        if group.sightings.is_empty() {
            group.sightings = sightings;
            group.sightings.shrink_to_fit();
        } else {
            group.sightings.extend(sightings);
        }
        Some(group)
    }
}
