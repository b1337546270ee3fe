//! The diagnosis for people: what casefile connects to, then a few lines for each check.

use crate::cli::args::CommonArgs;
use crate::cli::output::printer::{self, Paint};
use crate::cli::output::text;
use crate::document::visible::one_line;
use crate::model::check::{Check, Health};
use crate::pipeline::doctor::Diagnosis;

/// How wide the text is.
const WIDTH: usize = 100;
/// How wide names are at most.
const NAMES: usize = 34;
/// How many projects are listed.
const PROJECTS: usize = 12;

/// Prints the diagnosis; with `--quiet`, only problems.
pub(crate) fn print(diagnosis: &Diagnosis, common: &CommonArgs) {
    if !common.quiet {
        let facts = facts(diagnosis);
        facts.iter().for_each(|line| printer::result(line));
        if !facts.is_empty() {
            printer::result("");
        }
    }
    let shown = diagnosis.checks.iter().filter(|check| !common.quiet || check.state != Health::Ok);
    let longest = diagnosis.checks.iter().map(|check| width(&check.name)).max().unwrap_or(0);
    for check in shown {
        let (mark, paint) = match check.state {
            Health::Ok => ("✓", Paint::Green),
            Health::Warning => ("!", Paint::Yellow),
            Health::Failed => ("✗", Paint::Red),
        };
        printer::marked(mark, paint, &lines(check, longest.min(NAMES)).join("\n"), common.color);
    }
    if !common.quiet {
        let [fine, warnings, failed] = diagnosis.counts();
        let sum = format!("{fine} ok, {}, {failed} failed", text::counted(warnings, "warning"));
        printer::result(&format!("\n{sum}"));
    }
}

/// What casefile connects to, as far as it is known.
fn facts(diagnosis: &Diagnosis) -> Vec<String> {
    let provider = &diagnosis.provider;
    let with =
        |text: &str, more: Option<&str>| more.map_or(text.to_owned(), |more| format!("{text} ({more})"));
    let scopes = Some(provider.scopes.join(", ")).filter(|scopes| !scopes.is_empty());
    let facts = [
        ("tracker", provider.provider_key.map(|key| with(key, provider.deployment_mode))),
        ("address", provider.base_url.as_ref().map(|url| with(url, provider.allowlist_status))),
        ("auth method", provider.auth_method.map(str::to_owned)),
        ("scopes", scopes),
        ("revoked at", provider.revoke_at.map(str::to_owned)),
        ("account", diagnosis.account.clone()),
        ("projects", projects(diagnosis)),
    ];
    let shown = facts.into_iter().filter_map(|(name, fact)| Some(format!("{name:<12} {}", one_line(&fact?))));
    shown.collect()
}

fn projects(diagnosis: &Diagnosis) -> Option<String> {
    let all = &diagnosis.projects;
    let mut shown: Vec<String> =
        all.iter().take(PROJECTS).map(|project| format!("{} ({})", project.key, project.name)).collect();
    if all.len() > PROJECTS {
        shown.push(format!("and {} more", all.len() - PROJECTS));
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// A check without its mark: its name next to what was found, and the hint below that.
fn lines(check: &Check, names: usize) -> Vec<String> {
    let room = WIDTH.saturating_sub(names + 4);
    let mut right: Vec<String> = check.message.lines().flat_map(|line| wrapped(line, room)).collect();
    let hint = check.hint.lines().flat_map(|line| wrapped(line, room.saturating_sub(2)));
    right.extend(hint.enumerate().map(|(at, line)| format!("{} {line}", if at == 0 { "→" } else { " " })));
    let name = one_line(&check.name);
    let blank = " ".repeat(names + 4);
    let mut lines = Vec::new();
    if width(&name) > names {
        lines.push(name);
        lines.extend(right.into_iter().map(|line| format!("{blank}{line}")));
        return lines;
    }
    for (at, line) in right.into_iter().enumerate() {
        lines.push(match at {
            0 => format!("{name}{}  {line}", " ".repeat(names - width(&name))),
            _ => format!("{blank}{line}"),
        });
    }
    lines
}

/// Wraps words in lines of at most this many characters; a longer word has its own line.
fn wrapped(line: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_whitespace() {
        let last = lines.len() - 1;
        let used = width(&lines[last]);
        match used {
            0 => lines[last].push_str(word),
            _ if used + 1 + width(word) <= room => {
                lines[last].push(' ');
                lines[last].push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_a_name_beside_what_was_found_and_the_hint_below() {
        let check = |name: &str, message: &str, hint: &str, expected: &[&str]| {
            assert_eq!(lines(&Check::ok(name, message).hint(hint), 8), expected);
        };
        check("branch", "it is fine", "", &["branch    it is fine"]);
        check("branch", "no", "do\nthis", &["branch    no", "            → do", "              this"]);
        check("permissions", "no", "do", &["permissions", "            no", "            → do"]);
        let long = "word ".repeat(30);
        let shown = lines(&Check::ok("a", long.trim()), 8);
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().all(|line| width(line) <= WIDTH), "{shown:?}");
    }

    #[test]
    fn a_word_that_is_too_long_has_its_own_line() {
        assert_eq!(wrapped("a bbbbbbbb c", 4), ["a", "bbbbbbbb", "c"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
