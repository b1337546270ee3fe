//! The server that `origin` points to, and whether it runs GitHub's workflows.

/// Pages and recipes.
const DOCS: &str = "https://github.com/casefile/casefile/blob/main/docs";

/// What is known about the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Host {
    /// There is no `origin` yet, or it is not on a server.
    #[default]
    Unknown,
    /// github.com.
    Github,
    /// A server that is not known; it may be a GitHub Enterprise Server.
    Other(String),
    /// A server that is not GitHub, so it runs no workflows of GitHub.
    Foreign {
        /// Its name.
        name: String,
        /// The recipe for its CI system, below `docs/ci`.
        recipe: Option<&'static str>,
    },
}

impl Host {
    /// What the name of a server says.
    pub(crate) fn of(name: Option<&str>) -> Host {
        let Some(name) = name else { return Host::Unknown };
        let is = |domain: &str| {
            name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        // servers of one's own are usually named after the product
        let runs = |product: &str| name.split('.').next() == Some(product);
        let foreign = |recipe| Host::Foreign { name: name.to_owned(), recipe };
        if is("github.com") {
            Host::Github
        } else if is("gitlab.com") || runs("gitlab") {
            foreign(Some("gitlab-ci.yml"))
        } else if is("bitbucket.org") {
            foreign(Some("bitbucket-pipelines.yml"))
        } else if is("dev.azure.com") || is("visualstudio.com") {
            foreign(Some("azure-pipelines.yml"))
        } else if ["codeberg.org", "gitea.com", "sr.ht", "gitee.com", "sourceforge.net", "launchpad.net"]
            .into_iter()
            .any(is)
            || ["bitbucket", "gitea", "forgejo"].into_iter().any(runs)
        {
            foreign(None)
        } else {
            Host::Other(name.to_owned())
        }
    }

    /// Whether a workflow may run there.
    pub(crate) fn may_run_workflows(&self) -> bool {
        !matches!(self, Host::Foreign { .. })
    }

    /// Where it is described how casefile runs there.
    pub(crate) fn guide(&self) -> String {
        match self {
            Host::Foreign { recipe: Some(recipe), .. } => {
                format!("the recipe {DOCS}/ci/{recipe} (explained in {DOCS}/ci.md)")
            }
            _ => format!("{DOCS}/ci.md"),
        }
    }
}

/// The address of a ready workflow.
pub(super) fn recipe(name: &str) -> String {
    format!("{DOCS}/workflows/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_are_not_github_are_known_by_their_names() {
        let foreign = |name: &str, recipe| Host::Foreign { name: name.to_owned(), recipe };
        let check = |name: &str, expected: Host| assert_eq!(Host::of(Some(name)), expected, "{name}");
        check("github.com", Host::Github);
        check("ssh.github.com", Host::Github);
        check("notgithub.com", Host::Other("notgithub.com".to_owned()));
        check("ghe.acme.example", Host::Other("ghe.acme.example".to_owned()));
        check("gitlab.com", foreign("gitlab.com", Some("gitlab-ci.yml")));
        check("gitlab.acme.example", foreign("gitlab.acme.example", Some("gitlab-ci.yml")));
        check("bitbucket.org", foreign("bitbucket.org", Some("bitbucket-pipelines.yml")));
        check("ssh.dev.azure.com", foreign("ssh.dev.azure.com", Some("azure-pipelines.yml")));
        check("acme.visualstudio.com", foreign("acme.visualstudio.com", Some("azure-pipelines.yml")));
        check("codeberg.org", foreign("codeberg.org", None));
        check("git.sr.ht", foreign("git.sr.ht", None));
        assert_eq!(Host::of(None), Host::Unknown);
    }
}
