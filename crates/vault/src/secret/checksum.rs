//! The check digits at the end of a token: CRC-32 in base 62. They tell a typing error, and let a
//! scanner for leaked secrets say without asking whether a text that looks like a token is one.

/// The digits of base 62.
pub(super) const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How many check digits: 62^6 is above 2^32.
pub(super) const LENGTH: usize = 6;

/// The check digits for a text.
pub(super) fn checksum(text: &str) -> [u8; LENGTH] {
    let mut rest = crc32(text.as_bytes()) as usize;
    let mut digits = [DIGITS[0]; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    digits
}

/// The CRC-32 of zip and PNG (ISO 3309), bit by bit: a token is short.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| {
        if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
    };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn small_numbers_are_filled_with_zeros() {
        assert_eq!(&checksum(""), b"000000");
    }
}
