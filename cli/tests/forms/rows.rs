//! The table of forms in `docs/formats.md`, written from the reader's own (`import/src/forms/table.rs`).
//!
//! `UPDATE_DOCS=1 cargo test -p crewscope-cli --test forms` writes it; without that the test fails when the two differ.

use crewscope_import::{Form, Line, FORMS};
use std::path::Path;

const BEGIN: &str = "<!-- forms: begin (written by cli/tests/forms/rows.rs) -->";
const END: &str = "<!-- forms: end -->";

#[test]
fn the_docs_tell_of_every_form() {
    let row = |form: &Form, line: &Line| {
        let Line {
            what, from, lacks, ..
        } = line;
        format!("| {what} | `{}` | {from} | {lacks} |", form.name)
    };
    let rows = FORMS
        .iter()
        .flat_map(|form| form.lines.iter().map(|line| row(form, line)));
    let rows: Vec<String> = rows.collect();
    let table = format!(
        "\n| form | name in reports | written by | what it does not hold |\n|---|---|---|---|\n{}\n",
        rows.join("\n")
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formats.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(written, table, "docs/formats.md: run with UPDATE_DOCS=1");
}
