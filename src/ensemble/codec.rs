//! Numbers as bytes, little-endian, with a checksum at the end: a block of draws on disk.

use sha2::{Digest, Sha256};

/// First bytes of a block file; the last one is its version.
const MAGIC: [u8; 8] = *b"UMBLOCK\x01";
/// Bytes of the checksum.
const CHECKSUM: usize = 32;

/// Writes a block.
pub struct Writer(Vec<u8>);

/// A file that is no block, or a damaged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a whole block")]
pub struct Damaged;

impl Writer {
    /// An empty block.
    pub fn new() -> Self {
        Self(MAGIC.to_vec())
    }

    /// A count.
    pub fn count(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }

    /// A number.
    pub fn number(&mut self, x: f64) {
        self.0.extend(x.to_le_bytes());
    }

    /// Numbers, without their count.
    pub fn numbers<'a>(&mut self, numbers: impl IntoIterator<Item = &'a f64>) {
        numbers.into_iter().for_each(|x| self.number(*x));
    }

    /// Bytes with their count.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len() as u64);
        self.0.extend(bytes);
    }

    /// The whole block with its checksum.
    pub fn finish(mut self) -> Vec<u8> {
        let sum = Sha256::digest(&self.0);
        self.0.extend(sum);
        self.0
    }
}

/// Reads a block.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Opens a block whose checksum is right.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let (body, sum) = bytes.split_at_checked(bytes.len().wrapping_sub(CHECKSUM)).ok_or(Damaged)?;
        if Sha256::digest(body).as_slice() != sum {
            return Err(Damaged);
        }
        body.strip_prefix(&MAGIC).map(Self).ok_or(Damaged)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (head, tail) = self.0.split_first_chunk().ok_or(Damaged)?;
        self.0 = tail;
        Ok(*head)
    }

    /// A count.
    pub fn count(&mut self) -> Result<u64, Damaged> {
        self.take().map(u64::from_le_bytes)
    }

    /// A number.
    pub fn number(&mut self) -> Result<f64, Damaged> {
        self.take().map(f64::from_le_bytes)
    }

    /// Some numbers.
    pub fn numbers(&mut self, count: usize) -> Result<Vec<f64>, Damaged> {
        let bytes = count.checked_mul(8).filter(|bytes| *bytes <= self.0.len()).ok_or(Damaged)?;
        let (head, tail) = self.0.split_at(bytes);
        self.0 = tail;
        Ok(head.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
    }

    /// Bytes with their count.
    pub fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let count = usize::try_from(self.count()?).map_err(|_| Damaged)?;
        let (head, tail) = self.0.split_at_checked(count).ok_or(Damaged)?;
        self.0 = tail;
        Ok(head)
    }

    /// Text.
    pub fn text(&mut self) -> Result<String, Damaged> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| Damaged)
    }

    /// Nothing is left.
    pub fn end(self) -> Result<(), Damaged> {
        if self.0.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_back_and_a_flipped_bit_is_seen() {
        let mut writer = Writer::new();
        writer.count(3);
        writer.numbers(&[0.1, f64::NAN, -0.0]);
        writer.bytes("é".as_bytes());
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes).unwrap();
        assert_eq!(reader.count(), Ok(3));
        let numbers = reader.numbers(3).unwrap();
        assert!(numbers[0] == 0.1 && numbers[1].is_nan() && numbers[2].is_sign_negative());
        assert_eq!(reader.text().unwrap(), "é");
        assert_eq!(reader.end(), Ok(()));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            assert!(Reader::new(&damaged).is_err(), "byte {at}");
            assert!(Reader::new(&bytes[..at]).is_err(), "{at} bytes");
        }
    }
}
