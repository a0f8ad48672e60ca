//! The part of a stream that is held in memory: one unit, and a block ahead.

use std::io::{BufRead, ErrorKind};
use zeroize::Zeroizing;

/// How much is read at once, in bytes.
const BLOCK: usize = 64 * 1024;

/// A stream seen through a window. Bytes before the unit are gone; memory is wiped when given back.
pub(super) struct Window<'r> {
    input: &'r mut dyn BufRead,
    bytes: Zeroizing<Vec<u8>>,
    /// Where the unit begins in `bytes`.
    kept: usize,
    /// The cursor in `bytes`: the unit ends here so far.
    at: usize,
    /// The offset in the stream of what stands at index 0, as counted from the cursor.
    base: u64,
    ended: bool,
}

impl<'r> Window<'r> {
    pub(super) fn new(input: &'r mut dyn BufRead) -> Self {
        Self {
            input,
            bytes: Zeroizing::new(Vec::new()),
            kept: 0,
            at: 0,
            base: 0,
            ended: false,
        }
    }

    /// Whether nothing more will come than is in the window.
    pub(super) const fn ended(&self) -> bool {
        self.ended
    }

    /// The bytes after the cursor that are there already.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The unit: from where it was begun to the cursor.
    pub(super) fn unit(&self) -> &[u8] {
        self.bytes.get(self.kept..self.at).unwrap_or_default()
    }

    /// The cursor's offset in the stream.
    pub(super) const fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Moves the cursor on; the bytes become part of the unit.
    pub(super) fn advance(&mut self, count: usize) {
        self.at = self.bytes.len().min(self.at + count);
    }

    /// Begins a new unit at the cursor.
    pub(super) const fn begin(&mut self) {
        self.kept = self.at;
    }

    /// Takes so many bytes off the front of the unit.
    pub(super) fn leave(&mut self, count: usize) {
        self.kept = self.at.min(self.kept + count);
    }

    /// Passes over bytes after the cursor without making them part of the unit.
    pub(super) fn cut(&mut self, count: usize) {
        let end = self.bytes.len().min(self.at + count);
        if self.kept == self.at {
            (self.kept, self.at) = (end, end);
        } else {
            self.base += (end - self.at) as u64;
            self.bytes.drain(self.at..end);
        }
    }

    /// Makes so many bytes available after the cursor, unless the stream ends before.
    pub(super) fn want(&mut self, count: usize) -> std::io::Result<()> {
        while self.rest().len() < count && !self.ended {
            self.fill()?;
        }
        Ok(())
    }

    /// Reads a block more.
    pub(super) fn fill(&mut self) -> std::io::Result<()> {
        self.forget();
        let block = match self.input.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            block => block?,
        };
        let taken = block.get(..block.len().min(BLOCK)).unwrap_or_default();
        let needed = self.bytes.len() + taken.len();
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.bytes.capacity())));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(taken);
        let count = taken.len();
        self.ended = count == 0;
        self.input.consume(count);
        Ok(())
    }

    /// Gives up the bytes before the unit once they are worth moving the rest.
    fn forget(&mut self) {
        if self.kept >= BLOCK || self.kept == self.bytes.len() {
            self.bytes.drain(..self.kept);
            self.base += self.kept as u64;
            self.at -= self.kept;
            self.kept = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::io::BufReader;

    #[test]
    fn offsets_hold_while_bytes_come_and_go() {
        let text: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let mut input = BufReader::with_capacity(1000, text.as_slice());
        let mut window = Window::new(&mut input);
        for round in 0..40_u64 {
            window.begin();
            window.want(4_000).unwrap();
            assert_eq!(window.offset(), round * 5_000);
            assert_eq!(u64::from(*window.rest().first().unwrap()), (round * 5_000) % 251);
            window.advance(1_000);
            window.want(4_000).unwrap();
            window.cut(4_000);
            assert_eq!(window.unit().len(), 1_000);
        }
        window.want(1).unwrap();
        assert!(window.ended() && window.rest().is_empty());
        assert!(window.bytes.capacity() < 8 * BLOCK);
    }
}
