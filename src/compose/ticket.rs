//! stub
use crate::document::*;
use crate::model::{run::Run, survey::*};
pub fn summary(_: &Group, _: &Survey, _: &str) -> String {
    "s".into()
}
pub fn description(
    _: &Group,
    _: &Survey,
    _: &Run,
    _: &[crate::config::Section],
    _: &[(String, usize)],
) -> Document {
    Document::default()
}
