//! Providers and links in words.

text_enum! {
    /// Whether people may sign in by a provider.
    pub enum ProviderState {
        /// They may.
        Enabled = "enabled", "enabled";
        /// Nobody may, and the sessions that it opened are over.
        Disabled = "disabled", "disabled";
    }
}

text_enum! {
    /// How Tenure proves itself to a provider when it redeems a code. PKCE comes with each of them.
    pub enum ClientAuth {
        /// The secret, as HTTP Basic.
        Basic = "basic", "secret in the header (client_secret_basic)";
        /// The secret, in the form.
        Post = "post", "secret in the form (client_secret_post)";
        /// No secret: PKCE alone.
        None = "none", "no secret (public client, PKCE alone)";
    }
}

text_enum! {
    /// By what somebody is found who comes for the first time.
    pub enum LinkBy {
        /// Nobody is found by a rule: an administrator links each.
        Administrator = "administrator", "nothing: an administrator links each";
        /// The number at the source.
        EmployeeId = "employee-id", "employee number";
        /// The user name.
        UserName = "user-name", "user name";
        /// The mail address, which the provider says that it has verified, within named domains.
        Email = "email", "verified mail address within named domains";
    }
}

text_enum! {
    /// How a link came about.
    pub enum LinkHow {
        /// By the provider's rule, at the first sign-in.
        Rule = "rule", "by rule";
        /// An administrator made it.
        Administrator = "administrator", "by an administrator";
    }
}
