//! Texts of machines: indented JSON, raw text, pairs.
//!
//! Indents and line ends are real text, so that what is selected or copied is what was shown.

use domain::json::{Line, Pretty, Token};
use leptos::prelude::*;

/// So many bytes are surely no more than a node holds, which is counted in UTF-16.
const NODE_BYTES: usize = 32_768;

/// Indented JSON with line numbers. `id` lets a copy button find it.
pub(crate) fn json_lines(pretty: &Pretty, id: Option<&'static str>) -> AnyView {
    // A single value needs no numbers.
    let class = if pretty.total_lines > 1 {
        "code code-lines"
    } else {
        "code"
    };
    let lines = pretty.lines.iter().map(line).collect::<Vec<_>>();
    view! { <pre class=class><code id=id>{lines}</code></pre> }.into_any()
}

/// Text as it came.
pub(crate) fn plain_text(text: String, id: Option<&'static str>) -> AnyView {
    view! { <pre class="code"><code id=id>{long_text(&text)}</code></pre> }.into_any()
}

/// A text of any length, in pieces that each fit into one node.
///
/// Browsers break a longer text into several nodes while they read the page (Chromium after
/// 65,536 characters), where hydration looks for one.
pub(crate) fn long_text(text: &str) -> AnyView {
    if text.len() <= NODE_BYTES {
        return text.to_owned().into_any();
    }
    pieces(text)
        .map(|piece| view! { <span>{piece.to_owned()}</span> })
        .collect::<Vec<_>>()
        .into_any()
}

fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = text.split_at(text.floor_char_boundary(NODE_BYTES));
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Names and values.
pub(crate) fn pairs_table(
    caption: &'static str,
    name: &'static str,
    pairs: Vec<(String, AnyView)>,
) -> AnyView {
    let rows = pairs
        .into_iter()
        .map(|(name, value)| view! { <tr><th scope="row">{name}</th><td>{value}</td></tr> })
        .collect::<Vec<_>>();
    view! {
        <table class="pairs">
            <caption class="visually-hidden">{caption}</caption>
            <thead class="visually-hidden">
                <tr>
                    <th scope="col">{name}</th>
                    <th scope="col">"Value"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn line(line: &Line) -> AnyView {
    let mut indent = "  ".repeat(line.depth);
    let last = line.pieces.len().saturating_sub(1);
    let pieces = line.pieces.iter().enumerate().map(|(index, (token, text))| {
        let class = match token {
            Token::Name => "j-name",
            Token::Text => "j-text",
            Token::Number => "j-number",
            Token::Word => "j-word",
            Token::Mark => "j-mark",
        };
        let end = if index == last { "\n" } else { "" };
        view! { <span class=class>{format!("{}{text}{end}", std::mem::take(&mut indent))}</span> }
    });
    view! { <span class="line">{pieces.collect::<Vec<_>>()}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_long_text_are_the_text() {
        let text = "aé日\u{1f600}".repeat(9_000);
        let pieces: Vec<_> = pieces(&text).collect();
        assert_eq!(pieces.concat(), text);
        assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.len() <= NODE_BYTES));
    }
}
