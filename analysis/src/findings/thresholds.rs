//! From when on something is worth saying. Each has a reason; a host can set others (`name=value`, separated by commas or spaces).

use serde::{Deserialize, Serialize};

macro_rules! thresholds {
    ($($name:ident $default:literal $reason:literal)*) => {
        /// From when on something is worth saying. Whole numbers: percent, milliseconds, tokens, counts.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Thresholds { $(#[doc = $reason] pub $name: u64),* }

        impl Default for Thresholds {
            fn default() -> Self { Self { $($name: $default),* } }
        }

        impl Thresholds {
            /// Names, values and reasons.
            pub fn list(&self) -> Vec<(&'static str, u64, &'static str)> {
                vec![$((stringify!($name), self.$name, $reason)),*]
            }

            fn set(&mut self, name: &str, value: u64) -> bool {
                $(if name == stringify!($name) { self.$name = value; return true; })*
                false
            }
        }
    };
}

thresholds! {
slow_factor 3 "A task is slow at this many times the median of its siblings: tasks differ, twice is ordinary."
slow_siblings 3 "Fewer siblings have no median worth the name."
slow_ms 2000 "And at this many milliseconds more than the median: nobody optimises less."
earlier_percent 200 "A task is slower than before at this percentage of its median in earlier executions."
earlier_runs 2 "Fewer earlier executions may have been exceptions."
earlier_ms 1000 "And at this many milliseconds more."
outside_percent 50 "Time in no recorded call counts from this share of the task on."
outside_ms 3000 "And from this many milliseconds on: starting a crew takes a second."
parallel_percent 15 "Independent tasks side by side must save this share of the crew's time."
parallel_ms 1000 "And this many milliseconds."
heavy_percent 60 "A task is heavy at this share of all tokens: of three tasks one may well use half."
heavy_tokens 3000 "And in runs of this many tokens."
growth_factor 2 "A prompt that doubles has paid for its beginning twice."
growth_tokens 1500 "And grew by this many tokens."
growth_calls 3 "Two prompts are no tendency."
prefix_tokens 4000 "Repeated tokens are worth caching from here on: OpenAI's and Anthropic's caches begin at 1024 a call."
part_percent 40 "A constant part is large at this share of the prompts."
part_tokens 2000 "And if it came to this many tokens over the run."
repeated_calls 2 "Identical calls with the same result: the second one already brought nothing."
polled_calls 3 "Looking twice is no polling."
delegations 4 "crewai's own examples ask a coworker up to three times."
same_answers 2 "The same words twice in a row."
reached_percent 60 "An output reached a prompt in part if less of its statements is found there."
statements 4 "Fewer statements are no evidence of text that did not arrive."
cheaper_percent 50 "A smaller model must save this share of the task's cost."
cheaper_share 10 "And this share of the execution's."
cheaper_micro_usd 10000 "And a cent (in millionths of a dollar): below that nobody changes a model."
}

/// The largest value that can be set: it never overflows what it is multiplied with.
const LARGEST: u64 = 1_000_000_000;

impl Thresholds {
    /// The defaults with some set otherwise: `slow_factor=5, heavy_percent=80`. What is not understood is returned with them.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let (mut thresholds, mut unknown) = (Self::default(), Vec::new());
        for word in text
            .split([',', ';', ' ', '\n'])
            .filter(|word| !word.is_empty())
        {
            let set = word
                .split_once('=')
                .and_then(|(name, value)| Some((name, value.parse().ok()?)))
                .filter(|(_, value)| *value <= LARGEST)
                .is_some_and(|(name, value)| thresholds.set(name, value));
            if !set {
                unknown.push(word.to_owned());
            }
        }
        (thresholds, unknown)
    }
}
