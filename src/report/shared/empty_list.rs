//! An empty list: what Gitleaks, ESLint, hadolint and others write if they found nothing. In Go, an empty list that was
//! never created is `null`.
//!
//! Nothing in it says which tool wrote it, so it closes no scan, and no finding is gone because of it.

use crate::model::scan::Problem;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "empty-list",
    scanners: "scanners that found nothing and whose reports do not say which scanner wrote them",
    recognised: "an empty JSON list, or `null`",
    kinds: &[],
    recognise: |outline| outline.shape == ReportShape::List && outline.is("[]") || outline.is("null"),
    read,
};

/// Checks that it is complete: a list, with nothing after it.
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
