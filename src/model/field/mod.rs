//! From strings to what a field of the tracker accepts: its [`FieldShape`] follows from the tracker's description of
//! it.

mod convert;
mod shape;

pub use convert::{ConversionError, choice, chosen, convert, convert_what_fits, listed, words};
pub use shape::{FieldShape, shape};
