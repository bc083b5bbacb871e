//! The largest bodies that are kept, of every kind that could cost more than its length: for the
//! tests, and for `cargo bench -p domain --bench diff`.

/// The name of each, and the body then and now.
pub(super) fn cases(bytes: usize) -> Vec<(&'static str, String, String)> {
    let fill = |piece: fn(usize) -> String| {
        let mut text = String::new();
        let mut number = 0;
        while text.len() < bytes - 200 {
            text.push_str(&piece(number));
            number += 1;
        }
        text
    };
    let list = |text: String| format!("[{}null]", text);
    vec![
        (
            "numbers",
            list(fill(|n| format!("{n},"))),
            list(fill(|n| format!("{},", n * 7))),
        ),
        (
            "objects",
            list(fill(|n| {
                format!("{{\"id\":{n},\"name\":\"a{n}\",\"more\":[1,2,3]}},")
            })),
            list(fill(|n| {
                format!("{{\"id\":{},\"name\":\"b{n}\",\"more\":[3,2,1]}},", n + 9)
            })),
        ),
        (
            "lists",
            list(fill(|n| format!("[{}{n}],", "1,2,".repeat(300)))),
            list(fill(|n| format!("[{}{n}],", "2,1,".repeat(300)))),
        ),
        (
            "lines",
            fill(|n| format!("line {n}\n")),
            fill(|n| format!("line {}\n", n * 3)),
        ),
        ("brackets", "[".repeat(bytes), "{".repeat(bytes)),
        (
            "deep",
            "[".repeat(bytes / 2) + &"]".repeat(bytes / 2),
            "[".repeat(bytes / 2 - 1) + &"]".repeat(bytes / 2 - 1),
        ),
        ("one line", "x".repeat(bytes), "x".repeat(bytes - 1) + "y"),
    ]
}
