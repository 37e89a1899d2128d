//! Ascending numbers with counts, in as few bytes as that needs.

/// Ascending numbers, each with a count; only added to at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    /// For each number the distance from the one before, doubled, odd where a count follows (else
    /// it is 1); seven bits a byte.
    bytes: Vec<u8>,
    last: u32,
}

impl Packed {
    /// Adds a number that is above all others.
    pub(crate) fn push(&mut self, number: u32, count: u32) {
        let distance = u64::from(number - self.last);
        self.last = number;
        if count == 1 {
            put(&mut self.bytes, distance << 1);
        } else {
            put(&mut self.bytes, distance << 1 | 1);
            put(&mut self.bytes, u64::from(count));
        }
    }

    /// Every number with its count.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut rest = self.bytes.iter();
        let mut number = 0;
        std::iter::from_fn(move || {
            let head = take(&mut rest)?;
            number += head >> 1;
            let count = if head & 1 == 1 { take(&mut rest)? } else { 1 };
            Some((number, count))
        })
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Bytes on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.bytes.capacity()
    }
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

#[inline]
fn take(bytes: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
    let first = u32::from(*bytes.next()?);
    if first < 0x80 {
        return Some(first);
    }
    let (mut value, mut shift) = (first & 0x7f, 7);
    loop {
        let next = u32::from(*bytes.next()?);
        value |= (next & 0x7f) << shift;
        if next < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(
            steps in prop::collection::vec((1_u32..1_000_000, 1_u32..100_000), 0..200)
        ) {
            let mut packed = Packed::default();
            let mut number = 0;
            let mut expected = Vec::new();
            for (distance, count) in steps {
                number += distance;
                packed.push(number, count);
                expected.push((number, count));
            }
            prop_assert_eq!(packed.iter().collect::<Vec<_>>(), expected);
        }
    }
}
