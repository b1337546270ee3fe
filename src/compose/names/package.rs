//! Titles of findings in packages: the packages stand first, and the title does not repeat them.

use std::collections::BTreeSet;

use super::readable::capital;
use crate::document::visible::one_line;
use crate::model::finding::Package;
use crate::model::survey::Exemplar;

pub(super) fn packages(exemplars: &[Exemplar]) -> impl Iterator<Item = &Package<'static>> {
    exemplars.iter().filter_map(|one| one.package.as_ref()).filter(|package| !package.name.is_empty())
}

pub(super) fn with_packages(title: &str, exemplars: &[Exemplar], with_version: bool) -> String {
    let named = |package: &Package<'static>| match (with_version, one_line(&package.version)) {
        (true, version) if !version.is_empty() => format!("{} {version}", one_line(&package.name)),
        _ => one_line(&package.name),
    };
    let names: BTreeSet<String> = packages(exemplars).map(named).collect();
    let names: Vec<String> = names.into_iter().collect();
    let list = match names.as_slice() {
        [] => return title.to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, others @ ..] => format!("{one}, {two} and {} more", others.len()),
    };
    let mut title = title.to_owned();
    for package in packages(exemplars) {
        title = without_package(&title, &one_line(&package.name));
    }
    format!("{list}: {title}")
}

/// The title without the package before and after it, however often: `glob: glob: … in glob`.
pub(crate) fn without_package(title: &str, package: &str) -> String {
    let short = package.rsplit(['/', ':']).next().unwrap_or(package);
    let mut rest = title;
    loop {
        let before = rest.len();
        rest = behind_other_name(rest, short).unwrap_or(rest);
        for name in [package, short] {
            let bare = rest.trim_start_matches(['[', '`', '"']);
            let behind = bare.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name));
            if let Some(behind) = behind.map(|start| &bare[start.len()..]) {
                let behind = behind.trim_start_matches([']', '`', '"']);
                let more = [": ", " - ", "'s ", "’s "].iter().find_map(|joint| behind.strip_prefix(joint));
                let more = more.or_else(|| predicate(behind));
                rest = more.map(str::trim_start).filter(|more| !more.is_empty()).unwrap_or(rest);
            }
            for joint in [" in ", " in the ", " of "] {
                let head = rest.strip_suffix(name).and_then(|head| head.strip_suffix(joint));
                rest = head.filter(|head| head.contains(' ')).unwrap_or(rest);
            }
        }
        if rest.len() == before {
            return if rest.len() == title.len() { rest.to_owned() } else { capital(rest) };
        }
    }
}

/// What follows another name of the package: of what distributions call it (`nodejs-lodash: …`), or of what it is built
/// from (`libidn2: …` for `libidn2-0`, `openssl: …` for `libssl3`).
fn behind_other_name<'t>(title: &'t str, package: &str) -> Option<&'t str> {
    const PREFIXES: [&str; 11] = [
        "nodejs-", "node-", "npm-", "python-", "python3-", "rubygem-", "ruby-", "golang-", "perl-", "php-",
        "rust-",
    ];
    /// Packages with names that are not like those of their sources.
    const SOURCES: [(&str, &str); 6] = [
        ("libssl", "openssl"),
        ("libcrypto", "openssl"),
        ("libc6", "glibc"),
        ("libc-bin", "glibc"),
        ("libudev", "systemd"),
        ("ssl_client", "busybox"),
    ];
    const SHORTEST: usize = 3;
    let (name, behind) = title.split_once(": ").filter(|(name, _)| !name.contains(' '))?;
    let (name, package) = (name.to_lowercase(), package.to_lowercase());
    let begins = |package: &str| {
        let rest = package.strip_prefix(name.as_str());
        // a digit or a part of its own goes on: `libidn2-0`, `libgnutls30`
        name.len() >= SHORTEST && rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    };
    let is_other = PREFIXES.iter().any(|prefix| name.strip_prefix(prefix) == Some(&*package))
        || begins(&package)
        || package.strip_prefix("lib").is_some_and(begins)
        || SOURCES.iter().any(|(start, source)| name == *source && package.starts_with(start));
    Some(behind.trim_start()).filter(|behind| is_other && !behind.is_empty())
}

/// What is wrong with the package that stands before it: `is vulnerable to …`.
fn predicate(text: &str) -> Option<&str> {
    let text = text.strip_prefix(' ')?;
    if is_vulnerability(text) {
        return Some(text);
    }
    let text = text.strip_prefix("is ").unwrap_or(text);
    ["vulnerable to ", "susceptible to ", "affected by "]
        .iter()
        .any(|start| text.starts_with(start))
        .then_some(text)
}

/// Whether it says which vulnerability the package before it has, without a verb: `ReDoS vulnerability`.
fn is_vulnerability(text: &str) -> bool {
    const OTHER: [&str; 18] = [
        "and", "are", "before", "can", "contains", "could", "from", "had", "has", "in", "is", "may",
        "package", "prior", "through", "version", "versions", "was",
    ];
    let mut words: Vec<&str> = text.split(' ').collect();
    let last = words.pop().unwrap_or_default();
    matches!(last, "vulnerability" | "vulnerabilities" | "Vulnerability")
        && text.starts_with(char::is_alphabetic)
        && !words.is_empty()
        && !words.iter().any(|word| OTHER.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;

    #[test]
    fn the_package_is_not_said_twice() {
        let (group, _) = samples::dependency();
        let check = |title: &str, expected: &str| {
            assert_eq!(with_packages(title, &group.exemplars, false), expected);
        };
        check("Lodash: a fault", "lodash: A fault");
        check("lodash: lodash: a fault", "lodash: A fault");
        check("[lodash]: a fault in lodash", "lodash: A fault");
        check("é fault", "lodash: é fault");
        check("lodash vulnerable to injection", "lodash: Vulnerable to injection");
        check("lodash is vulnerable to injection", "lodash: Vulnerable to injection");
        check("lodash is slow", "lodash: lodash is slow");
        check("lodash ReDoS vulnerability", "lodash: ReDoS vulnerability");
        check("lodash template injection vulnerability", "lodash: Template injection vulnerability");
        check("lodash has a vulnerability", "lodash: lodash has a vulnerability");
        check("lodash", "lodash: lodash");
        check("lodash's template runs code", "lodash: Template runs code");
        check("lodash’s shouldBypass is wrong", "lodash: shouldBypass is wrong");
    }

    #[test]
    fn another_name_of_the_package_is_not_said_either() {
        let check = |title: &str, package: &str, expected: &str| {
            assert_eq!(without_package(title, package), expected, "{title}");
        };
        check("nodejs-jsonwebtoken: verification bypass", "jsonwebtoken", "Verification bypass");
        check("Nodejs-json-schema: Prototype pollution", "json-schema", "Prototype pollution");
        check("libidn2: heap-based overflow", "libidn2-0", "Heap-based overflow");
        check("OpenSSL: certificate check bypass", "libcrypto1.1", "Certificate check bypass");
        check("curl: cookie injection", "libcurl4", "Cookie injection");
        check("expat: integer overflow", "libexpat1", "Integer overflow");
        check("glibc: buffer overflow in iconv", "libc6", "Buffer overflow in iconv");
        check("python: buffer overflow", "python3.9-minimal", "Buffer overflow");
        check("http: request smuggling", "httpd", "http: request smuggling");
        check("XSS: a name is not escaped", "lodash", "XSS: a name is not escaped");
    }
}
