//! The way back from a provider: its answer is checked, its code redeemed, the subject found, and a session opened.

use chrono::Duration;
use serde_json::{Value, json};
use tenure_domain::access::{PortalRole, Principal, PrincipalKind, Relation, actions, authorize};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::fold::fold;
use tenure_domain::id::{CredentialId, IdentityId, ProviderId};
use tenure_domain::identity::Identity;
use tenure_domain::sign_in::{Level, LinkHow, NoLink, ProvedBy, ProviderState, Wanted};
use tenure_domain::signal::MatchBy;
use tenure_oidc::{Claims, ClientSettings, OidcFault, Provider, Tokens, check_answer_issuer, redeem, user_info};
use tenure_store::sign_in::{AttemptRow, LinkRow, ProviderRow, SessionOrigin};
use tenure_vault::Tag;

use super::NoSignIn;
use super::begin::Derived;
use super::reach::{by_keys, client_of};
use super::refuse::{refuse, refuse_fault, refuse_once};
use crate::break_glass::is_sealed_account;
use crate::factors::{Confirmed, FirstStep, Passed, confirmed_by_provider, first_step};
use crate::{Ctx, ServiceError};

/// Longer codes, and longer words of an answer, are none.
const LONGEST: usize = 4_096;
/// So much may the clocks of a provider and of Tenure differ.
const CLOCKS: Duration = Duration::seconds(60);

/// What a browser brings back. Not shown by `Debug`: a code is a secret.
#[derive(Default)]
pub struct Answer {
    /// Which sign-in it answers.
    pub state: String,
    /// The code.
    pub code: String,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What came of the way to a provider.
#[derive(Debug)]
pub enum Came {
    /// Somebody signed in, or half: where a second factor of the portal is asked for.
    In(FirstStep),
    /// Whoever is signed in showed anew that it is them.
    Proved(Confirmed),
}

/// Somebody who came back from a provider.
#[derive(Debug)]
pub struct Finished {
    /// What came of it.
    pub came: Came,
    /// Where to go: a path of ours.
    pub next: String,
}

/// Why nobody is signed in, and where the browser was on its way to.
#[derive(Debug)]
pub struct NotFinished {
    /// Why.
    pub why: NoSignIn,
    /// A path of ours.
    pub next: String,
}

impl<E: Into<NoSignIn>> From<E> for NotFinished {
    fn from(why: E) -> Self {
        Self { why: why.into(), next: "/".to_owned() }
    }
}

/// Signs somebody in by what a provider answered; the caller makes the browser's session.
///
/// # Errors
/// [`NotFinished`]. Each refusal stands in the audit log with its reason.
pub async fn finish_sign_in(
    ctx: &Ctx,
    origin: &str,
    id: ProviderId,
    secret_of_browser: &str,
    answer: &Answer,
    browser: &str,
) -> Result<Finished, NotFinished> {
    let row = ctx.app.store.read().await?.sign_in_provider(id).await?.ok_or(ServiceError::NotFound("way to sign in"))?;
    let derived = Derived { key: ctx.app.keys.sign_in(), browser: secret_of_browser, state: &answer.state };
    let taken = ctx.app.store.take_sign_in(derived.state_hash().as_bytes()).await?;
    let Some(attempt) = taken.filter(|attempt| attempt.expires_at > ctx.now) else {
        let why = "the answer belongs to no sign-in that is on its way: it was used before, is older than ten minutes, or was not begun here (state)";
        return Err(refuse_once(ctx, &row, "sign-in", why).await.into());
    };
    match finish_attempt(ctx, origin, &row, &attempt, &derived, answer, browser).await {
        Ok(came) => Ok(Finished { came, next: attempt.next_path }),
        Err(why) => Err(NotFinished { why, next: attempt.next_path }),
    }
}

async fn finish_attempt(
    ctx: &Ctx,
    origin: &str,
    row: &ProviderRow,
    attempt: &AttemptRow,
    derived: &Derived<'_>,
    answer: &Answer,
    browser: &str,
) -> Result<Came, NoSignIn> {
    if let Err(why) = check_attempt(row, attempt, derived) {
        return Err(refuse(ctx, row, None, why).await);
    }
    let read = read_answer(ctx, origin, row, answer, derived).await?;
    let (provider, client, tokens, claims) = match read {
        Ok(read) => read,
        Err(fault) => return Err(refuse_fault(ctx, row, fault).await),
    };
    let found = find(ctx, row, &provider, &client, &tokens, &claims).await?;
    let whom = match found {
        Ok(whom) => whom,
        Err(NotFound::Fault(fault)) => return Err(refuse_fault(ctx, row, fault).await),
        Err(NotFound::Nobody(why)) => return Err(refuse(ctx, row, None, &why).await),
    };
    Ok(match attempt.proves {
        None => Came::In(open(ctx, row, attempt, &claims, &whom, browser).await?),
        Some(session) => Came::Proved(prove(ctx, row, attempt, session, &claims, &whom).await?),
    })
}

fn check_attempt(row: &ProviderRow, attempt: &AttemptRow, derived: &Derived<'_>) -> Result<(), &'static str> {
    // Compared in constant time. A hash that cannot be read is nobody's.
    if !Tag::try_from(attempt.browser_hash.as_slice()).is_ok_and(|hash| hash == derived.browser_hash()) {
        return Err("the sign-in was begun in another browser (state)");
    }
    if attempt.provider_id != row.id {
        return Err("the answer came to another provider's address than the one that was asked: providers were mixed up");
    }
    if row.state != ProviderState::Enabled {
        return Err("an administrator disabled this provider");
    }
    Ok(())
}

type Read = (Provider, ClientSettings, Tokens, Claims);

async fn read_answer(
    ctx: &Ctx,
    origin: &str,
    row: &ProviderRow,
    answer: &Answer,
    derived: &Derived<'_>,
) -> Result<Result<Read, OidcFault>, ServiceError> {
    let asked = || -> Result<(Provider, ClientSettings), OidcFault> {
        let provider = Provider::read(&row.metadata)?;
        check_answer_issuer(&provider, answer.iss.as_deref())?;
        if let Some(error) = &answer.error {
            let word: String = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
            return Err(OidcFault::Refused(format!("the provider let nobody in: {word}")));
        }
        if !(1..=LONGEST).contains(&answer.code.len()) {
            return Err(OidcFault::Untrusted("the answer holds no code".to_owned()));
        }
        let client = client_of(ctx, row, origin)?;
        Ok((provider, client))
    };
    let (provider, client) = match asked() {
        Ok(asked) => asked,
        Err(fault) => return Ok(Err(fault)),
    };
    let tokens = match redeem(&provider, &client, &answer.code, &derived.verifier()).await {
        Ok(tokens) => tokens,
        Err(fault) => return Ok(Err(fault)),
    };
    let nonce = derived.nonce();
    let read = |keys: &str| Claims::read(&provider, keys, &row.client_id, &tokens.id_token, &nonce, ctx.now);
    let claims = by_keys(ctx, row, &provider, &read).await?;
    Ok(claims.map(|claims| (provider, client, tokens, claims)))
}

/// Whom a subject stands for, or may.
enum Whom {
    /// There is a link.
    Linked(LinkRow),
    /// The rule found somebody.
    Meant(IdentityId, String),
}

enum NotFound {
    Fault(OidcFault),
    Nobody(String),
}

async fn find(
    ctx: &Ctx,
    row: &ProviderRow,
    provider: &Provider,
    client: &ClientSettings,
    tokens: &Tokens,
    claims: &Claims,
) -> Result<Result<Whom, NotFound>, ServiceError> {
    if let Some(link) = ctx.app.store.read().await?.sign_in_link(&row.issuer, &claims.subject).await? {
        return Ok(Ok(Whom::Linked(link)));
    }
    let rule = row.rule();
    let mut wanted = rule.wanted(&claims.all);
    // What the ID token leaves out is asked for; an address and whether it is verified are never taken from two answers.
    let unsaid =
        matches!(wanted, Err(NoLink::Missing(_))) || (wanted == Err(NoLink::Unverified) && claims.all.get("email_verified").is_none());
    if unsaid {
        match user_info(provider, client, &tokens.access_token, &claims.subject).await {
            Ok(Some(more)) => wanted = rule.wanted(&more),
            Ok(None) => {}
            Err(fault) => return Ok(Err(NotFound::Fault(fault))),
        }
    }
    let Wanted { by, text } = match wanted {
        Ok(wanted) => wanted,
        Err(why) => return Ok(Err(NotFound::Nobody(format!("{why}; nobody is linked by it")))),
    };
    let mut tx = ctx.app.store.read().await?;
    let found = tx.identities_meant(by, &text, &fold(&text)).await?;
    // Letters of other scripts are folded into those of this one, and not alike on each database: a name that merely looks
    // the same is somebody else's at the provider.
    let is_theirs = match found.as_slice() {
        [one] => tx.identity(*one).await?.is_some_and(|identity| is_same_name(by, &identity, &text)),
        _ => true,
    };
    drop(tx);
    Ok(match found.as_slice() {
        [_] if !is_theirs => Err(NotFound::Nobody(format!("nobody here has the {} that the provider says, sign by sign", by.label()))),
        [one] => Ok(Whom::Meant(*one, format!("{} by {}", by.label(), rule.claim().unwrap_or_default()))),
        [] => Err(NotFound::Nobody(format!("nobody here has the {} that the provider says", by.label()))),
        _ => Err(NotFound::Nobody(format!("several have the {} that the provider says; an administrator links them", by.label()))),
    })
}

fn is_same_name(by: MatchBy, identity: &Identity, said: &str) -> bool {
    match by {
        MatchBy::UserName => identity.user_name.eq_ignore_ascii_case(said),
        MatchBy::Email => identity.email.eq_ignore_ascii_case(said),
        MatchBy::Id | MatchBy::EmployeeId => true,
    }
}

/// Shows anew that whoever is signed in is there: the provider looked just now, and it is the same person.
async fn prove(
    ctx: &Ctx,
    row: &ProviderRow,
    attempt: &AttemptRow,
    session: CredentialId,
    claims: &Claims,
    whom: &Whom,
) -> Result<Confirmed, NoSignIn> {
    let (PrincipalKind::Person { identity_id, session: own }, Whom::Linked(link)) = (&ctx.principal.kind, whom) else {
        return Err(refuse(ctx, row, None, "nobody is signed in here any more whom this could be").await);
    };
    let why = if *own != session {
        Some("another session is open in this browser now; try again")
    } else if link.identity_id != *identity_id || link.ended_at.is_some() {
        Some("it is another person there than here")
    } else if claims.auth_time.is_none_or(|at| at < attempt.created_at - CLOCKS || at > ctx.now + CLOCKS) {
        Some("the provider did not look anew who it is, or does not say when it did (auth_time)")
    } else {
        None
    };
    if let Some(why) = why {
        return Err(refuse(ctx, row, Some(*identity_id), why).await);
    }
    let level = Level::of_provider(claims.acr.as_deref(), claims.amr.iter().map(String::as_str));
    let had = ctx.proven.map_or(Level::One, |proven| proven.level);
    Ok(confirmed_by_provider(ctx, *identity_id, level.max(had)).await?)
}

/// Opens the session, and links the subject first where it comes for the first time: one transaction.
async fn open(
    ctx: &Ctx,
    row: &ProviderRow,
    attempt: &AttemptRow,
    claims: &Claims,
    whom: &Whom,
    browser: &str,
) -> Result<FirstStep, NoSignIn> {
    let id = match whom {
        Whom::Linked(link) => link.identity_id,
        Whom::Meant(id, _) => *id,
    };
    let who = Principal { kind: PrincipalKind::Anonymous, label: String::new(), roles: [PortalRole::Employee].into() };
    let proof = authorize::<actions::UseOwnAccount, _>(&who, &(id, Relation::Own)).map_err(ServiceError::from)?;
    let mut tx = ctx.app.store.write().await?;
    // Read again, inside: what an administrator did to the provider meanwhile must win, and what comes now waits.
    let provider = tx.hold_sign_in_provider(row.id).await?;
    // So must an end of the identity.
    tx.lock_identities(&[id]).await?;
    let identity = tx.identity(id).await?;
    let now = tx.sign_in_link(&row.issuer, &claims.subject).await?;
    let still =
        provider.is_some_and(|now| now.state == ProviderState::Enabled && now.client_id == row.client_id && now.issuer == row.issuer);
    let why = match (&identity, whom, &now) {
        _ if !still => Some("an administrator changed this provider meanwhile; try again"),
        (None, ..) => Some("the identity is not there any more"),
        (Some(identity), ..) if !identity.state.may_act() => Some("the identity may not act: it has ended, is suspended or has not begun"),
        (Some(identity), ..) if identity.kind.is_non_human() => Some("it is no person: only people sign in by a provider"),
        (_, Whom::Linked(link), Some(now)) if now.id != link.id || now.identity_id != id => {
            Some("the link was changed meanwhile; try again")
        }
        (_, Whom::Linked(_), None) => Some("the link was removed meanwhile; try again"),
        (_, _, Some(link)) if link.ended_at.is_some() => {
            Some("the link ended when they left, and does not come back by itself: an administrator removes it, or links them anew")
        }
        // In another tab: the rule found the same person there.
        (_, Whom::Meant(..), Some(link)) if link.identity_id == id => None,
        (_, Whom::Meant(..), Some(_)) => Some("the subject was linked meanwhile; try again"),
        _ => None,
    };
    let why = match why {
        None if now.is_none() && tx.has_sign_in_link(&row.issuer, id).await? => {
            Some("another subject of this provider is linked to the identity that its rule finds: an administrator decides")
        }
        None if is_sealed_account(&mut tx, id).await? => Some("it is a break-glass account: no provider opens it"),
        None if tx.is_signed_out_there(row.id, &claims.subject, claims.sid.as_deref(), attempt.created_at).await? => {
            Some("the provider said meanwhile that this session is over")
        }
        why => why,
    };
    let (None, Some(identity)) = (why, identity) else {
        drop(tx);
        return Err(refuse(ctx, row, Some(id), why.unwrap_or_default()).await);
    };
    let mut more = Vec::new();
    match (whom, &now) {
        (Whom::Linked(link), _) | (Whom::Meant(..), Some(link)) => {
            tx.use_sign_in_link(&proof, link.id, ctx.now).await?;
        }
        (Whom::Meant(_, reason), None) => {
            let link = LinkRow {
                id: ctx.id(),
                provider_id: row.id,
                issuer: row.issuer.clone(),
                subject: claims.subject.clone(),
                identity_id: id,
                how: LinkHow::Rule,
                reason: reason.clone(),
                created_at: ctx.now,
                last_used_at: Some(ctx.now),
                ended_at: None,
            };
            tx.insert_sign_in_link(&proof, &link).await?;
            let event = ctx.event(Stream::System, "sign-in-link.made").target(&link.id, identity.display_name.as_str()).about(id);
            more.push(
                event
                    .because(reason)
                    .after(json!({ "provider": row.name, "issuer": link.issuer, "subject": link.subject, "how": link.how })),
            );
        }
    }
    let origin = SessionOrigin {
        // Of the session, once there is one.
        credential_id: ctx.id(),
        provider_id: row.id,
        subject: claims.subject.clone(),
        sid: claims.sid.clone(),
        acr: claims.acr.clone(),
        amr: claims.amr.join(" "),
        auth_time: claims.auth_time,
    };
    let level = Level::of_provider(origin.acr.as_deref(), origin.amr.split_whitespace());
    let passed = Passed { by: ProvedBy::Provider, level, password_at: None, origin: Some(origin) };
    let (step, mut event) = first_step(ctx, &mut tx, &proof, &identity, passed, browser).await?;
    if let Value::Object(after) = &mut event.0.after {
        after.insert("provider".to_owned(), json!(row.name));
        after.insert("acr".to_owned(), json!(claims.acr));
        after.insert("amr".to_owned(), json!(claims.amr));
        after.insert("auth_time".to_owned(), json!(claims.auth_time));
    }
    let mut events = Events::one(event);
    events.extend(more);
    tx.commit(events).await?;
    Ok(step)
}
