//! Which package brings in which: the shortest path from what a project itself names.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use crate::model::finding::Introducer;

/// How many packages of a path are shown at most.
pub(crate) const LONGEST_WAY: usize = 20;

/// How many dependencies are noted at most: in a larger report, some paths are not shown.
const MOST_DEPENDENCIES: usize = 1_000_000;

/// How many direct dependencies that bring a package in are kept.
const MOST_INTRODUCERS: usize = 20;

/// The direct dependencies that bring a package in, given its dependency paths, from the direct dependency to the package
/// itself. Empty: the package is a direct dependency.
pub(crate) fn introduced_by<'r, P>(paths: impl IntoIterator<Item = P>) -> Vec<Introducer<'r>>
where
    P: IntoIterator<Item = Cow<'r, str>>,
{
    let mut introducers: Vec<Introducer<'r>> = Vec::new();
    for path in paths {
        let mut steps = path.into_iter();
        match (steps.next(), steps.next()) {
            (None, _) => {}
            (Some(_), None) => return Vec::new(),
            (Some(first), Some(_)) => {
                if introducers.len() < MOST_INTRODUCERS && introducers.iter().all(|known| known.name != first)
                {
                    introducers.push(Introducer { name: first, ..Introducer::default() });
                }
            }
        }
    }
    introducers
}

/// The dependency graph, without the report's own references, of which there may be hundreds of thousands: each is
/// represented by its hash. Among a million references, two have the same hash once in some ten million reports.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    hasher: RandomState,
    index: HashMap<u64, u32>,
    edges: Vec<(u32, u32)>,
    /// By what each node is brought in on the shortest path, once settled; itself: a start.
    from: Vec<u32>,
    /// Starts that are not packages of the path: the project itself. Sorted, once settled.
    project: Vec<u32>,
    /// How many edges, starts and nodes there were when it was settled.
    settled: [usize; 3],
}

/// No path leads there.
const NOWHERE: u32 = u32::MAX;

impl Ways {
    /// Notes that one depends on the other.
    pub(crate) fn edge(&mut self, from: &str, to: &str) {
        if self.edges.len() < MOST_DEPENDENCIES {
            let edge = (self.node(from), self.node(to));
            self.edges.push(edge);
        }
    }

    /// Notes what the report is about: paths start after it.
    pub(crate) fn root(&mut self, reference: &str) {
        let node = self.node(reference);
        self.project.push(node);
    }

    /// Numbers all nodes again, in the order of these keys: if there are several shortest paths, the one with the
    /// lowest numbers is used, and it should not depend on the order in which nodes were noted. Returns the new number
    /// of each.
    pub(crate) fn order_by<K: Ord>(&mut self, key: impl Fn(u32) -> K) -> Vec<u32> {
        let mut nodes: Vec<u32> = (0..self.index.len() as u32).collect();
        nodes.sort_by_cached_key(|node| (key(*node), *node));
        let mut numbers = vec![0; nodes.len()];
        for (number, node) in (0..).zip(nodes) {
            numbers[node as usize] = number;
        }
        let new = |node: &mut u32| *node = numbers[*node as usize];
        self.index.values_mut().chain(&mut self.project).for_each(new);
        self.edges.iter_mut().for_each(|(from, to)| [from, to].into_iter().for_each(new));
        numbers
    }

    /// Finds the paths, once everything is noted. Without a root, they start at nodes that nothing depends on.
    pub(crate) fn settle(&mut self) {
        let count = self.index.len();
        let now = [self.edges.len(), self.project.len(), count];
        // a report may ask for it again and again
        if std::mem::replace(&mut self.settled, now) == now {
            return;
        }
        self.project.sort_unstable();
        self.edges.sort_unstable();
        self.from = vec![NOWHERE; count];
        let mut starts = self.project.clone();
        if starts.is_empty() {
            let mut needed = vec![false; count];
            for (_, to) in &self.edges {
                needed[*to as usize] = true;
            }
            starts.extend((0..count as u32).filter(|node| !needed[*node as usize]));
        }
        let mut next: VecDeque<u32> = starts.into();
        for start in &next {
            self.from[*start as usize] = *start;
        }
        while let Some(node) = next.pop_front() {
            let first = self.edges.partition_point(|(from, _)| *from < node);
            for (_, to) in self.edges[first..].iter().take_while(|(from, _)| *from == node) {
                if self.from[*to as usize] == NOWHERE {
                    self.from[*to as usize] = node;
                    next.push_back(*to);
                }
            }
        }
    }

    /// Drops what only [`Self::settle`] needs, once nothing more follows.
    pub(crate) fn close(&mut self) {
        self.edges = Vec::new();
    }

    /// The nodes on the path to one, the first dependency first and the node last; empty: it is a direct dependency, or
    /// no path is known.
    pub(crate) fn way(&self, target: u32) -> Vec<u32> {
        let mut way = Vec::new();
        let mut node = target;
        while let Some(&from) = self.from.get(node as usize) {
            if from == NOWHERE || self.starts_at(node) || way.len() == LONGEST_WAY {
                break;
            }
            way.push(node);
            if from == node {
                break;
            }
            node = from;
        }
        if way.len() < 2 {
            return Vec::new();
        }
        way.reverse();
        way
    }

    fn starts_at(&self, node: u32) -> bool {
        self.project.binary_search(&node).is_ok()
    }

    /// Whether what the report is about names a node itself.
    pub(crate) fn is_direct(&self, node: u32) -> bool {
        self.from.get(node as usize).is_some_and(|from| *from != node && self.starts_at(*from))
    }

    /// The number of a node, if it is noted.
    pub(crate) fn known(&self, reference: &str) -> Option<u32> {
        self.index.get(&self.hasher.hash_one(reference)).copied()
    }

    /// The number of a node, which is noted if necessary: from 0, without gaps.
    pub(crate) fn node(&mut self, reference: &str) -> u32 {
        let next = u32::try_from(self.index.len()).unwrap_or(NOWHERE);
        *self.index.entry(self.hasher.hash_one(reference)).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Edges as `from>to`, with `!` before the project itself.
    fn check(edges: &[&str], target: &str, expected: &[&str]) {
        let mut ways = Ways::default();
        for edge in edges {
            match edge.split_once('>') {
                Some((from, to)) => ways.edge(from, to),
                None => ways.root(edge.trim_start_matches('!')),
            }
        }
        ways.settle();
        let name = |node| ["a", "b", "c", "d", "app"].into_iter().find(|name| ways.known(name) == Some(node));
        let way = ways.known(target).map_or(Vec::new(), |node| ways.way(node));
        let found: Vec<&str> = way.into_iter().filter_map(name).collect();
        assert_eq!(found, expected, "{edges:?} {target}");
    }

    #[test]
    fn the_shortest_way_is_told() {
        let edges = &["!app", "app>a", "app>b", "a>c", "c>d", "b>d", "d>a"];
        check(edges, "d", &["b", "d"]);
        check(edges, "c", &["a", "c"]);
        check(edges, "a", &[]);
        check(edges, "app", &[]);
        check(edges, "other", &[]);
        check(&["a>b", "b>c"], "c", &["a", "b", "c"]);
        check(&["a>b", "b>a"], "b", &[]);
    }
}
