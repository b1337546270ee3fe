//! The workflow's text: scanners in a job without secrets, casefile in one with secrets that runs none of the
//! repository's code, and a refresh on a schedule.

use super::answers::{Answers, quoted};
use super::scanner::Scanner;

const CHECKOUT: &str = "      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0\n        \
                        with:\n          persist-credentials: false\n";

pub(super) fn text(answers: &Answers, minute: u32) -> String {
    let branches: Vec<String> = answers.branches.iter().map(|branch| quoted(branch)).collect();
    let mut out = format!(
        "# Written by `casefile init`. Scanners run without secrets; casefile runs with secrets and executes no code\n\
         # from this repository.\n\
         name: casefile\n\non:\n  push:\n    branches: [{}]\n  pull_request:\n  merge_group:\n  schedule:\n    \
         - cron: \"{minute} * * * *\" # refreshes what pull requests show\n  workflow_dispatch:\n\n\
         permissions: {{}}\n\n\
         concurrency:\n  group: casefile-${{{{ github.event_name == 'schedule' && 'refresh' || github.ref }}}}\n  \
         cancel-in-progress: false\n\njobs:\n",
        branches.join(", "),
    );
    if !answers.scanners.is_empty() {
        scan(&mut out, answers);
    }
    file(&mut out, answers);
    refresh(&mut out, answers);
    out
}

fn scan(out: &mut String, answers: &Answers) {
    out.push_str(
        "  scan:\n    if: github.event_name != 'schedule'\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30\n    \
         permissions:\n      contents: read # to check out\n    steps:\n",
    );
    out.push_str(CHECKOUT);
    if answers.scanners.contains(&Scanner::Gitleaks) {
        out.push_str("          fetch-depth: 0 # to find secrets in earlier commits, too\n");
    }
    out.push_str("      - run: mkdir reports\n");
    answers.scanners.iter().for_each(|scanner| out.push_str(scanner.step()));
    out.push_str(
        "      - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2\n        \
         if: ${{ !cancelled() }} # if a scanner fails, the reports of the others are kept\n        \
         with:\n          name: reports\n          path: reports\n          if-no-files-found: error\n\n",
    );
}

fn file(out: &mut String, answers: &Answers) {
    out.push_str("  casefile:\n");
    let ran = if answers.scanners.is_empty() {
        ""
    } else {
        out.push_str("    needs: scan\n");
        "!cancelled() && "
    };
    out.push_str(&format!(
        "    # pull requests from forks and from Dependabot get no secrets: docs/workflows has recipes for both\n    \
         if: >-\n      {ran}github.event_name != 'schedule' && github.actor != 'dependabot[bot]' &&\n      \
         (github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository)\n    \
         runs-on: ubuntu-24.04\n    timeout-minutes: 15\n    permissions:\n      contents: read # to check out\n      \
         pull-requests: write # to write the section into the description\n"
    ));
    if answers.code_scanning.is_some() {
        out.push_str("      security-events: read # to read code scanning's alerts\n");
    }
    out.push_str("    steps:\n");
    out.push_str(CHECKOUT);
    if !answers.scanners.is_empty() {
        out.push_str(
            "      - uses: actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0\n        \
             with:\n          name: reports\n          path: reports\n",
        );
    }
    action(out, "", answers);
}

fn refresh(out: &mut String, answers: &Answers) {
    out.push_str(
        "\n  refresh:\n    if: github.event_name == 'schedule'\n    runs-on: ubuntu-24.04\n    timeout-minutes: 15\n    \
         permissions:\n      contents: read # to check out the configuration\n      \
         pull-requests: write # to write sections and the timeline\n    steps:\n",
    );
    out.push_str(CHECKOUT);
    action(out, "          command: refresh\n", answers);
}

/// The action in this version, with the site's credentials.
fn action(out: &mut String, inputs: &str, answers: &Answers) {
    // the action has inputs for the credentials of Cloud only; others are variables of the step
    let credentials = if answers.is_cloud() {
        "          jira-user-email: ${{ secrets.JIRA_USER_EMAIL }}\n          \
         jira-api-token: ${{ secrets.JIRA_API_TOKEN }}\n"
    } else {
        "        env:\n          JIRA_PERSONAL_ACCESS_TOKEN: ${{ secrets.JIRA_PERSONAL_ACCESS_TOKEN }}\n"
    };
    out.push_str(&format!(
        "      - uses: casefile/casefile@v{} # better: the commit of that release\n        with:\n{inputs}          \
         jira-base-url: {} # a pull request's configuration does not decide where secrets are sent\n{credentials}",
        env!("CARGO_PKG_VERSION"),
        quoted(&answers.site),
    ));
}
