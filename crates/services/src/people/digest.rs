//! What a file is known by: SHA-256 over its bytes.

use std::io::{self, Read};

use sha2::{Digest, Sha256};
use tenure_domain::hex::hex;

/// SHA-256 in hex.
pub(crate) fn digest(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Takes in the bytes of a file while somebody else reads them.
pub(super) struct Digesting<R> {
    file: R,
    hasher: Sha256,
}

impl<R: Read> Digesting<R> {
    pub(super) fn new(file: R) -> Self {
        Self { file, hasher: Sha256::new() }
    }

    /// SHA-256 in hex of what was read.
    pub(super) fn digest(self) -> String {
        hex(&self.hasher.finalize())
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.hasher.update(buffer.get(..n).unwrap_or_default());
        Ok(n)
    }
}
