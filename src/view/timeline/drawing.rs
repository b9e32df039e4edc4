//! When the canvases are drawn.

use leptos::prelude::*;

/// Draws once per frame at most, whenever something that is drawn has changed.
pub fn draw_when_changed(
    track: impl Fn() + 'static,
    draw: impl Fn() -> Option<()> + Copy + 'static,
) {
    let asked = StoredValue::new(false);
    Effect::new(move |_| {
        track();
        if asked.get_value() {
            return;
        }
        asked.set_value(true);
        request_animation_frame(move || {
            if asked.try_set_value(false).is_none() {
                draw();
            }
        });
    });
}
