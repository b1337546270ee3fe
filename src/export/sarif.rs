//! A SARIF file for each scan, for `--sarif-out`.

use std::path::Path;
use std::{fs, io};

use serde_json::Value;

use crate::document::mask;
use crate::error::{Error, ErrorClass, Result};
use crate::files;
use crate::model::fingerprint::Fingerprint;

/// Writes scans to a folder, each under a name made from its scope, and removes what an earlier run wrote about scans
/// that no longer exist: uploading it would bring old alerts back.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn sarif(folder: &Path, scans: &[(Fingerprint, Value)]) -> Result<()> {
    let wrong = |error: io::Error| {
        Error::new(
            ErrorClass::Machine,
            format!("--sarif-out {} cannot be written to: {error}", folder.display()),
        )
        .hint("choose a folder that the job can write to")
    };
    fs::create_dir_all(folder).map_err(wrong)?;
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let own = entry.file_name().to_str().is_some_and(is_ours);
        // of a link, only the link itself is removed, so that nothing is written through it
        if own && !entry.file_type().map_err(wrong)?.is_dir() {
            fs::remove_file(entry.path()).map_err(wrong)?;
        }
    }
    for (scope, log) in scans {
        let mut text = serde_json::to_vec(log).unwrap_or_default();
        mask::bytes(&mut text);
        files::write(&folder.join(name(*scope)), &text).map_err(wrong)?;
    }
    Ok(())
}

fn name(scope: Fingerprint) -> String {
    format!("casefile-{scope}.sarif")
}

fn is_ours(name: &str) -> bool {
    let hash = name.strip_prefix("casefile-").and_then(|rest| rest.strip_suffix(".sarif"));
    hash.is_some_and(|hash| hash.parse::<Fingerprint>().is_ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::model::fingerprint::Recipe;

    #[test]
    fn what_an_earlier_run_left_goes_and_what_is_anothers_stays() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("bandit.sarif"), "mine").unwrap();
        let scope = |number| Recipe::new("scope").number(number).finish();
        sarif(place.path(), &[(scope(1), json!(1)), (scope(2), json!(2))]).unwrap();
        sarif(place.path(), &[(scope(2), json!(3))]).unwrap();
        let names: BTreeSet<String> = fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names, BTreeSet::from(["bandit.sarif".to_owned(), name(scope(2))]));
        assert_eq!(fs::read_to_string(place.path().join(name(scope(2)))).unwrap(), "3");
    }
}
