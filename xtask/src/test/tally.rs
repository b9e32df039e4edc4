//! What test runners say at their end, added up: how many tests passed, failed and were skipped.

use std::fmt;

/// Tests of one stage.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Adds what a line says, if it is a closing line of cargo's test runner, wasm-bindgen's, node's or Python's.
    pub fn add(&mut self, line: &str) {
        let line = line.trim();
        if let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        {
            for count in counts.split(';') {
                self.count(count.trim());
            }
        } else if let Some(count) = line.strip_prefix("ℹ ") {
            // Node.js says the word first.
            if let Some((word, number)) = count.split_once(' ') {
                self.count(&format!("{number} {word}"));
            }
        } else if let Some(rest) = line.strip_prefix("Ran ") {
            if let Some(number) = rest.split(" test").next() {
                self.count(&format!("{number} passed"));
            }
        }
    }

    /// Takes `12 passed` in; other words are not counted.
    fn count(&mut self, text: &str) {
        let Some((number, word)) = text.split_once(' ') else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        match word {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" => self.failed += number,
            "ignored" | "skipped" => self.skipped += number,
            _ => {}
        }
    }
}

impl fmt::Display for Tally {
    /// Empty where nothing was counted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        write!(
            f,
            "   {} tests passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn closing_lines_are_added_up() {
        let mut tally = Tally::default();
        assert_eq!(tally.to_string(), "");
        for line in [
            "test result: ok. 10 passed; 1 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.66s",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 filtered out",
            "ℹ tests 9",
            "ℹ pass 7",
            "ℹ fail 0",
            "ℹ skipped 2",
            "ℹ duration_ms 715707.609864",
            "Ran 4 tests in 0.1s",
            "test one ... ok",
        ] {
            tally.add(line);
        }
        assert_eq!(tally.to_string(), "   22 tests passed, 2 failed, 4 skipped");
    }
}
