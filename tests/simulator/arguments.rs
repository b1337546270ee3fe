//! The simulator's command line: how it starts, and what goes wrong on purpose.

use std::path::PathBuf;
use std::time::Duration;

use super::{Auth, Face, Fault, Kind, Nth, Options, Simulator};

pub(crate) const HELP: &str = "\
Jira Cloud, Jira Data Center and GitHub on this machine, to try things by hand. It prints how to reach them,
then each request.

usage: simulator [OPTION...]

  --port PORT         Jira Cloud's port; GitHub's and Data Center's are the next ones (default: free ones)
  --lag DURATION      how long Jira's search takes to see a change, e.g. 500ms or 2s
  --latency DURATION  how long each answer takes
  --page-size N       a page holds at most this many, whatever was asked for
  --repeat-pages      Jira Cloud's searches show each page but the last twice
  --configuration FILE
                      what acme/shop has as .github/casefile.yml on its default branch (default: nothing)
  --head SHA          the newest commit of pull request #7 of acme/shop
  --nobody            Jira takes any credentials for an expired token: 200, and empty results
  --fault FAULT       what goes wrong with some requests; may be given several times, the first that fits counts
  --help              this text

A FAULT is what happens, and which requests it strikes, in any order: 'cut-after POST /issue/bulk 1'.

  503                 this answer, and nothing is changed; 429:30 has `Retry-After: 30`
  after:502           the change is made, and a gateway answers this
  cut-before          the connection ends before the change
  cut-after           the connection ends after the change
  garbage             the change is made, and the answer is no JSON
  half                the change is made, and the answer breaks off
  stall:5s            the change is made, and the answer comes this much later

  GET, POST, PUT, PATCH, DELETE    requests of this method
  cloud, data-center, github       requests to this service
  /PATH                            requests whose path has this in it
  2, 3+, every:5                   the second of these, from the third on, each fifth (default: all)
";

/// What the process is to do.
#[derive(Debug)]
pub(crate) enum Wish {
    Help,
    Start(Box<Setup>),
}

/// A simulator that is to be started.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    options: Options,
    faults: Vec<Fault>,
    nobody: bool,
    page_size: Option<usize>,
    repeat_pages: bool,
    configuration: Option<PathBuf>,
    head: Option<String>,
}

impl Setup {
    pub(crate) fn start(self) -> std::io::Result<Simulator> {
        let configuration = self.configuration.map(std::fs::read).transpose()?;
        let sim = Simulator::try_start(self.options)?;
        let mut state = sim.state();
        state.auth = if self.nobody { Auth::Nobody } else { Auth::Checked };
        state.short_pages = self.page_size;
        state.repeats_pages = self.repeat_pages;
        if let Some(shop) = state.github.repository_mut("acme/shop") {
            shop.files.extend(configuration.map(|text| (".github/casefile.yml".to_owned(), text)));
            if let (Some(head), Some(pull)) = (self.head, shop.pulls.get_mut(&7)) {
                shop.branches.insert(pull.head.0.clone(), head.clone());
                pull.head.1 = head;
            }
        }
        drop(state);
        self.faults.into_iter().for_each(|fault| sim.fault(fault));
        Ok(sim)
    }
}

/// Reads the words behind the program's name; an error says which of them is wrong.
pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut setup = Setup::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--nobody" => setup.nobody = true,
            "--repeat-pages" => setup.repeat_pages = true,
            _ => {
                let value = words.next();
                set(&mut setup, &word, value.as_deref())?;
            }
        }
    }
    Ok(Wish::Start(Box::new(setup)))
}

fn set(setup: &mut Setup, option: &str, value: Option<&str>) -> Result<(), String> {
    let needed = || value.ok_or_else(|| format!("{option} needs a value"));
    let time = || needed().and_then(|value| duration(value).ok_or_else(|| format!("no duration: {value}")));
    match option {
        "--configuration" => setup.configuration = Some(needed()?.into()),
        "--head" => setup.head = Some(needed()?.to_owned()),
        "--port" => {
            let port = needed()?;
            setup.options.port = port.parse().map_err(|_| format!("no port: {port}"))?;
        }
        "--lag" => setup.options.lag = time()?,
        "--latency" => setup.options.latency = time()?,
        "--page-size" => {
            let size = needed()?;
            let read = size.parse().ok().filter(|&size| size > 0);
            setup.page_size = Some(read.ok_or_else(|| format!("no number of entries: {size}"))?);
        }
        "--fault" => setup.faults.push(fault(needed()?)?),
        _ => return Err(format!("unknown option {option}")),
    }
    Ok(())
}

fn fault(text: &str) -> Result<Fault, String> {
    let (mut face, mut method, mut path, mut nth, mut found) = (None, None, String::new(), None, None);
    for word in text.split_whitespace() {
        if let Some(known) = METHODS.into_iter().find(|method| *method == word) {
            method = Some(known);
        } else if let Some((_, known)) = FACES.into_iter().find(|(name, _)| *name == word) {
            face = Some(known);
        } else if word.starts_with('/') {
            word.clone_into(&mut path);
        } else if let Some(which) = which(word) {
            nth = Some(which);
        } else if let Some(kind) = kind(word) {
            found = Some(kind);
        } else {
            return Err(format!("the fault `{text}` has a word that says nothing: {word}"));
        }
    }
    let kind = found.ok_or_else(|| format!("the fault `{text}` does not say what happens"))?;
    Ok(Fault { face, method, path_contains: path, nth: nth.unwrap_or(Nth::Every(1)), kind })
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const FACES: [(&str, Face); 3] =
    [("cloud", Face::JiraCloud), ("data-center", Face::JiraDataCenter), ("github", Face::GitHub)];

/// A number below 100 counts requests; one above is a status.
fn which(word: &str) -> Option<Nth> {
    let number = |text: &str| text.parse().ok().filter(|n| (1..100).contains(n));
    match (word.strip_prefix("every:"), word.strip_suffix('+')) {
        (Some(each), _) => number(each).map(Nth::Every),
        (None, Some(from)) => number(from).map(Nth::From),
        (None, None) => number(word).map(Nth::Only),
    }
}

fn kind(word: &str) -> Option<Kind> {
    let status = |text: &str| text.parse().ok().filter(|status| (100..600).contains(status));
    match word {
        "cut-before" => return Some(Kind::CutBefore),
        "cut-after" => return Some(Kind::CutAfter),
        "garbage" => return Some(Kind::Garbage),
        "half" => return Some(Kind::Half),
        _ => {}
    }
    if let Some(time) = word.strip_prefix("stall:") {
        return duration(time).map(Kind::Stall);
    }
    if let Some(after) = word.strip_prefix("after:") {
        return status(after).map(Kind::StatusAfter);
    }
    let (code, wait) = word.split_once(':').map_or((word, None), |(code, wait)| (code, Some(wait)));
    if wait.is_some_and(|wait| wait.parse::<u32>().is_err()) {
        return None;
    }
    let headers = wait.map(|wait| ("retry-after", wait.to_owned())).into_iter().collect();
    // Jira's words and GitHub's
    let body = r#"{"errorMessages": ["the simulator was told to"], "message": "the simulator was told to"}"#;
    status(code).map(|code| Kind::Status(code, headers, body.to_owned()))
}

fn duration(text: &str) -> Option<Duration> {
    if let Some(millis) = text.strip_suffix("ms") {
        return millis.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s').unwrap_or(text).parse().ok().map(Duration::from_secs)
}
