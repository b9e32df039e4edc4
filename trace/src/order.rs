//! One sort for everything: each type that is sorted on its own would add 5 KB of code to the download.

/// What is compared: the first number, of equals the second, then the third, and last the item itself.
pub type Key = (i64, i64, i64);

/// Sorts items (indices) by a key.
pub fn sort(items: &mut [usize], key: &dyn Fn(usize) -> Key) {
    let mut keyed: Vec<(Key, usize)> = items.iter().map(|&item| (key(item), item)).collect();
    keyed.sort_unstable();
    for (item, (_, sorted)) in items.iter_mut().zip(keyed) {
        *item = sorted;
    }
}

/// The indices `0..count`, sorted by a key; of equals the smaller index comes first.
pub fn sorted(count: usize, key: &dyn Fn(usize) -> Key) -> Vec<usize> {
    let mut items: Vec<usize> = (0..count).collect();
    sort(&mut items, key);
    items
}

/// Turns an order around, for "latest first".
pub fn reversed(number: i64) -> i64 {
    !number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_key_then_by_index() {
        let keys = [3i64, 1, 3, 2];
        assert_eq!(sorted(4, &|at| (keys[at], 0, 0)), [1, 3, 0, 2]);
        assert_eq!(sorted(4, &|at| (reversed(keys[at]), 0, 0)), [0, 2, 3, 1]);
        assert!(reversed(i64::MIN) > reversed(i64::MAX));
    }
}
