//! GitLab's objects, as its reports hold them.

use crate::report::parse::lenient::{Flag, List, Maybe, Number, Text, name, objects};

objects! { "snake_case"
    /// `scan`
    struct Run {
        #[serde(deserialize_with = "name")]
        r#type: Text<'a>,
        #[serde(deserialize_with = "name")]
        status: Text<'a>,
        scanner: Maybe<Scanner<'a>>,
        messages: List<Maybe<Message<'a>>>,
    }

    /// What the analyzer says of its own work
    struct Message {
        level: Text<'a>,
    }

    /// Who found it
    struct Scanner {
        #[serde(deserialize_with = "name")]
        name: Text<'a>,
        #[serde(deserialize_with = "name")]
        id: Text<'a>,
        #[serde(deserialize_with = "name")]
        version: Text<'a>,
    }

    /// A finding
    struct Vulnerability {
        id: Text<'a>,
        category: Text<'a>,
        name: Text<'a>,
        message: Text<'a>,
        description: Text<'a>,
        severity: Text<'a>,
        solution: Text<'a>,
        scanner: Maybe<Scanner<'a>>,
        location: Maybe<Place<'a>>,
        identifiers: List<Maybe<Identifier<'a>>>,
        links: List<Maybe<Web<'a>>>,
        cvss_vectors: List<Maybe<Vector<'a>>>,
        flags: List<Maybe<Note<'a>>>,
        withdrawn: Flag,
    }

    /// Where
    struct Place {
        file: Text<'a>,
        /// of a running site: its address, and the path there
        hostname: Text<'a>,
        path: Text<'a>,
        start_line: Number,
        end_line: Number,
        class: Text<'a>,
        method: Text<'a>,
        image: Text<'a>,
        operating_system: Text<'a>,
        dependency: Maybe<Dependency<'a>>,
    }

    /// A package in a version
    struct Dependency {
        package: Maybe<Named<'a>>,
        version: Text<'a>,
    }

    /// A package
    struct Named {
        name: Text<'a>,
    }

    /// What it is called elsewhere
    struct Identifier {
        r#type: Text<'a>,
        name: Text<'a>,
        value: Text<'a>,
        url: Text<'a>,
    }

    /// Where to read more
    struct Web {
        url: Text<'a>,
    }

    /// A score
    struct Vector {
        vector: Text<'a>,
    }

    /// What an analyzer remarks, e.g. that it is likely no finding
    struct Note {
        r#type: Text<'a>,
    }
}

impl Scanner<'_> {
    /// Its name for people, else its id.
    pub(crate) fn called(&self) -> Option<&str> {
        self.name.some().or(self.id.some())
    }
}
