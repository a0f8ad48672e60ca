//! Bytes of what is remembered: numbers in network order, lists behind their length.

/// What is left to read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn list<T, L: FromIterator<T>>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<L> {
        let length = u16::from_be_bytes(self.take()?);
        (0..length).map(|_| item(self)).collect()
    }
}

/// A list no longer than 65,535, which is far more than a traveller gives cause for.
pub(super) fn list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    encode: impl Fn(T, &mut Vec<u8>),
) {
    let items = items.into_iter();
    let length = u16::try_from(items.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    items.take(usize::from(length)).for_each(|item| encode(item, out));
}
