//! An empty list: what Gitleaks, ESLint, hadolint and others write where they found nothing. An empty list of
//! Go's that was never made is `null`.
//!
//! Nothing in it says who wrote it, so it closes no scan: no finding is gone because of it.

use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "empty-list",
    scanners: "scanners that found nothing and do not identify themselves",
    recognised: "an empty JSON list, or `null`",
    kinds: &[],
    recognise: |outline| outline.shape == ReportShape::List && outline.is("[]") || outline.is("null"),
    read,
};

/// Sees that it is whole: a list, and nothing behind it.
fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut json = Json::new(&source.name, source.open()?, sink);
    json.each_document(|json| json.skip())
}

#[cfg(test)]
mod tests {
    use crate::report::shared::recorded::{check, lines};

    #[test]
    fn nothing_is_told_of_nobody() {
        check("empty-list", "[\n  \n]\n", lines, &[]);
        check("empty-list", "null\n", lines, &[]);
    }
}
