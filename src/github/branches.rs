//! Branches: where their tips are.

use serde::Deserialize;

use super::client::Client;
use super::failure::Failure;

impl Client {
    /// The newest commit of a branch; `None`: there is no such branch. GitHub leads nobody from a branch's
    /// former name on here (`git/get-ref`).
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn tip(&self, branch: &str) -> Result<Option<String>, Failure> {
        let name: Vec<String> = branch.split('/').map(encoded).collect();
        match self
            .get::<WireRef>(&format!("git/ref/heads/{}", name.join("/")), &format!("branch {branch}"))
            .await
        {
            Ok(found) => Ok(Some(found.object.sha)),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// A part of a path: a branch may be called `a#b` or `100%`.
fn encoded(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    part.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[derive(Deserialize)]
struct WireRef {
    object: WireObject,
}

#[derive(Deserialize)]
struct WireObject {
    sha: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branchs_name_is_a_path() {
        assert_eq!(["fix#1", "100%", "ä", "v1.0"].map(encoded), ["fix%231", "100%25", "%C3%A4", "v1.0"]);
    }
}
