//! How the lenient types are read: each accepts what it can use of any type of value.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::report::parse::lenient::{
    First, Flag, LenientList, LenientPairs, LenientText, Maybe, Number, budget,
};

/// A visitor's results for the types of values that its type does not accept.
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

/// What a visitor says it expects; never shown, because no visitor here rejects anything.
macro_rules! anything {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for LenientText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<'a>(PhantomData<LenientText<'a>>);

        impl<'de: 'a, 'a> Visitor<'de> for Visit<'a> {
            type Value = LenientText<'a>;

            anything!();
            otherwise_nothing!(null list object);

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<LenientText<'a>, E> {
                Ok(LenientText(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<LenientText<'a>, E> {
                Ok(LenientText(Cow::Owned(text.to_owned())))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<LenientText<'a>, E> {
                Ok(LenientText(Cow::Borrowed(if value { "true" } else { "false" })))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<LenientText<'a>, E> {
                Ok(LenientText(number.to_string().into()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<LenientText<'a>, E> {
                Ok(LenientText(number.to_string().into()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<LenientText<'a>, E> {
                Ok(LenientText(number.to_string().into()))
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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for LenientList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = LenientList<T>;

            anything!();
            otherwise_nothing!(bool null);

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<LenientList<T>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    if !budget::push(&mut elements, element) {
                        while list.next_element::<IgnoredAny>()?.is_some() {}
                        break;
                    }
                }
                Ok(LenientList(elements))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<LenientList<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(|one| LenientList(vec![one]))
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<LenientList<T>, E> {
                T::deserialize(BorrowedStrDeserializer::new(text)).map(|one| LenientList(vec![one]))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<LenientList<T>, E> {
                T::deserialize(StrDeserializer::new(text)).map(|one| LenientList(vec![one]))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<LenientList<T>, E> {
                T::deserialize(de::value::I64Deserializer::new(number)).map(|one| LenientList(vec![one]))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<LenientList<T>, E> {
                T::deserialize(de::value::U64Deserializer::new(number)).map(|one| LenientList(vec![one]))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<LenientList<T>, E> {
                T::deserialize(de::value::F64Deserializer::new(number)).map(|one| LenientList(vec![one]))
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

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for LenientPairs<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<'a, V>(PhantomData<LenientPairs<'a, V>>);

        impl<'de: 'a, 'a, V: Deserialize<'de>> Visitor<'de> for Visit<'a, V> {
            type Value = LenientPairs<'a, V>;

            anything!();
            otherwise_nothing!(bool integer float text null list);

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<LenientPairs<'a, V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = object.next_entry()? {
                    if !budget::push(&mut pairs, pair) {
                        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                        break;
                    }
                }
                Ok(LenientPairs(pairs))
            }
        }

        deserializer.deserialize_any(Visit(PhantomData))
    }
}
