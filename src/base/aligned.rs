//! Memory that begins with a cache line: no vector that is read from it lies across two lines.

use aligned_vec::{AVec, ConstAlign};

/// Bytes in a cache line.
const LINE: usize = 64;

/// A vector that begins with a cache line.
pub type Aligned<T> = AVec<T, ConstAlign<LINE>>;

/// So many times a value.
pub fn aligned<T: Clone>(value: T, count: usize) -> Aligned<T> {
    AVec::from_iter(LINE, std::iter::repeat_n(value, count))
}
