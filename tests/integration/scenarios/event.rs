//! What GitHub Actions says when a workflow runs: variables and the event's payload.

use serde_json::{Value, json};

/// What started a workflow.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) variables: Vec<(&'static str, String)>,
    pub(crate) payload: Value,
    /// Whether it is run again: its pull request has newer commits by now, or has ended.
    pub(crate) old: bool,
}

/// A made-up commit.
pub(crate) fn commit(number: u64) -> String {
    format!("{number:040x}")
}

fn repository(id: u64, name: &str) -> Value {
    json!({"id": id, "full_name": name, "private": true, "visibility": "private"})
}

impl Event {
    /// A push of a branch of acme/shop.
    pub(crate) fn push(branch: &str, number: u64) -> Event {
        Event::named("push", &format!("refs/heads/{branch}"), branch, "branch", number)
    }

    /// A push of a tag.
    pub(crate) fn tag(name: &str, number: u64) -> Event {
        Event::named("push", &format!("refs/tags/{name}"), name, "tag", number)
    }

    /// The time, on the default branch.
    pub(crate) fn schedule() -> Event {
        Event::named("schedule", "refs/heads/main", "main", "branch", 1)
    }

    /// A call to GitHub's API with this payload, on the default branch.
    pub(crate) fn dispatch(payload: Value) -> Event {
        let mut event = Event::named("repository_dispatch", "refs/heads/main", "main", "branch", 1);
        event.payload["client_payload"] = payload;
        event
    }

    /// No event: somebody's own machine, with a token.
    pub(crate) fn laptop() -> Event {
        Event::named("", "", "", "", 1).with("GITHUB_ACTIONS", "").with("CI", "")
    }

    /// The same in a repository that everybody can see.
    pub(crate) fn public(mut self) -> Event {
        self.payload["repository"]["visibility"] = json!("public");
        self.payload["repository"]["private"] = json!(false);
        self
    }

    /// A merge queue's trial of pull request 7.
    pub(crate) fn merge_group(number: u64) -> Event {
        let branch = format!("gh-readonly-queue/main/pr-7-{}", commit(number));
        let head = format!("refs/heads/{branch}");
        let mut event = Event::named("merge_group", &head, &branch, "branch", number);
        event.payload["merge_group"] =
            json!({"head_sha": commit(number), "head_ref": head, "base_ref": "refs/heads/main"});
        event
    }

    /// A pull request of one of acme/shop's own branches into `main`.
    pub(crate) fn pull_request(pull: u64, branch: &str, number: u64) -> Event {
        Event::of_pull(pull, branch, number, &repository(4711, "acme/shop"))
    }

    /// A pull request of somebody else's copy.
    pub(crate) fn fork(pull: u64, branch: &str, number: u64) -> Event {
        Event::of_pull(pull, branch, number, &repository(9999, "stranger/shop"))
            .with("GITHUB_TOKEN", "gh-read-only")
    }

    /// The same, run again when its commit may be the newest one no more.
    pub(crate) fn again(mut self) -> Event {
        self.old = true;
        self
    }

    /// The same with another variable.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Event {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn of_pull(pull: u64, branch: &str, number: u64, head: &Value) -> Event {
        let merge = format!("{pull}/merge");
        let mut event =
            Event::named("pull_request", &format!("refs/pull/{merge}"), &merge, "branch", number + 1_000_000)
                .with("GITHUB_HEAD_REF", branch)
                .with("GITHUB_BASE_REF", "main");
        event.payload["pull_request"] = json!({
            "number": pull,
            "head": {"ref": branch, "sha": commit(number), "repo": head},
            "base": {"ref": "main", "sha": commit(0), "repo": repository(4711, "acme/shop")},
        });
        event
    }

    fn named(event: &str, reference: &str, name: &str, kind: &str, number: u64) -> Event {
        let variables = [
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_REF", reference),
            ("GITHUB_REF_NAME", name),
            ("GITHUB_REF_TYPE", kind),
            ("GITHUB_SHA", &commit(number)),
            ("GITHUB_TOKEN", "gh-token"),
        ];
        Event {
            variables: variables.map(|(name, value)| (name, value.to_owned())).to_vec(),
            payload: json!({"repository": repository(4711, "acme/shop")}),
            old: false,
        }
    }
}
