//! The action's way to its binary: downloaded once and verified each time, and one clear line where it cannot be had.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::release::{Release, TARGET, VERSION, archive_name, own, smaller_name, text};
use super::server::{Server, closed_port, proxy};
use crate::tls;

/// A runner without Rust: whoever calls a compiler leaves a trace.
struct Runner {
    folder: TempDir,
    action: PathBuf,
    variables: HashMap<&'static str, String>,
}

/// What a step said and left.
struct Step {
    code: i32,
    /// The lines on standard error.
    said: String,
    /// The output `path`.
    path: Option<PathBuf>,
}

impl Runner {
    fn new(action: PathBuf) -> Runner {
        let folder = tempfile::tempdir().unwrap();
        for name in ["temp", "cache", "bin"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let inside = |name: &str| text(&folder.path().join(name)).to_owned();
        for tool in ["rustc", "rustup", "cc"] {
            trap(&folder.path().join("bin").join(tool), &folder.path().join("compiled"));
        }
        let arch = if TARGET.starts_with("aarch64") { "ARM64" } else { "X64" };
        let variables = HashMap::from([
            ("PATH", format!("{}:/usr/bin:/bin", inside("bin"))),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", arch.to_owned()),
            ("RUNNER_TEMP", inside("temp")),
            ("RUNNER_TOOL_CACHE", inside("cache")),
            ("GITHUB_OUTPUT", inside("outputs")),
            ("GITHUB_PATH", inside("path")),
            // the simulated GitHub's authority
            ("CURL_CA_BUNDLE", text(&tls::file("ca.pem")).to_owned()),
            // no host is reached but those that a test names
            ("HTTPS_PROXY", "http://127.0.0.1:9".to_owned()),
            ("NO_PROXY", "localhost".to_owned()),
        ]);
        Runner { folder, action, variables }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Runner {
        self.variables.insert(name, value.into());
        self
    }

    /// A new job on the same machine.
    fn step(&self) -> Step {
        let temp = self.folder.path().join("temp");
        fs::remove_dir_all(&temp).unwrap();
        fs::create_dir(&temp).unwrap();
        let output = self.folder.path().join("outputs");
        fs::write(&output, "").unwrap();
        let ended = Command::new("bash")
            .arg(self.action.join("action/binary.sh"))
            .current_dir(&self.folder)
            .env_clear()
            .envs(&self.variables)
            .output()
            .unwrap();
        assert!(ended.stdout.is_empty(), "{}", String::from_utf8_lossy(&ended.stdout));
        assert!(!self.folder.path().join("compiled").exists(), "a compiler was called");
        let outputs = fs::read_to_string(output).unwrap();
        Step {
            code: ended.status.code().unwrap(),
            said: String::from_utf8(ended.stderr).unwrap(),
            path: outputs.lines().find_map(|line| line.strip_prefix("path=")).map(PathBuf::from),
        }
    }

    /// A step that gives a binary that works.
    fn well(&self) -> Step {
        let step = self.step();
        assert_eq!(step.code, 0, "{}", step.said);
        let ran = Command::new(step.path.as_ref().unwrap()).arg("--version").output().unwrap();
        assert_eq!(String::from_utf8(ran.stdout).unwrap(), format!("casefile {VERSION}\n"));
        step
    }

    /// A step that ends with 2 and one line that says all of these.
    fn refused(&self, words: &[&str]) {
        let step = self.step();
        assert_eq!((step.code, step.path), (2, None), "{}", step.said);
        let lines: Vec<&str> = step.said.lines().collect();
        assert_eq!(lines.len(), 1, "{}", step.said);
        assert!(lines[0].starts_with("::error title=casefile::"), "{}", step.said);
        for word in words {
            assert!(lines[0].contains(word), "{word}: {}", step.said);
        }
    }

    fn cached(&self) -> PathBuf {
        self.folder.path().join("cache/casefile").join(VERSION).join(TARGET).join(smaller_name())
    }
}

/// A tool that leaves a trace when it is called.
fn trap(tool: &std::path::Path, trace: &std::path::Path) {
    fs::write(tool, format!("#!/bin/sh\ntouch '{}'\n", trace.display())).unwrap();
    fs::set_permissions(tool, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A folder with these tools of the machine.
fn only(runner: &Runner, tools: &[&str]) -> PathBuf {
    let bin = runner.folder.path().join("tools");
    fs::create_dir(&bin).unwrap();
    for tool in tools {
        let path = ["/usr/bin", "/bin"].map(|folder| PathBuf::from(folder).join(tool));
        std::os::unix::fs::symlink(path.iter().find(|path| path.exists()).unwrap(), bin.join(tool)).unwrap();
    }
    bin
}

/// A runner that downloads from a server.
fn runner(server: &Server) -> Runner {
    Runner::new(Release::shared().root()).with("INPUT_DOWNLOAD_URL", server.url())
}

#[test]
fn a_second_run_takes_the_verified_binary_from_the_cache() {
    let server = Server::start(Release::shared().served());
    let runner = runner(&server);
    assert!(runner.well().said.contains("downloaded and verified"));
    assert!(runner.well().said.contains("from the tool cache"));
    assert_eq!(*server.asked.lock().unwrap(), [format!("/download/v{VERSION}/{}", smaller_name())]);
}

#[test]
fn a_runner_without_a_tool_cache_downloads_each_time() {
    let server = Server::start(Release::shared().served());
    let runner = runner(&server).with("RUNNER_TOOL_CACHE", "");
    runner.well();
    runner.well();
    assert_eq!(server.asked.lock().unwrap().len(), 2);
}

#[test]
fn a_runner_without_xz_takes_the_other_archive() {
    let server = Server::start(Release::shared().served());
    let runner = runner(&server);
    let tools = [
        "awk",
        "bash",
        "cat",
        "cp",
        "curl",
        "cut",
        "dirname",
        "grep",
        "gzip",
        "mkdir",
        "mv",
        "rm",
        "sha256sum",
        "tar",
    ];
    let path = text(&only(&runner, &tools)).to_owned();
    runner.with("PATH", path).well();
    assert_eq!(*server.asked.lock().unwrap(), [format!("/download/v{VERSION}/{}", archive_name())]);
}

#[test]
fn a_cache_that_cannot_be_written_to_is_done_without() {
    let server = Server::start(Release::shared().served());
    let runner = runner(&server).with("RUNNER_TOOL_CACHE", "/dev/null/cache");
    runner.well();
}

#[test]
fn what_somebody_put_into_the_cache_is_not_run() {
    let server = Server::start(Release::shared().served());
    let runner = runner(&server);
    runner.well();
    fs::write(runner.cached(), "evil").unwrap();
    assert!(runner.well().said.contains("downloaded and verified"));
    assert_eq!(server.asked.lock().unwrap().len(), 2);
}

#[test]
fn a_file_with_another_digest_is_refused_and_kept_nowhere() {
    let mut files = Release::shared().served();
    files.values_mut().for_each(|file| file.push(0));
    let server = Server::start(files);
    // not even where a build would be allowed
    for build in ["false", "true"] {
        let runner = runner(&server).with("INPUT_BUILD", build);
        runner.refused(&[&smaller_name(), "is not the one that was released", "nothing of it was run"]);
        assert!(!runner.cached().exists());
        let left = fs::read_dir(runner.folder.path().join("temp/casefile")).unwrap().count();
        assert_eq!(left, 0);
    }
}

#[test]
fn a_download_goes_through_the_proxy() {
    let server = Server::start(Release::shared().served());
    let (proxy, asked) = proxy(server.port);
    // only the proxy knows where that is
    let port = closed_port();
    Runner::new(Release::shared().root())
        .with("INPUT_DOWNLOAD_URL", format!("https://localhost:{port}/download/"))
        .with("HTTPS_PROXY", proxy)
        .with("NO_PROXY", "")
        .well();
    assert_eq!(*asked.lock().unwrap(), [format!("localhost:{port}")]);
}

#[test]
fn without_a_network_one_line_says_what_to_do() {
    let url = format!("https://user:hunter2@localhost:{}/mirror", closed_port());
    let runner = Runner::new(Release::shared().root()).with("INPUT_DOWNLOAD_URL", url);
    runner.refused(&[
        &format!("casefile {VERSION} could not be downloaded from https://***@localhost"),
        "(curl: (7)",
        "HTTPS_PROXY",
        "'download-url'",
        "'binary'",
    ]);
    assert!(!runner.step().said.contains("hunter2"));
    let server = Server::start(HashMap::new());
    self::runner(&server).refused(&["could not be downloaded", "404"]);
    // a server that nobody vouches for
    let server = Server::start(Release::shared().served());
    self::runner(&server)
        .with("CURL_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
        .refused(&["certificate"]);
    let plain = format!("http://localhost:{}/", closed_port());
    Runner::new(Release::shared().root())
        .with("INPUT_DOWNLOAD_URL", plain)
        .refused(&["could not be downloaded"]);
}

#[test]
fn a_version_without_a_digest_is_named() {
    let runner = |version: &str| Runner::new(Release::shared().root()).with("INPUT_VERSION", version);
    let named = ["names casefile 9.9.9", &format!("(it has: {VERSION})"), "casefile/casefile@v9.9.9"];
    runner("v9.9.9").refused(&named);
    runner("9.9.9").with("INPUT_BUILD", "true").refused(&named);
    runner("../../x").refused(&["is not a version"]);
    // the action's own, named or not, is the same
    let server = Server::start(Release::shared().served());
    self::runner(&server).with("INPUT_VERSION", format!("v{VERSION}")).well();
}

#[test]
fn nothing_is_built_unless_that_is_asked_for() {
    let unknown = || Runner::new(Release::shared().root()).with("RUNNER_ARCH", "ARM");
    unknown().refused(&["no casefile release for this runner (Linux ARM)", "'build'"]);
    unknown().with("INPUT_BUILD", "yes").refused(&["'build' must be true or false"]);
    unknown()
        .with("INPUT_BUILD", "true")
        .refused(&["building casefile requires Rust, which this runner does not have"]);
    // a commit of main, which no release was made of
    let unreleased = || {
        let release = Release::shared().copy();
        fs::write(release.root().join("action/digests.txt"), "# none\n").unwrap();
        release
    };
    let release = unreleased();
    Runner::new(release.root()).refused(&["is not a release", "casefile/casefile@v0", "'build'"]);
    let runner = Runner::new(release.root()).with("INPUT_BUILD", "true");
    runner.refused(&["requires Rust"]);
    // one that builds gets neither secrets nor what earlier steps said about compilers
    let cargo = runner.folder.path().join("bin/cargo");
    let seen = runner.folder.path().join("seen");
    let script = format!(
        "#!/bin/sh\nenv > '{}'\nmkdir -p \"$CARGO_TARGET_DIR/release\"\nprintf '#!/bin/sh\\n' > \"$CARGO_TARGET_DIR/release/casefile\"\n",
        seen.display()
    );
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let runner =
        runner.with("JIRA_API_TOKEN", "geheim").with("RUSTC_WRAPPER", "/evil").with("GITHUB_TOKEN", "geheim");
    let step = runner.step();
    assert_eq!(step.code, 0, "{}", step.said);
    assert!(step.path.unwrap().ends_with("casefile/target/release/casefile"));
    let seen = fs::read_to_string(seen).unwrap();
    assert!(!seen.contains("geheim") && !seen.contains("/evil"), "{seen}");
}

#[test]
fn a_tool_that_is_missing_is_named() {
    let runner = Runner::new(Release::shared().root());
    let path =
        text(&only(&runner, &["awk", "bash", "cat", "cut", "dirname", "mkdir", "sha256sum"])).to_owned();
    runner.with("PATH", path).refused(&["requires curl", "'binary'"]);
}

#[test]
fn a_ready_binary_is_taken_as_it_is() {
    let runner = |path: &str| Runner::new(Release::shared().root()).with("INPUT_BINARY", path);
    let step = runner(env!("CARGO_BIN_EXE_casefile")).well();
    assert_eq!(step.path.unwrap(), PathBuf::from(env!("CARGO_BIN_EXE_casefile")));
    runner("/nowhere/casefile").refused(&["'binary' is not a file"]);
    runner(text(&own("Cargo.toml"))).refused(&["not executable", "chmod +x"]);
    runner("a\n::set-output name=path::b").refused(&["'binary' is not a path"]);
}

#[test]
fn set_up_puts_it_on_the_path() {
    let server = Server::start(Release::shared().served());
    for given in ["", env!("CARGO_BIN_EXE_casefile")] {
        let runner = runner(&server).with("INPUT_ADD_TO_PATH", "true").with("INPUT_BINARY", given);
        let step = runner.well();
        let folder = fs::read_to_string(runner.folder.path().join("path")).unwrap();
        assert_eq!(step.path.unwrap().parent().unwrap(), PathBuf::from(folder.trim_end()));
        let path = format!("{}:/usr/bin:/bin", folder.trim_end());
        let ran =
            Command::new("/bin/sh").args(["-c", "casefile --version"]).env("PATH", path).output().unwrap();
        assert!(String::from_utf8(ran.stdout).unwrap().contains(VERSION));
    }
}
