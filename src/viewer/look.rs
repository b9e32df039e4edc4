//! How the timeline is looked at, as far as a link tells it.

use crewscope_analysis::timeline::{By, Lanes, RowKey};

/// What a person chose; `None`: as the trace suggests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// What the rows are.
    pub lanes: Lanes,
    /// What colours tell.
    pub colour: By,
    /// Idle stretches are drawn short.
    pub squeeze: bool,
    /// The critical path is marked.
    pub path: Option<bool>,
    /// Rows above this depth are open.
    pub depth: Option<u16>,
    /// Rows told otherwise, one by one.
    pub told: Vec<(RowKey, bool)>,
    /// The part on the screen, in nanoseconds since the start of the execution; `None`: all.
    pub visible: Option<(i64, i64)>,
    /// The measured stretch, in the same way.
    pub mark: Option<(i64, i64)>,
}

/// The keys of a link that belong to the timeline.
const KEYS: [&str; 8] = [
    "lanes", "colour", "idle", "path", "level", "rows", "time", "mark",
];
const COLOURS: [(By, &str); 5] = [
    (By::Kind, "kind"),
    (By::Agent, "agent"),
    (By::Model, "model"),
    (By::Status, "status"),
    (By::Cost, "cost"),
];
/// More rows than this are not told one by one: a link has to fit into a message.
const ROWS: usize = 60;

impl Look {
    /// The choices that hold for every execution; those about one are left behind.
    pub fn for_another(&self) -> Self {
        Self {
            lanes: self.lanes,
            colour: self.colour,
            squeeze: self.squeeze,
            path: self.path,
            ..Self::default()
        }
    }

    /// The word for a colouring.
    pub fn colour_word(by: By) -> &'static str {
        let word = COLOURS.iter().find(|(known, _)| *known == by);
        word.map_or("kind", |(_, word)| word)
    }

    /// The colouring of a word; anything unknown is by kind.
    pub fn colour_of(word: &str) -> By {
        let by = COLOURS.iter().find(|(_, known)| *known == word);
        by.map_or(By::Kind, |(by, _)| *by)
    }

    /// Reads the keys of a link; what cannot be read is as if it were not there.
    pub fn of(pairs: &[(String, String)]) -> Self {
        let mut look = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "lanes" if value == "agents" => look.lanes = Lanes::Agents,
                "colour" => look.colour = Self::colour_of(value),
                "idle" => look.squeeze = value == "short",
                "path" => look.path = Some(value == "1"),
                "level" => look.depth = value.parse().ok(),
                "rows" => look.told = value.split('.').filter_map(row).take(ROWS).collect(),
                "time" => look.visible = stretch(value),
                "mark" => look.mark = stretch(value),
                _ => {}
            }
        }
        look
    }

    /// Puts the keys into those of a link, in place of the ones before. What is as usual is left out.
    pub fn put(&self, pairs: &mut Vec<(String, String)>) {
        pairs.retain(|(key, _)| !KEYS.contains(&key.as_str()));
        let span = |(start, end): (i64, i64)| format!("{start}-{end}");
        let mut rows = String::new();
        for (key, open) in self.told.iter().take(ROWS) {
            if !rows.is_empty() {
                rows.push('.');
            }
            rows.push(if *open { 'o' } else { 'c' });
            rows.push_str(&format!("{:x}", key.0));
        }
        let values = [
            (self.lanes == Lanes::Agents).then(|| "agents".to_owned()),
            (self.colour != By::Kind).then(|| Self::colour_word(self.colour).to_owned()),
            self.squeeze.then(|| "short".to_owned()),
            self.path.map(|on| u8::from(on).to_string()),
            self.depth.map(|depth| depth.to_string()),
            (!rows.is_empty()).then_some(rows),
            self.visible.map(span),
            self.mark.map(span),
        ];
        for (key, value) in KEYS.into_iter().zip(values) {
            pairs.extend(value.map(|value| (key.to_owned(), value)));
        }
    }
}

/// `o1f` or `c1f`: open or closed, and the row.
fn row(text: &str) -> Option<(RowKey, bool)> {
    let (open, key) = match text.as_bytes().first()? {
        b'o' => (true, text.get(1..)?),
        b'c' => (false, text.get(1..)?),
        _ => return None,
    };
    Some((RowKey(u64::from_str_radix(key, 16).ok()?), open))
}

/// `1000-2000`, of which the first is not after the second.
fn stretch(text: &str) -> Option<(i64, i64)> {
    let (start, end) = text.split_once('-')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (0 <= start && start <= end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_reads_back_as_it_was_written_and_leaves_other_keys_alone() {
        let look = Look {
            lanes: Lanes::Agents,
            colour: By::Cost,
            squeeze: true,
            path: Some(false),
            depth: Some(2),
            told: vec![(RowKey(u64::MAX), true), (RowKey(7), false)],
            visible: Some((0, 1_500)),
            mark: Some((10, 20)),
        };
        let other = ("q".to_owned(), "price".to_owned());
        let mut pairs = vec![("time".to_owned(), "3-4".to_owned()), other.clone()];
        look.put(&mut pairs);
        assert_eq!(Look::of(&pairs), look);
        assert!(pairs.contains(&other));
        Look::default().put(&mut pairs);
        assert_eq!(pairs, [other]);
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        let pairs = [
            ("time", "9-3"),
            ("mark", "-5-3"),
            ("level", "-1"),
            ("rows", "x.o.czz.c1"),
            ("lanes", "planets"),
            ("colour", "mood"),
        ];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let look = Look::of(&pairs);
        assert_eq!(
            look,
            Look {
                told: vec![(RowKey(1), false)],
                ..Look::default()
            }
        );
    }
}
