//! The objects in GitLab's reports.

use crate::report::parse::lenient::{Flag, LenientList, LenientText, Maybe, Number, name, objects};

objects! { "snake_case"
    /// `scan`
    struct GitlabRun {
        #[serde(deserialize_with = "name")]
        r#type: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        status: LenientText<'a>,
        scanner: Maybe<Scanner<'a>>,
        messages: LenientList<Maybe<GitlabMessage<'a>>>,
    }

    /// What the analyzer says of its own work
    struct GitlabMessage {
        level: LenientText<'a>,
    }

    /// Who found it
    struct Scanner {
        #[serde(deserialize_with = "name")]
        name: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        id: LenientText<'a>,
        #[serde(deserialize_with = "name")]
        version: LenientText<'a>,
    }

    /// A finding
    struct GitlabVulnerability {
        id: LenientText<'a>,
        category: LenientText<'a>,
        name: LenientText<'a>,
        message: LenientText<'a>,
        description: LenientText<'a>,
        severity: LenientText<'a>,
        solution: LenientText<'a>,
        scanner: Maybe<Scanner<'a>>,
        location: Maybe<GitlabPlace<'a>>,
        identifiers: LenientList<Maybe<GitlabIdentifier<'a>>>,
        links: LenientList<Maybe<Web<'a>>>,
        cvss_vectors: LenientList<Maybe<Vector<'a>>>,
        flags: LenientList<Maybe<GitlabNote<'a>>>,
        withdrawn: Flag,
    }

    /// Where
    struct GitlabPlace {
        file: LenientText<'a>,
        /// for a running site: its address, and the path there
        hostname: LenientText<'a>,
        path: LenientText<'a>,
        start_line: Number,
        end_line: Number,
        class: LenientText<'a>,
        method: LenientText<'a>,
        image: LenientText<'a>,
        operating_system: LenientText<'a>,
        dependency: Maybe<GitlabDependency<'a>>,
    }

    /// A package in a version
    struct GitlabDependency {
        package: Maybe<GitlabNamed<'a>>,
        version: LenientText<'a>,
    }

    /// A package
    struct GitlabNamed {
        name: LenientText<'a>,
    }

    /// What it is called elsewhere
    struct GitlabIdentifier {
        r#type: LenientText<'a>,
        name: LenientText<'a>,
        value: LenientText<'a>,
        url: LenientText<'a>,
    }

    /// Where to read more
    struct Web {
        url: LenientText<'a>,
    }

    /// A score
    struct Vector {
        vector: LenientText<'a>,
    }

    /// What an analyzer remarks, e.g. that it is likely no finding
    struct GitlabNote {
        r#type: LenientText<'a>,
    }
}

impl Scanner<'_> {
    /// Its name for people, otherwise its id.
    pub(crate) fn called(&self) -> Option<&str> {
        self.name.some().or(self.id.some())
    }
}
