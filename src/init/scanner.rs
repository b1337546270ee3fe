//! The scanners that a new workflow can start with: one for code, one for packages and infrastructure, one for secrets.

/// A scanner that the workflow can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scanner {
    /// Rules over source code.
    Semgrep,
    /// Packages with known vulnerabilities, and misconfigurations in infrastructure as code.
    Trivy,
    /// Credentials in the repository and its history.
    Gitleaks,
}

impl Scanner {
    /// All of them.
    pub(crate) const ALL: [Scanner; 3] = [Scanner::Semgrep, Scanner::Trivy, Scanner::Gitleaks];

    /// The word on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Scanner::Semgrep => "semgrep",
            Scanner::Trivy => "trivy",
            Scanner::Gitleaks => "gitleaks",
        }
    }

    /// The ready workflow that runs these scanners and casefile.
    pub(super) fn recipe(scanners: &[Scanner]) -> &'static str {
        match scanners {
            [Scanner::Semgrep] => "casefile.yml",
            [Scanner::Trivy] => "trivy.yml",
            [Scanner::Gitleaks] => "gitleaks.yml",
            _ => "several.yml",
        }
    }

    /// Its step. It succeeds even if something was found: what that means is up to casefile.
    pub(super) fn step(self) -> &'static str {
        match self {
            Scanner::Semgrep => {
                "      - run: pipx install semgrep==1.182.0\n      \
                 - run: semgrep scan --config p/default --sarif --output reports/semgrep.sarif\n"
            }
            Scanner::Trivy => concat!(
                "      - run: |\n",
                "          docker run --rm --volume \"$PWD:/src:ro\" --volume \"$PWD/reports:/reports\" \\\n",
                "            ghcr.io/aquasecurity/trivy:0.73.0@sha256:",
                "7cced7cae583819fc7806d4cbc0dbbc7cad18b99f7d3e235192e6da8c091045c \\\n",
                "            fs --scanners vuln,misconfig --format json --output /reports/trivy.json /src\n",
            ),
            Scanner::Gitleaks => concat!(
                "      - run: |\n",
                "          docker run --rm --volume \"$PWD:/src:ro\" --volume \"$PWD/reports:/reports\" \\\n",
                "            ghcr.io/gitleaks/gitleaks:v8.30.1@sha256:",
                "c00b6bd0aeb3071cbcb79009cb16a60dd9e0a7c60e2be9ab65d25e6bc8abbb7f \\\n",
                "            git --redact --exit-code 0 --report-format sarif",
                " --report-path /reports/gitleaks.sarif /src\n",
            ),
        }
    }
}
