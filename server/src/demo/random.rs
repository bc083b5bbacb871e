//! Chance that is the same each time: `SplitMix64` and codes made of numbers.
//!
//! No random number crate: its stream may change with its version, and the
//! sample workspace would with it.

/// A stream of numbers, wholly determined by its seed.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of one thing: its family's seed and its own number.
    pub(super) fn of(seed: u64, number: usize) -> Self {
        Self(mix(seed ^ mix(number as u64)))
    }

    /// 64 bits (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// From 0 to `end`, without it.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// From `low` to `high`, both within.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True `parts` times of 10,000.
    pub(super) fn chance(&mut self, parts: u64) -> bool {
        self.below(10_000) < parts
    }

    /// One of `choices`, which are never none.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// Sixteen hexadecimal digits.
    pub(super) fn hex(&mut self) -> String {
        format!("{:016x}", self.next())
    }
}

/// A bijection of 64 bits.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Eight characters that stand for `number` and look like chance.
///
/// Each step is a bijection of 40 bits, so that no two numbers share a code.
pub(super) fn code(number: usize) -> String {
    const MASK: u64 = (1 << 40) - 1;
    // Crockford's base 32: no letters that read like digits.
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    // 0 would stay 0 all the way.
    let mut z = (number as u64 + 7_919).wrapping_mul(0x9e_3779_b97f) & MASK;
    z = ((z ^ (z >> 19)).wrapping_mul(0xbf_5847_6d1d)) & MASK;
    z ^= z >> 21;
    (0..8)
        .map(|place| DIGITS[(z >> (35 - 5 * place)) as usize & 31] as char)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_never_shared() {
        let codes: std::collections::HashSet<_> = (0..200_000).map(code).collect();
        assert_eq!(codes.len(), 200_000);
    }

    #[test]
    fn the_stream_is_that_of_the_paper() {
        // First values of SplitMix64 with seed 1234567, as published with Vigna's C code.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
