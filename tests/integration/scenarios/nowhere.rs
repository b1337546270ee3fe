//! Where tickets go is never left to chance: a run without a Jira project files nowhere, unless somebody said that a
//! folder is meant, or a person tries casefile out on a machine of their own.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::event::Event;
use super::sarif::{self, Found};
use super::shop::Shop;

fn found() -> [Found; 1] {
    [sarif::found("R1", "src/a.py", 3, "x = 1")]
}

/// A run in a folder, with these variables and nothing else in the environment.
fn run_in(folder: &Path, variables: &[(&str, &str)], words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casefile"));
    let Output { status, stdout, stderr } =
        command.args(words).current_dir(folder).env_clear().envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

#[test]
fn without_a_jira_section_a_workflow_files_nowhere() {
    let configurations = [
        (".github/casefile.yml", r#"{"reports": ["reports/*.sarif"]}"#),
        ("casefile.yml", ""),
        ("casefile.yaml", "branches: [main]"),
        ("notes.txt", "no configuration at all"),
    ];
    for (name, text) in configurations {
        let shop = Shop::with(&found());
        fs::remove_file(shop.checkout().join(".github/casefile.yml")).unwrap();
        shop.write(name, text);
        for words in [&["run"][..], &["plan"], &["refresh"], &["disconnect", "--yes"]] {
            let ran = shop.command(&Event::push("main", 1), words);
            assert_eq!(ran.code, 2, "{name} {words:?}: {}", ran.errors);
            assert!(ran.errors.contains("no Jira project is configured"), "{}", ran.errors);
            assert!(ran.errors.contains("`tracker: local`"), "{}", ran.errors);
            assert_eq!(shop.writes(), [""; 0]);
        }
        assert!(!shop.checkout().join("casefile-tickets").exists());
        let ran = shop.run_with(&Event::push("main", 1), &["--tracker", "local"]);
        assert_eq!(ran.code, 0, "{}", ran.errors);
    }
}

#[test]
fn the_long_name_of_the_configuration_is_found_too_and_two_are_refused() {
    for (short, long) in
        [(".github/casefile.yml", ".github/casefile.yaml"), ("casefile.yml", "casefile.yaml")]
    {
        let shop = Shop::with(&found());
        let text = shop.read(".github/casefile.yml").unwrap();
        fs::remove_file(shop.checkout().join(".github/casefile.yml")).unwrap();
        shop.write(long, &text);
        let ran = shop.run_well(&Event::push("main", 1));
        assert_eq!(ran.result["tickets"][0]["key"], "SEC-1");
        let url = shop.sim.jira_url();
        let source = format!("configuration: {long}; tracker: Jira at {url}, project SEC");
        assert!(ran.errors.contains(&source), "{}", ran.errors);
        assert!(ran.summary.contains(&format!("configuration: {long}")), "{}", ran.summary);
        shop.write(short, &text);
        let ran = shop.run(&Event::push("main", 1));
        assert_eq!(ran.code, 2, "{}", ran.errors);
        assert!(ran.errors.contains(&format!("both {short} and {long} exist")), "{}", ran.errors);
    }
}

#[test]
fn on_a_persons_machine_any_folder_takes_tickets() {
    let report = sarif::report(&found());
    let prepared: [(&str, &[&[&str]]); 3] = [
        ("a plain folder", &[]),
        ("a checkout without a remote", &[&["init", "-q", "-b", "main"]]),
        ("a remote that is a path", &[&["init", "-q", "-b", "main"], &["remote", "add", "origin", "/srv/x"]]),
    ];
    for (what, git) in prepared {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("r.sarif"), &report).unwrap();
        for words in git {
            assert!(Command::new("git").args(*words).current_dir(&folder).status().unwrap().success());
        }
        let (code, printed, said) = run_in(folder.path(), &[], &["run"]);
        assert_eq!(code, 0, "{what}: {said}");
        assert!(printed.contains("tickets: 1 created"), "{what}: {printed}");
        let source =
            "configuration: none found, so defaults apply; tracker: local, in the folder casefile-tickets/";
        assert!(said.contains(source), "{what}: {said}");
        let (code, printed, said) = run_in(folder.path(), &[], &["run"]);
        assert_eq!((code, printed.contains("tickets: 1 tracked")), (0, true), "{what}: {printed} {said}");
        // what is fixed is seen as fixed there as well
        fs::write(folder.path().join("r.sarif"), sarif::report(&[])).unwrap();
        let (code, printed, said) = run_in(folder.path(), &[], &["run"]);
        assert_eq!(
            (code, printed.contains("tickets: 1 whose findings are gone")),
            (0, true),
            "{what}: {printed} {said}"
        );
        let (code, _, said) = run_in(folder.path(), &[("JIRA_API_TOKEN", "sim-token")], &["run"]);
        assert!(code == 2 && said.contains("JIRA_API_TOKEN is set"), "{what}: {said}");
        let words = ["run", "--tracker", "local"];
        let (code, _, said) = run_in(folder.path(), &[("JIRA_API_TOKEN", "sim-token")], &words);
        assert_eq!(code, 0, "{what}: {said}");
        let (code, _, said) =
            run_in(folder.path(), &[("JIRA_API_TOKEN", "sim-token")], &["export", "--out", "x"]);
        assert_eq!(code, 0, "{what}: {said}");
    }
}
