//! What the tools that read RustSec's advisories for Cargo have in common: cargo-audit and cargo-deny.

use crate::model::finding::{FixOutlook, Help};

use crate::report::parse::lenient::{LenientList, LenientText, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::audit::{Audit, AuditAdvisory};
use crate::report::shared::cvss;

mod audit;
mod deny;

pub(crate) use audit::FORMAT as AUDIT;
pub(crate) use deny::FORMAT as DENY;

objects! { "kebab-case"
    /// RustSec's own metadata of an advisory
    struct CargoAdvisory {
        id: LenientText<'a>,
        package: LenientText<'a>,
        title: LenientText<'a>,
        description: LenientText<'a>,
        aliases: LenientList<LenientText<'a>>,
        cvss: LenientText<'a>,
        severity: LenientText<'a>,
        informational: LenientText<'a>,
        url: LenientText<'a>,
        withdrawn: LenientText<'a>,
    }

    /// A crate
    struct CargoPackage {
        name: LenientText<'a>,
        version: LenientText<'a>,
    }
}

fn lock_file(scanner: &str, source: &ReportSource) -> Audit {
    Audit::new(scanner, "cargo", "Cargo.lock", source)
}

/// What an advisory says, whichever tool reports it; package, versions and the dependency path are left to the tool.
fn advise<'r>(advisory: &'r CargoAdvisory<'r>) -> AuditAdvisory<'r> {
    let names = [&advisory.id].into_iter().chain(advisory.aliases.iter());
    AuditAdvisory {
        names: names.filter_map(LenientText::owned).collect(),
        title: &advisory.title,
        description: &advisory.description,
        is_markdown: true,
        help: Help::None,
        url: page(advisory),
        severity: advisory.severity.some().unwrap_or_else(|| worth(&advisory.informational)),
        cvss: cvss::of(None, advisory.cvss.some()),
        withdrawn: advisory.withdrawn.some().is_some(),
        outlook: (&*advisory.informational == "unmaintained").then_some(FixOutlook::Unmaintained),
        package: &advisory.package,
        ..AuditAdvisory::default()
    }
}

/// RustSec's page says more than the upstream ticket that `url` usually is.
fn page(advisory: &CargoAdvisory<'_>) -> Option<String> {
    if advisory.id.starts_with("RUSTSEC-") {
        return Some(format!("https://rustsec.org/advisories/{}.html", &*advisory.id));
    }
    advisory.url.owned()
}

/// The severity of a warning by its kind (RustSec's `informational`); empty: it is not a warning.
fn worth(kind: &str) -> &'static str {
    match kind {
        "" => "",
        "unsound" => "low",
        _ => "info",
    }
}
