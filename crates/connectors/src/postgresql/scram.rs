//! What PostgreSQL keeps of a password: SCRAM-SHA-256 (RFC 5802, RFC 7677), written as
//! `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey` (RFC 5803). Made on this side, so that the password
//! itself never is in a statement, and so in no log.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// What PostgreSQL itself takes.
const ITERATIONS: u32 = 4096;

/// More than this is not recomputed: a target must not keep Tenure busy.
const MOST_ITERATIONS: u32 = 200_000;

const SALT_BYTES: usize = 16;

/// The verifier of a password, with a new salt.
///
/// # Errors
/// When the system gives no randomness.
pub(super) fn verifier(password: &str) -> Result<String, getrandom::Error> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt)?;
    Ok(verifier_with(password, &salt, ITERATIONS))
}

/// Whether a verifier is that of a password. `None` when it is not SCRAM, or too costly to tell.
pub(super) fn is_of(verifier: &str, password: &str) -> Option<bool> {
    let (iterations, rest) = verifier.strip_prefix("SCRAM-SHA-256$")?.split_once(':')?;
    let (salt, _) = rest.split_once('$')?;
    let iterations = iterations.parse().ok().filter(|count| (1..=MOST_ITERATIONS).contains(count))?;
    let salt = BASE64_STANDARD.decode(salt).ok()?;
    Some(verifier_with(password, &salt, iterations).as_bytes().ct_eq(verifier.as_bytes()).into())
}

fn verifier_with(password: &str, salt: &[u8], iterations: u32) -> String {
    let salted = Zeroizing::new(hi(prepared(password).as_bytes(), salt, iterations));
    let client_key = Zeroizing::new(mac(salted.as_slice(), &[b"Client Key"]));
    let stored_key = Sha256::digest(client_key.as_slice());
    let server_key = mac(salted.as_slice(), &[b"Server Key"]);
    let text = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
    format!("SCRAM-SHA-256${iterations}:{}${}:{}", text(salt), text(&stored_key), text(&server_key))
}

/// SASLprep (RFC 4013), and the password as it is where that refuses it: so does PostgreSQL.
fn prepared(password: &str) -> Zeroizing<String> {
    let prepared = stringprep::saslprep(password).ok().filter(|prepared| !prepared.is_empty());
    Zeroizing::new(prepared.map_or_else(|| password.to_owned(), |prepared| prepared.into_owned()))
}

/// `Hi` of RFC 5802, section 2.2: PBKDF2 with one block.
fn hi(password: &[u8], salt: &[u8], iterations: u32) -> [u8; 32] {
    let keyed = keyed(password);
    let once = |parts: &[&[u8]]| finish(keyed.clone(), parts);
    let mut last = once(&[salt, &1u32.to_be_bytes()]);
    let mut sum = last;
    for _ in 1..iterations {
        last = once(&[&last]);
        sum.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    finish(keyed(key), parts)
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    // A longer key than a block is its own digest (RFC 2104); then it always fits.
    let mut block = Zeroizing::new([0; 64]);
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    Hmac::new((&*block).into())
}

fn finish(mut mac: Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_rfc_7677_says() {
        // The example of RFC 7677, section 3: "pencil" with this salt; the server's signature proves ServerKey.
        let salt = BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = verifier_with("pencil", &salt, 4096);
        let server_key = BASE64_STANDARD.decode(verifier.rsplit(':').next().unwrap()).unwrap();
        let said = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
                    r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
                    c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        assert_eq!(BASE64_STANDARD.encode(mac(&server_key, &[said.as_bytes()])), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn a_verifier_tells_its_password_from_others() {
        let verifier = verifier("correct horse").unwrap();
        assert_eq!(is_of(&verifier, "correct horse"), Some(true));
        assert_eq!(is_of(&verifier, "correct hors"), Some(false));
        assert_eq!(is_of("md5aabbccddeeff00112233445566778899", "correct horse"), None);
        assert_eq!(is_of("SCRAM-SHA-256$4000000000:AAAA$AAAA:AAAA", "correct horse"), None);
    }

    #[test]
    fn a_password_of_more_than_one_block_is_not_cut() {
        let long = "x".repeat(200);
        assert_eq!(is_of(&verifier(&long).unwrap(), &"x".repeat(199)), Some(false));
    }

    #[test]
    fn a_soft_hyphen_and_a_wide_letter_do_not_count() {
        let verifier = verifier("I\u{ad}X\u{2168}").unwrap();
        assert_eq!(is_of(&verifier, "IXIX"), Some(true));
    }
}
