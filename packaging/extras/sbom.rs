//! The software bill of materials of casefile's own binary, as CycloneDX 1.6
//! (<https://cyclonedx.org/docs/1.6/json/>): what cargo resolved for a target, with the digests of the lock file.
//!
//! Built in is what the binary holds, so procedural macros and build scripts with what they need are not listed.
//! `cargo metadata` has the edges, and more than is built in: it resolves with the features that tests ask for.
//! `cargo tree` knows what is left without them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The document. The same sources give the same one: it has neither a time nor a random number.
pub(super) fn of(target: &str) -> io::Result<Value> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--format-version=1", "--filter-platform", target])?)?;
    let tree = cargo(&["tree", "--edges=normal,no-proc-macro", "--prefix=none", "--target", target])?;
    let listed: BTreeSet<String> = tree.lines().filter_map(listed).collect();
    let digests = digests(&fs::read_to_string(format!("{ROOT}/Cargo.lock"))?);
    let packages: BTreeMap<&str, &Value> = array(&metadata["packages"])
        .filter(|package| listed.contains(&name_and_version(package)))
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: BTreeMap<&str, &Value> =
        array(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let root = metadata["resolve"]["root"].as_str().ok_or_else(|| missing("the root package"))?;
    let edges = built_in(root, &nodes, &packages);
    let reference = |id: &&str| packages.get(*id).map_or_else(String::new, |package| purl(package));
    let components: Vec<Value> = edges
        .keys()
        .filter(|id| **id != root)
        .filter_map(|id| packages.get(*id))
        .map(|package| component(package, "library", &digests))
        .collect();
    let dependencies: Vec<Value> = edges
        .iter()
        .map(|(id, needs)| json!({"ref": reference(id), "dependsOn": needs.iter().map(reference).collect::<BTreeSet<_>>()}))
        .collect();
    let own = packages.get(root).ok_or_else(|| missing("the root package"))?;
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(own, "application", &digests),
            "properties": [{"name": "casefile:target", "value": target}],
        },
        "components": components,
        "dependencies": dependencies,
    });
    document["serialNumber"] = json!(format!("urn:uuid:{}", uuid(&document.to_string())));
    Ok(document)
}

/// What cargo says of this repository.
fn cargo(arguments: &[&str]) -> io::Result<String> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo).args(arguments).arg("--locked").current_dir(ROOT).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

/// `name v1.2.3 (…)`, a line of `cargo tree`, as `name@1.2.3`.
fn listed(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    Some(format!("{}@{}", words.next()?, words.next()?.strip_prefix('v')?))
}

/// Each package that is built in, by its id, with those that it needs.
fn built_in<'m>(
    root: &'m str,
    nodes: &BTreeMap<&'m str, &'m Value>,
    packages: &BTreeMap<&str, &Value>,
) -> BTreeMap<&'m str, Vec<&'m str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if found.contains_key(id) {
            continue;
        }
        let needs = nodes.get(id).map(|node| array(&node["deps"])).into_iter().flatten();
        let needs: Vec<&str> = needs
            .filter(|need| array(&need["dep_kinds"]).any(|kind| kind["kind"].is_null()))
            .filter_map(|need| need["pkg"].as_str())
            .filter(|id| packages.contains_key(id))
            .collect();
        open.extend(&needs);
        found.insert(id, needs);
    }
    found
}

fn component(package: &Value, kind: &str, digests: &BTreeMap<String, String>) -> Value {
    let purl = purl(package);
    let mut component = json!({
        "type": kind,
        "bom-ref": purl,
        "name": package["name"],
        "version": package["version"],
        "purl": purl,
    });
    if let Some(licence) = package["license"].as_str() {
        component["licenses"] = json!([{"expression": licence.replace('/', " OR ")}]);
    }
    if let Some(digest) = digests.get(&name_and_version(package)) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": digest}]);
    }
    if let Some(repository) = package["repository"].as_str() {
        component["externalReferences"] = json!([{"type": "vcs", "url": repository}]);
    }
    component
}

fn purl(package: &Value) -> String {
    format!("pkg:cargo/{}", name_and_version(package).replace('+', "%2B"))
}

fn name_and_version(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    format!("{}@{}", text("name"), text("version"))
}

/// The registry's digest of each package, as the lock file has it.
fn digests(lock: &str) -> BTreeMap<String, String> {
    let packages = lock.split("[[package]]").skip(1);
    let value = |package: &str, key: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        line.map(|text| text.trim_matches('"').to_owned())
    };
    packages
        .filter_map(|one| {
            let key = format!("{}@{}", value(one, "name")?, value(one, "version")?);
            Some((key, value(one, "checksum")?))
        })
        .collect()
}

/// A UUID of the content (version 8 of RFC 9562: the bits are the application's own).
fn uuid(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes: Vec<u8> = digest.iter().copied().take(16).collect();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn missing(what: &str) -> io::Error {
    io::Error::other(format!("cargo's metadata does not name {what}"))
}
