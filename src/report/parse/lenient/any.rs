//! A value of any shape, for members that scanners write in several: nested lists, an object or a string.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::report::parse::lenient::budget;

/// A value as it is in the report, as far as the element's budget goes; what follows in its lists and objects is left
/// out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AnyValue(pub(crate) Value);

/// How many bytes some entries of an object take: a node of a B-tree, at least half full.
const NODE: usize = 640;

/// How many entries share a node.
const NODE_ENTRIES: usize = 5;

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = AnyValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_unit<E: de::Error>(self) -> Result<AnyValue, E> {
                Ok(AnyValue(Value::Null))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<AnyValue, E> {
                Ok(AnyValue(value.into()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<AnyValue, E> {
                Ok(AnyValue(value.into()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<AnyValue, E> {
                Ok(AnyValue(value.into()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<AnyValue, E> {
                Ok(AnyValue(value.into()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AnyValue, E> {
                Ok(AnyValue(text.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AnyValue, A::Error> {
                let mut elements = Vec::new();
                while let Some(AnyValue(element)) = list.next_element()? {
                    if !budget::push(&mut elements, element) {
                        while list.next_element::<IgnoredAny>()?.is_some() {}
                        break;
                    }
                }
                Ok(AnyValue(Value::Array(elements)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<AnyValue, A::Error> {
                let mut members = Map::new();
                while let Some(key) = object.next_key::<String>()? {
                    if members.len().is_multiple_of(NODE_ENTRIES) && !budget::takes(NODE) {
                        object.next_value::<IgnoredAny>()?;
                        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                        break;
                    }
                    let AnyValue(value) = object.next_value()?;
                    members.insert(key, value);
                }
                Ok(AnyValue(Value::Object(members)))
            }
        }

        deserializer.deserialize_any(Visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> AnyValue {
        budget::begin();
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn every_value_is_read_as_it_is() {
        let text = r#"{"a":[1,-2,3.5,true,null,"x\n",{"b":{}},[]],"c":18446744073709551615}"#;
        assert_eq!(read(text).0, serde_json::from_str::<Value>(text).unwrap());
        assert!(!budget::is_exceeded());
    }

    #[test]
    fn what_takes_a_hundred_times_its_size_is_left_out() {
        for element in [r#"{"":0}"#, "[0]", "{}"] {
            let text = format!("[{}{element}]", format!("{element},").repeat(2_000_000));
            let AnyValue(Value::Array(read)) = read(&text) else { panic!("not a list") };
            assert!(budget::is_exceeded() && read.len() < 1_100_000, "{element}: {}", read.len());
        }
    }
}
