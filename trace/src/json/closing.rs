//! JSON that breaks off, made whole again.

/// Completes a JSON text that breaks off: cut after its last complete member, open brackets closed. `None` if nothing is left.
pub fn closed(text: &[u8]) -> Option<Vec<u8>> {
    let mut stack: Vec<u8> = Vec::new();
    let mut safe: Option<(usize, Vec<u8>)> = None;
    let (mut in_string, mut escaped) = (false, false);
    for (at, &byte) in text.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                stack.push(if byte == b'{' { b'}' } else { b']' });
                safe = Some((at + 1, stack.clone()));
            }
            b'}' | b']' => {
                stack.pop();
                safe = Some((at + 1, stack.clone()));
            }
            b',' => safe = Some((at, stack.clone())),
            _ => {}
        }
    }
    let (len, stack) = safe?;
    let mut out = text[..len].to_vec();
    out.extend(stack.iter().rev());
    Some(out)
}
