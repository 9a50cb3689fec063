//! The attributes of an account that Tenure sets, by the columns of `pg_roles`, and its comment.

use std::collections::BTreeMap;

use super::{
    mark,
    names::{literal, shown},
    role::{Role, taken},
};
use crate::{Fault, FaultKind, Outcome};

/// Attributes that were asked for. What was not named stays as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    connection_limit: Option<i32>,
    inherit: Option<bool>,
    createdb: Option<bool>,
    comment: Option<String>,
}

impl Wanted {
    /// Reads a draft; one without values is back at PostgreSQL's own default.
    ///
    /// # Errors
    /// An attribute that Tenure does not set, or a value that is none.
    pub(super) fn read(attributes: &BTreeMap<String, Vec<String>>) -> Result<Self, Fault> {
        let mut wanted = Self::default();
        for (name, values) in attributes {
            let value = match values.as_slice() {
                [] => None,
                [value] => Some(value.as_str()),
                _ => return Err(refused(name, "takes one value")),
            };
            match name.as_str() {
                "rolconnlimit" => wanted.connection_limit = Some(number(name, value)?),
                "rolinherit" => wanted.inherit = Some(truth(name, value, true)?),
                "rolcreatedb" => wanted.createdb = Some(truth(name, value, false)?),
                "comment" => wanted.comment = Some(comment(name, value.unwrap_or_default())?),
                _ => return Err(refused(name, "is not set by Tenure; it sets rolconnlimit, rolinherit, rolcreatedb and comment")),
            }
        }
        Ok(wanted)
    }

    /// The first attribute that a role has otherwise, and what it has.
    pub(super) fn first_difference(&self, role: &Role) -> Option<String> {
        let limit = role.mark().map_or(role.connection_limit, |mark| mark.connection_limit);
        let differs = |name: &str, wanted: Option<String>, is: String| {
            let wanted = wanted.filter(|wanted| *wanted != is)?;
            Some(format!("{name} is {}, not {}", shown(&is), shown(&wanted)))
        };
        differs("rolconnlimit", self.connection_limit.map(|l| l.to_string()), limit.to_string())
            .or_else(|| differs("rolinherit", self.inherit.map(|b| b.to_string()), role.inherit.to_string()))
            .or_else(|| differs("rolcreatedb", self.createdb.map(|b| b.to_string()), role.createdb.to_string()))
            .or_else(|| differs("comment", self.comment.clone(), role.comment().to_owned()))
    }

    /// Whether a role that has the name of a draft already is the draft's own. It is made in one transaction, so that
    /// an earlier attempt left it as the draft had it then. What else tells whose it is stands in its comment.
    ///
    /// # Errors
    /// [`FaultKind::NameTaken`] when it is somebody else's, [`FaultKind::NeedsDecision`] when its comment is the
    /// person's and the rest is not as drafted.
    pub(super) fn is_made(&self, role: &Role) -> Result<Outcome, Fault> {
        if role.superuser {
            return Err(taken(&role.name, "is a superuser"));
        }
        if !role.is_account() {
            return Err(taken(&role.name, "is there already, as a group"));
        }
        let other = if role.enabled() { self.first_difference(role) } else { Some("it cannot log in".into()) };
        match (other, &self.comment) {
            (None, _) => Ok(Outcome::AlreadySo),
            (Some(other), Some(comment)) if !comment.is_empty() && comment == role.comment() => {
                let words = format!(
                    "there is a role {} already, with this person's comment, and not as asked for: {other}. Decide whether it is the \
                     person's, and link that account",
                    shown(&role.name)
                );
                Err(Fault::new(FaultKind::NeedsDecision, words))
            }
            (Some(other), _) => Err(taken(&role.name, &format!("is there already, and not as asked for ({other})"))),
        }
    }

    /// The options of `CREATE ROLE` or `ALTER ROLE`.
    pub(super) fn options(&self) -> String {
        let limit = self.connection_limit.map(|limit| format!(" CONNECTION LIMIT {limit}"));
        let inherit = self.inherit.map(|yes| if yes { " INHERIT" } else { " NOINHERIT" }.to_owned());
        let createdb = self.createdb.map(|yes| if yes { " CREATEDB" } else { " NOCREATEDB" }.to_owned());
        [limit, inherit, createdb].into_iter().flatten().collect()
    }

    /// The statements that give a role these attributes. What a disabled account is to have again later
    /// goes into its mark.
    pub(super) fn changes(mut self, role: &Role) -> String {
        let mut text = self.comment.clone().unwrap_or_else(|| role.comment().to_owned());
        if let Some(mut mark) = role.mark() {
            mark.connection_limit = self.connection_limit.take().unwrap_or(mark.connection_limit);
            text = mark.before(&text);
        }
        let (name, options) = (role.quoted(), self.options());
        let comment = format!("COMMENT ON ROLE {name} IS {}", literal(&text));
        if options.is_empty() { comment } else { format!("ALTER ROLE {name}{options}; {comment}") }
    }

    /// The statements that make a role.
    pub(super) fn creation(&self, quoted: &str) -> String {
        let comment = self.comment.iter().map(|text| format!("; COMMENT ON ROLE {quoted} IS {}", literal(text)));
        format!("CREATE ROLE {quoted} LOGIN PASSWORD NULL{}{}", self.options(), comment.collect::<String>())
    }
}

fn number(name: &str, value: Option<&str>) -> Result<i32, Fault> {
    let number = value.unwrap_or("-1").parse().ok().filter(|limit| *limit >= -1);
    number.ok_or_else(|| refused(name, "takes a number of connections, -1 for any"))
}

fn truth(name: &str, value: Option<&str>, default: bool) -> Result<bool, Fault> {
    value.map_or(Ok(default), |value| value.parse().map_err(|_| refused(name, "takes true or false")))
}

fn comment(name: &str, text: &str) -> Result<String, Fault> {
    if text.len() > 4000 || text.contains('\0') || mark::split(text).0.is_some() {
        return Err(refused(name, "takes up to 4000 bytes and no mark of Tenure's"));
    }
    Ok(text.trim().to_owned())
}

fn refused(name: &str, why: &str) -> Fault {
    Fault::new(FaultKind::Refused, format!("the attribute {} {why}", shown(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, values: &[&str]) -> Result<Wanted, Fault> {
        Wanted::read(&BTreeMap::from([(name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())]))
    }

    #[test]
    fn rights_over_the_cluster_are_not_handed_out() {
        for name in ["rolsuper", "rolcreaterole", "rolreplication", "rolbypassrls", "SUPERUSER"] {
            assert_eq!(read(name, &["true"]).unwrap_err().kind, FaultKind::Refused, "{name}");
        }
    }

    #[test]
    fn an_attribute_without_values_is_back_at_its_default() {
        assert_eq!(read("rolconnlimit", &[]).unwrap().options(), " CONNECTION LIMIT -1");
        assert_eq!(read("rolinherit", &[]).unwrap().options(), " INHERIT");
    }

    #[test]
    fn nothing_but_a_number_gets_into_a_limit() {
        for value in ["5 SUPERUSER", "", "-2", "99999999999"] {
            assert!(read("rolconnlimit", &[value]).is_err(), "{value:?}");
        }
        assert!(read("comment", &["[tenure disabled: rolconnlimit=1 rolvaliduntil=infinity]"]).is_err());
    }
}
