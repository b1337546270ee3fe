//! Jira and GitHub on loopback, started alone to try things by hand.

use std::io::Write as _;
use std::time::Duration;

#[path = "lib.rs"]
mod simulator;

use simulator::{Options, Simulator};

const USAGE: &str = "usage: simulator [--port PORT] [--lag DURATION]   (PORT is Jira Cloud's, then GitHub's, then Data Center's; a lag as 500ms or 2s)";

fn main() -> std::io::Result<()> {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            writeln!(std::io::stderr(), "{message}\n{USAGE}")?;
            std::process::exit(2);
        }
    };
    let sim = Simulator::try_start(options)?;
    let mut out = std::io::stdout();
    writeln!(out, "export JIRA_BASE_URL={}", sim.jira_url())?;
    writeln!(out, "export JIRA_USER_EMAIL=bot@example.com")?;
    writeln!(out, "export JIRA_API_TOKEN=sim-token")?;
    writeln!(out, "# or Data Center: JIRA_BASE_URL={}", sim.data_center_url())?;
    writeln!(out, "#   JIRA_PERSONAL_ACCESS_TOKEN=sim-token")?;
    writeln!(out, "export GITHUB_API_URL={}", sim.github_url())?;
    writeln!(out, "export GITHUB_TOKEN=gh-token")?;
    out.flush()?;
    let mut told = 0;
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let journal = sim.journal();
        for entry in journal.iter().skip(told) {
            writeln!(out, "{entry}")?;
        }
        told = journal.len();
        out.flush()?;
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--port" => options.port = value.parse().map_err(|_| format!("no port: {value}"))?,
            "--lag" => options.lag = duration(&value).ok_or_else(|| format!("no duration: {value}"))?,
            _ => return Err(format!("unknown option {word}")),
        }
    }
    Ok(options)
}

fn duration(text: &str) -> Option<Duration> {
    if let Some(millis) = text.strip_suffix("ms") {
        return millis.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s').unwrap_or(text).parse().ok().map(Duration::from_secs)
}
