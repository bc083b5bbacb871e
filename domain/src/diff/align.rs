//! Which items of one list are which of another.
//!
//! The longest common subsequence, by table, as long as the table is small; a
//! longer middle is paired by place. Either way each item is in one pair.

/// Cells of all tables for one body. A cell costs a few nanoseconds and four bytes.
const CELLS: usize = 4_000_000;

/// Items by their places then and now.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// The pairs in their order. `used` counts the cells of all calls for one body.
pub(super) fn align(then: &[u64], now: &[u64], used: &mut usize) -> Vec<Pair> {
    let before = then.iter().zip(now).take_while(|(a, b)| a == b).count();
    let (then_rest, now_rest) = (&then[before..], &now[before..]);
    let behind = then_rest
        .iter()
        .rev()
        .zip(now_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let then_middle = &then_rest[..then_rest.len() - behind];
    let now_middle = &now_rest[..now_rest.len() - behind];

    let mut pairs: Vec<Pair> = (0..before).map(|at| (Some(at), Some(at))).collect();
    let cells = (then_middle.len() + 1).saturating_mul(now_middle.len() + 1);
    let matches = if *used + cells <= CELLS {
        *used += cells;
        common(then_middle, now_middle)
    } else {
        Vec::new()
    };
    let (mut a, mut b) = (0, 0);
    let ends = [(then_middle.len(), now_middle.len())];
    for (to_a, to_b) in matches.into_iter().chain(ends) {
        gap(
            &mut pairs,
            (before + a, before + to_a),
            (before + b, before + to_b),
        );
        if to_a < then_middle.len() || to_b < now_middle.len() {
            pairs.push((Some(before + to_a), Some(before + to_b)));
        }
        (a, b) = (to_a + 1, to_b + 1);
    }
    let (a, b) = (then.len() - behind, now.len() - behind);
    pairs.extend((0..behind).map(|at| (Some(a + at), Some(b + at))));
    pairs
}

/// Items between two that are the same: paired by place, what is left stands alone.
fn gap(pairs: &mut Vec<Pair>, (a, to_a): (usize, usize), (b, to_b): (usize, usize)) {
    let (a, b) = (a.min(to_a), b.min(to_b));
    for at in 0..(to_a - a).max(to_b - b) {
        let one = (a + at < to_a).then_some(a + at);
        let other = (b + at < to_b).then_some(b + at);
        pairs.push((one, other));
    }
}

/// The places of a longest common subsequence.
fn common(then: &[u64], now: &[u64]) -> Vec<(usize, usize)> {
    let width = now.len() + 1;
    let mut table = vec![0_u32; (then.len() + 1) * width];
    for a in (0..then.len()).rev() {
        for b in (0..now.len()).rev() {
            let at = a * width + b;
            table[at] = if then[a] == now[b] {
                table[at + width + 1] + 1
            } else {
                table[at + width].max(table[at + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut places = Vec::new();
    while a < then.len() && b < now.len() {
        let at = a * width + b;
        if then[a] == now[b] {
            places.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if table[at + width] >= table[at + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_put_in_between_moves_nothing_else() {
        let pairs = align(&[1, 2, 3, 4], &[1, 9, 2, 3, 5], &mut 0);
        assert_eq!(
            pairs,
            [
                (Some(0), Some(0)),
                (None, Some(1)),
                (Some(1), Some(2)),
                (Some(2), Some(3)),
                (Some(3), Some(4)),
            ]
        );
    }

    proptest! {
        #[test]
        fn each_item_is_in_one_pair_in_its_order(
            then in proptest::collection::vec(0_u64..5, 0..30),
            now in proptest::collection::vec(0_u64..5, 0..30),
            used in prop_oneof![Just(0), Just(CELLS)],
        ) {
            let mut used = used;
            let pairs = align(&then, &now, &mut used);
            let one: Vec<_> = pairs.iter().filter_map(|pair| pair.0).collect();
            let other: Vec<_> = pairs.iter().filter_map(|pair| pair.1).collect();
            prop_assert!(one.iter().copied().eq(0..then.len()));
            prop_assert!(other.iter().copied().eq(0..now.len()));
        }
    }
}
