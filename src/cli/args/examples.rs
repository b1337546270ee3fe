//! The examples at the end of each help.

/// What people do with casefile first.
pub(super) const ALL: &str = "\
Examples:
  casefile plan                     Show which tickets a run would file
  casefile run                      File these tickets and annotate the pull request
  casefile run --tracker local      Try it out: file tickets as Markdown files
  casefile doctor                   Check the setup before the first run

Documentation: https://github.com/casefile/casefile";

pub(super) const RUN: &str = "\
Examples:
  casefile run --reports 'reports/*.sarif'
  casefile run --fail-on high --max-new 20
  casefile run --html page.html     Also write a page about the run
  casefile run --only 4f0c2a9b1d7e53c08a61  File one finding or group";

pub(super) const PLAN: &str = "\
Examples:
  casefile plan --reports 'reports/*.sarif' -v
  casefile plan --format markdown   Preview the pull request section
  casefile plan --write-baseline baseline.json";

pub(super) const REFRESH: &str = "\
Examples:
  casefile refresh                  Update all open pull requests
  casefile refresh --ticket SEC-12  Update only those that show this ticket";

pub(super) const DISCONNECT: &str = "\
Examples:
  casefile disconnect               List casefile's marks on tickets and pull requests
  casefile disconnect --yes         Remove these marks";

pub(super) const DOCTOR: &str = "\
Examples:
  casefile doctor
  casefile doctor --test-ticket     Also file a test ticket, then delete it";

pub(super) const LINK: &str = "\
Examples:
  casefile link SEC-12 --rule CVE-2021-23337
  casefile link SEC-12 --rule 'CKV_AWS_*' --path 'modules/**'";

pub(super) const UNLINK: &str = "\
Examples:
  casefile unlink SEC-12            Unlink all findings linked to the ticket
  casefile unlink SEC-12 --rule CVE-2021-23337";

pub(super) const EXPORT: &str = "\
Examples:
  casefile export --out tickets
  casefile export --out tickets --reports 'reports/*.sarif'";

pub(super) const LOGIN: &str = "\
Examples:
  casefile login
  casefile login --site https://acme.atlassian.net --no-browser";

pub(super) const SERVE: &str = "\
Examples:
  casefile serve --listen 0.0.0.0:8080
  casefile serve --register https://casefile.example.com";

pub(super) const INIT: &str = "\
Examples:
  casefile init                     Ask a few questions and write the two files
  casefile init --site https://acme.atlassian.net --project SEC
  casefile init --print             Show what would be written";

pub(super) const REPORT: &str = "\
Examples:
  casefile report --html tickets.html
  casefile report --html tickets.html --repositories all";

pub(super) const FORMATS: &str = "\
Examples:
  casefile formats                  List the formats and how each is recognised
  casefile formats trivy.json       Show which format a file has, and why";

pub(super) const COMPLETIONS: &str = "\
Examples:
  casefile completions bash         Print the script for Bash";
