//! When to send progress and partial results.

/// First partial result after this many bytes: some milliseconds of reading, and usually some tasks of a run.
pub const FIRST_BYTES: u64 = 256 * 1024;

/// First partial result after this time if bytes come slowly (a slow server), in milliseconds.
const FIRST_MS: f64 = 500.0;

/// Without a chunk for this long, in milliseconds, what there is gets shown.
pub const STALL_MS: u32 = 500;

/// Partial results are at least this far apart, in milliseconds. Each lays the page out anew, which takes as long as reading 20 MB.
const APART_MS: f64 = 1000.0;

/// No partial result where everything will be there within about this time, in milliseconds: putting it up would only delay that.
const SOON_MS: f64 = 1500.0;

/// Progress messages are at least this far apart, in milliseconds.
const PROGRESS_MS: f64 = 100.0;

/// Decides by bytes and time. Partial results come each time the bytes have doubled: all of them together cost no more
/// than twice the last one.
#[derive(Debug)]
pub struct Pace {
    began: f64,
    progress_at: f64,
    partial_at: f64,
    partial_bytes: u64,
}

impl Pace {
    /// Reading begins at `now` (milliseconds of any clock).
    pub fn new(now: f64) -> Self {
        Self {
            began: now,
            progress_at: f64::NEG_INFINITY,
            partial_at: now,
            partial_bytes: 0,
        }
    }

    /// Whether to send progress now; if so, it counts as sent.
    pub fn progress(&mut self, now: f64) -> bool {
        let due = now - self.progress_at >= PROGRESS_MS;
        if due {
            self.progress_at = now;
        }
        due
    }

    /// Whether to send a partial result of the `bytes` read so far, which are the `part` (0 to 1) of all, if that is known.
    pub fn partial(&self, now: f64, bytes: u64, part: Option<f64>) -> bool {
        match self.partial_bytes {
            0 => bytes >= FIRST_BYTES || (bytes > 0 && now - self.began >= FIRST_MS),
            last => {
                let due = bytes >= last.saturating_mul(2) && now - self.partial_at >= APART_MS;
                due && !part.is_some_and(|part| (now - self.began) * (1.0 - part) < SOON_MS * part)
            }
        }
    }

    /// Whether to send a partial result because nothing came for [`STALL_MS`]: there may be no next chunk for long.
    pub fn stalled(&self, bytes: u64) -> bool {
        bytes > self.partial_bytes
    }

    /// A partial result was sent; `now` is after the sending, so that a slow page is left in peace as long as a fast one.
    pub fn sent_partial(&mut self, now: f64, bytes: u64) {
        self.partial_at = now;
        self.partial_bytes = bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_results_come_early_then_double() {
        let mut pace = Pace::new(0.0);
        assert!(!pace.partial(10.0, 1000, None));
        assert!(pace.partial(10.0, FIRST_BYTES, Some(0.9)));
        pace.sent_partial(10.0, FIRST_BYTES);
        assert!(!pace.partial(2000.0, FIRST_BYTES * 2 - 1, None));
        assert!(!pace.partial(900.0, FIRST_BYTES * 2, None));
        assert!(pace.partial(1010.0, FIRST_BYTES * 2, None));
    }

    #[test]
    fn no_partial_result_shortly_before_the_end() {
        let mut pace = Pace::new(0.0);
        pace.sent_partial(10.0, FIRST_BYTES);
        // A third was read in 1.2 s: 2.4 s are left. After half of it only 1.2 s.
        assert!(pace.partial(1200.0, FIRST_BYTES * 2, Some(1.0 / 3.0)));
        assert!(!pace.partial(1200.0, FIRST_BYTES * 2, Some(0.5)));
        assert!(!pace.partial(1200.0, FIRST_BYTES * 2, Some(1.0)));
        assert!(pace.partial(1200.0, FIRST_BYTES * 2, Some(0.0)));
    }

    #[test]
    fn a_slow_source_shows_something_within_half_a_second() {
        let pace = Pace::new(0.0);
        assert!(pace.partial(500.0, 1, None));
        assert!(!pace.partial(500.0, 0, None));
        assert!(pace.stalled(1) && !pace.stalled(0));
    }

    #[test]
    fn progress_is_throttled() {
        let mut pace = Pace::new(0.0);
        assert!(pace.progress(0.0));
        assert!(!pace.progress(99.0));
        assert!(pace.progress(100.0));
    }
}
