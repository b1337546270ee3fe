//! How much of each group is kept whole: the more groups there are, the less, so that a run's memory stays bounded.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::document::shorten::shortened;
use crate::model::finding::{FindingDetail, FlowStep, Help, Rule};

/// How much of each group is kept whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retention {
    /// How many of its findings; the ticket lists the others by place.
    pub(super) exemplars: usize,
    /// How long each text of a rule or of a finding is, in characters.
    words: usize,
}

impl Retention {
    /// The amount for a run with this many groups. It depends only on their number, so that the order of reading does
    /// not matter. Nobody reads the details of thousands of new tickets.
    pub(super) fn of(groups: usize) -> Retention {
        match groups {
            0..=5_000 => Retention { exemplars: 10, words: usize::MAX },
            5_001..=10_000 => Retention { exemplars: 3, words: 1_000 },
            10_001..=20_000 => Retention { exemplars: 1, words: 400 },
            _ => Retention { exemplars: 1, words: 200 },
        }
    }
}

impl Retention {
    /// Shortens what is kept of a finding's texts.
    pub(super) fn fit(self, detail: &mut FindingDetail<'static>) {
        if self.words == usize::MAX {
            return;
        }
        let shorten = |text: &mut Cow<'static, str>| {
            if text.len() > self.words {
                *text = shortened(text, self.words).into();
            }
        };
        shorten(&mut detail.message);
        let texts =
            [&mut detail.snippet, &mut detail.usage, &mut detail.justification, &mut detail.applicability];
        texts.into_iter().flatten().for_each(shorten);
        // half of it may be something else
        detail.markdown.take_if(|text| text.len() > self.words);
        detail.flow = FlowStep::ends(std::mem::take(&mut detail.flow), MOST_STEPS);
        for places in [&mut detail.also, &mut detail.related] {
            *places = FlowStep::first(std::mem::take(places), MOST_STEPS);
        }
        for steps in [&mut detail.flow, &mut detail.also, &mut detail.related] {
            steps.iter_mut().for_each(|step| shorten(&mut step.message));
            steps.shrink_to_fit();
        }
        detail.facts.truncate(MOST_STEPS);
        detail.facts.iter_mut().for_each(|fact| shorten(&mut fact.value));
        detail.facts.shrink_to_fit();
    }
}

/// How many steps of a flow, further places and facts are kept if there are very many groups.
const MOST_STEPS: usize = 3;

/// The texts of the rules that are kept, each once: many rules have the same text.
pub(super) struct RuleTexts {
    pub(super) retention: Retention,
    texts: HashSet<Arc<str>>,
}

impl RuleTexts {
    /// An empty collection.
    pub(super) fn new(retention: Retention) -> RuleTexts {
        RuleTexts { retention, texts: HashSet::new() }
    }

    /// A finding's rule as it is kept. If its reader keeps it as well, it is shared and stays as it is.
    pub(super) fn share(&mut self, rule: &Arc<Rule>) -> Arc<Rule> {
        if Arc::strong_count(rule) > 1 { rule.clone() } else { self.fit(rule) }
    }

    /// A rule whose texts are shared, and at most as long as they may be.
    pub(super) fn fit(&mut self, rule: &Rule) -> Arc<Rule> {
        let mut shared = rule.clone();
        self.text(&mut shared.description);
        if let Help::Text(text) | Help::Markdown(text) = &mut shared.help {
            self.text(text);
        }
        Arc::new(shared)
    }

    /// Whether this is how a rule is kept.
    pub(super) fn is(&self, kept: &Rule, recorded: &Rule) -> bool {
        let is = |kept: &str, recorded: &str| match kept.strip_suffix('…') {
            Some(start) if recorded.len() > self.retention.words => recorded.starts_with(start),
            _ => kept == recorded,
        };
        let Rule { id, former, name, description, is_markdown, help, help_uri, cwe, owasp, tags, score } =
            kept;
        let help = match (help, &recorded.help) {
            (Help::Text(kept), Help::Text(recorded)) | (Help::Markdown(kept), Help::Markdown(recorded)) => {
                is(kept, recorded)
            }
            (kept, recorded) => kept == recorded,
        };
        let known_as = *id == recorded.id
            && *former == recorded.former
            && *name == recorded.name
            && *help_uri == recorded.help_uri;
        let classes = *cwe == recorded.cwe && *owasp == recorded.owasp && *tags == recorded.tags;
        let marks = *is_markdown == recorded.is_markdown && *score == recorded.score;
        known_as && classes && marks && help && is(description, &recorded.description)
    }

    /// How much text a rule has: of several versions, the longest is kept.
    pub(super) fn said<'r>(&self, rule: &'r Rule) -> (usize, &'r str) {
        let text = |text: &str| text.len().min(self.retention.words);
        let help = match &rule.help {
            Help::None => 0,
            Help::Text(help) | Help::Markdown(help) => text(help),
        };
        (rule.name.len() + text(&rule.description) + help, &rule.name)
    }

    fn text(&mut self, text: &mut Arc<str>) {
        if text.len() > self.retention.words {
            *text = shortened(text, self.retention.words).into();
        }
        match self.texts.get(text) {
            Some(known) => text.clone_from(known),
            None => {
                self.texts.insert(text.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::shorten::units;
    use crate::model::finding::{FindingFact, Location};

    fn rule(description: &str, help: &str) -> Rule {
        Rule { description: description.into(), help: Help::Text(help.into()), ..Rule::default() }
    }

    #[test]
    fn equal_texts_are_kept_once_and_a_reader_s_own_rule_stays() {
        let mut words = RuleTexts::new(Retention::of(1));
        let [one, other] = ["a", "b"].map(|help| words.share(&Arc::new(rule("about", help))));
        assert!(Arc::ptr_eq(&one.description, &other.description) && one.help != other.help);
        let own = Arc::new(rule("about", "a"));
        let readers = own.clone();
        assert!(Arc::ptr_eq(&words.share(&own), &readers));
    }

    #[test]
    fn many_groups_keep_less_of_each() {
        let check = |groups, exemplars, expected: usize| {
            let mut words = RuleTexts::new(Retention::of(groups));
            assert_eq!(words.retention.exemplars, exemplars);
            let shared = words.fit(&rule(&"word".repeat(1_000), "help"));
            assert_eq!((units(&shared.description), &shared.help), (expected, &Help::Text("help".into())));
        };
        check(5_000, 10, 4_000);
        check(5_001, 3, 1_000);
        check(10_001, 1, 400);
        check(20_001, 1, 200);
    }

    #[test]
    fn of_very_many_groups_the_texts_of_a_finding_are_short_and_its_lists_too() {
        let long = || Cow::Owned("word ".repeat(500));
        let step = || FlowStep::new(Location::default(), long());
        let whole = FindingDetail {
            message: long(),
            markdown: Some(long()),
            snippet: Some(long()),
            usage: Some(long()),
            justification: Some(long()),
            applicability: Some(long()),
            flow: vec![step(); 9],
            also: vec![step(); 9],
            related: vec![step(); 9],
            facts: vec![FindingFact { name: FindingFact::ATTACK, value: long() }; 9],
            ..FindingDetail::default()
        };
        let mut detail = whole.clone();
        Retention::of(5_000).fit(&mut detail);
        assert_eq!(detail, whole);
        Retention::of(20_001).fit(&mut detail);
        let FindingDetail { message, snippet, usage, justification, applicability, .. } = &detail;
        let texts = [snippet, usage, justification, applicability].into_iter().flatten();
        let lists = [&detail.flow, &detail.also, &detail.related];
        let messages = lists.into_iter().flatten().map(|step| &step.message);
        let values = detail.facts.iter().map(|fact| &fact.value);
        let kept: Vec<_> = texts.chain([message]).chain(messages).chain(values).collect();
        assert_eq!((kept.len(), &detail.markdown), (5 + 3 * 3 + 3, &None));
        assert!(kept.iter().all(|text| units(text) <= 200), "{kept:?}");
    }
}
