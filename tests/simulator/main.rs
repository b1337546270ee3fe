//! Jira and GitHub on loopback, started alone to try things by hand.

use std::io::Write as _;
use std::time::Duration;

#[path = "lib.rs"]
mod simulator;

use simulator::arguments::{HELP, Wish, parse};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let setup = match parse(std::env::args().skip(1)) {
        Ok(Wish::Help) => return write!(out, "{HELP}"),
        Ok(Wish::Start(setup)) => setup,
        Err(message) => {
            writeln!(std::io::stderr(), "{message}\n`--help` tells what there is")?;
            std::process::exit(2);
        }
    };
    let sim = setup.start()?;
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
