//! What proves that a webhook comes from Jira: the signature of its body (`X-Hub-Signature`) or, for an OAuth app's
//! webhooks, the token that is signed with the app's secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use crate::error::{Error, Result};

/// Verifies webhooks for one site. Nothing prints its keys.
#[derive(Clone)]
pub struct WebhookVerifier {
    body: Option<Hmac<Sha256>>,
    app: Option<Hmac<Sha256>>,
}

impl WebhookVerifier {
    /// Accepts bodies that are signed with `secret`, and tokens of the OAuth app whose secret is `app`.
    ///
    /// # Errors
    /// There is neither, or one is empty: everybody could sign with that.
    pub fn new(secret: Option<&SecretString>, app: Option<&SecretString>) -> Result<WebhookVerifier> {
        let key = |secret: &SecretString| {
            let text = secret.expose_secret();
            let key = Hmac::new_from_slice(text.as_bytes()).ok().filter(|_| !text.trim().is_empty());
            key.ok_or_else(|| Error::usage("the secret for webhooks is empty"))
        };
        let verifier = WebhookVerifier { body: secret.map(key).transpose()?, app: app.map(key).transpose()? };
        if verifier.body.is_none() && verifier.app.is_none() {
            return Err(Error::usage("no secret is set, so no webhook can be verified"));
        }
        Ok(verifier)
    }

    /// Whether the body's signature is correct: `sha256=` and 64 hex digits (WebSub, section 8). It is compared in
    /// constant time.
    pub fn fits_body(&self, signature: &str, body: &[u8]) -> bool {
        let given = signature.strip_prefix("sha256=").and_then(unhex);
        match (&self.body, given) {
            (Some(key), Some(given)) => key.clone().chain_update(body).verify_slice(&given).is_ok(),
            _ => false,
        }
    }

    /// Whether a bearer token is the app's: a JWT by HS256 that has not expired. It says nothing about the body, which
    /// is only a hint.
    pub fn fits_app(&self, authorization: &str, now: Timestamp) -> bool {
        let token = ["Bearer ", "JWT "].iter().find_map(|scheme| authorization.strip_prefix(scheme));
        let parts = token.and_then(|token| token.trim().rsplit_once('.'));
        let (Some(key), Some((said, signature))) = (&self.app, parts) else { return false };
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let json = |text: &str| serde_json::from_slice::<Value>(&decode(text)?).ok();
        let is_signed = decode(signature)
            .is_some_and(|given| key.clone().chain_update(said.as_bytes()).verify_slice(&given).is_ok());
        let Some((head, claims)) = said.split_once('.').filter(|_| is_signed) else { return false };
        let (Some(head), Some(claims)) = (json(head), json(claims)) else { return false };
        let alive =
            claims["exp"].is_null() || claims["exp"].as_i64().is_some_and(|end| end > now.as_second());
        head["alg"] == "HS256" && claims.is_object() && alive
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Atlassian's published test vector.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello World!";
    const SIGNATURE: &str = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";

    fn verifier(body: Option<&str>, app: Option<&str>) -> Result<WebhookVerifier> {
        let secret = |text: Option<&str>| text.map(|text| SecretString::from(text.to_owned()));
        WebhookVerifier::new(secret(body).as_ref(), secret(app).as_ref())
    }

    #[test]
    fn the_signature_of_the_body_opens_and_nothing_else_does() {
        let check = |signature: &str, body: &[u8], expected: bool| {
            assert_eq!(
                verifier(Some(SECRET), None).unwrap().fits_body(signature, body),
                expected,
                "{signature}"
            );
        };
        check(SIGNATURE, BODY, true);
        check(&SIGNATURE.replace('a', "A"), BODY, false);
        check(SIGNATURE, b"Hello World", false);
        check(SIGNATURE, b"", false);
        check(&SIGNATURE.replace("9", "8"), BODY, false);
        check(&SIGNATURE[7..], BODY, false);
        check(&SIGNATURE[..69], BODY, false);
        check(&format!("{SIGNATURE}00"), BODY, false);
        check("", BODY, false);
        check("sha256=", BODY, false);
        check(&SIGNATURE.replace("sha256", "sha1"), BODY, false);
        check(&format!("sha256={}", "é".repeat(32)), BODY, false);
        assert!(!verifier(Some("another"), None).unwrap().fits_body(SIGNATURE, BODY));
        assert!(!verifier(None, Some(SECRET)).unwrap().fits_body(SIGNATURE, BODY));
    }

    #[test]
    fn an_empty_secret_is_refused() {
        for (body, app) in
            [(None, None), (Some(""), None), (Some(" \n"), None), (None, Some("")), (Some("a"), Some(""))]
        {
            assert!(verifier(body, app).is_err(), "{body:?} {app:?}");
        }
    }

    #[test]
    fn the_word_of_the_app_opens_until_it_ends() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let word = |head: &str, claims: &str, secret: &str| {
            let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
            let said = format!("{}.{}", encode(head.as_bytes()), encode(claims.as_bytes()));
            let key = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            let signature = key.chain_update(said.as_bytes()).finalize().into_bytes();
            format!("Bearer {said}.{}", encode(&signature))
        };
        let check = |word: &str, expected: bool| {
            assert_eq!(verifier(None, Some("app")).unwrap().fits_app(word, now), expected, "{word}");
        };
        let head = r#"{"alg":"HS256","typ":"JWT"}"#;
        check(&word(head, "{}", "app"), true);
        check(&word(head, r#"{"exp":1800000001}"#, "app"), true);
        check(&word(head, r#"{"exp":1800000000}"#, "app"), false);
        check(&word(head, r#"{"exp":"soon"}"#, "app"), false);
        check(&word(head, "{}", "other"), false);
        check(&word(r#"{"alg":"none"}"#, "{}", "app"), false);
        check(&word(head, "[]", "app"), false);
        check(&word(head, "{}", "app").replace("Bearer ", "Basic "), false);
        check("Bearer ", false);
        check("Bearer a.b", false);
        check("Bearer ..", false);
        assert!(!verifier(Some("app"), None).unwrap().fits_app(&word(head, "{}", "app"), now));
    }
}
