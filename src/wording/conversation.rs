//! The calls of a task as a conversation: what a call is made of, and the messages in it.

use crate::wording::{fill, Noun};

pub const CONVERSATION: &str = "Conversation";
pub const CLOSE_ALL: &str = "Close all";
pub const OPEN_ALL: &str = "Open all";
pub const SHOW_ALONE: &str = "Show this call alone";
pub const NOTHING: &str = "The trace records neither input nor output of this.";
pub const NO_MESSAGES: &str = "The messages are not recorded.";

// --- fields of a call, by its kind ---
pub const SERVER: &str = "Server";
pub const CHECKS: &str = "Checks";
pub const ACCEPTED: &str = "Accepted";
pub const RETRY: &str = "Retry";
pub const VERDICT: &str = "Verdict";
pub const QUERY: &str = "Query";
pub const ASKED: &str = "Asked";
pub const PLAN: &str = "Plan";

// --- facts on the line of a call ---
pub const CUT_OFF: &str = "cut off by the token limit";
pub const CALLS_A_TOOL: &str = "calls a tool";
pub const FROM_CACHE: &str = "from cache";
pub const WAS_ACCEPTED: &str = "accepted";
pub const WAS_REJECTED: &str = "rejected";
pub const CACHED: &str = " cached";
pub const REASONING: &str = " reasoning";

/// Which retry this is.
pub fn retry(number: u32) -> String {
    fill("retry {0}", &[&number.to_string()])
}

/// How long nothing ran before it.
pub fn waited(time: &str) -> String {
    fill("waited {0}", &[time])
}

/// Tokens that went in and came out.
pub fn in_and_out(prompt: &str, completion: &str) -> String {
    fill(
        "{0} → {1}{2}",
        &[prompt, completion, crate::wording::common::TOK],
    )
}

// --- what the call before was sent already ---
pub const EARLIER_OF: Noun = "earlier message|earlier messages";
pub const FOLD: &str = "Fold the earlier messages";
pub const NEW: &str = "new";

/// In place of folded messages.
pub fn folded(messages: &str) -> String {
    fill("… {0}", &[messages])
}

// --- who speaks ---
pub const SYSTEM: &str = "System";
pub const USER: &str = "User";
pub const ASSISTANT: &str = "Assistant";

/// What its copy button copies.
pub fn message_of(who: &str) -> String {
    fill("the message of {0}", &[who])
}

// --- how a message is shown ---
pub const AUTO: &str = "Auto";
pub const SHOW_AS: &str = "Show the message as";
pub const CUT: &str = "…";
pub const SHOW_LESS: &str = "Show less";

/// On the button for all of a long message.
pub fn show_all(size: &str) -> String {
    fill("Show all ({0})", &[size])
}

// --- tools and images in it ---
pub const A_TOOL: &str = "a tool";
pub const CALLS: &str = "Calls ";
pub const RESULT_OF: &str = "Result of ";
pub const NOTHING_LOADED: &str = "Nothing is loaded: a request would tell its server \
 that this trace was read.";
pub const NOT_LOADED: &str = " not loaded: ";
pub const IMAGE: &str = "Image in the message";

/// On the button for an image that lies in the message.
pub fn show_image(size: &str) -> String {
    fill("Show the image ({0})", &[size])
}
