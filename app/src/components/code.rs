//! Texts of machines: indented JSON, raw text, pairs.
//!
//! Indents and line ends are real text, so that what is selected or copied is what was shown.

use domain::json::{Line, Pretty, Token};
use leptos::prelude::*;

/// So many bytes are surely no more than a node holds, which is counted in UTF-16.
const NODE_BYTES: usize = 32_768;

/// Indented JSON, one line below the other.
pub(crate) fn json_lines(pretty: &Pretty) -> AnyView {
    view! { <pre class="code"><code>{head_lines(pretty)}</code></pre> }.into_any()
}

/// The lines themselves, their ends among them.
pub(super) fn head_lines(pretty: &Pretty) -> AnyView {
    let last = pretty.lines.len().saturating_sub(1);
    let lines = pretty.lines.iter().enumerate();
    let lines = lines.map(|(index, at)| line(at, if index == last { "" } else { "\n" }));
    lines.collect::<Vec<_>>().into_any()
}

/// How the styles call a piece; `None` where it looks like any text.
pub(super) fn token_class(token: Token) -> Option<&'static str> {
    match token {
        Token::Name => Some("j-name"),
        Token::Text => Some("j-text"),
        Token::Number => Some("j-number"),
        Token::Word => Some("j-word"),
        Token::Mark => None,
    }
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

/// Marks are no elements: a page is to have few.
fn line(line: &Line, end: &'static str) -> AnyView {
    let mut plain = "  ".repeat(line.depth);
    let mut pieces = Vec::new();
    for (token, text) in &line.pieces {
        match token_class(*token) {
            None => plain.push_str(text),
            Some(class) => {
                let before = std::mem::take(&mut plain);
                pieces.push(view! { {before}<span class=class>{text.clone()}</span> });
            }
        }
    }
    plain.push_str(end);
    view! { <span class="line">{pieces}{plain}</span> }.into_any()
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
