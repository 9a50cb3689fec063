//! What a file weighs on the way to a browser.

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use std::{fmt, io::Write, ops::Add};

/// Bytes: as it is, and in the two forms that the server keeps.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub raw: usize,
    pub brotli: usize,
    pub gzip: usize,
}

impl Sizes {
    pub fn of(content: &[u8]) -> Result<Self> {
        let mut brotli = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { size_hint: content.len(), ..Default::default() };
        brotli::BrotliCompress(&mut &content[..], &mut brotli, &settings)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(content)?;
        Ok(Sizes { raw: content.len(), brotli: brotli.len(), gzip: gzip.finish()?.len() })
    }
}

impl Add for Sizes {
    type Output = Sizes;

    fn add(self, other: Sizes) -> Sizes {
        Sizes { raw: self.raw + other.raw, brotli: self.brotli + other.brotli, gzip: self.gzip + other.gzip }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kb = |bytes: usize| bytes as f64 / 1000.0;
        write!(f, "{:>6.1} kB, brotli {:>5.1} kB, gzip {:>5.1} kB", kb(self.raw), kb(self.brotli), kb(self.gzip))
    }
}
