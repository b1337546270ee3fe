//! Types for a format's structs that cannot fail because of a value's type: a value of another type counts as absent.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Deserializer};

use crate::report::shared::words;

mod any;
pub(crate) mod budget;
mod visit;

pub(crate) use any::AnyValue;

/// Declares structs for a format's objects: keys in the given case, all optional, borrowing from the window.
macro_rules! objects {
    ($case:tt $($(#[$doc:meta])* struct $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(default, rename_all = $case, bound(deserialize = "'de: 'a"))]
        pub(crate) struct $name<'a> {
            $($(#[$attribute])* pub(crate) $field: $type,)*
        }

        impl $crate::report::parse::json::Element for $name<'static> {
            type In<'w> = $crate::report::parse::lenient::Maybe<$name<'w>>;
        }

        impl $crate::report::parse::json::Object for $name<'static> {
            type As<'w> = $name<'w>;

            fn get<'a, 'w>(read: &'a Self::In<'w>) -> Option<&'a $name<'w>> {
                read.get()
            }
        }
    )* };
}

pub(crate) use objects;

/// A string; a number or a Boolean as written, anything else as the empty string.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LenientText<'a>(pub(crate) Cow<'a, str>);

/// A number, even if it is written as a string.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Number(pub(crate) Option<f64>);

/// A Boolean, even if it is written as a string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) Option<bool>);

/// An object, or nothing if the value is something else.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

/// Several values, one without brackets, or none. Its elements must be of a lenient type themselves.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LenientList<T>(pub(crate) Vec<T>);

/// The first of several values; the others are skipped.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct First<T>(pub(crate) Option<T>);

/// An object's entries in order. Its values must be of a lenient type themselves.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LenientPairs<'a, V = LenientText<'a>>(pub(crate) Vec<(LenientText<'a>, V)>);

impl Number {
    /// A line or column: 0 if there is none or it is not positive; the maximum if it is too large.
    pub(crate) fn position(self) -> u32 {
        // a cast from a float saturates, and turns NaN into 0
        self.0.map_or(0, |number| number as u32)
    }

    /// An index into another list; SARIF writes -1 for none.
    pub(crate) fn index(self) -> Option<usize> {
        self.0.filter(|number| (0.0..1e9).contains(number)).map(|number| number as usize)
    }
}

impl<'a> LenientText<'a> {
    /// The string, unless it is empty.
    pub(crate) fn some(&self) -> Option<&str> {
        Some(&*self.0).filter(|text| !text.is_empty())
    }

    /// The same, as an owned string.
    pub(crate) fn owned(&self) -> Option<String> {
        self.some().map(str::to_owned)
    }
}

impl Deref for LenientText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<T> Maybe<T> {
    /// The object, if it is one.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> LenientList<T> {
    /// Its elements in order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> LenientList<Maybe<T>> {
    /// Its objects in order, without other elements.
    pub(crate) fn objects(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter().filter_map(Maybe::get)
    }

    /// How many of its elements are not objects.
    pub(crate) fn strays(&self) -> usize {
        self.0.iter().filter(|element| element.get().is_none()).count()
    }
}

impl<V> LenientPairs<'_, V> {
    /// The entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(key, value)| (&*key.0, value))
    }
}

// derived ones would require the same of T
impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Maybe(None)
    }
}

impl<T> Default for LenientList<T> {
    fn default() -> Self {
        LenientList(Vec::new())
    }
}

impl<V> Default for LenientPairs<'_, V> {
    fn default() -> Self {
        LenientPairs(Vec::new())
    }
}

impl<T> Default for First<T> {
    fn default() -> Self {
        First(None)
    }
}

/// Reads a string that is a name: as much of it as is read of names. For `#[serde(deserialize_with = "name")]`.
pub(crate) fn name<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<LenientText<'a>, D::Error> {
    LenientText::deserialize(deserializer).map(|LenientText(text)| {
        LenientText(match text {
            Cow::Borrowed(text) => words::name(text),
            Cow::Owned(text) => Cow::Owned(words::name(&text).into_owned()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::fmt;

    #[derive(serde::Deserialize, Default, Debug, PartialEq)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Inner<'a> {
        name: LenientText<'a>,
    }

    #[derive(serde::Deserialize, Default, Debug, PartialEq)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct All<'a> {
        text: LenientText<'a>,
        number: Number,
        flag: Flag,
        maybe: Maybe<Inner<'a>>,
        texts: LenientList<LenientText<'a>>,
        objects: LenientList<Maybe<Inner<'a>>>,
        first: First<Maybe<Inner<'a>>>,
        pairs: LenientPairs<'a>,
    }

    const VALUES: [&str; 12] = [
        "null",
        "true",
        "0",
        "-1",
        "3e76",
        "1.5",
        "\"\"",
        "\"a\\n\"",
        "[]",
        "[1,null,{}]",
        "{}",
        "{\"name\":{\"x\":[2]}}",
    ];

    #[test]
    fn nothing_fails_by_type() {
        for field in ["text", "number", "flag", "maybe", "texts", "objects", "first", "pairs"] {
            for value in VALUES {
                let json = format!("{{\"{field}\": {value}, \"other\": {value}}}");
                serde_json::from_str::<All<'_>>(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            }
        }
    }

    fn check<'a, T: Deserialize<'a> + PartialEq + fmt::Debug>(json: &'a str, expected: T) {
        assert_eq!(serde_json::from_str::<T>(json).unwrap(), expected, "{json}");
    }

    fn text(text: &str) -> LenientText<'_> {
        LenientText(Cow::Borrowed(text))
    }

    #[test]
    fn what_is_close_enough_is_taken() {
        check("\"a\"", text("a"));
        check("12", text("12"));
        check("true", text("true"));
        check("null", text(""));
        check("\"7.5\"", Number(Some(7.5)));
        check("7.5", Number(Some(7.5)));
        check("\"inf\"", Number(None));
        check("\"high\"", Number(None));
        check("\"True\"", Flag(Some(true)));
        check("1", Flag(None));
        check("\"a\"", LenientList(vec![text("a")]));
        check("79", LenientList(vec![text("79")]));
        check("null", LenientList::<LenientText<'_>>(vec![]));
        check("{\"name\":\"a\"}", LenientList(vec![Maybe(Some(Inner { name: text("a") }))]));
        check("[{\"name\":\"a\"},{}]", First(Some(Maybe(Some(Inner { name: text("a") })))));
        check("{\"b\":1,\"a\":\"x\"}", LenientPairs(vec![(text("b"), text("1")), (text("a"), text("x"))]));
    }

    #[test]
    fn a_text_is_borrowed_where_it_can_be() {
        let json = "[\"plain\", \"esc\\t\"]";
        let LenientList(texts) = serde_json::from_str::<LenientList<LenientText<'_>>>(json).unwrap();
        assert!(matches!(texts[0].0, Cow::Borrowed("plain")));
        assert!(matches!(&texts[1].0, Cow::Owned(text) if text == "esc\t"));
    }

    #[test]
    fn positions_are_clamped() {
        let check = |number, expected| assert_eq!(Number(number).position(), expected);
        check(None, 0);
        check(Some(-3.0), 0);
        check(Some(0.0), 0);
        check(Some(12.0), 12);
        check(Some(3e76), u32::MAX);
        assert_eq!(Number(Some(-1.0)).index(), None);
        assert_eq!(Number(Some(3.0)).index(), Some(3));
    }
}
