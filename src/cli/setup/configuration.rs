//! Which configuration applies, and where its tickets go. Every run reports both, and no run files into a folder that
//! nobody asked for.

use std::path::{Path, PathBuf};

use crate::cli::args::{CommonArgs, TrackerName};
use crate::cli::setup::connect::{self, variable};
use crate::cli::setup::credentials::VARIABLES;
use crate::compose::section::TicketDetail;
use crate::config::{self, Config, TrackerKind};
use crate::error::{Error, Fault, Result};
use crate::files;
use crate::github::context::{EventCheckout, in_actions};
use crate::model::scan::Problem;
use crate::tracker::local::FOLDER;

/// Where the configuration is looked for, in this order. The names in one line stand for the same file.
const FILES: [[&str; 2]; 2] =
    [[".github/casefile.yml", ".github/casefile.yaml"], ["casefile.yml", "casefile.yaml"]];

/// The longest configuration that is read, in bytes.
pub(crate) const LIMIT: u64 = 1 << 20;

/// The configuration that applies to a command.
pub(crate) struct Configured {
    /// The folder that the command was started in.
    pub(crate) here: PathBuf,
    pub(crate) config: Config,
    /// The file that it was read from, as the user would name it; `None`: there is none.
    pub(crate) file: Option<String>,
    /// Where that file is.
    pub(crate) path: Option<PathBuf>,
}

/// What the environment says about where tickets are expected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// Whether we run in GitHub Actions.
    in_actions: bool,
    /// The first Jira variable that is set.
    credential: Option<&'static str>,
}

impl Expected {
    pub(crate) fn of_environment() -> Expected {
        Expected {
            in_actions: in_actions(&variable),
            credential: VARIABLES.into_iter().find(|name| variable(name).is_some()),
        }
    }
}

/// Finds and reads the configuration.
///
/// # Errors
/// It cannot be read, is wrong, or there are two files.
pub(crate) fn configured(common: &CommonArgs) -> Result<Configured> {
    #[expect(clippy::disallowed_methods, reason = "the folder that the command was started in")]
    let here = std::env::current_dir()
        .map_err(|error| Error::usage(format!("the current folder cannot be determined: {error}")))?;
    let root = root(&here);
    let folder = if common.config.is_some() || has_configuration(&here) { &here } else { &root };
    let (path, name) = match &common.config {
        Some(path) => (folder.join(path), path.display().to_string()),
        None => match found(folder)? {
            Some(name) => (folder.join(name), name.to_owned()),
            None => return Ok(Configured { here, config: Config::default(), file: None, path: None }),
        },
    };
    let config = read(folder, &path, &name)?;
    Ok(Configured { here, config, file: Some(name), path: Some(path) })
}

/// The checkout's root: the nearest folder with `.git`, otherwise the folder itself.
pub(crate) fn root(here: &Path) -> PathBuf {
    EventCheckout::root(here).unwrap_or_else(|| here.to_owned())
}

fn is_there(folder: &Path, name: &str) -> bool {
    folder.join(name).symlink_metadata().is_ok()
}

fn has_configuration(folder: &Path) -> bool {
    FILES.iter().flatten().any(|name| is_there(folder, name))
}

/// The name of the configuration file of a folder.
fn found(folder: &Path) -> Result<Option<&'static str>> {
    for names in FILES {
        match names.map(|name| is_there(folder, name).then_some(name)) {
            [Some(one), Some(other)] => {
                return Err(Error::usage(format!("both {one} and {other} exist"))
                    .hint("keep one of them, or select one with `--config`"));
            }
            [Some(one), None] | [None, Some(one)] => return Ok(Some(one)),
            [None, None] => {}
        }
    }
    Ok(None)
}

/// The configuration that a checkout already has, with its name.
///
/// # Errors
/// It cannot be read, is wrong, or there are two files.
pub(crate) fn existing(root: &Path) -> Result<Option<(&'static str, Config)>> {
    let Some(name) = found(root)? else { return Ok(None) };
    Ok(Some((name, read(root, &root.join(name), name)?)))
}

/// The names under which a configuration is looked for.
pub(crate) fn names() -> Vec<String> {
    FILES.iter().flatten().map(|name| (*name).to_owned()).collect()
}

fn read(folder: &Path, path: &Path, name: &str) -> Result<Config> {
    let text = files::read(folder, path, LIMIT).map_err(|error| {
        Error::usage(format!("the configuration {name} cannot be read: {error}")).hint(
            "a configuration must be a regular file of at most 1 MiB; the path after `--config` is relative \
             to the current folder",
        )
    })?;
    parse(&text, name)
}

/// Reads the text of a configuration. `name` is how its problems refer to it.
pub(crate) fn parse(text: &[u8], name: &str) -> Result<Config> {
    let text = std::str::from_utf8(text).map_err(|error| {
        let line = text[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::usage(format!("the configuration {name} cannot be read: line {line} is not UTF-8"))
            .hint("save the file as UTF-8")
    })?;
    config::parse(text, name).map_err(|problems| {
        let many = if problems.len() == 1 { "a problem" } else { "problems" };
        let fault = |one: Problem| Fault { place: one.place, message: one.message, hint: one.hint };
        Error::usage(format!("{name} has {many}"))
            .of(problems.into_iter().map(fault).collect())
            .hint("nothing was read or written; `casefile schema` prints what the file may contain")
    })
}

/// [`require_tracker`] for what was found, with the flags and the environment.
pub(crate) fn require(found: &Configured, common: &CommonArgs) -> Result<()> {
    require_tracker(&found.config, found.file.as_deref(), common.tracker, &Expected::of_environment())
}

/// Refuses to file into a folder if Jira is expected and nobody named the folder: on a runner the folder is thrown away
/// after the job, and the tickets with it.
///
/// # Errors
/// A usage error that says why Jira is expected, and how to choose either tracker.
pub(crate) fn require_tracker(
    config: &Config,
    file: Option<&str>,
    flag: Option<TrackerName>,
    expected: &Expected,
) -> Result<()> {
    let is_named = config.is_tracker_named || flag.is_some();
    if is_named || config.tracker == TrackerKind::Jira {
        return Ok(());
    }
    let why = match expected {
        Expected { credential: Some(name), .. } => format!("{name} is set"),
        Expected { in_actions: true, .. } => {
            "in GitHub Actions, the tickets of the local tracker are lost when the job ends".to_owned()
        }
        Expected { .. } => return Ok(()),
    };
    let source = match file {
        Some(file) => format!("{file} has no `jira` section"),
        None => format!("there is no configuration file ({})", FILES.map(|[name, _]| name).join(" or ")),
    };
    let target = file.unwrap_or(FILES[0][0]);
    Err(Error::usage(format!("no Jira project is configured: {source}, and {why}")).hint(format!(
        "add `jira: {{project: KEY}}` to {target}; to file tickets in the folder {FOLDER}/ instead, set \
         `tracker: local` in that file or use `--tracker local`"
    )))
}

/// The configuration and the tracker that a run uses, in one line.
pub(crate) fn source(config: &Config, file: Option<&str>, detail: TicketDetail) -> String {
    let tracker = match (config.tracker, &config.jira) {
        (TrackerKind::Local, _) => format!("local, in the folder {FOLDER}/"),
        (TrackerKind::Jira, _) if detail == TicketDetail::Counts => "Jira".to_owned(),
        (TrackerKind::Jira, jira) => {
            let site = connect::address(config)
                .and_then(|address| connect::site(&address, &connect::gate(config)).ok())
                .map(|site| format!(" at {}", site.as_str()));
            let project = jira.as_ref().map(|jira| format!(", project {}", jira.project));
            format!("Jira{}{}", site.unwrap_or_default(), project.unwrap_or_default())
        }
    };
    format!("configuration: {}; tracker: {tracker}", file.unwrap_or("none found, so defaults apply"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_configuration() {
        let check = |files: &[&str], expected: std::result::Result<Option<&str>, &str>| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join(".github")).unwrap();
            files.iter().for_each(|name| std::fs::write(folder.path().join(name), "").unwrap());
            let said = found(folder.path()).map_err(|error| error.to_string());
            assert_eq!(said, expected.map_err(str::to_owned), "{files:?}");
        };
        check(&[], Ok(None));
        check(&["casefile.yml"], Ok(Some("casefile.yml")));
        check(&["casefile.yaml"], Ok(Some("casefile.yaml")));
        check(&[".github/casefile.yaml", "casefile.yml"], Ok(Some(".github/casefile.yaml")));
        check(&["casefile.yml", "casefile.yaml"], Err("both casefile.yml and casefile.yaml exist"));
        let both = [".github/casefile.yml", ".github/casefile.yaml"];
        check(&both, Err("both .github/casefile.yml and .github/casefile.yaml exist"));
    }

    #[test]
    fn a_folder_takes_tickets_only_where_nobody_expects_jira() {
        let parse = |text: &str| config::parse(text, "casefile.yml").unwrap();
        let nothing = || Expected::default();
        let actions = || Expected { in_actions: true, ..nothing() };
        let secret = || Expected { credential: Some("JIRA_API_TOKEN"), ..nothing() };
        let check = |text: &str, flag: Option<TrackerName>, expected: Expected, refused: &str| {
            let said = require_tracker(&parse(text), Some("casefile.yml"), flag, &expected);
            let said = said.map_or_else(|error| error.to_string(), |()| String::new());
            assert_eq!(said.is_empty(), refused.is_empty(), "{text}: {said}");
            assert!(said.contains(refused), "{text}: {said}");
        };
        let none = "no Jira project is configured: casefile.yml has no `jira` section, and ";
        for text in ["", "branches: [main]"] {
            check(text, None, nothing(), "");
            check(text, None, actions(), &format!("{none}in GitHub Actions"));
            check(text, None, secret(), &format!("{none}JIRA_API_TOKEN is set"));
            check(text, Some(TrackerName::Local), secret(), "");
        }
        check("tracker: local", None, secret(), "");
        check("tracker: local\njira: {project: SEC}", None, actions(), "");
        check("jira: {project: SEC}", None, actions(), "");
    }
}
