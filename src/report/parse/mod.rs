//! Bytes to elements: JSON and XML as streams, gzip, and types that accept what tools really write.

pub(crate) mod gzip;
pub(crate) mod json;
pub(crate) mod lenient;
pub(crate) mod repair;
pub mod source;
pub(crate) mod window;
pub(crate) mod xml;
