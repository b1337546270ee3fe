//! Types from which a format's structs are made so that they cannot fail by type: what is not of the
//! wanted type is as good as absent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text; a number or a truth value as written, anything else as the empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(pub Cow<'a, str>);

/// A number, also where it is written as a text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number(pub Option<f64>);

/// A truth value, also where it is written as a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub Option<bool>);

/// An object, or nothing where something else is.
#[derive(Debug, Clone, PartialEq)]
pub struct Maybe<T>(pub Option<T>);

/// Many, one without brackets, or none. Its elements must be of a lenient type themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T>(pub Vec<T>);

/// The first of many; the others are passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct First<T>(pub Option<T>);

/// An object's entries in their order. Its values must be of a lenient type themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs<'a, V = Text<'a>>(pub Vec<(Text<'a>, V)>);

impl Number {
    /// A line or column: 0 where there is none or it is not positive; what is too large is the largest.
    pub fn position(self) -> u32 {
        // a cast from a float saturates, and takes no number for 0
        self.0.map_or(0, |number| number as u32)
    }

    /// An index into another list; SARIF writes -1 for none.
    pub fn index(self) -> Option<usize> {
        self.0.filter(|number| (0.0..1e9).contains(number)).map(|number| number as usize)
    }
}

impl<'a> Text<'a> {
    /// The text, unless it is empty.
    pub fn some(&self) -> Option<&str> {
        Some(&*self.0).filter(|text| !text.is_empty())
    }

    /// The same, for keeping.
    pub fn owned(&self) -> Option<String> {
        self.some().map(str::to_owned)
    }

    /// The text itself, borrowed from the report where it can be.
    pub fn into_cow(self) -> Cow<'a, str> {
        self.0
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<T> Maybe<T> {
    /// The object, if it is one.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> List<T> {
    /// Its elements in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> List<Maybe<T>> {
    /// Its objects in their order, without what is none.
    pub fn objects(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Maybe::get)
    }
}

impl<V> Pairs<'_, V> {
    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(key, value)| (&*key.0, value))
    }
}

// derived ones would ask the same of T
impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Maybe(None)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List(Vec::new())
    }
}

impl<V> Default for Pairs<'_, V> {
    fn default() -> Self {
        Pairs(Vec::new())
    }
}

impl<T> Default for First<T> {
    fn default() -> Self {
        First(None)
    }
}

/// What a visitor answers to the kinds of value that its type does not take.
macro_rules! otherwise_nothing {
    ($($kind:ident)*) => { $(otherwise_nothing!(@ $kind);)* };
    (@ bool) => { otherwise_nothing!(@@ visit_bool bool); };
    (@ integer) => { otherwise_nothing!(@@ visit_i64 i64); otherwise_nothing!(@@ visit_u64 u64); };
    (@ float) => { otherwise_nothing!(@@ visit_f64 f64); };
    (@ text) => { otherwise_nothing!(@@ visit_str &str); };
    (@ null) => {
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
    (@ list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (@ object) => {
        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (@@ $method:ident $type:ty) => {
        fn $method<E: de::Error>(self, _: $type) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

/// What a visitor says it wants; never read, because no visitor here refuses anything.
macro_rules! anything {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<'a>(PhantomData<Text<'a>>);

        impl<'de: 'a, 'a> Visitor<'de> for Visit<'a> {
            type Value = Text<'a>;

            anything!();
            otherwise_nothing!(null list object);

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Borrowed(if value { "true" } else { "false" })))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Text<'a>, E> {
                Ok(Text(number.to_string().into()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Text<'a>, E> {
                Ok(Text(number.to_string().into()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Text<'a>, E> {
                Ok(Text(number.to_string().into()))
            }
        }

        deserializer.deserialize_any(Visit(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Number;

            anything!();
            otherwise_nothing!(bool null list object);

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
                Ok(Number(Some(number as f64)))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Number, E> {
                Ok(Number(Some(number as f64)))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Number, E> {
                Ok(Number(Some(number)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                Ok(Number(text.trim().parse().ok().filter(|number: &f64| number.is_finite())))
            }
        }

        deserializer.deserialize_any(Visit)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Flag;

            anything!();
            otherwise_nothing!(integer float null list object);

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(Some(value)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Flag, E> {
                Ok(Flag(text.trim().to_ascii_lowercase().parse().ok()))
            }
        }

        deserializer.deserialize_any(Visit)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Maybe<T>;

            anything!();
            otherwise_nothing!(bool integer float text null list);

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Maybe<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(|object| Maybe(Some(object)))
            }
        }

        deserializer.deserialize_any(Visit(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = List<T>;

            anything!();
            otherwise_nothing!(bool null);

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(List(elements))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<List<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(|one| List(vec![one]))
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<List<T>, E> {
                T::deserialize(BorrowedStrDeserializer::new(text)).map(|one| List(vec![one]))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<List<T>, E> {
                T::deserialize(StrDeserializer::new(text)).map(|one| List(vec![one]))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<List<T>, E> {
                T::deserialize(de::value::I64Deserializer::new(number)).map(|one| List(vec![one]))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<List<T>, E> {
                T::deserialize(de::value::U64Deserializer::new(number)).map(|one| List(vec![one]))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<List<T>, E> {
                T::deserialize(de::value::F64Deserializer::new(number)).map(|one| List(vec![one]))
            }
        }

        deserializer.deserialize_any(Visit(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = First<T>;

            anything!();
            otherwise_nothing!(bool integer float text null);

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<First<T>, A::Error> {
                let first = list.next_element()?;
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<First<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(|one| First(Some(one)))
            }
        }

        deserializer.deserialize_any(Visit(PhantomData))
    }
}

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Pairs<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<'a, V>(PhantomData<Pairs<'a, V>>);

        impl<'de: 'a, 'a, V: Deserialize<'de>> Visitor<'de> for Visit<'a, V> {
            type Value = Pairs<'a, V>;

            anything!();
            otherwise_nothing!(bool integer float text null list);

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Pairs<'a, V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = object.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_any(Visit(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Default, Debug, PartialEq)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Inner<'a> {
        name: Text<'a>,
    }

    #[derive(serde::Deserialize, Default, Debug, PartialEq)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct All<'a> {
        text: Text<'a>,
        number: Number,
        flag: Flag,
        maybe: Maybe<Inner<'a>>,
        texts: List<Text<'a>>,
        objects: List<Maybe<Inner<'a>>>,
        first: First<Maybe<Inner<'a>>>,
        pairs: Pairs<'a>,
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

    fn text(text: &str) -> Text<'_> {
        Text(Cow::Borrowed(text))
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
        check("\"a\"", List(vec![text("a")]));
        check("79", List(vec![text("79")]));
        check("null", List::<Text<'_>>(vec![]));
        check("{\"name\":\"a\"}", List(vec![Maybe(Some(Inner { name: text("a") }))]));
        check("[{\"name\":\"a\"},{}]", First(Some(Maybe(Some(Inner { name: text("a") })))));
        check("{\"b\":1,\"a\":\"x\"}", Pairs(vec![(text("b"), text("1")), (text("a"), text("x"))]));
    }

    #[test]
    fn a_text_is_borrowed_where_it_can_be() {
        let json = "[\"plain\", \"esc\\t\"]";
        let List(texts) = serde_json::from_str::<List<Text<'_>>>(json).unwrap();
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
