use super::*;
use proptest::prelude::*;

/// Events as a compact text: `p(…)`, `*(…)`, and so on.
fn shape(text: &str) -> String {
    let mut out = String::new();
    for event in parse(text) {
        match event {
            Event::Start(tag) => out.push_str(&match tag {
                Tag::Paragraph => "p(".to_owned(),
                Tag::Heading(level) => format!("h{level}("),
                Tag::Quote => "quote(".to_owned(),
                Tag::CodeBlock => "pre(".to_owned(),
                Tag::List(Some(first)) => format!("ol{first}("),
                Tag::List(None) => "ul(".to_owned(),
                Tag::Item => "li(".to_owned(),
                Tag::Table(columns) => format!("table{columns:?}("),
                Tag::TableHead => "head(".to_owned(),
                Tag::TableRow => "row(".to_owned(),
                Tag::TableCell => "cell(".to_owned(),
                Tag::Emphasis => "em(".to_owned(),
                Tag::Strong => "b(".to_owned(),
                Tag::Strike => "s(".to_owned(),
                Tag::Link(to) => format!("a<{to}>("),
                Tag::Image(to) => format!("img<{to}>("),
            }),
            Event::End => out.push(')'),
            Event::Text(text) => out.push_str(&text),
            Event::Code(code) => out.push_str(&format!("code[{code}]")),
            Event::SoftBreak => out.push('~'),
            Event::HardBreak => out.push('^'),
            Event::Rule => out.push_str("hr"),
            Event::Task(done) => out.push_str(if done { "[x]" } else { "[ ]" }),
        }
    }
    out
}

#[test]
fn blocks_of_an_answer() {
    for (text, want) in [
        ("# A\ntext\nmore\n\n## B ##", "h1(A)p(text~more)h2(B)"),
        ("Title\n=====\nSub\n---\nx", "h1(Title)h2(Sub)p(x)"),
        ("a\n***\nb", "p(a)hrp(b)"),
        ("> q\n> r\nlazy\n\nend", "quote(p(q~r~lazy))p(end)"),
        (
            "```rust\nlet a = 1;\n  b\n```\nx",
            "pre(let a = 1;\n  b)p(x)",
        ),
        ("~~~\nopen to the end", "pre(open to the end)"),
        ("    code\n\n    more\ntext", "pre(code\n\nmore)p(text)"),
        ("- a\n- b\n  - c\n- d", "ul(li(a)li(bul(li(c)))li(d))"),
        ("1. a\n2. b\n\n   more\n", "ol1(li(p(a))li(p(b)p(more)))"),
        ("3) x", "ol3(li(x))"),
        ("- [x] done\n- [ ] open", "ul(li([x]done)li([ ]open))"),
        ("a\n- b", "p(a)ul(li(b))"),
        ("in 2024. x\n2024. y", "p(in 2024. x~2024. y)"),
        ("<b>raw</b>", "p(<b>raw</b>)"),
        ("", ""),
    ] {
        assert_eq!(shape(text), want, "{text:?}");
    }
}

#[test]
fn tables() {
    let text = "| A | B |\n|:--|--:|\n| 1 | `x\\|y` |\n| 2 |\n\nend";
    assert_eq!(shape(text), "table[Start, End](head(cell(A)cell(B))row(cell(1)cell(code[x|y]))row(cell(2)cell()))p(end)");
    assert_eq!(shape("a | b\nno table"), "p(a | b~no table)");
    assert_eq!(
        shape("text\n|a|b|\n|-|-|\n|1|2|"),
        "p(text)table[Start, Start](head(cell(a)cell(b))row(cell(1)cell(2)))"
    );
}

#[test]
fn inlines() {
    for (text, want) in [
        (
            "**b** *e* _e_ ~~s~~ `c`",
            "p(b(b) em(e) em(e) s(s) code[c])",
        ),
        ("***both***", "p(em(b(both)))"),
        ("**a *b* c**", "p(b(a em(b) c))"),
        ("*a **b** c*", "p(em(a b(b) c))"),
        ("snake_case_name 2*3*4", "p(snake_case_name 2em(3)4)"),
        ("** no **", "p(** no **)"),
        ("*a", "p(*a)"),
        (r"\*a\* \\", r"p(*a* \)"),
        ("a  \nb\\\nc", "p(a^b^c)"),
        ("`` a`b ``", "p(code[a`b])"),
        ("`a", "p(`a)"),
        ("&lt;x&gt; &copy;", "p(<x> &copy;)"),
        ("[t](http://a.b/c_(d)) x", "p(a<http://a.b/c_(d)>(t) x)"),
        ("[**t**](<a b> \"title\")", "p(a<a b>(b(t)))"),
        ("![alt](img.png)", "p(img<img.png>(alt))"),
        ("[![alt](i)](u)", "p(a<u>(img<i>(alt)))"),
        ("[a [b](c) d](e)", "p([a a<c>(b) d](e))"),
        ("[x](javascript:alert(1))", "p(a<javascript:alert(1)>(x))"),
        ("[a][b] [c]", "p([a][b] [c])"),
        ("<https://a.b> <i>", "p(a<https://a.b>(https://a.b) <i>)"),
        ("**überall** 日*本*語", "p(b(überall) 日em(本)語)"),
    ] {
        assert_eq!(shape(text), want, "{text:?}");
    }
}

#[test]
fn hostile_texts_end_soon() {
    for text in [
        "[".repeat(20_000),
        "*a ".repeat(20_000),
        "> ".repeat(5_000),
        "`".repeat(20_000),
        "- ".repeat(5_000),
        "a**b".repeat(10_000),
        "[a](".repeat(5_000),
        "|a".repeat(10_000) + "\n" + &"|-".repeat(10_000),
    ] {
        let _ = parse(&text);
    }
}

proptest! {
    #[test]
    fn events_are_balanced(text in "[-*_~`#>|:!\\[\\]()\\\\<&a1. \n\t]{0,120}") {
        let mut depth = 0i32;
        for event in parse(&text) {
            match event {
                Event::Start(_) => depth += 1,
                Event::End => depth -= 1,
                _ => {}
            }
            prop_assert!(depth >= 0);
        }
        prop_assert_eq!(depth, 0);
    }

    #[test]
    fn letters_are_never_lost(words in proptest::collection::vec("[a-z]{1,4}[-*_~`#>|!\\[\\]()&. \n]{0,4}", 0..20)) {
        let text = words.concat();
        let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
        // A link's address is in its tag.
        if !text.contains("](") {
            let seen: String = parse(&text).into_iter().filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(text),
                _ => None,
            }).collect();
            prop_assert!(letters(&seen) == letters(&text) || text.contains("```") || text.contains("|"));
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }
}
