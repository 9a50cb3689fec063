//! The result codes that are told apart (RFC 4511, appendix A).

pub(super) const SUCCESS: u32 = 0;
pub(super) const PROTOCOL: u32 = 2;
pub(super) const TIME_LIMIT: u32 = 3;
pub(super) const SIZE_LIMIT: u32 = 4;
pub(super) const STRONGER_AUTH: u32 = 8;
pub(super) const REFERRAL: u32 = 10;
pub(super) const ADMIN_LIMIT: u32 = 11;
pub(super) const UNAVAILABLE_EXTENSION: u32 = 12;
pub(super) const CONFIDENTIALITY: u32 = 13;
pub(super) const NO_SUCH_ATTRIBUTE: u32 = 16;
pub(super) const NO_SUCH_TYPE: u32 = 17;
pub(super) const CONSTRAINT: u32 = 19;
pub(super) const VALUE_EXISTS: u32 = 20;
pub(super) const NO_SUCH_OBJECT: u32 = 32;
pub(super) const INVALID_DN: u32 = 34;
pub(super) const INAPPROPRIATE_AUTH: u32 = 48;
pub(super) const INVALID_CREDENTIALS: u32 = 49;
pub(super) const FORBIDDEN: u32 = 50;
pub(super) const BUSY: u32 = 51;
pub(super) const UNAVAILABLE: u32 = 52;
pub(super) const UNWILLING: u32 = 53;
pub(super) const OBJECT_CLASS: u32 = 65;
pub(super) const EXISTS: u32 = 68;
