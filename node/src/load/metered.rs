//! A stream that counts and digests what is read from it.

use crate::keys::RunningMac;
use std::cell::Cell;
use std::io::{BufRead, Read, Result};

pub(super) struct Metered<'a> {
    input: &'a mut dyn BufRead,
    read: &'a Cell<u64>,
    mac: RunningMac,
}

impl<'a> Metered<'a> {
    pub(super) fn new(input: &'a mut dyn BufRead, read: &'a Cell<u64>, mac: RunningMac) -> Self {
        Self { input, read, mac }
    }

    /// The keyed digest of everything that was read.
    pub(super) fn finish(self) -> [u8; 32] {
        self.mac.finish()
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.read.set(self.read.get() + bytes.len() as u64);
        self.mac.update(bytes);
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.input.read(buffer)?;
        self.passed(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        // What is consumed lies in the buffer: asking for it again reads nothing.
        if count > 0
            && let Ok(buffer) = self.input.fill_buf()
        {
            self.mac.update(buffer.get(..count).unwrap_or(buffer));
        }
        self.read.set(self.read.get() + count as u64);
        self.input.consume(count);
    }
}
