//! What tests of second factors share: an app that shows codes, and a passkey made of software.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tenure_domain::access::PortalRole;
use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::accounts::{Browser, sign_in};
use tenure_services::factors::{Asked, FirstStep, Half, begin_app, enrol_app, enrol_passkey, enrol_passkey_begin};
use tenure_services::{App, Ctx, ServiceError};
use tenure_vault::TotpSecret;

use super::support::*;

/// From where tests come that name nothing else.
pub const HERE: Browser<'static> = Browser { label: "Firefox", address: "192.0.2.1", network: "192.0.2.1", device: "" };

/// The secret that an app reads of the square of dots.
pub fn secret_of(uri: &str) -> TotpSecret {
    let text = uri.split_once("secret=").unwrap().1.split('&').next().unwrap();
    let (mut bits, mut n, mut bytes) = (0_u32, 0, Vec::new());
    for sign in text.bytes() {
        bits = (bits << 5) | b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|s| *s == sign).unwrap() as u32;
        n += 5;
        if n >= 8 {
            n -= 8;
            bytes.push((bits >> n) as u8);
        }
    }
    TotpSecret::from_bytes(&bytes).unwrap()
}

/// Enrols an authenticator app, and yields it. Its code of this moment is used.
pub async fn app_of(me: &Ctx) -> TotpSecret {
    let new = begin_app(me).await.unwrap();
    let secret = secret_of(&new.uri);
    enrol_app(me, None, &new.sealed, &secret.code_at(me.now.timestamp())).await.map_err(|e| e.0).unwrap();
    secret
}

/// Somebody with a password, and their context.
pub async fn with_password(app: &Arc<App>, ctx: &Ctx, user_name: &str, roles: &[PortalRole]) -> (IdentityId, Ctx) {
    let id = super::mail_support::addressed(ctx, user_name).await;
    give_password(ctx, id).await;
    for role in roles.iter().filter(|role| !matches!(role, PortalRole::Employee | PortalRole::Manager)) {
        tenure_services::accounts::set_portal_role(ctx, id, *role, true).await.unwrap();
    }
    (id, signed_in(app, id, roles))
}

/// The right password, where a second factor is asked for.
pub async fn half(ctx: &Ctx, user_name: &str) -> Half {
    match sign_in(&nobody(ctx), user_name, password(GOOD), "Firefox").await.unwrap() {
        FirstStep::Half(half) => half,
        FirstStep::In(_) => panic!("no second factor was asked for"),
    }
}

/// The words of a refusal.
pub fn refusal<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    match result {
        Err(ServiceError::Refused(words)) => words,
        other => panic!("{other:?}"),
    }
}

/// A passkey made of software, which answers as an authenticator does (WebAuthn, sections 6.1 and 6.5).
pub struct Key {
    pair: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub of: IdentityId,
    pub counter: u32,
    /// Whether it makes sure of who sits before it.
    pub verifies: bool,
}

const ORIGIN: &str = "https://tenure.example";

impl Key {
    pub fn new(of: IdentityId) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let id = Sha256::digest(pair.public_key().as_ref()).to_vec();
        Self { pair, id, of, counter: 1, verifies: true }
    }

    fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["publicKey"]["challenge"], "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn head(&self, with_key: bool) -> Vec<u8> {
        let mut data = Sha256::digest(b"tenure.example").to_vec();
        data.push(1 | if self.verifies { 4 } else { 0 } | if with_key { 64 } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// Answers to being enrolled.
    pub fn made(&self, asked: &Asked) -> String {
        let point = self.pair.public_key().as_ref();
        let mut data = self.head(true);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        // COSE (RFC 9053): an EC2 key for ES256 on P-256.
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..65]);
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.extend([0x58, data.len() as u8]);
        object.extend(data);
        let id = BASE64.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": {
            "attestationObject": BASE64.encode(object),
            "clientDataJSON": BASE64.encode(Self::client_data("webauthn.create", &asked.options, ORIGIN)),
        } })
        .to_string()
    }

    /// Answers to being asked, and counts.
    pub fn shown(&mut self, asked: &Asked) -> String {
        self.counter += 1;
        self.shown_at(asked, ORIGIN)
    }

    pub fn shown_at(&self, asked: &Asked, origin: &str) -> String {
        let (data, client) = (self.head(false), Self::client_data("webauthn.get", &asked.options, origin));
        let signed = [data.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let id = BASE64.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": {
            "authenticatorData": BASE64.encode(data),
            "clientDataJSON": BASE64.encode(client),
            "signature": BASE64.encode(signature.as_ref()),
            "userHandle": BASE64.encode(self.of.uuid().as_bytes()),
        } })
        .to_string()
    }
}

/// Enrols a passkey.
pub async fn key_of(me: &Ctx, name: &str) -> Key {
    let key = Key::new(me.principal.identity_id().unwrap());
    let asked = enrol_passkey_begin(me).await.unwrap();
    enrol_passkey(me, None, &asked.asked, &key.made(&asked), name).await.unwrap();
    key
}
