//! Sorting by computed keys. Spans are sorted by their indices, and each key is computed once. Equals keep the order of their indices, so the
//! result is the same on every machine.

use crate::slices::{pause, Slices, Work};

/// What is compared: the first number, of equals the second, then the third, and last the item itself.
pub type Key = (i64, i64, i64);

/// Sorts items (indices) by a key; of equals the smaller index comes first.
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

/// A number, and what belongs to it.
pub type Pair = (i64, i64);

/// Pairs by their first number; of equals the order stays. Merges the runs that are there: spans of a task follow each other, so there are
/// about as many runs as tasks at the same time, and what is in order already takes one walk.
pub fn in_order(slices: &Slices, mut pairs: Vec<Pair>) -> Work<'_, Vec<Pair>> {
    Box::pin(async move {
        // Where each run ends.
        let mut ends = Vec::new();
        for (at, (now, next)) in pairs.iter().zip(pairs.iter().skip(1)).enumerate() {
            if next.0 < now.0 {
                ends.push(at + 1);
            }
            if slices.due() {
                pause().await;
            }
        }
        ends.push(pairs.len());
        while ends.len() > 1 {
            let mut merged = Vec::with_capacity(pairs.len());
            let (mut begin, mut longer) = (0, Vec::new());
            for two in ends.chunks(2) {
                let (first, last) = match *two {
                    [first, last] => (first, last),
                    _ => (pairs.len(), pairs.len()),
                };
                let mut a = pairs.get(begin..first).unwrap_or_default();
                let mut b = pairs.get(first..last).unwrap_or_default();
                while let (Some((one, more)), Some((other, others))) =
                    (a.split_first(), b.split_first())
                {
                    if other.0 < one.0 {
                        merged.push(*other);
                        b = others;
                    } else {
                        merged.push(*one);
                        a = more;
                    }
                    if slices.due() {
                        pause().await;
                    }
                }
                merged.extend_from_slice(a);
                merged.extend_from_slice(b);
                (begin, _) = (last, longer.push(last));
            }
            (pairs, ends) = (merged, longer);
        }
        pairs
    })
}

/// Turns an order around, for "latest first".
pub fn reversed(number: i64) -> i64 {
    !number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::at_once;

    #[test]
    fn by_key_then_by_index() {
        let keys = [3i64, 1, 3, 2];
        assert_eq!(sorted(4, &|at| (keys[at], 0, 0)), [1, 3, 0, 2]);
        assert_eq!(sorted(4, &|at| (reversed(keys[at]), 0, 0)), [0, 2, 3, 1]);
        assert!(reversed(i64::MIN) > reversed(i64::MAX));
    }

    #[test]
    fn pairs_in_any_order_come_out_sorted_and_equals_stay() {
        let sorted = |pairs: Vec<Pair>| at_once(in_order(&Slices::one(), pairs));
        let times = [5, 1, 4, 4, 9, 2, 0, 7, 7, 3, 3];
        for count in 0..=times.len() {
            let pairs: Vec<Pair> = times[..count].iter().copied().zip(0..).collect();
            let mut expected = pairs.clone();
            expected.sort();
            assert_eq!(sorted(pairs), expected);
        }
        assert_eq!(
            sorted(vec![(2, 2), (1, 1), (1, 0)]),
            [(1, 1), (1, 0), (2, 2)]
        );
    }
}
