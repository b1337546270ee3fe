//! What `sonar-report` says before the issues: the server, and what its rules are about.

use std::collections::HashMap;

use url::Url;

use crate::model::finding::{Help, Rule};
use crate::model::scan::Problem;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientText, objects};
use crate::report::shared::{flaw, words};

/// How many rules are remembered.
const MOST_RULES: usize = 5_000;

objects! { "camelCase"
    struct SonarRule {
        html_desc: LenientText<'a>,
    }
}

/// What is known before the issues are read.
#[derive(Default)]
pub(super) struct About {
    server: String,
    component: String,
    texts: HashMap<String, String>,
}

impl About {
    /// Reads the server's address.
    pub(super) fn server(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        self.server = json.word()?;
        Ok(())
    }

    /// Reads the project's key.
    pub(super) fn component(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        self.component = json.word()?;
        Ok(())
    }

    /// Reads the rules by their keys.
    pub(super) fn rules(&mut self, json: &mut Json<'_>) -> Result<(), Problem> {
        json.each_entry(|json, key| {
            let key = key.to_owned();
            let text = json.value::<SonarRule<'_>, _>(|rule, _| {
                rule.get().map(|rule| words::start(&rule.html_desc, flaw::TEXT_LIMIT).to_owned())
            })?;
            let text = text.flatten().filter(|text| !text.is_empty());
            if self.texts.len() < MOST_RULES {
                self.texts.extend(text.map(|text| (key, text)));
            }
            Ok(())
        })
    }

    /// A rule with its text in two parts: what the risk is, and what to do.
    pub(super) fn described(&self, rule: Rule, id: &str) -> Rule {
        const ADVICE: &[&str] = &[
            "<h2>Recommended Secure Coding Practices</h2>",
            "<h2>How to fix it",
            "<h2>Noncompliant Code Example</h2>",
            "<h2>Sensitive Code Example</h2>",
        ];
        let Some(text) = self.texts.get(id) else { return rule };
        let at = ADVICE.iter().filter_map(|heading| text.find(heading)).min().unwrap_or(text.len());
        let (description, advice) = text.split_at(at);
        let help = if advice.is_empty() { Help::None } else { Help::Text(advice.into()) };
        Rule { description: description.trim().into(), help, ..rule }
    }

    /// The issue's page on the server.
    pub(super) fn page(&self, project: &str, key: &str, is_hotspot: bool) -> Option<String> {
        let project = if project.is_empty() { &self.component } else { project };
        let mut page = Url::parse(&self.server).ok().filter(|page| !page.cannot_be_a_base())?;
        if key.is_empty() || project.is_empty() {
            return None;
        }
        let (last, name): (&[&str], &str) = match is_hotspot {
            true => (&["security_hotspots"], "hotspots"),
            false => (&["project", "issues"], "open"),
        };
        page.path_segments_mut().ok()?.pop_if_empty().extend(last);
        page.query_pairs_mut().append_pair("id", project).append_pair(name, key);
        Some(page.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_has_a_page_on_the_server() {
        let of = |server: &str, hotspot| {
            let about = About { server: server.into(), component: "shop".into(), ..About::default() };
            about.page("", "K1", hotspot)
        };
        let at = |page: &str| Some(page.to_owned());
        assert_eq!(
            of("https://sonar.example", false),
            at("https://sonar.example/project/issues?id=shop&open=K1")
        );
        assert_eq!(
            of("https://sonar.example/sub/", true),
            at("https://sonar.example/sub/security_hotspots?id=shop&hotspots=K1")
        );
        assert_eq!(of("", true), None);
    }
}
