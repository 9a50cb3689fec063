//! The audit log: reading, sealing, proving.
