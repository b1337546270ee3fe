//! The location of an artifact (3.4), as an owned copy.

use std::borrow::Cow;

use crate::report::readers::code::sarif::wire;
use crate::report::shared::path;

/// An artifactLocation (3.4), as an owned copy.
#[derive(Default)]
pub(crate) struct SarifPlace {
    pub(crate) uri: String,
    pub(crate) base: String,
}

impl SarifPlace {
    pub(crate) fn of(location: &wire::ArtifactLocation<'_>) -> SarifPlace {
        let uri = path::bounded(Cow::Borrowed(&*location.uri)).into_owned();
        SarifPlace { uri, base: location.uri_base_id.to_string() }
    }
}
