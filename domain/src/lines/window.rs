//! Which rows lie in a pane that is scrolled, and how far.
//!
//! All rows are of one height, so it is arithmetic. Browsers draw no element of any height
//! (Firefox ends at 17.8 million pixels), so beyond a limit one pixel of scrolling is more than
//! one pixel of rows.

/// The height of a row: the line height of code in `base.css`.
pub const ROW_PX: f64 = 18.0;
/// No element is made higher.
const MOST_PX: f64 = 8_000_000.0;
/// Rows kept ready above and below.
const AROUND: usize = 12;
/// However high a pane is, no more rows than this are made.
const MOST_ROWS: usize = 160;

/// Rows `first..last`, the first of them `top_px` below the top of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    pub first: usize,
    pub last: usize,
    pub top_px: f64,
}

/// How high all rows are.
#[must_use]
pub fn height_px(rows: usize) -> f64 {
    (rows as f64 * ROW_PX).min(MOST_PX)
}

/// The rows in and around a pane of `pane_px` that is scrolled by `scrolled_px`.
#[must_use]
pub fn window(rows: usize, scrolled_px: f64, pane_px: f64) -> Window {
    let top = top_row(rows, scrolled_px, pane_px);
    let first = (top as usize).saturating_sub(AROUND).min(rows);
    let shown = (pane_px / ROW_PX) as usize + 2 * AROUND + 2;
    let top_px = if rows as f64 * ROW_PX > MOST_PX {
        scrolled_px - (top - first as f64) * ROW_PX
    } else {
        first as f64 * ROW_PX
    };
    Window {
        first,
        last: (first + shown.min(MOST_ROWS)).min(rows),
        top_px,
    }
}

/// How far to scroll so that `row` stands a third down the pane.
#[must_use]
pub fn scroll_to(rows: usize, row: usize, pane_px: f64) -> f64 {
    let wanted = (row as f64 - pane_px / ROW_PX / 3.0).max(0.0);
    match slack(rows, pane_px) {
        (rows_px, scroll_px) if rows_px > scroll_px => {
            (wanted * ROW_PX / rows_px * scroll_px).min(scroll_px)
        }
        (_, scroll_px) => (wanted * ROW_PX).min(scroll_px),
    }
}

/// Whether all of `row` is seen.
#[must_use]
pub fn sees(rows: usize, row: usize, scrolled_px: f64, pane_px: f64) -> bool {
    let top = top_row(rows, scrolled_px, pane_px);
    row as f64 >= top && (row + 1) as f64 <= top + pane_px / ROW_PX
}

fn top_row(rows: usize, scrolled_px: f64, pane_px: f64) -> f64 {
    let (rows_px, scroll_px) = slack(rows, pane_px);
    if rows_px > scroll_px && scroll_px > 0.0 {
        (scrolled_px / scroll_px).clamp(0.0, 1.0) * rows_px / ROW_PX
    } else {
        scrolled_px.max(0.0) / ROW_PX
    }
}

/// How far the rows can move, and how far the pane can be scrolled.
fn slack(rows: usize, pane_px: f64) -> (f64, f64) {
    let all = rows as f64 * ROW_PX;
    (
        (all - pane_px).max(0.0),
        (height_px(rows) - pane_px).max(0.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_is_seen_and_a_little_around_it_is_made() {
        let seen = window(50_000, 18_000.0, 540.0);
        assert_eq!((seen.first, seen.last), (988, 988 + 56));
        assert!((seen.top_px - 988.0 * ROW_PX).abs() < 0.01);
        let seen = window(3, 0.0, 540.0);
        assert_eq!((seen.first, seen.last), (0, 3));
        assert!(window(1_000_000, 0.0, 1e9).last <= MOST_ROWS);
    }

    #[test]
    fn the_last_of_a_million_rows_is_reached() {
        let end = height_px(1_048_576) - 540.0;
        let seen = window(1_048_576, end, 540.0);
        assert_eq!(seen.last, 1_048_576);
        assert!(sees(1_048_576, 1_048_575, end, 540.0));
    }

    proptest! {
        #[test]
        fn what_is_scrolled_to_is_seen(rows in 1_usize..2_000_000, of in 0.0..1.0_f64, pane in 200.0..2_000.0_f64) {
            let row = ((rows - 1) as f64 * of) as usize;
            let scrolled = scroll_to(rows, row, pane);
            let seen = window(rows, scrolled, pane);
            prop_assert!(seen.first <= row && row < seen.last);
            prop_assert!(sees(rows, row, scrolled, pane) || rows as f64 * ROW_PX <= pane);
        }
    }
}
