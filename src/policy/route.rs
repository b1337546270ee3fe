//! Where findings go: the default target, or the routes that take them.

use std::collections::BTreeMap;

use super::condition::Facts;
use crate::config::{Config, FieldValue, JiraConfig, LOCAL_PROJECT, OwnerTarget, Route};
use crate::model::severity::Severity;

/// The targets of a finding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Way<'c> {
    /// The first matching route without `continue`; `None`: the default target.
    pub main: Option<&'c Route>,
    /// Matching routes with `continue` before it: an additional ticket for each.
    pub also: Vec<&'c Route>,
}

/// Tries the routes in order. A group goes where its worst finding goes.
pub(crate) fn way<'c>(routes: &'c [Route], facts: &Facts<'_>) -> Way<'c> {
    let mut also = Vec::new();
    for route in routes.iter().filter(|route| facts.meet(&route.when)) {
        if !route.continues {
            return Way { main: Some(route), also };
        }
        also.push(route);
    }
    Way { main: None, also }
}

/// The settings of a new ticket, whichever way it came.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketTarget {
    /// The project's key.
    pub project: String,
    /// The issue type by name or id.
    pub issue_type: Option<String>,
    /// Labels in addition to casefile's own.
    pub labels: Vec<String>,
    /// Components by name or id.
    pub components: Vec<String>,
    /// An e-mail address, account id or user name.
    pub assignee: Option<String>,
    /// The key of the parent.
    pub parent: Option<String>,
    /// The security level by name or id.
    pub security_level: Option<String>,
    /// The priority by name or id, for each severity.
    pub priorities: BTreeMap<Severity, String>,
    /// Other fields by name or id.
    pub fields: BTreeMap<String, FieldValue>,
    /// Days until the due date.
    pub due_in_days: BTreeMap<Severity, u32>,
}

impl TicketTarget {
    /// The default target, with a route's overrides.
    ///
    /// A route to another project keeps neither the parent nor the components of the default target: they belong to its
    /// project.
    pub fn new(config: &Config, route: Option<&Route>) -> TicketTarget {
        let mut target =
            TicketTarget::of(config.jira.clone().unwrap_or_else(|| JiraConfig::new(LOCAL_PROJECT)));
        if let Some(route) = route {
            target.take(route.clone());
        }
        target
    }

    /// The same with what the owners of the findings are in Jira: components and labels of all of them, and the
    /// assignee of the first who has one.
    #[must_use]
    pub fn owned(mut self, config: &Config, owners: &[String]) -> TicketTarget {
        let known: Vec<&OwnerTarget> = owners.iter().filter_map(|owner| config.owners.get(owner)).collect();
        let new = |list: &mut Vec<String>, more: &[String]| {
            for one in more {
                if !list.contains(one) {
                    list.push(one.clone());
                }
            }
        };
        for owner in &known {
            new(&mut self.components, &owner.components);
            new(&mut self.labels, &owner.labels);
        }
        self.assignee = known.iter().find_map(|owner| owner.assignee.clone()).or(self.assignee);
        self
    }

    fn of(jira: JiraConfig) -> TicketTarget {
        TicketTarget {
            project: jira.project,
            issue_type: jira.issue_type,
            labels: jira.labels,
            components: jira.components,
            assignee: jira.assignee,
            parent: jira.parent,
            security_level: jira.security_level,
            priorities: jira.priorities,
            fields: jira.fields,
            due_in_days: jira.due_in_days,
        }
    }

    fn take(&mut self, route: Route) {
        if let Some(project) = route.project.filter(|project| *project != self.project) {
            self.project = project;
            self.parent = None;
            self.components = Vec::new();
        }
        self.issue_type = route.issue_type.or(self.issue_type.take());
        self.assignee = route.assignee.or(self.assignee.take());
        self.parent = route.parent.or(self.parent.take());
        self.security_level = route.security_level.or(self.security_level.take());
        if let Some(labels) = route.labels {
            self.labels = labels;
        }
        if let Some(components) = route.components {
            self.components = components;
        }
        self.priorities.extend(route.priorities);
        // names of fields are case-insensitive
        let same = |name: &String| route.fields.keys().any(|own| own.to_lowercase() == name.to_lowercase());
        self.fields.retain(|name, _| !same(name));
        self.fields.extend(route.fields);
        self.due_in_days.extend(route.due_in_days);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::model::finding::Finding;
    use crate::policy::samples::{code, dependency};

    const ROUTES: &str = "
jira: {project: SEC, parent: SEC-1, components: [Core], labels: [security], assignee: ann, fields: {Team: A, Area: B}}
routes:
  - {name: audit, match: {severity: high}, continue: true, project: AUD}
  - {name: web, match: {package: lodash}, project: WEB, labels: [], fields: {team: W}, due-in-days: {high: 3}}
  - {name: tests, match: {path: 'tests/**'}, issue-type: Task, priorities: {high: Low}}
  - {name: late, match: {kind: code}, continue: true}
";

    #[test]
    fn the_first_match_wins_unless_it_continues() {
        let config = parse(ROUTES, "c.yml").unwrap();
        let check = |finding: &Finding<'_>, main: Option<&str>, also: &[&str]| {
            let way = way(&config.routes, &Facts::of(finding));
            assert_eq!(way.main.map(|route| route.name.as_str()), main);
            assert_eq!(way.also.iter().map(|route| route.name.as_str()).collect::<Vec<_>>(), also);
        };
        check(&dependency(), Some("web"), &["audit"]);
        check(&code(), Some("tests"), &["audit"]);
        let mut elsewhere = Finding { severity: Severity::Low, ..code() };
        elsewhere.location.path = "src/a.py".into();
        check(&elsewhere, None, &["late"]);
    }

    #[test]
    fn a_route_says_what_is_different() {
        let config = parse(ROUTES, "c.yml").unwrap();
        let target = |name: &str| {
            let route = config.routes.iter().find(|route| route.name == name);
            assert!(route.is_some(), "{name}");
            TicketTarget::new(&config, route)
        };
        let default = TicketTarget::new(&config, None);
        assert_eq!((default.project.as_str(), default.parent.as_deref()), ("SEC", Some("SEC-1")));

        let web = target("web");
        assert_eq!((web.project.as_str(), web.parent.as_deref()), ("WEB", None));
        assert_eq!((web.labels.len(), web.components.len()), (0, 0));
        assert_eq!(web.assignee.as_deref(), Some("ann"));
        assert_eq!(web.fields["team"], FieldValue::Values(vec!["W".into()]));
        assert_eq!(web.fields.get("Team"), None);
        assert_eq!(web.fields["Area"], FieldValue::Values(vec!["B".into()]));
        assert_eq!(web.due_in_days.get(&Severity::High), Some(&3));

        let tests = target("tests");
        assert_eq!((tests.project.as_str(), tests.issue_type.as_deref()), ("SEC", Some("Task")));
        assert_eq!(tests.components, ["Core"]);
        assert_eq!(tests.priorities[&Severity::High], "Low");
        assert_eq!(tests.priorities[&Severity::Critical], "Highest");
    }

    #[test]
    fn a_branch_is_a_condition_like_others() {
        let text =
            "routes: [{name: r, match: {kind: code, branch: ['release/*', '!release/0']}, project: R}]";
        let config = parse(text, "c.yml").unwrap();
        let check = |branch: &str, expected: Option<&str>| {
            let finding = code();
            let way = way(&config.routes, &Facts::of(&finding).on(branch));
            assert_eq!(way.main.map(|route| route.name.as_str()), expected, "{branch}");
        };
        check("release/1", Some("r"));
        check("release/0", None);
        check("main", None);
        check("", None);
    }

    #[test]
    fn owners_add_to_the_target() {
        let text = "
jira: {project: SEC, components: [Core], labels: [security], assignee: ann}
owners:
  '@acme/pay': {components: [Payments, Core], labels: [pay]}
  '@bob': {assignee: bob, labels: [pay, web]}
  '@eve': {assignee: eve}
";
        let config = parse(text, "c.yml").unwrap();
        let check = |owners: &[&str], components: &[&str], labels: &[&str], assignee: &str| {
            let owners: Vec<String> = owners.iter().map(|owner| (*owner).to_owned()).collect();
            let target = TicketTarget::new(&config, None).owned(&config, &owners);
            assert_eq!(
                (target.components.as_slice(), target.labels.as_slice()),
                (&strings(components)[..], &strings(labels)[..])
            );
            assert_eq!(target.assignee.as_deref(), Some(assignee));
        };
        check(&[], &["Core"], &["security"], "ann");
        check(&["@nobody"], &["Core"], &["security"], "ann");
        check(&["@acme/pay"], &["Core", "Payments"], &["security", "pay"], "ann");
        check(&["@acme/pay", "@bob", "@eve"], &["Core", "Payments"], &["security", "pay", "web"], "bob");
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn without_jira_the_project_is_local() {
        assert_eq!(TicketTarget::new(&Config::default(), None).project, "LOCAL");
    }
}
