//! The kinds of credential.

text_enum! {
    /// What a credential is.
    pub enum CredentialKind {
        /// A secret that a person remembers, or a machine's password.
        Password = "password", "password";
        /// A long-lived key of an API.
        ApiKey = "api-key", "API key";
        /// A bearer token.
        Token = "token", "token";
        /// An X.509 certificate.
        Certificate = "certificate", "certificate";
        /// An SSH key.
        SshKey = "ssh-key", "SSH key";
        /// A second factor.
        MfaFactor = "mfa-factor", "MFA factor";
        /// A role that may be taken on in a cloud.
        CloudRole = "cloud-role", "cloud role";
        /// A signed-in session.
        Session = "session", "session";
    }
}
