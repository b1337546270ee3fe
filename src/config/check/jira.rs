//! What describes tickets in Jira: the default target, routes, owners.

use std::collections::BTreeMap;

use url::Url;

use super::ValueChecker;
use crate::config::jira::{JiraConfig, LOCAL_PROJECT, OwnerTarget, Route, default_priorities};
use crate::config::place::ValuePosition;
use crate::config::raw::{self, OneOrMany, ScalarText};
use crate::config::words::{Deployment, TrackerKind};
use crate::model::auth_method::AuthMethod;
use crate::model::severity::Severity;

impl ValueChecker<'_> {
    pub(super) fn jira(
        &mut self,
        raw: Option<raw::RawJira>,
        tracker: TrackerKind,
        root: ValuePosition<'_>,
    ) -> Option<JiraConfig> {
        let place = root.key("jira");
        let missing = raw.as_ref().is_none_or(|raw| raw.project.is_none()) && place.is_whole();
        if missing && root.has("jira") && tracker == TrackerKind::Jira {
            let hint = "add `project: KEY`, the key of the project in which tickets are created";
            self.note(root.name("jira"), "`jira` needs `project`", hint);
        }
        let raw = raw?;
        let url = self.site(raw.url, place.key("url"));
        self.sign_in(raw.auth, raw.deployment, url.as_ref(), place.key("auth"));
        let mut priorities = default_priorities();
        priorities.extend(self.priorities(raw.priorities, place.key("priorities")));
        let defaults = JiraConfig::new(LOCAL_PROJECT);
        Some(JiraConfig {
            url,
            deployment: raw.deployment,
            auth: raw.auth,
            allow_networks: self.networks(raw.allow_networks, place.key("allow-networks")),
            project: self.project(raw.project, place.key("project")).unwrap_or(defaults.project),
            issue_type: self.one_line(raw.issue_type, place.key("issue-type")),
            labels: self.labels(raw.labels, place.key("labels")),
            components: self.lines(raw.components, place.key("components")),
            assignee: self.one_line(raw.assignee, place.key("assignee")),
            parent: self.key(raw.parent, place.key("parent")),
            security_level: self.one_line(raw.security_level, place.key("security-level")),
            priorities,
            fields: self.ticket_fields(raw.fields, place.key("fields")),
            due_in_days: self.due(raw.due_in_days, place.key("due-in-days")),
            sections: raw.sections.map_or(defaults.sections, once),
            comments: raw.comments.map_or(defaults.comments, once),
            internal_comments: raw.internal_comments.unwrap_or(defaults.internal_comments),
            attach: raw.attach.map_or(defaults.attach, once),
        })
    }

    /// Jira's address. Whether it may be used is checked when connecting to it.
    pub(super) fn site(&mut self, value: Option<String>, place: ValuePosition<'_>) -> Option<Url> {
        let url = self.url(value, place, "JIRA_API_TOKEN")?;
        if is_cloud(&url) && url.path() != "/" {
            self.note(
                place,
                "a Cloud site's address must not contain a path",
                "write only `https://SITE.atlassian.net`",
            );
        }
        Some(url)
    }

    /// An authentication method belongs to one kind of Jira.
    pub(super) fn sign_in(
        &mut self,
        auth: Option<AuthMethod>,
        deployment: Option<Deployment>,
        url: Option<&Url>,
        place: ValuePosition<'_>,
    ) {
        let implied = deployment.or_else(|| url.is_some_and(is_cloud).then_some(Deployment::Cloud));
        let (Some(auth), Some(implied)) = (auth, implied) else { return };
        if auth.is_for_cloud() != (implied == Deployment::Cloud) {
            let (message, hint) = match implied {
                Deployment::Cloud => (
                    "this authentication method is for Jira Data Center, but the site is Jira Cloud",
                    "use `api-token`, `scoped-api-token`, `service-account-token`, `client-credentials` or `oauth`",
                ),
                Deployment::DataCenter => (
                    "this authentication method is for Jira Cloud, but the site is Jira Data Center",
                    "use `personal-access-token` or `password`",
                ),
            };
            self.note(place, message, hint);
        }
    }

    pub(super) fn routes(
        &mut self,
        list: Option<OneOrMany<raw::RawRoute>>,
        jira: bool,
        root: ValuePosition<'_>,
    ) -> Vec<Route> {
        let place = root.key("routes");
        let OneOrMany(raws) = list.unwrap_or(OneOrMany(Vec::new()));
        let mut routes: Vec<Route> = Vec::new();
        for (index, raw) in raws.into_iter().enumerate() {
            let place = place.item(index);
            let route = self.route(raw, index, place);
            if route.project.is_none() && !jira && place.is_whole() && root.is_whole() {
                self.note(place, "this route has no `project`, and there is no `jira.project`", "");
            }
            if routes.iter().any(|earlier| earlier.name == route.name) {
                self.note(
                    place.key("name"),
                    "another route has this name",
                    "give each route its own name, because route names distinguish tickets",
                );
            }
            routes.push(route);
        }
        routes
    }

    fn route(&mut self, raw: raw::RawRoute, index: usize, place: ValuePosition<'_>) -> Route {
        let continues = raw.r#continue == Some(true);
        if continues && raw.name.is_none() && place.is_whole() {
            let hint = "casefile recognises the route's tickets by this name, so it must not change";
            self.note(place, "a route with `continue: true` needs a `name`", hint);
        }
        if raw.r#match.is_empty() && place.key("match").is_whole() {
            let hint = "settings for all findings belong under `jira`";
            self.note(place.name("match"), "`match` has no condition", hint);
        }
        let when = self.condition(raw.r#match, place.key("match"));
        let name = self.one_line(raw.name, place.key("name"));
        Route {
            name: name.unwrap_or_else(|| format!("route {}", index + 1)),
            when,
            continues,
            project: self.project(raw.project, place.key("project")),
            issue_type: self.one_line(raw.issue_type, place.key("issue-type")),
            labels: raw.labels.map(|list| self.labels(Some(list), place.key("labels"))),
            components: raw.components.map(|list| self.lines(Some(list), place.key("components"))),
            assignee: self.one_line(raw.assignee, place.key("assignee")),
            parent: self.key(raw.parent, place.key("parent")),
            security_level: self.one_line(raw.security_level, place.key("security-level")),
            priorities: self.priorities(raw.priorities, place.key("priorities")),
            fields: self.ticket_fields(raw.fields, place.key("fields")),
            due_in_days: self.due(raw.due_in_days, place.key("due-in-days")),
        }
    }

    pub(super) fn owners(
        &mut self,
        owners: Option<BTreeMap<String, raw::RawOwner>>,
        place: ValuePosition<'_>,
    ) -> BTreeMap<String, OwnerTarget> {
        let mut checked = BTreeMap::new();
        for (name, raw) in owners.unwrap_or_default() {
            // CODEOWNERS supports @user, @org/team and e-mail addresses
            if !name.contains('@') || name.contains(char::is_whitespace) {
                let hint = "for example \"@acme/payments\"";
                self.note(place.name(&name), "an owner must be written as in CODEOWNERS", hint);
            }
            let place = place.key(&name);
            let owner = OwnerTarget {
                components: self.lines(raw.components, place.key("components")),
                assignee: self.one_line(raw.assignee, place.key("assignee")),
                labels: self.labels(raw.labels, place.key("labels")),
            };
            checked.insert(name, owner);
        }
        checked
    }

    fn priorities(
        &mut self,
        priorities: Option<BTreeMap<Severity, ScalarText>>,
        place: ValuePosition<'_>,
    ) -> BTreeMap<Severity, String> {
        let priorities = priorities.unwrap_or_default().into_iter();
        priorities
            .filter_map(|(severity, name)| {
                let name = self.one_line(Some(name), place.key(severity.name()))?;
                Some((severity, name))
            })
            .collect()
    }

    fn due(
        &mut self,
        days: Option<BTreeMap<Severity, u32>>,
        place: ValuePosition<'_>,
    ) -> BTreeMap<Severity, u32> {
        let days = days.unwrap_or_default();
        for (severity, number) in &days {
            self.days(Some(*number), place.key(severity.name()));
        }
        days
    }
}

/// Whether an address belongs to Atlassian.
fn is_cloud(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.trim_end_matches('.').ends_with(".atlassian.net"))
}

/// The elements in order, each once.
fn once<T: PartialEq>(OneOrMany(items): OneOrMany<T>) -> Vec<T> {
    let mut seen = Vec::with_capacity(items.len());
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}
