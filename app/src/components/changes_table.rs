//! Values then and now beside each other, by their place.

use domain::diff::{Change, Difference};
use leptos::prelude::*;

use super::hidden_text;

/// `caption` is read by screen readers only.
pub(crate) fn changes_table(caption: String, differences: &[Difference]) -> AnyView {
    let rows = differences.iter().map(row).collect::<Vec<_>>();
    view! {
        <table class="changes-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">"Where"</th>
                    <th scope="col">"Then"</th>
                    <th scope="col">"Now"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(difference: &Difference) -> AnyView {
    let Difference {
        path,
        change,
        then,
        now,
    } = difference;
    let (class, mark) = match change {
        Change::Added => ("change change-added", "+"),
        Change::Removed => ("change change-removed", "−"),
        Change::Changed => ("change change-changed", "≠"),
    };
    view! {
        <tr class=class>
            <th scope="row">
                <code>{path.clone()}</code>
                <span class="change-word"><span aria-hidden="true">{mark}</span>" "{change.label()}</span>
            </th>
            {value("Then", then, *change == Change::Added)}
            {value("Now", now, *change == Change::Removed)}
        </tr>
    }
    .into_any()
}

fn value(side: &'static str, text: &str, absent: bool) -> AnyView {
    let shown = match (absent, text) {
        (true, _) => view! { <span class="quiet"><span aria-hidden="true">"–"</span>{hidden_text("not there")}</span> }.into_any(),
        (false, "") => view! { <span class="quiet">"empty"</span> }.into_any(),
        (false, text) => view! { <code>{text.to_owned()}</code> }.into_any(),
    };
    view! { <td data-label=side>{shown}</td> }.into_any()
}
