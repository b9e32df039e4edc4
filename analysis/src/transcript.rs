//! The work below a span in the order in which it is read: headings (tasks, nested crews, methods, coworkers), calls in place, and
//! what of a conversation is new.

use crate::conversation::{Message, Part};
use crewscope_trace::model::{Field, Kind, Span, SpanIndex, Status, Trace};

/// A line of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The span it tells of.
    pub at: SpanIndex,
    /// Headings and calls around it.
    pub depth: u16,
    /// It is a heading over the lines that follow deeper; otherwise a call.
    pub heading: bool,
    /// The LLM call of the same agent before it: what that one was sent need not be told again.
    pub before: Option<SpanIndex>,
    /// So often the same request, or the same tool, failed right before it: it is a retry.
    pub retry: u32,
    /// A person answered this long after being asked, in nanoseconds.
    pub waited: Option<i64>,
}

/// What one agent did last.
struct Speaker<'a> {
    role: &'a str,
    model: Option<SpanIndex>,
    tool: Option<(SpanIndex, u32)>,
    retries: u32,
}

/// The lines below a span, in tree order: siblings by their start, and what a call caused right after it.
pub fn transcript(trace: &Trace, of: SpanIndex) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut speakers: Vec<Speaker<'_>> = Vec::new();
    // Ends of the subtrees of the lines around.
    let mut around: Vec<usize> = Vec::new();
    let mut asked: Option<&Span> = None;
    for index in trace.subtree(of).skip(1) {
        let (Some(span), Ok(at)) = (trace.spans.get(index), SpanIndex::try_from(index)) else {
            continue;
        };
        while around.last().is_some_and(|&end| end <= index) {
            around.pop();
        }
        if is_silent(trace, span) {
            continue;
        }
        let mut line = Line {
            at,
            depth: around.len() as u16,
            heading: is_heading(span, at),
            before: None,
            retry: 0,
            waited: None,
        };
        around.push(span.subtree_end as usize);
        match span.kind {
            Kind::Llm | Kind::Tool => {
                let role = speaker(trace, at);
                let slot = match speakers.iter().position(|known| known.role == role) {
                    Some(slot) => slot,
                    None => {
                        speakers.push(Speaker {
                            role,
                            model: None,
                            tool: None,
                            retries: 0,
                        });
                        speakers.len() - 1
                    }
                };
                if let Some(known) = speakers.get_mut(slot) {
                    if span.kind == Kind::Llm {
                        line.before = known.model.replace(at);
                        let again = line.before.is_some_and(|b| repeats(trace, b, span));
                        known.retries = if again { known.retries + 1 } else { 0 };
                        line.retry = known.retries;
                    } else {
                        let again = known.tool.filter(|(tool, _)| repeats(trace, *tool, span));
                        line.retry = again.map_or(0, |(_, count)| count + 1);
                        known.tool = Some((at, line.retry));
                    }
                }
            }
            Kind::Human => {
                let same = asked.filter(|before| before.parent == span.parent);
                if let (Some(answered), Some(since)) =
                    (span.start, same.and_then(|before| before.start))
                {
                    line.waited = answered.checked_sub(since).filter(|waited| *waited >= 0);
                }
                asked = Some(span);
            }
            _ => {}
        }
        lines.push(line);
    }
    lines
}

/// An agent right in its task says nothing that its calls do not say; the same agent again (after a guardrail) neither.
fn is_silent(trace: &Trace, span: &Span) -> bool {
    let parent = span
        .parent
        .and_then(|parent| trace.spans.get(parent as usize));
    span.kind == Kind::Agent && parent.is_some_and(|parent| parent.kind == Kind::Task)
}

fn is_heading(span: &Span, at: SpanIndex) -> bool {
    match span.kind {
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Task | Kind::Agent => true,
        Kind::Other => span.subtree_end > at.saturating_add(1),
        _ => false,
    }
}

/// The role of the agent that a call belongs to; empty if none is recorded.
pub fn speaker(trace: &Trace, at: SpanIndex) -> &str {
    let role = |span: &Span| trace.name_of(span, Field::AgentRole).map(str::len);
    let around = trace.nearest(at, |span| span.kind == Kind::Agent);
    let found = around.or_else(|| trace.nearest(at, |span| role(span).is_some()));
    let Some(span) = found.and_then(|found| trace.spans.get(found as usize)) else {
        return "";
    };
    trace
        .name_of(span, Field::AgentRole)
        .unwrap_or_else(|| trace.str(span.name))
}

/// Whether `span` is the failed call at `before` once more. A model that tries a tool again often changes the arguments.
fn repeats(trace: &Trace, before: SpanIndex, span: &Span) -> bool {
    trace.spans.get(before as usize).is_some_and(|before| {
        let hash = |span: &Span| span.text(Field::Input).map(|text| text.hash);
        before.status == Status::Failed
            && before.name == span.name
            && (span.kind == Kind::Tool || (hash(before).is_some() && hash(before) == hash(span)))
    })
}

/// How many messages at the beginning were told already: those of the call before, and after them the answer it got and the
/// results of its tools, which stand above as calls of their own.
pub fn known(before: &[Message], all: &[Message]) -> usize {
    let same = before.iter().zip(all).take_while(|(a, b)| a == b).count();
    // Without its beginning in common it is another conversation.
    if same == 0 || same < before.len() {
        return if same == before.len() {
            same
        } else {
            same.min(all.len().saturating_sub(1))
        };
    }
    let answered = all
        .iter()
        .skip(same)
        .take_while(|message| matches!(message.role.as_str(), "assistant" | "tool" | "function"))
        .count();
    // Something of every call stays visible.
    (same + answered).min(all.len())
}

/// Puts the result of each tool call beside its call, where both are among these messages. A message of which nothing is left goes.
pub fn joined(mut messages: Vec<Message>) -> Vec<Message> {
    // The calls without a result so far: message, part.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for at in 0..messages.len() {
        let parts = match messages.get_mut(at) {
            Some(message) => std::mem::take(&mut message.parts),
            None => continue,
        };
        let is_tool = messages
            .get(at)
            .is_some_and(|message| message.role == "tool");
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            let (id, name, content) = match part {
                Part::ToolResult { id, name, content } => (id, name, content),
                // crewai's spans keep neither id nor name: results come in the order of their calls.
                Part::Text(content) if is_tool && !open.is_empty() => {
                    (String::new(), String::new(), content)
                }
                other => {
                    if matches!(other, Part::ToolCall { .. }) {
                        open.push((at, kept.len()));
                    }
                    kept.push(other);
                    continue;
                }
            };
            let found = open.iter().position(|&(message, part)| {
                let call = messages
                    .get(message)
                    .and_then(|message| message.parts.get(part));
                let call = call.or_else(|| kept.get(part).filter(|_| message == at));
                matches!(call, Some(Part::ToolCall { id: of, name: called, .. })
                    if if id.is_empty() { name.is_empty() || *called == name } else { *of == id })
            });
            let Some((message, part)) = found.map(|found| open.remove(found)) else {
                kept.push(Part::ToolResult { id, name, content });
                continue;
            };
            let call = if message == at {
                kept.get_mut(part)
            } else {
                messages
                    .get_mut(message)
                    .and_then(|message| message.parts.get_mut(part))
            };
            if let Some(Part::ToolCall { result, .. }) = call {
                *result = Some(content);
            }
        }
        if let Some(message) = messages.get_mut(at) {
            message.parts = kept;
        }
    }
    messages.retain(|message| !(message.parts.is_empty() && message.role == "tool"));
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::messages;

    fn said(role: &str, text: &str) -> Message {
        Message {
            role: role.into(),
            parts: vec![Part::Text(text.into())],
        }
    }

    #[test]
    fn what_the_call_before_told_is_folded() {
        let first = [said("system", "s"), said("user", "u")];
        let second = [
            said("system", "s"),
            said("user", "u"),
            said("assistant", "a"),
            said("tool", "t"),
            said("user", "more"),
        ];
        assert_eq!(known(&first, &second), 4);
        assert_eq!(known(&[], &second), 0);
        assert_eq!(
            known(&first, &[said("system", "other"), said("user", "u")]),
            0
        );
        assert_eq!(
            known(&first, &[said("system", "s"), said("user", "another")]),
            1
        );
    }

    #[test]
    fn results_stand_beside_their_calls() {
        let text = r#"[{"role":"user","content":"u"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"b","content":"of b"},
            {"role":"tool","tool_call_id":"x","name":"h","content":"of nobody"},
            {"role":"tool","tool_call_id":"a","content":"of a"}]"#;
        let all = joined(messages(text));
        let roles: Vec<&str> = all.iter().map(|message| message.role.as_str()).collect();
        assert_eq!(roles, ["user", "assistant", "tool"]);
        let results: Vec<Option<&str>> = all[1]
            .parts
            .iter()
            .map(|part| match part {
                Part::ToolCall { result, .. } => result.as_deref(),
                _ => None,
            })
            .collect();
        assert_eq!(results, [Some("of a"), Some("of b")]);
        assert!(
            matches!(&all[2].parts[..], [Part::ToolResult { content, .. }] if content == "of nobody")
        );
    }

    #[test]
    fn a_call_without_a_result_stays_open() {
        let text = r#"[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}]"#;
        let all = joined(messages(text));
        assert!(matches!(
            &all[0].parts[..],
            [Part::ToolCall { result: None, .. }]
        ));
    }
}
