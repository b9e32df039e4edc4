//! The report as a tree of values, whose members keep the order of the schema.

use chrono::{DateTime, SecondsFormat};
use crewscope_trace::model::Place;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value of the report.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// Not recorded.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, or bytes.
    Count(u64),
    /// Milliseconds, or USD.
    Number(f64),
    /// One of the schema's own words.
    Word(&'static str),
    /// A text of the trace.
    Text(String),
    /// Values in their order.
    List(Vec<Json>),
    /// Members in the order of the schema.
    Object(Vec<(&'static str, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Count(value) => to.serialize_u64(*value),
            Self::Number(value) => to.serialize_f64(*value),
            Self::Word(value) => to.serialize_str(value),
            Self::Text(value) => to.serialize_str(value),
            Self::List(values) => values.serialize(to),
            Self::Object(members) => {
                let mut map = to.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

/// Members of an object, in the order in which they are put.
#[derive(Default)]
pub struct Members(Vec<(&'static str, Json)>);

impl Members {
    pub fn put(&mut self, key: &'static str, value: Json) -> &mut Self {
        self.0.push((key, value));
        self
    }

    pub fn text(&mut self, key: &'static str, value: &str) -> &mut Self {
        self.put(key, text(value))
    }

    pub fn maybe_text(&mut self, key: &'static str, value: Option<&str>) -> &mut Self {
        self.put(key, value.map_or(Json::Null, text))
    }

    pub fn word(&mut self, key: &'static str, value: &'static str) -> &mut Self {
        self.put(key, Json::Word(value))
    }

    pub fn maybe_word(&mut self, key: &'static str, value: Option<&'static str>) -> &mut Self {
        self.put(key, value.map_or(Json::Null, Json::Word))
    }

    pub fn texts(&mut self, key: &'static str, values: &[String]) -> &mut Self {
        self.put(
            key,
            Json::List(values.iter().map(|value| text(value)).collect()),
        )
    }

    pub fn flag(&mut self, key: &'static str, value: bool) -> &mut Self {
        self.put(key, Json::Bool(value))
    }

    pub fn counts<const N: usize>(
        &mut self,
        counts: [(&'static str, Option<u64>); N],
    ) -> &mut Self {
        for (key, count) in counts {
            self.put(key, count.map_or(Json::Null, Json::Count));
        }
        self
    }

    pub fn number(&mut self, key: &'static str, value: Option<f64>) -> &mut Self {
        self.put(key, value.map_or(Json::Null, Json::Number))
    }

    /// Nanoseconds, as milliseconds.
    pub fn millis(&mut self, key: &'static str, nanos: Option<i64>) -> &mut Self {
        self.number(key, nanos.map(|nanos| nanos as f64 / 1_000_000.0))
    }

    /// Nanoseconds since 1970, as RFC 3339.
    pub fn time(&mut self, key: &'static str, nanos: Option<i64>) -> &mut Self {
        self.put(key, time(nanos))
    }

    pub fn places(&mut self, key: &'static str, places: &[Place]) -> &mut Self {
        let at = |place: &Place| {
            let mut out = Members::default();
            out.counts([
                ("source", Some(place.source.into())),
                ("offset", Some(place.offset)),
            ]);
            out.done()
        };
        self.put(key, Json::List(places.iter().map(at).collect()))
    }

    /// The object.
    pub fn done(&mut self) -> Json {
        Json::Object(std::mem::take(&mut self.0))
    }
}

pub fn text(value: &str) -> Json {
    Json::Text(value.to_owned())
}

/// Nanoseconds since 1970 as RFC 3339, with as many digits as they need: none, 3, 6 or 9.
fn time(nanos: Option<i64>) -> Json {
    nanos.map_or(Json::Null, |nanos| {
        let at = DateTime::from_timestamp_nanos(nanos);
        Json::Text(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_as_many_digits_as_they_need() {
        for (nanos, written) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (1_000, "1970-01-01T00:00:00.000001Z"),
            (1_763_682_763_000_000_000, "2025-11-20T23:52:43Z"),
            (1_763_682_763_120_000_000, "2025-11-20T23:52:43.120Z"),
            (1_763_682_763_123_456_789, "2025-11-20T23:52:43.123456789Z"),
            (i64::MIN, "1677-09-21T00:12:43.145224192Z"),
            (i64::MAX, "2262-04-11T23:47:16.854775807Z"),
        ] {
            assert_eq!(time(Some(nanos)), text(written));
        }
        assert_eq!(time(None), Json::Null);
    }

    #[test]
    fn members_keep_their_order() {
        let value = Json::Object(vec![
            ("z", Json::Number(0.5)),
            (
                "a",
                Json::List(vec![Json::Null, Json::Bool(true), text("é\"")]),
            ),
        ]);
        assert_eq!(
            serde_json::to_string(&value).ok().as_deref(),
            Some(r#"{"z":0.5,"a":[null,true,"é\""]}"#)
        );
    }
}
