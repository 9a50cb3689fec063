//! There is no such role any more, and nothing that it owned is lost.

use super::{
    Postgresql,
    connect::Session,
    disable::disable,
    end_sessions::end_sessions,
    names::shown,
    role::{Role, name_of},
};
use crate::{AccountRef, Fault, FaultKind, Outcome};

impl Postgresql {
    /// First nobody can sign in, then nobody is signed in, then what it owned is another's, then it is
    /// dropped. Each step finds what the ones before did, so that it may be cut off anywhere.
    ///
    /// # Errors
    /// When a person has to decide, and what the server said.
    pub(super) async fn delete(&self, session: &mut Session, role: &Role, heir: Option<&AccountRef>) -> Result<Outcome, Fault> {
        self.is_no_group(session, role).await?;
        disable(session, role).await?;
        end_sessions(session, role).await?;
        let heir = match heir.map(name_of).or(self.settings.reassign_to.as_deref()) {
            Some(name) => Some(self.heir(session, role, name).await?),
            None => None,
        };
        self.hand_over(session, role, heir.as_ref()).await?;
        session.run(format!("DROP ROLE {}", role.quoted()), "drop a role").await?;
        Ok(Outcome::Done)
    }

    async fn is_no_group(&self, session: &mut Session, role: &Role) -> Result<(), Fault> {
        if role.is_account() {
            return Ok(());
        }
        let sql = "SELECT count(*) FROM pg_catalog.pg_auth_members WHERE roleid = $1::int8::oid \
                   AND member <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)";
        let (members,): (i64,) = session.one(sqlx::query_as(sql).bind(role.oid), "count the members of a role").await?;
        if members == 0 {
            return Ok(());
        }
        let words = format!(
            "{} cannot log in and has {members} members: it looks like a group, not an account. Drop it by hand if it is to go.",
            shown(&role.name)
        );
        Err(Fault::new(FaultKind::NeedsDecision, words))
    }

    async fn heir(&self, session: &mut Session, role: &Role, name: &str) -> Result<Role, Fault> {
        let decide = |why: &str| {
            Fault::new(FaultKind::NeedsDecision, format!("{} cannot take over what {} owns: {why}", shown(name), shown(&role.name)))
        };
        let Some(heir) = Role::find(session, name).await? else {
            return Err(decide("there is no such role"));
        };
        // A function of the leaver that runs as its owner would run with all rights.
        if heir.superuser || heir.name.starts_with("pg_") {
            return Err(decide("it is a superuser or PostgreSQL's own; name a role with fewer rights"));
        }
        if heir.oid == role.oid {
            return Err(decide("it is the same role"));
        }
        Ok(heir)
    }
}
