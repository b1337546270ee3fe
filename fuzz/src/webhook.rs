//! Any bytes as a webhook: what nobody signed opens nothing, and a hint is the same however it is spaced.

use arbitrary::{Result, Unstructured};
use casefile::serve::{Hint, WebhookVerifier};
use jiff::Timestamp;
use secrecy::SecretString;

/// Takes the bytes for a body, and for a signature and a body.
pub fn check(bytes: &[u8]) {
    hint(bytes);
    // too few bytes make no case
    let _ = case(&mut Unstructured::new(bytes));
}

fn case(from: &mut Unstructured<'_>) -> Result<()> {
    let (signature, secret) = (from.arbitrary::<&str>()?, from.arbitrary::<&str>()?);
    let key = SecretString::from(format!("a secret that is not in the input {secret}"));
    let Ok(verifier) = WebhookVerifier::new(Some(&key), Some(&key)) else { panic!("this secret is not empty") };
    let body = from.bytes(from.len())?;
    for signature in [signature.to_owned(), format!("sha256={signature}"), format!("Bearer {signature}")] {
        assert!(!verifier.fits_body(&signature, body));
        assert!(!verifier.fits_app(&signature, Timestamp::UNIX_EPOCH));
    }
    Ok(())
}

fn hint(body: &[u8]) {
    let spaced = [b" \n", body, b"\t "].concat();
    assert_eq!(Hint::read(body), Hint::read(&spaced));
}
