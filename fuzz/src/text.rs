//! Hostile texts made of bytes.

use arbitrary::{Result, Unstructured};

use crate::words::PIECES;

/// A text of such pieces and of any others.
pub fn hostile(from: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..from.int_in_range(0..=7)? {
        if from.ratio(1, 4)? {
            text += from.arbitrary::<&str>()?;
        } else {
            text += from.choose(PIECES)?;
        }
    }
    Ok(text)
}
