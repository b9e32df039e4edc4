//! Which row of the table a record belongs to.

use super::{log, phoenix, Form, Stands, Way, FORMS};
use crate::builder::Builder;
use crate::evidence::Before;
use crate::framing::framer::{Fault, Frame};
use crate::framing::paths::RecordPath;
use crewscope_trace::json::mend;
use crewscope_trace::json::Object;
use crewscope_trace::model::{Place, WarningKind};
use crewscope_trace::text::RecordPlace;

/// Reads one frame into the builder.
pub fn read(builder: &mut Builder, source: u32, frame: Frame<'_>) {
    match frame {
        Frame::Record {
            path,
            root,
            offset,
            bytes,
            quotes,
        } => with_object(
            builder,
            Place { source, offset },
            (bytes, quotes),
            |builder, object, place| read_at(builder, path, root, object, place),
        ),
        Frame::Root {
            root,
            offset,
            bytes,
            elided: Some(path),
            ..
        } => {
            // A shell: offsets into it mean nothing, and it counts for no record of its own.
            let text = String::from_utf8_lossy(bytes);
            let head = Object::parse(&text).unwrap_or_default();
            let has_it = |form: &&Form| form.places.iter().any(|(known, _)| *known == path);
            if let Some(shell) = FORMS.iter().find(has_it).and_then(|form| form.shell) {
                shell(builder, root, Place { source, offset }, &head);
            }
        }
        Frame::Root {
            root,
            offset,
            bytes,
            quotes,
            elided: None,
        } => with_object(
            builder,
            Place { source, offset },
            (bytes, quotes),
            |builder, object, place| read_root(builder, root, object, place),
        ),
        Frame::Entry { offset, bytes } => log::read_text(builder, source, offset, bytes),
        Frame::Fault { fault, offset, .. } => {
            let kind = match fault {
                Fault::Truncated => WarningKind::TruncatedSource,
                Fault::NotJson | Fault::BrokenValue | Fault::TooLarge => {
                    WarningKind::UnreadableRecord
                }
            };
            builder.notes.add(kind, Some(Place { source, offset }));
        }
    }
}

/// A record in a known place of a document. Returns the name of its form, or `None` if it is no trace.
fn read_at(
    builder: &mut Builder,
    path: RecordPath,
    root: u64,
    object: &Object<'_>,
    place: &RecordPlace<'_>,
) -> Option<&'static str> {
    let places = |form: &'static Form| form.places.iter().map(move |place| (form, place));
    let mut known = FORMS.iter().flat_map(places);
    match known.find(|(_, (known, _))| *known == path) {
        Some((form, (_, read))) => read(builder, root, object, place).then_some(form.name),
        // A list in a store's answer holds records of any form.
        None => read_record(builder, root, object, place),
    }
}

/// A root that is a record itself. Returns the name of its form, or `None` if it is no trace.
fn read_root(
    builder: &mut Builder,
    root: u64,
    object: &Object<'_>,
    place: &RecordPlace<'_>,
) -> Option<&'static str> {
    if let Some(read) = read_one_of(builder, ways(), root, object, place) {
        return read;
    }
    if !phoenix::is_page(object) {
        return None;
    }
    // A list of records of any form.
    phoenix::read_page(builder, object, place, |builder, object, place| {
        read_record(builder, root, object, place)
    })
}

/// A single record: an element of a store's answer, one a line, or what is left of a cut file.
fn read_record(
    builder: &mut Builder,
    root: u64,
    object: &Object<'_>,
    place: &RecordPlace<'_>,
) -> Option<&'static str> {
    let anywhere = ways().filter(|(_, way)| way.stands == Stands::Anywhere);
    read_one_of(builder, anywhere, root, object, place).flatten()
}

/// All ways, each with its row, in the order in which they are asked.
fn ways() -> impl Iterator<Item = (&'static Form, &'static Way)> {
    let of = |form: &'static Form| form.ways.iter().map(move |way| (form, way));
    FORMS.iter().flat_map(of)
}

/// The first way that says that the record is its own reads it. `None`: none says so.
fn read_one_of(
    builder: &mut Builder,
    mut ways: impl Iterator<Item = (&'static Form, &'static Way)>,
    root: u64,
    object: &Object<'_>,
    place: &RecordPlace<'_>,
) -> Option<Option<&'static str>> {
    let (form, way) = ways.find(|(_, way)| (way.is)(object))?;
    Some((way.read)(builder, root, object, place).then_some(form.name))
}

/// Parses a record and reads it; repairs it first if it cannot be parsed as it stands.
fn with_object(
    builder: &mut Builder,
    place: Place,
    (bytes, quotes): (&[u8], &[u32]),
    read: impl Fn(&mut Builder, &Object<'_>, &RecordPlace<'_>) -> Option<&'static str>,
) {
    let parsed = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| Some((text, Object::of_record(text, quotes)?)));
    let mut owned;
    let (text, object, quotes) = match parsed {
        Some((text, object)) => (text, object, quotes),
        None => {
            owned = bytes.to_vec();
            let repaired = mend::repair(&mut owned)
                .then(|| std::str::from_utf8(&owned).ok())
                .flatten();
            match repaired.and_then(|text| Some((text, Object::parse(text)?))) {
                Some(parsed) => {
                    builder.notes.add(WarningKind::RepairedValue, Some(place));
                    (parsed.0, parsed.1, &[][..])
                }
                None => {
                    builder
                        .notes
                        .add(WarningKind::UnreadableRecord, Some(place));
                    return;
                }
            }
        }
    };
    let place_of = RecordPlace {
        source: place.source,
        offset: place.offset,
        text,
    };
    let before = Before::of(builder);
    let format = read(builder, &object, &place_of);
    before.note(builder, &place_of, quotes);
    match format {
        Some(format) => builder.count(place.source, format),
        None => builder.notes.add(WarningKind::UnknownRecord, Some(place)),
    }
}
