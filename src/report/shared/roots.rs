//! Where other machines have the checkout: what a path from a runner or a container means in this repository.
//!
//! A root that is certain to be a checkout's is removed. If it might just as well be something else, or if no root is
//! known, the tracked files decide: the longest ending of at least two parts that is one of them, if no other file ends
//! with it. What belongs to a system or a dependency is not a file of the repository.

use crate::report::tree::CheckoutTree;

/// Roots of checkouts that are nothing else: GitHub's container actions, Bitbucket, CircleCI, Drone.
const FIXED: [&[&str]; 5] = [
    &["github", "workspace"],
    &["opt", "atlassian", "pipelines", "agent", "build"],
    &["home", "circleci", "project"],
    &["root", "project"],
    &["drone", "src"],
];

/// Where images of scanners and build services usually have a checkout mounted. An image may have files of its own
/// there.
const MOUNTS: [&[&str]; 11] = [
    &["src"],
    &["app"],
    &["code"],
    &["workspace"],
    &["workspaces"],
    &["repo"],
    &["project"],
    &["source"],
    &["scan"],
    &["usr", "src", "app"],
    &["tmp", "lint"],
];

/// The repository's part of an absolute path if a container had the checkout mounted in one of the usual places, and no
/// tracked file says more.
pub(crate) fn mounted(path: &str) -> Option<&str> {
    let below = |root: &&[&str]| {
        let inside = root.iter().try_fold(path, |rest, part| rest.strip_prefix('/')?.strip_prefix(part))?;
        inside.strip_prefix('/').filter(|rest| !rest.is_empty())
    };
    FIXED.iter().chain(&MOUNTS).find_map(below)
}

/// How many folders deep a repository's files are looked for.
const DEEPEST: usize = 64;

/// Top folders of systems.
const SYSTEM: [&str; 20] = [
    "usr",
    "etc",
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "proc",
    "sys",
    "dev",
    "run",
    "boot",
    "nix",
    "snap",
    "Library",
    "System",
    "Applications",
    "Windows",
    "Program Files",
    "Program Files (x86)",
];

/// Folders that contain what others wrote: packages, tools and their caches.
const OTHERS: [&str; 34] = [
    "node_modules",
    "bower_components",
    "jspm_packages",
    "site-packages",
    "dist-packages",
    "vendor",
    "gems",
    "venv",
    ".venv",
    ".tox",
    ".nox",
    ".cargo",
    ".rustup",
    ".m2",
    ".gradle",
    ".ivy2",
    ".nuget",
    ".npm",
    ".yarn",
    ".pnpm",
    ".pnpm-store",
    ".bundle",
    ".pub-cache",
    ".terraform",
    ".cache",
    ".pyenv",
    ".rbenv",
    ".nvm",
    "Pods",
    "Cellar",
    "hostedtoolcache",
    "_actions",
    "_tool",
    "AppData",
];

/// The path within the repository that a path outside the checkout stands for, if it is one of its files.
///
/// `path` has `/` between its parts and neither `.` nor empty parts; it is absolute, or leads out of the checkout with
/// `../` only at its start. `root`: where the configuration says that the checkout was.
pub(crate) fn inside<'p>(path: &'p str, root: Option<&str>, tree: Option<&CheckoutTree>) -> Option<&'p str> {
    if let Some(rest) = root.and_then(|root| below(path, root)) {
        return Some(rest);
    }
    let is_absolute = !path.starts_with("../");
    let mut bare = path.trim_start_matches('/');
    while let Some(rest) = bare.strip_prefix("../") {
        bare = rest;
    }
    let parts: Vec<&str> = bare.split('/').collect();
    let rest = |count: usize| {
        let skipped: usize = parts.iter().take(count).map(|part| part.len() + 1).sum();
        bare.get(skipped..).filter(|rest| !rest.is_empty())
    };
    if let Some(count) = sure(&parts, tree) {
        return rest(count);
    }
    let likely = twice(&parts, tree).or_else(|| jenkins(&parts)).or_else(|| source_folder(&parts, tree));
    let likely = likely.or_else(|| mount(&parts).filter(|_| is_absolute));
    let likely = likely.filter(|count| !is_others(&parts[..*count], is_mount(&parts[..*count])));
    let tracked = |path: &&str| tree.is_some_and(|tree| tree.has(path));
    if let Some(there) = likely.and_then(rest).filter(tracked) {
        return Some(there);
    }
    let alone = |path: &&str| tree.is_some_and(|tree| tree.has_alone(path));
    // the system's own `etc/hosts` is not a file of a repository that also has one
    let counts = match is_system(&parts) {
        true => 0..0,
        false => parts.len().saturating_sub(DEEPEST)..(parts.len() - 1).min(own(&parts) + 1),
    };
    let mut known = counts.filter_map(rest);
    known.find(alone).or_else(|| likely.filter(|count| !is_others(&parts[*count..], true)).and_then(rest))
}

/// How many parts come before a folder with what others wrote.
fn own(parts: &[&str]) -> usize {
    let others = parts.iter().position(|part| OTHERS.contains(part)).unwrap_or(parts.len());
    let of_go = parts.windows(2).position(is_of_go).map_or(parts.len(), |at| at + 1);
    others.min(of_go)
}

/// The rest of a path below a folder; on Windows, case does not matter.
pub(crate) fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    let root = root.trim_end_matches('/');
    let (start, rest) = path.split_at_checked(root.len()).filter(|_| !root.is_empty())?;
    let is_drive = root.as_bytes().get(1) == Some(&b':');
    let same = start == root || (is_drive && start.eq_ignore_ascii_case(root));
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }.filter(|_| same)
}

/// How many parts the root of a build service's checkout has.
fn sure(parts: &[&str], tree: Option<&CheckoutTree>) -> Option<usize> {
    if let Some(fixed) = FIXED.iter().find(|fixed| parts.starts_with(fixed)) {
        return Some(fixed.len());
    }
    let is_drive = |at: usize| at == 0 && parts[0].len() == 2 && parts[0].ends_with(':');
    parts
        .iter()
        .enumerate()
        .find_map(|(at, part)| {
            let next = |ahead: usize| parts.get(at + ahead).copied().unwrap_or_default();
            let work =
                matches!(*part, "work" | "_work" | "__w") || (*part == "a" && at > 0 && is_drive(at - 1));
            // GitHub: `work/shop/shop`; `work/_temp` and its like are the runner's own
            if work && next(1) == next(2) && !next(1).is_empty() && !next(1).starts_with('_') {
                return Some(at + 3);
            }
            // Azure: `work/1/s`
            let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if work && is_number(next(1)) && next(2) == "s" {
                return Some(at + 3);
            }
            // Travis: `build/acme/shop`
            if *part == "build" && at == 2 && parts[1] == "travis" && !next(3).is_empty() {
                return Some(at + 3);
            }
            // GitLab: `builds/group/shop`, with any number of groups in between; its shell runner has a token and a
            // number before these, and Buildkite the agent's name
            if *part != "builds" {
                return None;
            }
            let before = at.checked_sub(1).and_then(|at| parts.get(at)).copied().unwrap_or_default();
            let from = match before.to_ascii_lowercase().as_str() {
                "" => at + 2,
                _ if at > 0 && is_drive(at - 1) => at + 2,
                "gitlab-runner" => at + 4,
                "buildkite-agent" => at + 3,
                _ => return None,
            };
            let is_named = |part: &&str| tree.is_some_and(|tree| tree.is_called(part));
            let named = parts.iter().skip(from).position(is_named).map(|named| from + named + 1);
            Some(named.unwrap_or(from + 1))
        })
        .filter(|count| *count < parts.len())
}

/// How many parts a root has that ends with the repository's name twice, like runners' folders.
fn twice(parts: &[&str], tree: Option<&CheckoutTree>) -> Option<usize> {
    let tree = tree?;
    let is_root = |pair: &[&str]| pair[0] == pair[1] && tree.is_called(pair[0]);
    parts.windows(2).position(is_root).map(|at| at + 2).filter(|count| *count < parts.len())
}

/// How many parts a Jenkins workspace has: `jenkins_home/workspace/shop@2`.
fn jenkins(parts: &[&str]) -> Option<usize> {
    let at = parts.iter().position(|part| *part == "workspace")?;
    let is_jenkins = |part: &&str| part.to_ascii_lowercase().contains("jenkins");
    Some(at + 2).filter(|count| *count < parts.len() && parts[..at].iter().any(is_jenkins))
}

/// How many parts a folder has that is named like the repository, where Go and AWS CodeBuild have it
/// (`src/github.com/acme/shop`) and where Concourse does (`tmp/build/80754af9/shop`).
fn source_folder(parts: &[&str], tree: Option<&CheckoutTree>) -> Option<usize> {
    let tree = tree?;
    let is_source = |four: &[&str]| four[0] == "src" && four[1].contains('.') && tree.is_called(four[3]);
    let is_build = |four: &[&str]| four[..2] == ["tmp", "build"] && tree.is_called(four[3]);
    let at = parts.windows(4).position(|four| is_source(four) || is_build(four))?;
    Some(at + 4).filter(|count| *count < parts.len())
}

fn mount(parts: &[&str]) -> Option<usize> {
    let longest = MOUNTS.iter().filter(|mount| parts.starts_with(mount)).map(|mount| mount.len()).max();
    longest.filter(|count| *count < parts.len())
}

fn is_mount(parts: &[&str]) -> bool {
    MOUNTS.contains(&parts)
}

/// Whether folders belong to a system, unless `mounted`, or contain what others wrote.
fn is_others(parts: &[&str], mounted: bool) -> bool {
    (!mounted && is_system(parts))
        || parts.iter().any(|part| OTHERS.contains(part))
        || parts.windows(2).any(is_of_go)
}

/// Where Go keeps the modules that it downloads.
fn is_of_go(pair: &[&str]) -> bool {
    pair == ["pkg", "mod"]
}

fn is_system(parts: &[&str]) -> bool {
    let top = match parts {
        [drive, rest @ ..] if drive.ends_with(':') => rest,
        _ => parts,
    };
    let own =
        |part: &&str| part.eq_ignore_ascii_case("jenkins") || part.eq_ignore_ascii_case("buildkite-agent");
    match top {
        ["usr", "src", ..] | ["usr", "local", "src", ..] => false,
        ["var", "lib" | "cache", rest @ ..] => !rest.first().is_some_and(own),
        [first, ..] => SYSTEM.contains(first),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACKED: [&str; 9] = [
        "src/app/a.py",
        "app/b.py",
        "setup.py",
        "etc/hosts",
        "lib/x.c",
        "web/lib/x.c",
        "shop/__init__.py",
        "vendor/six/six.go",
        "deep/er/src/only.py",
    ];

    fn check(path: &str, expected: Option<&str>) {
        let tree = CheckoutTree::of("/w", &["shop"], &TRACKED);
        assert_eq!(inside(path, None, Some(&tree)), expected, "{path}");
    }

    #[test]
    fn a_runners_root_is_taken_off_whatever_is_tracked() {
        for root in [
            "D:/a/shop/shop",
            "/__w/shop/shop",
            "/opt/actions-runner/_work/shop/shop",
            "/home/runner/work/shop/shop",
            "/Users/runner/work/former/former",
            "/home/vsts/work/1/s",
            "C:/a2/_work/6/s",
            "D:/a/1/s",
            "/builds/acme/shop",
            "/builds/acme/team/sub/shop",
            "/builds/acme/other",
            "C:/builds/acme/shop",
            "C:/GitLab-Runner/builds/t0ken/0/acme/shop",
            "/home/gitlab-runner/builds/t0ken/0/acme/team/shop",
            "/var/lib/buildkite-agent/builds/agent-1/acme/shop",
            "/home/travis/build/acme/shop",
            "/github/workspace",
            "/opt/atlassian/pipelines/agent/build",
            "/home/circleci/project",
            "../../home/runner/work/shop/shop",
        ] {
            check(&format!("{root}/src/app/a.py"), Some("src/app/a.py"));
            check(&format!("{root}/gone/node_modules/x.js"), Some("gone/node_modules/x.js"));
            check(&format!("{root}/setup.py"), Some("setup.py"));
        }
        for root in [
            "/var/jenkins_home/workspace/shop@2",
            "/var/lib/jenkins/workspace/acme_shop_PR-7",
            "C:/Jenkins/workspace/shop",
            "/codebuild/output/src123/src/github.com/acme/shop",
            "/go/src/github.com/acme/shop",
            "/tmp/build/80754af9/shop",
        ] {
            check(&format!("{root}/setup.py"), Some("setup.py"));
            check(&format!("{root}/src/app/a.py"), Some("src/app/a.py"));
        }
        check("/go/src/github.com/acme/six/setup.py", None);
        check("/home/ada/workspace/six/setup.py", None);
        check("/home/runner/work/_temp/_temp/x.py", None);
        check("/home/runner/work/_actions/acme/src/app/a.py", None);
    }

    #[test]
    fn a_likely_root_is_taken_off_where_the_files_do_not_say_otherwise() {
        check("/srv/ci/shop/shop/setup.py", Some("setup.py"));
        check("/home/me/shop/shop/__init__.py", Some("shop/__init__.py"));
        check("/srv/ci/shop/shop/gone.py", Some("gone.py"));
        check("/src/app/a.py", Some("src/app/a.py"));
        check("/src/app/b.py", Some("app/b.py"));
        check("/src/src/app/a.py", Some("src/app/a.py"));
        check("/src/setup.py", Some("setup.py"));
        check("/src/gone.py", Some("gone.py"));
        check("/app/src/app/a.py", Some("src/app/a.py"));
        check("/usr/src/app/setup.py", Some("setup.py"));
        check("/src/vendor/six/six.go", Some("vendor/six/six.go"));
        check("/app/node_modules/esbuild/bin/esbuild", None);
    }

    #[test]
    fn the_longest_ending_that_is_one_tracked_file_counts() {
        check("/home/me/git/x/src/app/a.py", Some("src/app/a.py"));
        check("C:/Users/me/x/src/app/a.py", Some("src/app/a.py"));
        check("../../src/app/a.py", Some("src/app/a.py"));
        check("../src/app/a.py", Some("src/app/a.py"));
        check("/home/me/x/web/lib/x.c", Some("web/lib/x.c"));
        // `web/lib/x.c` may be meant as well
        check("/home/me/x/lib/x.c", None);
        // it is not a file at the root
        check("/home/me/x/src/only.py", None);
        // a single matching part is not enough
        check("/home/me/x/setup.py", None);
        check("../setup.py", None);
        check("../../gone/x.py", None);
    }

    #[test]
    fn what_is_a_systems_or_a_dependencys_is_nobodys_file() {
        check("/usr/lib/python3/dist-packages/six/setup.py", None);
        check("/usr/lib/python3/src/app/a.py", None);
        check("/opt/x/lib/python3/site-packages/src/app/a.py", None);
        check("/home/me/.cargo/registry/src/app/a.py", None);
        check("/home/me/go/pkg/mod/src/app/a.py", None);
        check("/home/me/x/node_modules/y/src/app/a.py", None);
        check("C:/Program Files/x/src/app/a.py", None);
        check("/usr/lib/shop/shop/setup.py", None);
        check("/etc/hosts", None);
        check("../../etc/hosts", None);
        check("../../usr/include/src/app/a.py", None);
    }

    #[test]
    fn the_configurations_root_goes_first() {
        let below = |path| inside(path, Some("/data/scan-7/"), None);
        assert_eq!(below("/data/scan-7/src/a.py"), Some("src/a.py"));
        assert_eq!(below("/data/scan-70/src/a.py"), None);
        assert_eq!(super::below("d:/A/shop/x.c", "D:/a/shop"), Some("x.c"));
        assert_eq!(super::below("/A/x.c", "/a"), None);
    }
}
