//! Whose an account is, as far as its own attributes tell.

use std::collections::{BTreeMap, HashMap};

use tenure_connectors::FoundAccount;
use tenure_domain::fold::fold;
use tenure_domain::id::IdentityId;
use tenure_store::Tx;

use crate::ServiceError;

/// Attributes that hold an employee number, in the spelling of directories, databases and SCIM.
const NUMBERS: [&str; 3] = ["employeeNumber", "employeeID", "externalId"];

/// For each account the one identity that it names: by employee number first, then by user name. Where two
/// identities answer to the same, nobody is named: a person decides.
pub(super) async fn suggest(tx: &mut Tx, accounts: &[FoundAccount]) -> Result<Vec<Option<IdentityId>>, ServiceError> {
    let numbers: Vec<&str> = accounts.iter().filter_map(number).collect();
    let names: Vec<String> = accounts.iter().map(|a| fold(&a.account.name)).collect();
    let by_number = unique(tx.identities_by_employee_id(&numbers).await?);
    let by_name = unique(tx.identities_by_user_name_key(&names).await?);
    Ok(accounts
        .iter()
        .zip(&names)
        .map(|(account, name)| number(account).and_then(|n| by_number.get(n)).or_else(|| by_name.get(name)).copied().flatten())
        .collect())
}

fn number(account: &FoundAccount) -> Option<&str> {
    number_in(&account.attributes)
}

/// The employee number among attributes.
pub(super) fn number_in(attributes: &BTreeMap<String, Vec<String>>) -> Option<&str> {
    NUMBERS.iter().find_map(|name| attributes.get(*name)?.first()).map(String::as_str).filter(|n| !n.is_empty())
}

/// By key; none where two answer to it.
pub(super) fn unique(found: Vec<(String, IdentityId)>) -> HashMap<String, Option<IdentityId>> {
    let mut by_key: HashMap<String, Option<IdentityId>> = HashMap::new();
    for (key, id) in found {
        by_key.entry(key).and_modify(|known| *known = known.filter(|other| *other == id)).or_insert(Some(id));
    }
    by_key
}
