//! Signed JSON: JWS in compact form (RFC 7515) with `EdDSA` (RFC 8037), and for what others sign also `ES256` and
//! `RS256` (RFC 7518). No other algorithm is known here, so none can be asked for.
//!
//! The primitives are ring's, which is in the tree for TLS; see decision 0024.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::signing::{PublicKey, Signer};

/// A token of more bytes is none.
pub const MOST_TOKEN_BYTES: usize = 64 * 1024;

/// Signs a JSON object as a compact JWS. `typ` says what it is, so that it is never taken for something else.
#[must_use]
pub fn sign_jws(signer: &Signer, typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "EdDSA", "kid": signer.public_key().id().to_string(), "typ": typ });
    let input = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = signer.sign(input.as_bytes()).to_bytes();
    format!("{input}.{}", encode(&signature))
}

/// A public key as others fetch it (RFC 7517, RFC 8037).
#[must_use]
pub fn jwk(key: &PublicKey) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id().to_string(), "x": encode(key.as_bytes()) })
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The public keys of somebody else.
#[derive(Debug, Clone)]
pub struct KeySet(Vec<ForeignKey>);

#[derive(Debug, Clone)]
struct ForeignKey {
    kid: Option<String>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Ed25519(Vec<u8>),
    P256(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

/// Why a set of keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is no JSON of this form.
    #[error("this is no key set: a JSON object with `keys` is expected (RFC 7517)")]
    Form,
    /// It has a private part.
    #[error("there is a private key in it: give the public part alone, and replace that key, since it has been shown")]
    Private,
    /// None of its keys is known here.
    #[error("none of its keys can be used: Ed25519, P-256 and RSA of 2048 bits and more can")]
    None,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// It is no JWS of this form.
    #[error("it is not a signed token in compact form")]
    Form,
    /// It is signed in a way that is not taken.
    #[error("its algorithm is none of EdDSA, ES256 and RS256")]
    Algorithm,
    /// It says that it is to be understood in a way that is not known.
    #[error("its header names extensions (`crit`) that are not known here")]
    Critical,
    /// Its key is none of the set.
    #[error("its key (`kid`) is none of those that are known")]
    UnknownKey,
    /// The signature is not of this token and this key.
    #[error("its signature is not of this token and this key")]
    Signature,
}

/// A token whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedJws {
    /// What it says it is.
    pub typ: Option<String>,
    /// What it says.
    pub claims: Value,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl KeySet {
    /// Reads a JWK set. Keys of kinds that are not known are passed over, as RFC 7517, 5 says.
    ///
    /// # Errors
    /// [`KeySetError`].
    pub fn read(text: &str) -> Result<Self, KeySetError> {
        let set: Value = serde_json::from_str(text).map_err(|_| KeySetError::Form)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(KeySetError::Form)?;
        if keys.iter().any(|key| key.get("d").is_some() || key.get("k").is_some()) {
            return Err(KeySetError::Private);
        }
        let keys: Vec<ForeignKey> = keys.iter().filter_map(ForeignKey::read).collect();
        if keys.is_empty() { Err(KeySetError::None) } else { Ok(Self(keys)) }
    }

    /// Checks a token by the keys.
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn verify(&self, token: &str) -> Result<VerifiedJws, JwsError> {
        if token.len() > MOST_TOKEN_BYTES {
            return Err(JwsError::Form);
        }
        let (input, signature) = token.rsplit_once('.').ok_or(JwsError::Form)?;
        let (header, claims) = input.split_once('.').ok_or(JwsError::Form)?;
        let header: Header = decode(header).and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(JwsError::Form)?;
        if !matches!(header.alg.as_str(), "EdDSA" | "ES256" | "RS256") {
            return Err(JwsError::Algorithm);
        }
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        let signature = decode(signature).ok_or(JwsError::Form)?;
        // The key says how it signs, and not the token: what a token asks for must fit.
        let mut fitting = self.0.iter().filter(|key| key.material.algorithm() == header.alg);
        let key = match &header.kid {
            Some(kid) => fitting.find(|key| key.kid.as_deref() == Some(kid)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        };
        key.ok_or(JwsError::UnknownKey)?.material.verify(input.as_bytes(), &signature)?;
        let claims: Value = decode(claims).and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(JwsError::Form)?;
        if claims.is_object() { Ok(VerifiedJws { typ: header.typ, claims }) } else { Err(JwsError::Form) }
    }
}

impl ForeignKey {
    fn read(key: &Value) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let bytes = |name: &str| text(name).and_then(decode);
        let short = |name: &str| bytes(name).filter(|bytes| bytes.len() == 32);
        let material = match (text("kty")?, text("crv")) {
            ("OKP", Some("Ed25519")) => Material::Ed25519(short("x")?),
            ("EC", Some("P-256")) => Material::P256([vec![4], short("x")?, short("y")?].concat()),
            // Leading zeros are cut: some write them.
            ("RSA", _) => {
                let number = |name| bytes(name).map(|bytes| bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>());
                Material::Rsa { n: number("n").filter(|n| n.len() >= 256)?, e: number("e")? }
            }
            _ => return None,
        };
        let fits = text("use").is_none_or(|r#use| r#use == "sig") && text("alg").is_none_or(|alg| alg == material.algorithm());
        fits.then(|| Self { kid: text("kid").map(str::to_owned), material })
    }
}

impl Material {
    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::P256(_) => "ES256",
            Self::Rsa { .. } => "RS256",
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JwsError> {
        match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(message, signature),
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        }
        .map_err(|_| JwsError::Signature)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::text::from_hex;

    /// RFC 8037, appendix A.
    const RFC_8037_JWK: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    /// RFC 8037, appendix A.4: its payload is no JSON, so it is good for the signature alone.
    const RFC_8037_JWS: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    fn signer() -> Signer {
        Signer::from_seed(&from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap())
    }

    #[test]
    fn the_signature_and_the_key_are_those_of_rfc_8037() {
        let (input, signature) = RFC_8037_JWS.rsplit_once('.').unwrap();
        assert_eq!(encode(&signer().sign(input.as_bytes()).to_bytes()), signature);
        assert_eq!(jwk(&signer().public_key())["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let keys = KeySet::read(RFC_8037_JWK).unwrap();
        let claims_are_no_json = keys.verify(RFC_8037_JWS);
        assert_eq!(claims_are_no_json, Err(JwsError::Form), "the signature held, or it would be said");
    }

    /// RFC 7515, appendices A.2 and A.3: the same claims, signed by RSA and by P-256.
    #[test]
    fn tokens_of_rfc_7515_are_taken_and_each_changed_one_is_not() {
        let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let es256 = (
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#,
            format!("eyJhbGciOiJFUzI1NiJ9.{claims}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
        );
        let rs256 = (
            r#"{"keys":[{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}]}"#,
            format!(
                "eyJhbGciOiJSUzI1NiJ9.{claims}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            ),
        );
        for (keys, token) in [&es256, &rs256] {
            let keys = KeySet::read(keys).unwrap();
            assert_eq!(keys.verify(token).unwrap().claims["iss"], "joe");
            assert!(keys.verify(&token.replace("eyJpc3Mi", "eyJpc3Mj")).is_err());
        }
        assert_eq!(KeySet::read(es256.0).unwrap().verify(&rs256.1), Err(JwsError::UnknownKey), "a key signs in its own way alone");
    }

    #[test]
    fn what_is_signed_here_is_taken_with_its_typ_and_no_other_form_is() {
        let keys = KeySet::read(&json!({ "keys": [jwk(&signer().public_key())] }).to_string()).unwrap();
        let token = sign_jws(&signer(), "secevent+jwt", &json!({ "iss": "https://tenure.example" }));
        let verified = keys.verify(&token).unwrap();
        assert_eq!((verified.typ.as_deref(), verified.claims["iss"].as_str()), (Some("secevent+jwt"), Some("https://tenure.example")));
        let claims = token.split('.').nth(1).unwrap();
        let with = |header: Value| format!("{}.{claims}.", encode(header.to_string().as_bytes()));
        assert_eq!(keys.verify(&with(json!({ "alg": "none" }))), Err(JwsError::Algorithm));
        assert_eq!(keys.verify(&with(json!({ "alg": "HS256" }))), Err(JwsError::Algorithm));
        assert_eq!(keys.verify(&with(json!({ "alg": "EdDSA", "crit": ["x"] }))), Err(JwsError::Critical));
        assert_eq!(keys.verify(&with(json!({ "alg": "EdDSA", "kid": "other" }))), Err(JwsError::UnknownKey));
        assert_eq!(keys.verify(&with(json!({ "alg": "EdDSA" }))), Err(JwsError::Signature));
        for wrong in ["", ".", "..", "a.b.c", &token[..token.len() - 9], &format!("{token}.x")] {
            assert!(keys.verify(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_set_with_a_private_key_or_without_a_key_is_refused() {
        for (text, error) in [
            ("[]", KeySetError::Form),
            ("{}", KeySetError::Form),
            (r#"{"keys":[]}"#, KeySetError::None),
            (r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, KeySetError::Private),
            (r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#, KeySetError::None),
            (
                r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"}]}"#,
                KeySetError::Private,
            ),
        ] {
            assert_eq!(KeySet::read(text).err(), Some(error), "{text}");
        }
    }
}
