//! Where one is in a list, and the way to the rest of it.

use domain::{Total, page::grouped};
use leptos::prelude::*;

/// A list and the place in it.
#[derive(Debug, Clone)]
pub(crate) struct Pager {
    /// Of the rows: "integrations".
    pub(crate) noun: &'static str,
    pub(crate) total: Total,
    /// The number of the first row; 0 where nobody counted that far.
    pub(crate) first: i64,
    pub(crate) shown: i64,
    pub(crate) links: Links,
    pub(crate) sizes: Vec<Size>,
    /// The whole list as a file: "CSV" and where it is.
    pub(crate) files: Vec<(&'static str, String)>,
}

/// The ways on; a way that leads nowhere is `None`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    pub(crate) first: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) last: Option<String>,
}

/// A number of rows per page.
#[derive(Debug, Clone)]
pub(crate) struct Size {
    pub(crate) rows: i64,
    pub(crate) href: String,
    pub(crate) chosen: bool,
}

/// Below a list.
pub(crate) fn pager(pager: Pager) -> AnyView {
    let text = position(&pager);
    let sizes = pager.sizes.into_iter().map(|size| {
        view! {
            <li>
                <a href=size.href aria-current=size.chosen.then_some("true") data-noscroll="">
                    {size.rows}
                    {super::hidden_text(" per page")}
                </a>
            </li>
        }
    });
    let sizes = sizes.collect::<Vec<_>>();
    let total = pager.total;
    let files = pager.files.into_iter().map(|(text, href)| {
        view! { <a href=href download="" rel="external">{text}</a>" " }
    });
    let files = files.collect::<Vec<_>>();
    let times = format!(" · times in {}", super::zone().name());
    view! {
        <div class="pager">
            <p class="pager-position">{text}<span class="quiet">{times}</span></p>
            {(!sizes.is_empty())
                .then(|| {
                    view! {
                        <nav class="pager-sizes" aria-label="Rows per page">
                            <ul>{sizes}</ul>
                            <span aria-hidden="true">"per page"</span>
                        </nav>
                    }
                })}
            {(!files.is_empty())
                .then(|| {
                    view! {
                        <p class="pager-files"><span class="quiet">{format!("All {total} as ")}</span>{files}</p>
                    }
                })}
            <nav class="pager-links" aria-label="Pages">
                <ul>
                    {way("«", "First", "", pager.links.first)}
                    {way("‹", "Previous", "", pager.links.previous)}
                    {way("", "Next", "›", pager.links.next)}
                    {way("", "Last", "»", pager.links.last)}
                </ul>
            </nav>
        </div>
    }
    .into_any()
}

fn way(
    before: &'static str,
    word: &'static str,
    after: &'static str,
    href: Option<String>,
) -> AnyView {
    // A link without an address is the standard's way to say: not from here. It keeps
    // the focus of a reader who has just come to the end with it.
    let (role, off, index) = match href {
        Some(_) => (None, None, None),
        None => (Some("link"), Some("true"), Some("-1")),
    };
    let mark = |text| view! { <span aria-hidden="true">{text}</span> };
    view! {
        <li>
            <a href=href role=role aria-disabled=off tabindex=index>{mark(before)}{word}{mark(after)}</a>
        </li>
    }
    .into_any()
}

/// `1–10 of 1,204 runs`.
pub(crate) fn position(pager: &Pager) -> String {
    let (noun, total) = (pager.noun, pager.total);
    if total.is_zero() {
        return format!("0 {noun}");
    }
    if pager.shown == 0 {
        return format!("0 of {total} {noun}");
    }
    if pager.first == 0 {
        return format!("The last {} of {total} {noun}", grouped(pager.shown));
    }
    let (first, last) = (grouped(pager.first), grouped(pager.first + pager.shown - 1));
    format!("{first}–{last} of {total} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_is_true_also_where_counting_stopped() {
        let at = |first, shown, total| {
            position(&Pager {
                noun: "runs",
                total,
                first,
                shown,
                links: Links::default(),
                sizes: vec![],
                files: vec![],
            })
        };
        assert_eq!(at(1, 10, Total::Exact(1_204)), "1–10 of 1,204 runs");
        assert_eq!(
            at(1_201, 4, Total::Exact(1_204)),
            "1,201–1,204 of 1,204 runs"
        );
        assert_eq!(
            at(0, 10, Total::MoreThan(100_000)),
            "The last 10 of more than 100,000 runs"
        );
        assert_eq!(at(0, 0, Total::Exact(0)), "0 runs");
    }
}
