use super::{view::*, *};
use proptest::prelude::*;

const ORDER: &str =
    r#"{"order":{"id":7,"two words":[1,{"sku":"A-1"}]},"note":"a \"b\"","none":[],"e":"\ud800"}"#;
const XML: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE o [<!ENTITY a \"b>\">]>\n<o a='>' b = \"1\"><i>A &amp; B</i>\n<i/><i><!-- no\n  more --><k> x\ny </k></i></o>\n";

fn json(text: &str) -> Lines {
    Lines::json(text.to_owned()).expect("JSON")
}

fn text_of(row: &RowView) -> String {
    row.bits.iter().map(|bit| bit.text.as_str()).collect()
}

/// All rows as they are seen, a line's parts joined by `↵`.
fn shown(view: &View) -> String {
    let mut text = String::new();
    for index in 0..view.rows() {
        let row = view.row(index).expect("a row");
        text.push_str(&text_of(&row));
        text.push(if row.ends { '\n' } else { '↵' });
    }
    text
}

/// What is marked, the find that the reader is at in brackets.
fn marked(view: &View) -> Vec<String> {
    let bits = (0..view.rows()).flat_map(|index| view.row(index).expect("a row").bits);
    bits.filter_map(|bit| match bit.mark {
        Mark::None => None,
        Mark::Found => Some(bit.text),
        Mark::Here => Some(format!("[{}]", bit.text)),
    })
    .collect()
}

#[test]
fn lines_of_json_know_their_partner_path_and_value() {
    let lines = json(ORDER);
    let about = |line| {
        let closing = lines
            .closing(line)
            .map_or(String::new(), |at| format!("-{at}"));
        format!("{line}{closing} {}", lines.path(line).unwrap_or_default())
    };
    assert_eq!(
        (0..lines.count()).map(about).collect::<Vec<_>>().join("\n"),
        r#"0-13 $
1-9 $.order
2 $.order.id
3-8 $.order["two words"]
4 $.order["two words"][0]
5-7 $.order["two words"][1]
6 $.order["two words"][1].sku
7 $.order["two words"][1]
8 $.order["two words"]
9 $.order
10 $.note
11 $.none
12 $.e
13 $"#
    );
}

#[test]
fn a_line_knows_what_it_is_nested_in() {
    let lines = json(ORDER);
    let parents: Vec<_> = [0, 1, 6, 7, 8, 9, 12, 13]
        .map(|line| lines.parent(line))
        .into();
    let expected = [
        None,
        Some(0),
        Some(5),
        Some(5),
        Some(3),
        Some(1),
        Some(0),
        Some(0),
    ];
    assert_eq!(parents, expected);
}

#[test]
fn values_are_copied_as_a_reader_wants_them() {
    let lines = json(ORDER);
    let of = |line| lines.value(line);
    assert_eq!(of(2), "7");
    assert_eq!(of(3), "[1,{\"sku\":\"A-1\"}]");
    assert_eq!(of(8), of(3), "the end of a value is the value");
    assert_eq!(of(10), "a \"b\"");
    assert_eq!(of(11), "[]");
    assert_eq!(
        of(12),
        "\"\\ud800\"",
        "half a character stays as it was sent"
    );
    assert_eq!(of(0), ORDER);
    assert_eq!(Lines::raw("a\nb".to_owned()).value(1), "b");
}

#[test]
fn xml_is_indented_and_its_elements_are_counted() {
    let lines = Lines::xml(XML.to_owned()).expect("XML");
    let line = |line| {
        let fold = lines
            .closing(line)
            .map_or(String::new(), |at| format!(" -{at}"));
        let text: String = lines
            .pieces(line)
            .into_iter()
            .map(|piece| lines.shown(piece))
            .collect();
        let path = lines.path(line).unwrap_or_default();
        format!("{}{text}  {path}{fold}", "  ".repeat(lines.depth(line)))
    };
    assert_eq!(
        (0..lines.count()).map(line).collect::<Vec<_>>().join("\n"),
        r#"<?xml version="1.0"?>  
<!DOCTYPE o [<!ENTITY a "b>">]>  
<o a='>' b = "1">  /o -12
  <i>A &amp; B</i>  /o/i[1]
  <i/>  /o/i[2]
  <i>  /o/i[3] -11
    <!-- no  /o/i[3]
    more -->  /o/i[3]
    <k>  /o/i[3]/k -10
      x  /o/i[3]/k
      y  /o/i[3]/k
    </k>  /o/i[3]/k
  </i>  /o/i[3]
</o>  /o"#
            .replace("-12", "-13")
            .replace("-11", "-12")
            .replace("-10", "-11")
    );
    assert_eq!(lines.value(8), "<k> x\ny </k>");
    assert_eq!(lines.value(12), "<i><!-- no\n  more --><k> x\ny </k></i>");
}

#[test]
fn what_is_not_well_formed_is_left_to_the_raw_text() {
    for text in [
        "",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a></a>x",
        "</a>",
        "<a",
        "<a b=\"></a>",
        "<a><b></a></b>",
        "< a/>",
        "<!-- <a/>",
        "<![CDATA[x]]><a/>",
        "<1/>",
    ] {
        assert!(Lines::xml(text.to_owned()).is_err(), "{text}");
    }
    let read = |text: &str| Lines::read(text.as_bytes(), Form::Xml).0.form();
    assert_eq!((read("\u{feff}<a/>"), read("<a>")), (Form::Xml, Form::Raw));
}

#[test]
fn colours_follow_what_a_piece_is() {
    let tokens = |lines: &Lines, line| {
        let pieces = lines.pieces(line).into_iter();
        let pieces = pieces.filter(|piece| piece.token != json::Token::Mark);
        pieces
            .map(|piece| format!("{:?} {}", piece.token, lines.source(piece)))
            .collect::<Vec<_>>()
    };
    let lines = json(r#"{ "a\":" : "b:" , "c":-1e4,"d" :null}"#);
    assert_eq!(tokens(&lines, 1), [r#"Name "a\":""#, r#"Text "b:""#]);
    assert_eq!(tokens(&lines, 2), ["Name \"c\"", "Number -1e4"]);
    assert_eq!(tokens(&lines, 3), ["Name \"d\"", "Word null"]);
    let lines = Lines::xml(XML.to_owned()).expect("XML");
    assert_eq!(
        tokens(&lines, 2),
        ["Name o", "Word a", "Text '>'", "Word b", "Text \"1\""]
    );
    assert_eq!(tokens(&lines, 3), ["Name i", "Name i"]);
}

#[test]
fn folding_hides_what_is_nested_and_says_so() {
    let mut view = View::new(json(ORDER), 80);
    assert!(view.fold(3, true) && !view.fold(3, true) && !view.fold(2, true));
    view.choose(5);
    assert!(view.fold(1, true));
    assert_eq!(
        view.chosen(),
        1,
        "what is folded away is not chosen any more"
    );
    assert_eq!(
        shown(&view),
        "{\n  \"order\": { … },\n  \"note\": \"a \\\"b\\\"\",\n  \"none\": [],\n  \"e\": \"\\ud800\"\n}\n"
    );
    view.fold(1, false);
    assert!(shown(&view).contains("\"two words\": [ … ]\n  },"));
    view.fold_to(Some(1));
    assert_eq!(view.rows(), 6);
    view.fold_to(Some(0));
    assert_eq!(shown(&view), "{ … }\n");
    view.fold_to(None);
    assert_eq!(view.rows(), 14);
}

#[test]
fn one_goes_from_line_to_line_past_what_is_folded() {
    let mut view = View::new(json(ORDER), 20);
    view.fold(1, true);
    let mut walk = |by| {
        view.go(by);
        view.chosen()
    };
    assert_eq!(
        [walk(1), walk(1), walk(-1), walk(-1), walk(-1)],
        [1, 10, 1, 0, 0]
    );
    assert_eq!([walk(99), walk(1)], [13, 13]);
}

#[test]
fn a_find_is_marked_counted_and_unfolded() {
    let mut view = View::new(json(ORDER), 80);
    view.fold_to(Some(0));
    view.search("A");
    assert_eq!(view.found(), (1, 2));
    assert_eq!(
        marked(&view),
        ["[A]", "a"],
        "all around it was unfolded: {}",
        shown(&view)
    );
    view.next_found(false);
    assert_eq!((view.found(), view.chosen()), ((2, 2), 10));
    view.next_found(false);
    view.next_found(true);
    assert_eq!(marked(&view), ["A", "[a]"]);
    view.search("\"ID\": 7");
    assert_eq!(view.found(), (1, 1), "as it is shown, not as it was sent");
    view.search("");
    assert_eq!((view.found(), marked(&view)), ((0, 0), vec![]));
}

#[test]
fn case_is_folded_in_any_script_and_blanks_between_lines_are_not_found() {
    let at = |text: &str, needle: &str| {
        find(text, needle, 9)
            .iter()
            .map(|found| found.start)
            .collect::<Vec<_>>()
    };
    assert_eq!(at("Straße STRASSE strasse", "strasse"), [8, 16]);
    assert_eq!(at("ÉTÉ été", "Été"), [0, 6]);
    assert_eq!(at("aaaa", "aa"), [0, 2]);
    assert_eq!(at("\u{212a}elvin kelvin", "K"), [0, 9]);
    assert_eq!(find("aaaa", "a", 3).len(), 3);
    let mut view = View::new(json("{\n    \"a b\": 1\n}"), 80);
    view.search(" ");
    assert_eq!(view.found().1, 2);
}

#[test]
fn long_lines_go_on_in_further_rows() {
    let mut view = View::new(json("{\"long\":\"ab日本cdefgh\",\"s\":1}"), 12);
    assert_eq!(
        shown(&view),
        "{\n  \"long\": \"a↵b日本cdefgh\"↵,\n  \"s\": 1\n}\n"
    );
    view.search("AB日");
    assert_eq!(
        (view.row_found(), marked(&view)),
        (Some(1), vec!["[a]".into(), "[b日]".into()])
    );
    view.search("gh");
    assert_eq!(view.row_found(), Some(2));
    assert!(view.set_columns(80) && !view.set_columns(80));
    assert_eq!((view.rows(), view.row_found()), (4, Some(1)));
    let view = View::new(Lines::raw("a\tb\n\n\u{202e}c\r\n".to_owned()), 80);
    assert_eq!(shown(&view), "a\tb\n\n\u{fffd}c\u{240d}\n\n");
}

#[test]
fn depth_is_followed_without_recursion_and_shown_to_a_limit() {
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let view = View::new(json(&deep), 400);
    assert_eq!(view.rows(), 400_001);
    let row = view.row(200_000).expect("a row");
    assert_eq!(text_of(&row).trim_start(), "1");
    assert_eq!(text_of(&row).len(), 2 * INDENTS + 1);
    assert!(
        view.lines()
            .path(100)
            .is_some_and(|path| path == format!("${}", "[0]".repeat(100)))
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_xml_reader_panic(text in "[<>/!a \"'=\\[\\]?\\-\né]{0,40}") {
        if let Ok(lines) = Lines::xml(text) {
            for line in 0..lines.count() {
                let _ = (lines.pieces(line), lines.path(line), lines.value(line));
            }
        }
    }

    #[test]
    fn rows_hold_the_whole_text_once(text in "[ -~\té日\n]{0,200}", columns in 8_usize..40) {
        let view = View::new(Lines::raw(text.clone()), columns);
        prop_assert_eq!(shown(&view).replace('↵', ""), format!("{text}\n"));
        for index in 0..view.rows() {
            let row = view.row(index).expect("a row");
            prop_assert!(text_of(&row).chars().count() <= columns);
        }
    }

    #[test]
    fn folding_and_unfolding_keeps_partners_around_what_they_hide(text in "[\\[\\],1]{1,60}", folds: Vec<u8>) {
        let Ok(lines) = Lines::json(text) else { return Ok(()) };
        let all = lines.count();
        let mut view = View::new(lines, 80);
        for fold in &folds {
            view.fold(*fold as usize % all, fold % 2 == 0);
        }
        let mut next = 0;
        for index in 0..view.rows() {
            let row = view.row(index).expect("a row");
            prop_assert_eq!(row.line, next);
            next = match row.folded {
                Some(true) => view.lines().closing(row.line).expect("a partner") + 1,
                _ => row.line + 1,
            };
        }
        prop_assert_eq!(next, all);
        view.fold_to(None);
        prop_assert_eq!(view.rows(), all);
    }

    #[test]
    fn every_find_is_shown_in_the_row_that_is_said(text in "[ab \n]{0,80}", needle in "[ab]{1,2}", columns in 8_usize..12) {
        let mut view = View::new(Lines::raw(text.clone()), columns);
        view.search(&needle);
        prop_assert_eq!(view.found().1, text.matches(&needle).count());
        for _ in 0..view.found().1 {
            let row = view.row_found().and_then(|row| view.row(row)).expect("a row");
            prop_assert!(row.bits.iter().any(|bit| bit.mark == Mark::Here));
            view.next_found(false);
        }
    }
}
