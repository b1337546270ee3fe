//! Alias classes: an advisory is one, whatever each scanner calls it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::model::finding::Advisory;

/// The names of one advisory, the best known first; at most [`MOST_NAMES`].
pub(super) type AliasClass = Arc<[String]>;

/// How many names of an advisory are kept. An advisory has two or three; a chain of aliases through a whole report is
/// either a trick or a mistake.
const MOST_NAMES: usize = 64;

/// Which names mean the same advisory.
#[derive(Default)]
pub(super) struct Classes {
    /// The class of each name, as an index.
    of: HashMap<String, usize>,
    kept: Vec<AliasClass>,
    /// All names of classes that are larger than what is kept of them.
    large: HashMap<usize, Vec<String>>,
}

impl Classes {
    /// Joins names that any report of the run calls aliases, transitively, but never two CVEs.
    ///
    /// OSV: aliases are symmetric and transitive. Two CVEs in one class are an editor's mistake; the names are joined
    /// in order, so that the outcome does not depend on the order of the reports.
    ///
    /// Each item is a name and the other names that a report lists with it.
    pub(super) fn new<'a, A: IntoIterator<Item = &'a String>>(
        named: impl Iterator<Item = (&'a String, A)>,
    ) -> Classes {
        let (names, edges) = edges(named);
        let mut forest = Forest::new(&names);
        for (a, b) in edges {
            forest.join(a, b);
        }
        let mut members: HashMap<usize, Vec<String>> = HashMap::new();
        for (at, name) in names.into_iter().enumerate() {
            members.entry(forest.root(at)).or_default().push(name);
        }
        let mut classes = Classes::default();
        for mut class in members.into_values() {
            class.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
            let at = classes.kept.len();
            classes.of.extend(class.iter().map(|name| (name.clone(), at)));
            classes.kept.push(class[..class.len().min(MOST_NAMES)].into());
            if class.len() > MOST_NAMES {
                classes.large.insert(at, class);
            }
        }
        classes
    }

    /// The class that a name belongs to; a class of its own if no report joined it with others.
    pub(super) fn class(&self, name: &str) -> AliasClass {
        self.index(name).and_then(|at| self.kept.get(at).cloned()).unwrap_or_else(|| [name.to_owned()].into())
    }

    /// The number of the class that a name belongs to.
    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.of.get(name).copied()
    }

    /// All names of a class, including those that are not kept with it.
    pub(super) fn all(&self, at: usize) -> &[String] {
        self.large
            .get(&at)
            .map(Vec::as_slice)
            .or_else(|| self.kept.get(at).map(|kept| &**kept))
            .unwrap_or(&[])
    }
}

/// All names in order, and which pairs of them, by index, a report lists together.
fn edges<'a, A: IntoIterator<Item = &'a String>>(
    named: impl Iterator<Item = (&'a String, A)>,
) -> (Vec<String>, BTreeSet<(usize, usize)>) {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut pairs: HashSet<(usize, usize)> = HashSet::new();
    let mut number = |name: String| {
        let next = numbers.len();
        *numbers.entry(name).or_insert(next)
    };
    for (name, aliases) in named {
        let id = number(normal(name));
        for alias in aliases {
            let alias = normal(alias);
            if !alias.is_empty() {
                pairs.insert((id, number(alias)));
            }
        }
    }
    let mut names: Vec<(String, usize)> = numbers.into_iter().collect();
    names.sort_unstable();
    let mut place = vec![0; names.len()];
    for (at, (_, number)) in names.iter().enumerate() {
        place[*number] = at;
    }
    let edges = pairs.into_iter().map(|(a, b)| (place[a].min(place[b]), place[a].max(place[b])));
    let edges = edges.filter(|(a, b)| a != b).collect();
    (names.into_iter().map(|(name, _)| name).collect(), edges)
}

/// Sets of names that are joined (union-find): each name points to another one of its set, and the root knows whether
/// the set has a CVE.
struct Forest {
    parent: Vec<usize>,
    size: Vec<usize>,
    has_cve: Vec<bool>,
}

impl Forest {
    fn new(names: &[String]) -> Forest {
        Forest {
            parent: (0..names.len()).collect(),
            size: vec![1; names.len()],
            has_cve: names.iter().map(|name| is_cve(name)).collect(),
        }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            // each look-up halves the path for the next one
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b || (self.has_cve[a] && self.has_cve[b]) {
            return;
        }
        let (into, from) = if self.size[a] < self.size[b] { (b, a) } else { (a, b) };
        self.parent[from] = into;
        self.size[into] += self.size[from];
        self.has_cve[into] |= self.has_cve[from];
    }
}

/// What the reports say about one advisory.
pub(super) struct AdvisoryFactsByReport {
    /// The worst that was said; its names are beside it.
    pub(super) advisory: Arc<Advisory>,
    /// Its other names, each once.
    pub(super) aliases: BTreeSet<String>,
}

impl AdvisoryFactsByReport {
    /// What the first report says.
    pub(super) fn new(advisory: &Arc<Advisory>, budget: &mut NameBudget) -> AdvisoryFactsByReport {
        let aliases: BTreeSet<String> =
            advisory.aliases.iter().filter(|alias| budget.takes(alias)).cloned().collect();
        let is_whole = aliases.len() == advisory.aliases.len();
        let advisory = match is_whole {
            true => advisory.clone(),
            false => {
                Arc::new(Advisory { aliases: aliases.iter().cloned().collect(), ..without_aliases(advisory) })
            }
        };
        AdvisoryFactsByReport { advisory, aliases }
    }

    /// Adds what another report says.
    pub(super) fn learn(&mut self, other: &Arc<Advisory>, budget: &mut NameBudget) {
        if Arc::ptr_eq(&self.advisory, other) || *self.advisory == **other {
            return;
        }
        let new = other.aliases.iter().filter(|alias| !self.aliases.contains(*alias));
        let new: Vec<String> = new.filter(|alias| budget.takes(alias)).cloned().collect();
        self.aliases.extend(new);
        learn(&mut self.advisory, other);
    }
}

fn without_aliases(advisory: &Advisory) -> Advisory {
    let Advisory { id, aliases: _, cvss, epss, exploited, withdrawn } = advisory;
    let (exploited, withdrawn) = (*exploited, *withdrawn);
    Advisory { id: id.clone(), aliases: Vec::new(), cvss: cvss.clone(), epss: *epss, exploited, withdrawn }
}

/// How much more memory the names of a run's advisories may take while their classes are built.
pub(super) struct NameBudget {
    left: usize,
    exceeded: bool,
}

/// How many bytes all names together take at most: 200,000 of the usual length. Reports of 40,000 advisories have half
/// as many.
const MOST_NAME_BYTES: usize = 64 << 20;

/// How many bytes a name takes besides its text, which is in each of these tables.
const NAME_COST: usize = 240;

/// In how many tables the text is.
const NAME_COPIES: usize = 5;

impl Default for NameBudget {
    fn default() -> NameBudget {
        NameBudget { left: MOST_NAME_BYTES, exceeded: false }
    }
}

impl NameBudget {
    /// Takes what a name needs, if there is so much.
    pub(super) fn takes(&mut self, name: &str) -> bool {
        let left = self.left.checked_sub(NAME_COST + NAME_COPIES * name.len());
        self.exceeded |= left.is_none();
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// Whether a name was left out since this was last asked.
    pub(super) fn left_out(&mut self) -> bool {
        std::mem::take(&mut self.exceeded)
    }
}

/// Adds what one report knows about an advisory to what others said, except for its names: the worst of each.
pub(super) fn learn(known: &mut Arc<Advisory>, other: &Advisory) {
    let rank = |advisory: &Advisory| advisory.cvss.as_ref().map(|cvss| (cvss.score, cvss.vector.clone()));
    let worse = rank(other) > rank(known);
    let likelier = other.epss > known.epss;
    let new = (other.exploited && !known.exploited) || (known.withdrawn && !other.withdrawn);
    if !(worse || likelier || new) {
        return;
    }
    let known = Arc::make_mut(known);
    if worse {
        known.cvss.clone_from(&other.cvss);
    }
    if likelier {
        known.epss = other.epss;
    }
    known.exploited |= other.exploited;
    known.withdrawn &= other.withdrawn;
}

/// A name as it is compared: case does not matter.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_uppercase()
}

/// A name as it is shown: GitHub writes its own in lower case after the prefix.
pub(super) fn shown(name: &str) -> String {
    match name.strip_prefix("GHSA-") {
        Some(rest) => format!("GHSA-{}", rest.to_lowercase()),
        None => name.to_owned(),
    }
}

/// The rank of a name among others of its advisory.
pub(super) fn order(name: &str) -> (usize, String) {
    (rank(name), name.to_owned())
}

fn is_cve(name: &str) -> bool {
    name.starts_with("CVE-")
}

fn rank(name: &str) -> usize {
    const KNOWN: [&str; 7] = ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "OSV-", "SNYK-"];
    KNOWN.iter().position(|prefix| name.starts_with(prefix)).unwrap_or(KNOWN.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reports: &[(&str, &[&str])], expected: &[&[&str]]) {
        let advisories: Vec<Advisory> = reports
            .iter()
            .map(|(id, aliases)| Advisory {
                id: (*id).into(),
                aliases: aliases.iter().map(|&alias| alias.into()).collect(),
                ..Advisory::default()
            })
            .collect();
        for order in [advisories.clone(), advisories.into_iter().rev().collect()] {
            let classes = Classes::new(order.iter().map(|one| (&one.id, &one.aliases)));
            let found: BTreeSet<AliasClass> = classes.kept.iter().cloned().collect();
            let expected: BTreeSet<AliasClass> =
                expected.iter().map(|class| class.iter().map(|&name| name.into()).collect()).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn aliases_are_symmetric_and_transitive() {
        check(
            &[("GHSA-a", &["CVE-1"]), ("PYSEC-7", &["GHSA-A"]), ("CVE-2", &[])],
            &[&["CVE-1", "GHSA-A", "PYSEC-7"], &["CVE-2"]],
        );
    }

    #[test]
    fn two_cves_are_never_one() {
        check(
            &[("GHSA-a", &["CVE-1", "CVE-2"]), ("GHSA-b", &["CVE-2"])],
            &[&["CVE-1", "GHSA-A"], &["CVE-2", "GHSA-B"]],
        );
    }

    #[test]
    fn a_chain_of_aliases_is_one_class_of_which_the_best_known_names_are_kept() {
        const LONG: usize = 200_000;
        let name = |at: usize| format!("X-{at:06}");
        let chain = |at: usize| Advisory { id: name(at), aliases: vec![name(at + 1)], ..Advisory::default() };
        let mut all: Vec<Advisory> = (0..LONG).map(chain).collect();
        all.push(Advisory { id: name(LONG / 2), aliases: vec!["CVE-1".into()], ..Advisory::default() });
        let classes = Classes::new(all.iter().map(|one| (&one.id, &one.aliases)));
        assert_eq!(classes.kept.len(), 1);
        let (first, last) = (classes.class(&name(0)), classes.class(&name(LONG)));
        assert!(Arc::ptr_eq(&first, &last));
        assert_eq!((first.len(), &*first[0], &*first[1]), (MOST_NAMES, "CVE-1", "X-000000"));
        assert_eq!(classes.all(0).len(), LONG + 2);
    }

    #[test]
    fn what_is_learnt_of_one_advisory_again_and_again_is_kept_once() {
        let other = |alias: String| {
            Arc::new(Advisory { id: "X-1".into(), aliases: vec![alias], ..Advisory::default() })
        };
        let mut known = AdvisoryFactsByReport::new(&other("A".into()), &mut NameBudget::default());
        let mut budget = NameBudget::default();
        (0..200_000).for_each(|at| known.learn(&other(format!("A-{}", at % 100_000)), &mut budget));
        assert_eq!(known.aliases.len(), 100_001);
    }
}
