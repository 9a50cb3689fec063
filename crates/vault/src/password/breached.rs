//! Passwords that were in a breach: a compact file, built once from the public list of their SHA-1 hashes, asked offline.
//!
//! Of each hash only the first bits are kept: as many as it takes to number the list, and [`PRECISION`] more, so that one
//! password in 2^14 = 16,384 that is *not* on the list is refused as if it were. What is kept is sorted, cut into buckets
//! of some 256, and written as differences in Rice's code: about 16 bits an entry (the whole public list of some thousand
//! million is about 2 GB). It is never held in memory: a question reads one bucket. Building reads the list twice, from
//! beginning to end, and keeps an index of 8 bytes for 256 entries.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

const MAGIC: [u8; 8] = *b"TNRBRCH1";
const HEADER: u64 = 32;
/// Bits beyond those that number the list: how seldom a good password is refused.
const PRECISION: u32 = 14;
/// A bucket has about two to the power of this many entries.
const BUCKET: u32 = 8;
/// The most that is read for one question; a sound file needs a thousandth of it.
const LARGEST_BUCKET: u64 = 1 << 20;

/// Why there is no filter.
#[derive(Debug, thiserror::Error)]
pub enum BreachedError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no filter, or was cut.
    #[error("{} is no filter of breached passwords, or it was cut: build it again by `tenure passwords build-filter`", .0.display())]
    Damaged(PathBuf),
    /// A line of the list is none.
    #[error("line {line} {what}")]
    Line {
        /// Which.
        line: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// No line is left.
    #[error("the list has no hash that is to be taken")]
    Empty,
}

/// What was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Built {
    /// How many hashes were taken.
    pub hashes: u64,
    /// How large the filter is, in bytes.
    pub bytes: u64,
}

/// Breached passwords, by a file that [`build_filter`] made.
#[derive(Debug)]
pub struct Breached {
    path: PathBuf,
    file: Mutex<File>,
    shape: Shape,
    index_at: u64,
}

/// How hashes are kept, which follows from how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    hashes: u64,
    /// Bits that are kept of each.
    bits: u32,
    /// Of those, the first, which say in which bucket it is.
    bucket_bits: u32,
}

impl Shape {
    fn of(hashes: u64) -> Self {
        let numbering = u64::BITS - hashes.saturating_sub(1).leading_zeros();
        Self { hashes, bits: (numbering + PRECISION).min(63), bucket_bits: numbering.saturating_sub(BUCKET) }
    }

    /// What is kept of a hash.
    const fn value(self, first: u64) -> u64 {
        first >> (u64::BITS - self.bits)
    }

    const fn bucket(self, value: u64) -> u64 {
        value >> (self.bits - self.bucket_bits)
    }

    /// The smallest value of a bucket.
    const fn base(self, bucket: u64) -> u64 {
        bucket << (self.bits - self.bucket_bits)
    }

    const fn buckets(self) -> u64 {
        1 << self.bucket_bits
    }
}

/// Builds a filter from a list: on each line the SHA-1 of a password in hexadecimal, then, if it is known, `:` and how
/// often it was seen; sorted by the hash, as the public list comes. What was seen less than `at_least` times is left out.
///
/// # Errors
/// [`BreachedError`], with the line that cannot be taken. Then the output is not whole, and not to be used.
pub fn build_filter(input: &Path, output: &Path, at_least: u64) -> Result<Built, BreachedError> {
    let reading = |source| BreachedError::Io { path: input.to_owned(), source };
    let writing = |source| BreachedError::Io { path: output.to_owned(), source };
    let open = || File::open(input).map(|file| BufReader::with_capacity(1 << 20, file)).map_err(reading);
    let mut hashes = 0;
    each_line(open()?, reading, at_least, |_| {
        hashes += 1;
        Ok(())
    })?;
    if hashes == 0 {
        return Err(BreachedError::Empty);
    }
    let shape = Shape::of(hashes);
    let file = File::create(output).map_err(writing)?;
    let mut bits = BitWriter { out: BufWriter::with_capacity(1 << 20, file), pending: 0, filled: 0, written: 0 };
    // The place of the header: it is written last, so that a file that was cut is none.
    bits.out.write_all(&[0; HEADER as usize]).map_err(writing)?;
    let mut index: Vec<u64> = Vec::with_capacity(usize::try_from(shape.buckets()).unwrap_or_default() + 1);
    let mut next = 0;
    each_line(open()?, reading, at_least, |first| {
        let value = shape.value(first);
        let bucket = shape.bucket(value);
        while index.len() as u64 <= bucket {
            index.push(bits.written);
            next = shape.base(index.len() as u64 - 1);
        }
        // The same first bits as the one before.
        if value < next {
            return Ok(());
        }
        bits.rice(value - next)?;
        next = value + 1;
        Ok(())
    })?;
    while index.len() as u64 <= shape.buckets() {
        index.push(bits.written);
    }
    let index_at = HEADER + bits.finish().map_err(writing)?;
    for at in index {
        bits.out.write_all(&at.to_le_bytes()).map_err(writing)?;
    }
    let bytes = bits.out.stream_position().map_err(writing)?;
    let mut header = Vec::with_capacity(HEADER as usize);
    header.extend(MAGIC);
    header.extend(shape.hashes.to_le_bytes());
    header.extend(index_at.to_le_bytes());
    header.extend(bytes.to_le_bytes());
    bits.out.seek(SeekFrom::Start(0)).map_err(writing)?;
    bits.out.write_all(&header).map_err(writing)?;
    bits.out.flush().map_err(writing)?;
    bits.out.get_ref().sync_all().map_err(writing)?;
    Ok(Built { hashes, bytes })
}

/// Gives the first eight bytes of each hash that is to be taken.
fn each_line(
    mut list: impl BufRead,
    reading: impl Fn(io::Error) -> BreachedError,
    at_least: u64,
    mut take: impl FnMut(u64) -> io::Result<()>,
) -> Result<(), BreachedError> {
    let (mut line, mut number, mut before) = (String::new(), 0, 0);
    loop {
        line.clear();
        // No line is longer than a hash and a number.
        if list.by_ref().take(128).read_line(&mut line).map_err(&reading)? == 0 {
            return Ok(());
        }
        number += 1;
        let wrong = |what| BreachedError::Line { line: number, what };
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let (hash, seen) = text.split_once(':').map_or((text, None), |(hash, seen)| (hash, Some(seen)));
        let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let first = hash.get(..16).filter(|_| is_hash).and_then(|hex| u64::from_str_radix(hex, 16).ok());
        let first = first.ok_or_else(|| wrong("does not begin with a SHA-1 hash of 40 hexadecimal digits"))?;
        let seen = seen.map_or(Ok(u64::MAX), |seen| seen.trim().parse::<u64>().map_err(|_| wrong("has no number after the colon")))?;
        if first < before {
            return Err(wrong("is not in order: sort the list first (LC_ALL=C sort)"));
        }
        before = first;
        if seen >= at_least {
            take(first).map_err(&reading)?;
        }
    }
}

/// Bits, the highest of a byte first.
struct BitWriter<W: Write> {
    out: W,
    pending: u8,
    filled: u32,
    written: u64,
}

impl<W: Write> BitWriter<W> {
    fn bit(&mut self, bit: bool) -> io::Result<()> {
        self.pending = self.pending << 1 | u8::from(bit);
        self.filled += 1;
        self.written += 1;
        if self.filled == 8 {
            self.out.write_all(&[self.pending])?;
            (self.pending, self.filled) = (0, 0);
        }
        Ok(())
    }

    /// A number in Rice's code: what is above [`PRECISION`] bits as so many ones, a zero, and those bits.
    fn rice(&mut self, number: u64) -> io::Result<()> {
        for _ in 0..number >> PRECISION {
            self.bit(true)?;
        }
        self.bit(false)?;
        (0..PRECISION).rev().try_for_each(|at| self.bit(number >> at & 1 == 1))
    }

    /// Fills the last byte, and yields how many there are.
    fn finish(&mut self) -> io::Result<u64> {
        let bits = self.written;
        while self.filled != 0 {
            self.bit(false)?;
        }
        Ok(bits.div_ceil(8))
    }
}

impl Breached {
    /// Opens a filter, and looks whether it is whole.
    ///
    /// # Errors
    /// [`BreachedError::Io`], [`BreachedError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, BreachedError> {
        let failed = |source| BreachedError::Io { path: path.to_owned(), source };
        let damaged = || BreachedError::Damaged(path.to_owned());
        let mut file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut header = [0; HEADER as usize];
        file.read_exact(&mut header).map_err(|_| damaged())?;
        let number = |at: usize| header.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let (hashes, index_at) = (number(8), number(16));
        let shape = Shape::of(hashes.clamp(1, 1 << 40));
        let whole = Some(length) == (shape.buckets() + 1).checked_mul(8).and_then(|index| index.checked_add(index_at));
        if header.first_chunk() != Some(&MAGIC) || number(24) != length || !whole || hashes != shape.hashes || index_at < HEADER {
            return Err(damaged());
        }
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), shape, index_at })
    }

    /// How many hashes it was built from.
    pub fn hashes(&self) -> u64 {
        self.shape.hashes
    }

    /// Whether a password is on the list; of those that are not, one in 16,384 is said to be.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub fn has(&self, password: &str) -> Result<bool, BreachedError> {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        let first = hash.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        self.has_hash(first)
    }

    fn has_hash(&self, first: u64) -> Result<bool, BreachedError> {
        let failed = |source| BreachedError::Io { path: self.path.clone(), source };
        let damaged = || BreachedError::Damaged(self.path.clone());
        let value = self.shape.value(first);
        let bucket = self.shape.bucket(value);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ends = [0; 16];
        file.seek(SeekFrom::Start(self.index_at + bucket * 8)).map_err(failed)?;
        file.read_exact(&mut ends).map_err(failed)?;
        let end = |at: usize| ends.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let (begins, ends) = (end(0), end(8));
        let bytes = ends.div_ceil(8).saturating_sub(begins / 8);
        if begins > ends || bytes > LARGEST_BUCKET || HEADER + ends.div_ceil(8) > self.index_at {
            return Err(damaged());
        }
        let mut read = vec![0; usize::try_from(bytes).unwrap_or_default()];
        file.seek(SeekFrom::Start(HEADER + begins / 8)).map_err(failed)?;
        file.read_exact(&mut read).map_err(failed)?;
        drop(file);
        let mut bits = BitReader { bytes: &read, at: begins % 8, ends: begins % 8 + (ends - begins) };
        let mut next = self.shape.base(bucket);
        while bits.at < bits.ends {
            let here = bits.rice().and_then(|gap| next.checked_add(gap)).ok_or_else(damaged)?;
            if here >= value {
                return Ok(here == value);
            }
            next = here + 1;
        }
        Ok(false)
    }
}

struct BitReader<'b> {
    bytes: &'b [u8],
    at: u64,
    ends: u64,
}

impl BitReader<'_> {
    fn bit(&mut self) -> Option<bool> {
        if self.at >= self.ends {
            return None;
        }
        let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    fn rice(&mut self) -> Option<u64> {
        let mut high: u64 = 0;
        while self.bit()? {
            high += 1;
        }
        let low = (0..PRECISION).try_fold(0, |low: u64, _| Some(low << 1 | u64::from(self.bit()?)))?;
        high.checked_mul(1 << PRECISION)?.checked_add(low)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sha1(password: &str) -> String {
        digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// A list as the public one is, of so many passwords.
    fn list(folder: &Path, passwords: impl Iterator<Item = String>) -> PathBuf {
        let mut lines: Vec<_> = passwords.enumerate().map(|(n, password)| format!("{}:{}\r\n", sha1(&password), n + 1)).collect();
        lines.sort();
        let file = folder.join("list.txt");
        std::fs::write(&file, lines.concat()).unwrap();
        file
    }

    #[test]
    fn everything_of_the_list_is_found_and_of_the_rest_hardly_anything() {
        let folder = tempfile::tempdir().unwrap();
        for many in [1, 2, 3, 256, 257, 20_000] {
            let filter = folder.path().join("filter");
            let built = build_filter(&list(folder.path(), (0..many).map(|n| format!("breached {n}"))), &filter, 1).unwrap();
            let breached = Breached::open(&filter).unwrap();
            assert_eq!((built.hashes, breached.hashes()), (many, many));
            assert!((0..many).all(|n| breached.has(&format!("breached {n}")).unwrap()), "{many}");
            let asked = 40_000;
            let wrong = (0..asked).filter(|n| breached.has(&format!("good {n}")).unwrap()).count();
            println!("{many} hashes: {:.1} bits each, {wrong} of {asked} refused wrongly", built.bytes as f64 * 8.0 / many as f64);
            // Some 2 are to be expected: 2^-14, at most.
            assert!(wrong <= 12, "{many}: {wrong} of {asked}");
        }
    }

    #[test]
    fn what_was_seen_seldom_can_be_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let filter = folder.path().join("filter");
        // The nth was seen n times.
        let built = build_filter(&list(folder.path(), (0..1000).map(|n| format!("breached {n}"))), &filter, 901).unwrap();
        let breached = Breached::open(&filter).unwrap();
        assert_eq!(built.hashes, 100);
        assert!(breached.has("breached 950").unwrap() && !breached.has("breached 3").unwrap());
    }

    #[test]
    fn a_list_that_cannot_be_taken_is_refused_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("list"), folder.path().join("filter"));
        let (a, b) = ("A".repeat(40), "B".repeat(40));
        for (text, words) in [
            (String::new(), "no hash"),
            (format!("{a}:1\nnonsense\n"), "line 2 does not begin"),
            (format!("{a}:many\n"), "line 1 has no number"),
            (format!("{b}:1\n\n{a}:1\n"), "line 3 is not in order"),
            ("é".repeat(100), "line 1"),
        ] {
            std::fs::write(&input, &text).unwrap();
            let error = build_filter(&input, &output, 1).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
        assert!(build_filter(&folder.path().join("none"), &output, 1).is_err());
    }

    #[test]
    fn a_file_that_was_cut_or_is_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let filter = folder.path().join("filter");
        build_filter(&list(folder.path(), (0..1000).map(|n| format!("breached {n}"))), &filter, 1).unwrap();
        let whole = std::fs::read(&filter).unwrap();
        for length in [0, 7, 31, 32, 500, whole.len() - 1] {
            std::fs::write(&filter, &whole[..length]).unwrap();
            assert!(matches!(Breached::open(&filter), Err(BreachedError::Damaged(_))), "{length}");
        }
        // Whatever is in it, a question ends with an answer or an error.
        for at in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            std::fs::write(&filter, &changed).unwrap();
            if let Ok(breached) = Breached::open(&filter) {
                let _ = (0..20).map(|n| breached.has(&format!("breached {n}")).is_ok()).count();
            }
        }
    }
}
