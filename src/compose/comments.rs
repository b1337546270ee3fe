//! stub
use crate::document::*;
use crate::model::{run::Run, survey::*, ticket::Key};
pub fn recurred(_: &Group, _: &Survey, _: &Run, _: Option<u32>) -> Document {
    Document::default()
}
pub fn reopened(_: &Group, _: &Survey, _: &Run) -> Document {
    Document::default()
}
pub fn added(_: &Group, _: &Survey, _: &Run) -> Document {
    Document::default()
}
pub fn news(_: &Group, _: &Survey, _: &Run) -> Document {
    Document::default()
}
pub fn merged(_: &Key, _: &str) -> Document {
    Document::default()
}
