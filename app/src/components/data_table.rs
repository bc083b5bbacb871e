//! The one table. Its columns name themselves to screen readers and, on a narrow screen, beside each value.
//!
//! Rows are not clickable: every row holds real links, which can be opened in a new tab.

use leptos::prelude::*;

/// Where a cell goes when the screen is too narrow for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before everything: the box that selects the row.
    Pick,
    /// First line, first: the status.
    Status,
    /// First line, wide: what the row is. It is the row's header.
    Name,
    /// First line, right: when it happened.
    Time,
    /// Second line, with its column's name.
    Detail,
    /// As [`Self::Detail`]; a number, aligned to the right in a table.
    Number,
    /// The end of the second line.
    Action,
}

impl Place {
    fn class(self) -> &'static str {
        match self {
            Self::Pick => "cell-pick",
            Self::Status => "cell-status",
            Self::Name => "cell-name",
            Self::Time => "cell-time",
            Self::Detail => "cell-detail",
            Self::Number => "cell-detail cell-number",
            Self::Action => "cell-action",
        }
    }
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) sort: Option<Sort>,
}

impl Column {
    pub(crate) fn new(name: &'static str, place: Place) -> Self {
        Self {
            name,
            place,
            sort: None,
        }
    }
}

/// How a list is sorted by a column, and the link that turns it round.
#[derive(Debug, Clone)]
pub(crate) struct Sort {
    /// `Some(true)` is newest or longest first; `None` means that another column decides.
    pub(crate) descending: Option<bool>,
    /// The words for descending and ascending: "newest", "oldest".
    pub(crate) words: [&'static str; 2],
    pub(crate) href: String,
}

/// A row; `class` marks one that failed.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) class: &'static str,
    pub(crate) cells: Vec<Cell>,
}

/// What a cell holds.
pub(crate) type Cell = AnyView;

/// `caption` is read by screen readers only; the page's heading says it to others.
pub(crate) fn data_table(caption: String, columns: &[Column], rows: Vec<Row>) -> AnyView {
    let head = columns.iter().map(header).collect::<Vec<_>>();
    let body = rows
        .into_iter()
        .map(|row| {
            let cells = columns.iter().zip(row.cells);
            let cells = cells
                .map(|(column, content)| cell(column, content))
                .collect::<Vec<_>>();
            view! { <tr class=row.class>{cells}</tr> }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="table-scroll">
            <table class="data-table">
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn header(column: &Column) -> AnyView {
    let class = column.place.class();
    if column.place == Place::Pick {
        return view! { <td class=class>{super::pick_all()}</td> }.into_any();
    }
    let Some(sort) = &column.sort else {
        return view! { <th scope="col" class=class>{column.name}</th> }.into_any();
    };
    let [down, up] = sort.words;
    let (state, arrow, turn) = match sort.descending {
        Some(true) => (
            Some("descending"),
            "↓",
            format!("{down} first. Sort {up} first"),
        ),
        Some(false) => (
            Some("ascending"),
            "↑",
            format!("{up} first. Sort {down} first"),
        ),
        None => (None, "↕", format!("Sort {down} first")),
    };
    let turn = capital(&turn);
    view! {
        <th scope="col" class=class aria-sort=state>
            <a class="sort" href=sort.href.clone() title=turn>
                {column.name}
                <span class="sort-arrow" aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
    .into_any()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn cell(column: &Column, content: AnyView) -> AnyView {
    let class = column.place.class();
    if column.place == Place::Name {
        view! { <th scope="row" class=class>{content}</th> }.into_any()
    } else {
        view! { <td class=class data-label=column.name>{content}</td> }.into_any()
    }
}
