//! From raw to valid. Every check notes what is wrong and goes on, so that all problems are reported at once.

mod conditions;
mod fields;
mod jira;
mod serve;
mod shapes;

use std::collections::BTreeMap;

use url::Url;

use super::branch::Branches;
use super::place::ValuePosition;
use super::raw::{self, OneOf, OneOrMany, Raw};
use super::read::ConfigIssue;
use super::valid::{
    Config, Github, GroupBy, Notify, PullRequestConfig, Recurrence, Refresh, ReportEntry, StateTarget, States,
};
use super::words::TrackerKind;
use crate::model::finding::FindingKind;
use crate::model::record::{Mode, State};
use crate::model::repository::{MOST_ALSO, Repository};
use crate::wildcard::Wildcard;

/// The maximum of `max-new`.
pub const MOST_NEW: u32 = 10_000;

/// GitHub's own alerts, as `reports` names them.
const ALERTS: [&str; 3] = ["github:code-scanning", "github:dependabot", "github:secret-scanning"];

/// Notes what is wrong with the values of one file.
pub(super) struct ValueChecker<'f> {
    /// The file's name.
    file: &'f str,
    pub(super) wrong: Vec<ConfigIssue>,
}

impl<'f> ValueChecker<'f> {
    pub(super) fn new(file: &'f str) -> ValueChecker<'f> {
        ValueChecker { file, wrong: Vec::new() }
    }

    /// The checked configuration. It may be used only if nothing was found to be wrong.
    pub(super) fn config(&mut self, raw: Raw, root: ValuePosition<'_>) -> Config {
        let defaults = Config::default();
        let tracker = self.tracker(&raw, root);
        Config {
            reports: raw.reports.map_or(defaults.reports, |list| self.reports(list, root.key("reports"))),
            repository: self.repository(raw.repository, root.key("repository")),
            branches: self.branches(raw.branches, root.key("branches")),
            create: raw.create.unwrap_or_default(),
            minimum_severity: raw.minimum_severity.unwrap_or(defaults.minimum_severity),
            severities: self.severities(raw.severities, root.key("severities")),
            group_by: group_by(raw.group_by),
            summary_prefix: self.prefix(raw.summary_prefix, root.key("summary-prefix")),
            fail_on: raw.fail_on,
            max_new: self
                .at_most(raw.max_new, MOST_NEW, root.key("max-new"))
                .map_or(defaults.max_new, to_usize),
            baseline: self.file(raw.baseline, root.key("baseline")),
            ignore: self.ignore(raw.ignore, root.key("ignore")),
            ca_file: self.one_line(raw.ca_file, root.key("ca-file")),
            client_cert: self.one_line(raw.client_cert, root.key("client-cert")),
            client_key: self.one_line(raw.client_key, root.key("client-key")),
            default_files: BTreeMap::new(),
            proxy: self.proxy(raw.proxy, root.key("proxy")),
            routes: self.routes(raw.routes, raw.jira.is_some(), root),
            jira: self.jira(raw.jira, tracker, root),
            owners: self.owners(raw.owners, root.key("owners")),
            states: self.states(raw.states.unwrap_or_default(), root.key("states")),
            recurrence: self.recurrence(raw.recurrence.unwrap_or_default(), root.key("recurrence")),
            pull_request: pull_request(raw.pull_request.unwrap_or_default()),
            refresh: self.refresh(raw.refresh.unwrap_or_default(), root.key("refresh")),
            github: Github { dismiss_alerts: raw.github.and_then(|raw| raw.dismiss_alerts) == Some(true) },
            notify: Notify { slack: raw.notify.and_then(|raw| raw.slack).unwrap_or_default() },
            serve: self.serve(raw.serve.unwrap_or_default(), root.key("serve")),
            tracker,
            is_tracker_named: raw.tracker.is_some(),
        }
    }

    /// Notes a problem.
    fn note(&mut self, place: ValuePosition<'_>, message: impl Into<String>, hint: impl Into<String>) {
        self.wrong.push(ConfigIssue { spot: place.spot(), message: message.into(), hint: hint.into() });
    }

    /// Without an explicit setting, the tracker is Jira as soon as the file mentions it.
    fn tracker(&mut self, raw: &Raw, root: ValuePosition<'_>) -> TrackerKind {
        if raw.tracker == Some(TrackerKind::Jira) && !root.has("jira") && root.is_whole() {
            let hint = "add `jira: {project: KEY}`";
            self.note(root.key("tracker"), "`tracker: jira` needs a `jira` section", hint);
        }
        let implied = if root.has("jira") { TrackerKind::Jira } else { TrackerKind::Local };
        raw.tracker.unwrap_or(implied)
    }

    fn reports(
        &mut self,
        OneOrMany(entries): OneOrMany<OneOf<String, raw::RawReport>>,
        place: ValuePosition<'_>,
    ) -> Vec<ReportEntry> {
        let mut reports = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let place = place.item(index);
            let (path, base, category, at) = match entry {
                OneOf::Word(path) => (path, None, None, place),
                OneOf::Map(raw) => (raw.path, raw.base, raw.category, place.key("path")),
            };
            self.report_path(&path, at);
            let base = self.base(base, place.key("base"));
            reports.push(ReportEntry {
                path,
                base,
                category: self.one_line(category, place.key("category")),
            });
        }
        reports
    }

    fn report_path(&mut self, path: &str, place: ValuePosition<'_>) {
        if path.starts_with("github:") {
            if !ALERTS.contains(&path) {
                let hint = super::known::suggestion(path, &ALERTS);
                self.note(place, format!("expected {}", super::known::choice(&ALERTS)), hint);
            }
        } else if path.trim().is_empty() {
            self.note(place, "a report's path is empty", "");
        } else if path.split(['/', '\\']).any(|part| part == "..") {
            let hint = "a glob is an absolute path, or a path relative to the current folder";
            self.note(place, "`..` is not allowed in a glob", hint);
        } else if let Err(why) = Wildcard::path(path) {
            self.note(place, format!("this is not a valid pattern: {why}"), "");
        }
    }

    /// The repository's current name, then its other and former identities.
    fn repository(&mut self, list: Option<OneOrMany<String>>, place: ValuePosition<'_>) -> Vec<Repository> {
        let known = self.repositories(list, place);
        if known.first().is_some_and(|first| first.id.is_some()) {
            let hint = "write the IDs after the name: `[github.com/acme/shop, ghe.example.com#4711]`";
            self.note(place.item(0), "the repository's current name must come first", hint);
        }
        if known.len() > MOST_ALSO {
            self.note(
                place,
                format!("there are {} names, but at most {MOST_ALSO} are allowed", known.len()),
                "",
            );
        }
        known
    }

    fn repositories(&mut self, list: Option<OneOrMany<String>>, place: ValuePosition<'_>) -> Vec<Repository> {
        let OneOrMany(names) = list.unwrap_or(OneOrMany(Vec::new()));
        let named = names.iter().enumerate().filter_map(|(index, name)| {
            let named = Repository::named(name.trim());
            if named.is_none() {
                let message = "a repository must be written as host/owner/name";
                let hint = "for example `github.com/acme/shop`; its GitHub ID is written as `host#4711`";
                self.note(place.item(index), message, hint);
            }
            named
        });
        named.collect()
    }

    fn branches(&mut self, list: Option<OneOrMany<String>>, place: ValuePosition<'_>) -> Branches {
        let patterns = list.map_or(Vec::new(), |OneOrMany(patterns)| patterns);
        Branches::new(&patterns).unwrap_or_else(|bad| {
            for bad in bad {
                self.note(bad.index.map_or(place, |index| place.item(index)), bad.message, "");
            }
            Branches::default()
        })
    }

    fn prefix(&mut self, prefix: Option<String>, place: ValuePosition<'_>) -> String {
        let Some(prefix) = prefix else { return Config::default().summary_prefix };
        if prefix.chars().count() > 60 || prefix.chars().any(char::is_control) {
            self.note(place, "the prefix must be one line of at most 60 characters", "");
        }
        prefix.trim().to_owned()
    }

    fn proxy(&mut self, proxy: Option<String>, place: ValuePosition<'_>) -> Option<Url> {
        let url = self.url(proxy, place, "HTTPS_PROXY")?;
        if url.path().len() > 1 {
            self.note(place, "a proxy's address must not contain a path", "");
        }
        Some(url)
    }

    fn states(&mut self, raw: raw::RawStates, place: ValuePosition<'_>) -> States {
        let all = [
            (State::Open, "open", raw.open),
            (State::InProgress, "in-progress", raw.in_progress),
            (State::Resolved, "resolved", raw.resolved),
            (State::Closed, "closed", raw.closed),
        ];
        let mut states = States::default();
        for (state, key, target) in all {
            let place = place.key(key);
            let (status, resolution, fields, at) = match target {
                None => continue,
                Some(OneOf::Word(status)) => (status, None, None, place),
                Some(OneOf::Map(raw)) => (raw.status, raw.resolution, raw.fields, place.key("status")),
            };
            let Some(status) = self.one_line(Some(status), at) else { continue };
            let resolution = self.one_line(resolution, place.key("resolution"));
            let fields = self.state_fields(fields, place.key("fields"));
            states.targets.insert(state, StateTarget { status, resolution, fields });
        }
        states
    }

    fn recurrence(&mut self, raw: raw::RawRecurrence, place: ValuePosition<'_>) -> Recurrence {
        let defaults = Recurrence::default();
        let accepted_days = self.days(raw.accepted_days, place.key("accepted-days"));
        if accepted_days == Some(0) {
            let hint = "an empty `accepted` list means that nothing is accepted";
            self.note(place.key("accepted-days"), "an acceptance must be valid for at least 1 day", hint);
        }
        Recurrence {
            action: raw.action.unwrap_or_default(),
            grace_days: self.days(raw.grace_days, place.key("grace-days")).unwrap_or(defaults.grace_days),
            accepted: match raw.accepted {
                Some(list) => self.lines(Some(list), place.key("accepted")),
                None => defaults.accepted,
            },
            accepted_days,
        }
    }

    fn refresh(&mut self, raw: raw::RawRefresh, place: ValuePosition<'_>) -> Refresh {
        let days = self.days(raw.closed_days, place.key("closed-days"));
        days.map_or(Refresh::default(), |closed_days| Refresh { closed_days })
    }
}

fn group_by(raw: Option<OneOf<Mode, BTreeMap<FindingKind, Mode>>>) -> GroupBy {
    match raw {
        None => GroupBy::default(),
        Some(OneOf::Word(default)) => GroupBy { default, ..GroupBy::default() },
        Some(OneOf::Map(kinds)) => GroupBy { kinds, ..GroupBy::default() },
    }
}

fn pull_request(raw: raw::RawPullRequest) -> PullRequestConfig {
    PullRequestConfig {
        annotate: raw.annotate.unwrap_or_default(),
        branch: raw.branch.unwrap_or_default(),
        scope: raw.scope.unwrap_or_default(),
        detail: raw.detail.unwrap_or_default(),
    }
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
