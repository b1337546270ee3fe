//! What a release consists of: archives, sums, SBOM, digests, formula, image, and the order in which they are made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::release::{Release, TARGET, VERSION, archive_name, own, text};
use super::server::Server;
use crate::tls;

/// What `tar` says of an archive.
fn listing(archive: &Path) -> BTreeSet<String> {
    let output = Command::new("tar").arg("-tzf").arg(archive).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn an_archive_has_what_a_person_needs_and_is_the_same_each_time() {
    let release = Release::shared();
    let names = listing(&release.archive());
    let top = format!("casefile-{VERSION}-{TARGET}");
    for name in [
        "casefile",
        "README.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "sbom.cdx.json",
        "completions/casefile.bash",
        "completions/_casefile",
        "completions/casefile.fish",
        "man/casefile.1",
        "man/casefile-run.1",
    ] {
        assert!(names.contains(&format!("{top}/{name}")), "{name} is not in {names:?}");
    }
    let again = tempfile::tempdir().unwrap();
    let stand_in = again.path().join("binary");
    fs::write(&stand_in, "x").unwrap();
    let pack = |out: &str, target: &str| {
        let out = again.path().join(out);
        release.well(&["archive", target, text(&stand_in), text(&release.extras()), text(&out)]);
        let path = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path());
        let files = path.filter(|path| path.extension().is_some_and(|one| one != "json"));
        files
            .map(|path| (path.extension().map(ToOwned::to_owned), fs::read(path).unwrap()))
            .collect::<BTreeMap<_, _>>()
    };
    assert_eq!(pack("one", TARGET), pack("two", TARGET));
    assert_eq!(pack("three", "x86_64-pc-windows-msvc"), pack("four", "x86_64-pc-windows-msvc"));
}

#[test]
fn the_pages_and_completions_know_every_command() {
    let release = Release::shared();
    let read = |path: &str| fs::read_to_string(release.extras().join(path)).unwrap();
    let page = read("man/casefile.1");
    for command in ["run", "plan", "refresh", "doctor", "serve"] {
        assert!(page.contains(&format!("casefile\\-{command}(1)")), "{command}");
        assert!(read(&format!("man/casefile-{command}.1")).contains(".SH OPTIONS"), "{command}");
    }
    assert!(read("man/casefile-run.1").contains("\\-\\-fail\\-on"));
    for file in ["casefile.bash", "_casefile", "casefile.fish", "_casefile.ps1"] {
        assert!(read(&format!("completions/{file}")).contains("fail-on"), "{file}");
    }
}

#[test]
fn what_a_runner_downloads_stays_small() {
    let release = Release::shared().copy();
    let script = release.root().join("packaging/release.sh");
    let sums = |largest: &str| {
        let mut command = Command::new("bash");
        command.arg(&script).arg("sums").arg(release.files()).env("LARGEST", largest).output().unwrap()
    };
    assert!(sums("1000000000").status.success());
    let refused = sums("100000");
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains(&archive_name()) && said.contains("at most 100000"), "{said}");
}

#[test]
fn the_bill_of_materials_lists_what_is_built_in() {
    let sbom = fs::read_to_string(Release::shared().extras().join("sbom.cdx.json")).unwrap();
    let sbom: Value = serde_json::from_str(&sbom).unwrap();
    assert_eq!((&sbom["bomFormat"], &sbom["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    assert_eq!(sbom["metadata"]["component"]["purl"], format!("pkg:cargo/casefile@{VERSION}"));
    let components = sbom["components"].as_array().unwrap();
    for component in components {
        assert_eq!(component["hashes"][0]["content"].as_str().map(str::len), Some(64), "{component}");
        assert!(component["licenses"][0]["expression"].is_string(), "{component}");
        assert_eq!(component["bom-ref"], component["purl"]);
    }
    let names: BTreeSet<&str> = components.iter().filter_map(|one| one["name"].as_str()).collect();
    for name in ["reqwest", "rustls", "ring", "serde", "clap"] {
        assert!(names.contains(name), "{name}");
    }
    // of tests, of what tests alone ask of others, of the build, and of other systems
    for name in ["proptest", "jsonschema", "rand_core", "cc", "serde_derive", "windows-sys"] {
        assert!(!names.contains(name), "{name}");
    }
    let known: BTreeSet<&str> = components.iter().filter_map(|one| one["bom-ref"].as_str()).collect();
    let dependencies = sbom["dependencies"].as_array().unwrap();
    assert_eq!(dependencies.len(), components.len() + 1);
    for needed in dependencies.iter().flat_map(|one| one["dependsOn"].as_array().unwrap()) {
        assert!(known.contains(needed.as_str().unwrap()), "{needed}");
    }
}

#[test]
fn casefile_reads_its_own_bill_of_materials() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(Release::shared().extras().join("sbom.cdx.json"), folder.path().join("sbom.cdx.json")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(["plan", "--tracker=local", "--branch=main", "--reports=sbom.cdx.json", "--format=json"])
        .env_clear()
        .current_dir(&folder)
        .output()
        .unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["reports"][0]["format"], "cyclonedx", "{result}");
}

#[test]
fn a_release_that_is_published_is_the_one_that_the_commit_names() {
    let check = |change: &dyn Fn(&Release), expected: &str| {
        let release = Release::shared().copy();
        change(&release);
        let said = release.refused(&["verify", VERSION, text(&release.files())], "");
        assert!(said.contains(expected), "{expected}: {said}");
    };
    let release = Release::shared();
    release.well(&["verify", VERSION, text(&release.files())]);
    let edit = |path: std::path::PathBuf, from: &str, to: &str| {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{}", path.display());
        fs::write(path, text.replace(from, to)).unwrap();
    };
    check(&|one| fs::write(one.archive(), "other").unwrap(), "is not the one of SHA256SUMS");
    check(&|one| edit(one.root().join("action/digests.txt"), TARGET, "other"), &archive_name());
    check(&|one| edit(one.root().join("Formula/casefile.rb"), VERSION, "9.9.9"), "Formula/casefile.rb");
    check(&|one| edit(one.root().join("CHANGELOG.md"), "- 2026-12-01", ""), "no heading");
    let both = |one: &Release| {
        fs::write(one.archive(), "other").unwrap();
        one.well(&["sums", text(&one.files())]);
    };
    check(&both, "action/digests.txt has another digest");
    let less = |one: &Release| {
        fs::remove_file(one.archive()).unwrap();
        one.well(&["sums", text(&one.files())]);
    };
    check(&less, "names archives that are not there");
}

#[test]
fn a_version_is_released_with_its_notes() {
    let release = Release::shared();
    release.well(&["check", VERSION]);
    assert_eq!(release.well(&["notes", VERSION]).trim_end(), "### Added\n\n- A test.");
    assert!(release.refused(&["check", "9.9.9"], "").contains("Cargo.toml has version"));
    assert!(release.refused(&["check", "v1"], "").contains("is not a version"));
    assert!(release.refused(&["tidy"], "").contains("lists the commands"));
}

#[test]
fn digests_of_earlier_releases_are_kept() {
    let release = Release::shared().copy();
    let path = release.root().join("action/digests.txt");
    let old = format!("{} 0.0.1 {TARGET}\n", "a".repeat(64));
    fs::write(&path, fs::read_to_string(&path).unwrap() + &old).unwrap();
    release.name();
    let digests = fs::read_to_string(&path).unwrap();
    assert!(digests.contains(&old), "{digests}");
    // those of Linux and macOS are packed twice
    assert_eq!(digests.matches(&format!(" {VERSION} ")).count(), 6 + 4, "{digests}");
    assert!(digests.starts_with("# SHA-256"), "{digests}");
}

#[test]
fn moving_tags_lead_to_the_newest() {
    let check = |version: &str, tags: &str, expected: &str| {
        let output = Release::shared().script(&["moving", version], &tags.replace(' ', "\n"));
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{version}: {tags}");
    };
    check("0.1.0", "", "v0 v0.1");
    check("0.1.0", "v0.1.0\n", "v0 v0.1");
    check("0.1.1", "v0 v0.1 v0.1.0 v0.2.0\n", "v0.1");
    check("0.1.1", "v0.1.2 v0.1.0\n", "");
    check("0.10.0", "v0.9.0 v0.2.0\n", "v0 v0.10");
    check("1.0.0", "v0.9.0 v10.0.0 nightly v1.x.0\n", "v1 v1.0");
}

#[test]
fn the_tagged_commit_changes_nothing_that_is_built() {
    let release = Release::shared();
    assert!(release.script(&["unbuilt"], "action/digests.txt\nFormula/casefile.rb\n").status.success());
    for path in ["src/main.rs", "Cargo.lock", "README.md", "action/binary.sh"] {
        let said = release.refused(&["unbuilt"], &format!("action/digests.txt\n{path}\n"));
        assert!(said.contains(path), "{said}");
    }
}

#[test]
fn the_image_holds_what_its_recipe_copies() {
    let release = Release::shared();
    let folder = tempfile::tempdir().unwrap();
    let certificates = own("fixtures/tls/ca.pem");
    let output = Command::new("bash")
        .arg(release.root().join("packaging/release.sh"))
        .args(["image", text(&release.files()), text(folder.path())])
        .env("CERTIFICATES", &certificates)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let recipe = fs::read_to_string(own("packaging/Dockerfile")).unwrap();
    let mut count = 0;
    for line in recipe.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        let words: Vec<&str> = line.split(' ').collect();
        let (_, sources) = words.split_last().unwrap();
        for source in sources {
            for arch in ["amd64", "arm64"] {
                let path = folder.path().join(source.replace("${TARGETARCH}", arch));
                assert!(path.is_file(), "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count >= 8, "{count}");
    assert!(recipe.contains("\nFROM scratch\n") && recipe.contains("\nUSER 65532:65532\n"));
}

#[test]
fn binstall_and_the_formula_name_the_archives() {
    let manifest = fs::read_to_string(own("Cargo.toml")).unwrap();
    let repository =
        manifest.lines().find_map(|line| line.strip_prefix("repository = \"")?.strip_suffix('"'));
    let mut seen = 0;
    for line in manifest.lines().filter_map(|line| line.strip_prefix("pkg-url = \"")?.strip_suffix('"')) {
        let target = if line.ends_with(".zip") { "x86_64-pc-windows-msvc" } else { TARGET };
        let url = line
            .replace("{ repo }", repository.unwrap())
            .replace("{ version }", VERSION)
            .replace("{ target }", target);
        let name = url.rsplit('/').next().unwrap();
        assert!(Release::shared().files().join(name).is_file(), "{name}");
        assert_eq!(
            url.strip_suffix(name).unwrap(),
            format!("https://github.com/casefile/casefile/releases/download/v{VERSION}/")
        );
        seen += 1;
    }
    assert_eq!(seen, 3);
    let formula = fs::read_to_string(Release::shared().root().join("Formula/casefile.rb")).unwrap();
    assert!(!formula.contains('@'), "{formula}");
    let sums = fs::read_to_string(Release::shared().files().join("SHA256SUMS")).unwrap();
    let digests: Vec<&str> =
        formula.lines().filter_map(|line| line.trim().strip_prefix("sha256 \"")?.strip_suffix('"')).collect();
    assert_eq!(digests.len(), 4);
    for digest in digests {
        assert!(sums.contains(digest), "{digest}");
    }
}

/// The line of the guide, with a server on loopback in GitHub's place, in a shell without any extras.
#[test]
fn the_guides_one_line_installs_it() {
    let guide = fs::read_to_string(own("docs/install.md")).unwrap();
    let line = guide.lines().find(|line| line.starts_with("curl ")).unwrap();
    let mut files = Release::shared().served();
    let sums = fs::read(Release::shared().files().join("SHA256SUMS")).unwrap();
    files.insert(format!("/download/v{VERSION}/SHA256SUMS"), sums);
    let check = |files: std::collections::HashMap<String, Vec<u8>>, works: bool| {
        let server = Server::start(files);
        let folder = tempfile::tempdir().unwrap();
        let line = line
            .replace("https://github.com/casefile/casefile/releases/download", &server.url())
            .replace("x86_64-unknown-linux-musl", TARGET)
            .replace("sudo ", "")
            .replace("/usr/local/bin", text(folder.path()));
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &line]).current_dir(&folder).env("CURL_CA_BUNDLE", tls::file("ca.pem"));
        let output = shell.env("NO_PROXY", "localhost").output().unwrap();
        assert_eq!(output.status.success(), works, "{}", String::from_utf8_lossy(&output.stderr));
        let version = Command::new(folder.path().join("casefile")).arg("--version").output();
        assert_eq!(version.is_ok(), works);
    };
    check(files.clone(), true);
    files.insert(format!("/download/v{VERSION}/{}", archive_name()), b"other".to_vec());
    check(files, false);
}
