//! The recipes: each workflow is complete and keeps secrets and scanned code apart, and what those of other CI systems
//! type is run, against the simulated services, with the release from a server on loopback.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use casefile::ci::SYSTEMS;
use casefile::config;
use serde_json::Value;

use super::release::{Release, TARGET, VERSION, archive_name, own};
use super::server::Server;
use crate::scenarios::sarif::rules;
use crate::scenarios::shop::Shop;
use crate::tls;

/// The ready workflows by name, as text and as YAML.
fn workflows() -> BTreeMap<String, (String, Value)> {
    let entries = fs::read_dir(own("docs/workflows")).unwrap().map(|entry| entry.unwrap().path());
    let all: BTreeMap<_, _> = entries
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let value = serde_saphyr::from_str(&text).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), (text, value))
        })
        .collect();
    assert!(all.len() > 12, "only {} workflows were found", all.len());
    all
}

fn guide(name: &str) -> String {
    fs::read_to_string(own(name)).unwrap()
}

/// The targets of a page's links that begin like this.
fn links<'p>(page: &'p str, start: &str) -> BTreeSet<&'p str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter_map(|target| target.strip_prefix(start)).collect()
}

fn steps(job: &Value) -> &Vec<Value> {
    job["steps"].as_array().unwrap()
}

#[test]
fn each_recipe_is_listed_and_each_that_is_listed_is_there() {
    let page = guide("docs/recipes.md");
    let all = workflows();
    assert_eq!(links(&page, "workflows/"), all.keys().map(String::as_str).collect());
    // the page says what a reader finds in the file
    for name in all.keys() {
        assert!(page.contains(&format!("[{name}](workflows/{name})")), "{name}");
    }
}

#[test]
fn secrets_and_scanned_code_are_kept_apart() {
    for (name, (_, workflow)) in workflows() {
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        assert_eq!(workflow["concurrency"]["cancel-in-progress"], false, "{name}");
        let mut files = 0;
        for (id, job) in workflow["jobs"].as_object().unwrap() {
            assert!(job["permissions"].is_object(), "{name}: {id}");
            let uses: Vec<&str> = steps(job).iter().filter_map(|step| step["uses"].as_str()).collect();
            let is_ours = uses.iter().any(|action| action.starts_with("casefile/casefile@"));
            files += usize::from(is_ours);
            assert_eq!(job.to_string().contains("secrets."), is_ours, "{name}: {id}");
            let runs = steps(job).iter().filter(|step| step["run"].is_string()).count();
            assert!(!is_ours || runs == 0, "{name}: {id} runs something beside the secrets");
            let checkout = steps(job)
                .iter()
                .find(|step| step["uses"].as_str().is_some_and(|one| one.contains("/checkout@")));
            assert_eq!(checkout.unwrap()["with"]["persist-credentials"], false, "{name}: {id}");
        }
        assert!(files > 0, "{name}");
    }
}

#[test]
fn actions_are_pinned_and_inputs_exist() {
    let action: Value = serde_saphyr::from_str(&guide("action.yml")).unwrap();
    for (name, (text, workflow)) in workflows() {
        for step in workflow["jobs"].as_object().unwrap().values().flat_map(steps) {
            let Some((uses, reference)) = step["uses"].as_str().and_then(|uses| uses.split_once('@')) else {
                continue;
            };
            if uses == "casefile/casefile" {
                assert_eq!(reference, format!("v{VERSION}"), "{name}");
                for input in step["with"].as_object().unwrap().keys() {
                    assert!(action["inputs"][input].is_object(), "{name}: {input} is no input");
                }
            } else {
                let is_commit =
                    reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
                assert!(is_commit && text.contains(&format!("@{reference} # v")), "{name}: {uses}");
            }
        }
        // a scan that failed is no clean one
        assert!(!text.contains("|| true") && !text.contains("continue-on-error"), "{name}");
    }
}

#[test]
fn reports_go_from_one_job_to_the_other() {
    for (name, (_, workflow)) in workflows() {
        let of = |action: &str, key: &str| -> Vec<String> {
            let all = workflow["jobs"].as_object().unwrap().values().flat_map(steps);
            let own = all.filter(|step| step["uses"].as_str().is_some_and(|one| one.contains(action)));
            own.filter_map(|step| step["with"][key].as_str().map(str::to_owned)).collect()
        };
        let (up, down) = (of("/upload-artifact@", "name"), of("/download-artifact@", "name"));
        let patterns = of("/download-artifact@", "pattern");
        if let [pattern] = patterns.as_slice() {
            let start = pattern.trim_end_matches('*');
            assert!(!up.is_empty() && up.iter().all(|one| one.starts_with(start)), "{name}");
        } else if !of("/download-artifact@", "run-id").is_empty() {
            assert_eq!(down, of_scan(), "{name}");
        } else {
            assert_eq!(down, up, "{name}");
        }
    }
}

/// What the workflow `security` leaves, which a later one takes.
fn of_scan() -> Vec<String> {
    let (_, workflow) = &workflows()["casefile.yml"];
    assert_eq!(workflow["name"], "security");
    let upload = steps(&workflow["jobs"]["scan"]).last().unwrap();
    vec![upload["with"]["name"].as_str().unwrap().to_owned()]
}

#[test]
fn the_recipes_configurations_are_valid() {
    let page = guide("docs/recipes.md");
    let blocks: Vec<&str> =
        page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 3);
    for block in &blocks {
        config::parse(block, "casefile.yml").unwrap_or_else(|problems| panic!("{block}: {problems:?}"));
    }
    let (_, monorepo) = &workflows()["monorepo.yml"];
    for service in monorepo["jobs"]["scan"]["strategy"]["matrix"]["service"].as_array().unwrap() {
        let service = service.as_str().unwrap();
        let entry = format!("path: reports/npm-audit-{service}.json, base: services/{service}");
        assert!(blocks[1].contains(&entry), "{entry}");
    }
}

#[test]
fn the_table_of_ci_systems_names_the_variables_that_are_read() {
    let page = guide("docs/ci.md");
    let rows: BTreeMap<String, BTreeSet<String>> = page
        .lines()
        .filter(|line| line.starts_with("| ["))
        .map(|line| {
            let name = line.split(['[', ']']).nth(1).unwrap().to_owned();
            let words = line.split('`').skip(1).step_by(2).map(str::to_owned);
            (name, words.collect())
        })
        .collect();
    assert_eq!(rows.keys().map(String::as_str).collect::<BTreeSet<_>>(), SYSTEMS.map(|one| one.name).into());
    let files = ["azure", "bitbucket", "buildkite", "circleci", "gitlab", "jenkins", "teamcity"];
    for ((system, named), file) in rows.iter().zip(files) {
        let source = guide(&format!("src/ci/{file}.rs"));
        let code = source.split("#[cfg(test)]").next().unwrap();
        let read: BTreeSet<&str> = code.split('"').skip(1).step_by(2).collect();
        for word in named {
            let is_read = read.contains(word.as_str())
                // names that differ by an end alone
                || read.iter().any(|format| format.split_once('{').is_some_and(|(start, rest)| {
                    let end = rest.split_once('}').map_or("", |(_, end)| end);
                    word.starts_with(start) && word.ends_with(end)
                }));
            assert!(is_read, "{system}: {word} is not read");
        }
    }
    let there: BTreeSet<String> = fs::read_dir(own("docs/ci"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(links(&page, "ci/"), there.iter().map(String::as_str).collect());
}

/// What the job types that runs casefile, as a script.
fn typed(file: &str) -> String {
    let text = guide(&format!("docs/ci/{file}"));
    let yaml = || -> Value { serde_saphyr::from_str(&text).unwrap() };
    let lines = |value: &Value| {
        let all = value.as_array().unwrap().iter().filter_map(Value::as_str);
        all.collect::<Vec<_>>().join("\n")
    };
    let between = |mark: &str| text.split(mark).nth(1).unwrap().to_owned();
    match file {
        "Jenkinsfile" => between("'''"),
        "teamcity.kts" => between("\"\"\"").replace("${'$'}", "$"),
        "gitlab-ci.yml" => lines(&yaml()["casefile"]["script"]),
        "circleci.yml" => {
            let steps = yaml()["jobs"]["casefile"]["steps"].clone();
            steps.as_array().unwrap().iter().find_map(|step| step["run"].as_str()).unwrap().to_owned()
        }
        "buildkite.yml" => yaml()["steps"][1]["command"].as_str().unwrap().replace("$$", "$"),
        "azure-pipelines.yml" => {
            let steps = yaml()["jobs"][1]["steps"].clone();
            steps.as_array().unwrap().iter().find_map(|step| step["bash"].as_str()).unwrap().to_owned()
        }
        "bitbucket-pipelines.yml" => lines(&yaml()["pipelines"]["branches"]["main"][1]["step"]["script"]),
        other => panic!("{other} is not run"),
    }
}

#[test]
fn what_other_ci_systems_type_files_and_annotates() {
    let release = Release::shared();
    let mut files = release.served();
    let sums = fs::read(release.files().join("SHA256SUMS")).unwrap();
    files.insert(format!("/download/v{VERSION}/SHA256SUMS"), sums);
    let server = Server::start(files);
    let mut seen = 0;
    for entry in fs::read_dir(own("docs/ci")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let shop = Shop::with(&rules(1));
        let head = shop.head();
        {
            let mut world = shop.sim.state();
            let repository = world.github.repository_mut("acme/shop").unwrap();
            repository.branches.insert("feature".to_owned(), head.clone());
            repository.pulls.get_mut(&7).unwrap().head = ("feature".to_owned(), head.clone());
        }
        let script = typed(&file)
            .replace("https://github.com/casefile/casefile/releases/download", &server.url())
            .replace("x86_64-unknown-linux-musl", TARGET);
        assert!(script.contains("sha256sum --check"), "{file}");
        let variables: &[(&str, &str)] = match file.as_str() {
            "Jenkinsfile" => &[("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("CHANGE_BRANCH", "feature")],
            "teamcity.kts" => &[("TEAMCITY_VERSION", "x"), ("BUILD_VCS_NUMBER", &head)],
            "gitlab-ci.yml" => {
                &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "feature"), ("CI_COMMIT_SHA", &head)]
            }
            "circleci.yml" => &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "feature"), ("CIRCLE_SHA1", &head)],
            "buildkite.yml" => {
                &[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "feature"), ("BUILDKITE_COMMIT", &head)]
            }
            "azure-pipelines.yml" => &[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/heads/feature")],
            _ => &[
                ("BITBUCKET_BUILD_NUMBER", "9"),
                ("BITBUCKET_BRANCH", "feature"),
                ("BITBUCKET_COMMIT", &head),
            ],
        };
        let bin = shop.folder().join("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("buildkite-agent"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(bin.join("buildkite-agent"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(shop.folder().join("parameters"), "teamcity.build.branch=feature\n").unwrap();
        let workspace = shop.folder().join("workspace/reports");
        fs::create_dir_all(&workspace).unwrap();
        fs::copy(shop.checkout().join("reports/finder.sarif"), workspace.join("finder.sarif")).unwrap();
        let ended = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(shop.checkout())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("CURL_CA_BUNDLE", tls::file("ca.pem"))
            .env("NO_PROXY", "localhost")
            .env("CASEFILE_VERSION", VERSION)
            .env("GITHUB_API_URL", shop.sim.github_url())
            .env("GITHUB_TOKEN", "gh-token")
            .envs([("JIRA_USER_EMAIL", "bot@example.com"), ("JIRA_API_TOKEN", "sim-token")])
            .envs([("JIRA_USR", "bot@example.com"), ("JIRA_PSW", "sim-token")])
            .env("PIPELINE_WORKSPACE", workspace.parent().unwrap())
            .env("TEAMCITY_BUILD_PROPERTIES_FILE", shop.folder().join("parameters"))
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{file}: {said}");
        assert_eq!(shop.open_tickets(), ["SEC-1"], "{file}: {said}");
        assert!(shop.description(7).contains("SEC-1"), "{file}: {said}");
        seen += 1;
    }
    assert_eq!(seen, SYSTEMS.len());
}

/// The one that the guides name is the one that is released.
#[test]
fn every_page_names_the_present_version() {
    let mut pages: Vec<PathBuf> = vec![own("README.md")];
    for folder in ["docs", "docs/workflows", "docs/ci"] {
        let entries = fs::read_dir(own(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.is_file()));
    }
    let mut count = 0;
    for path in pages {
        let text = fs::read_to_string(&path).unwrap();
        for start in [
            "casefile/casefile@v",
            "casefile/casefile/setup@v",
            "releases/download/v",
            "CASEFILE_VERSION: \"",
            "casefile/casefile:",
        ] {
            for rest in text.split(start).skip(1) {
                let version: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                if version.is_empty() {
                    continue;
                }
                assert_eq!(version.trim_end_matches('.'), VERSION, "{}: {start}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
    assert!(guide("docs/install.md").contains(&archive_name().replace(TARGET, "x86_64-unknown-linux-musl")));
}
