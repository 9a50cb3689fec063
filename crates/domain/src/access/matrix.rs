//! The role × action matrix: how far each portal role reaches. A change here is a change of
//! policy; `tests/matrix.txt` is its reviewable picture.

use super::{ActionKind, PortalRole};

/// How far a role reaches with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    Nothing,
    /// What is its own.
    Own,
    /// Its own, and what belongs to those who report to it.
    Team,
    /// Everything.
    All,
}

/// How far a role reaches with an action.
pub const fn reach(role: PortalRole, action: ActionKind) -> Reach {
    use ActionKind as A;
    use PortalRole as R;
    match (role, action) {
        (R::Admin, _) => Reach::All,
        (R::Provisioner, A::ViewDirectory | A::ProvisionIdentities) => Reach::All,
        (R::Receiver, A::ReadSignals) => Reach::Own,
        // Machines' roles: without even an account of their own.
        (R::Provisioner | R::Receiver, _) => Reach::Nothing,
        (_, A::UseOwnAccount | A::ManageFactors | A::SaveView | A::DeleteView | A::ReadMail) => Reach::Own,
        (
            R::Auditor,
            A::ViewIdentity
            | A::ViewImports
            | A::ViewAccess
            | A::ViewDirectory
            | A::ViewOperation
            | A::ViewReview
            | A::ViewCredential
            | A::ViewAudit
            | A::ViewSignals
            | A::ViewMail
            | A::ViewProviders
            | A::ViewBreakGlass
            | A::ViewSessionLimits
            | A::ExportAudit,
        ) => Reach::All,
        (R::Manager, A::ViewIdentity | A::ViewCredential) => Reach::Team,
        (R::Manager | R::Employee, A::IssueToken | A::RegisterKey | A::RevokeCredential) => Reach::Own,
        // What they are to do by hand.
        (R::Manager | R::Employee, A::ViewOperation | A::SettleOperation) => Reach::Own,
        // What they are asked to decide.
        (R::Manager | R::Employee, A::ViewReview | A::DecideReview) => Reach::Own,
        (R::Employee, A::ViewIdentity | A::ViewCredential) => Reach::Own,
        _ => Reach::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::asks_for_proof;

    #[test]
    fn the_matrix_is_the_one_that_was_reviewed() {
        let mut text = String::from("action                 changes  proof    admin    auditor  manager  employee provisioner receiver\n");
        for action in ActionKind::ALL {
            let yes = |so| if so { "yes" } else { "" };
            let row: Vec<_> = PortalRole::ALL.iter().map(|r| format!("{:<8}", format!("{:?}", reach(*r, *action)))).collect();
            let (changes, proof) = (yes(action.changes()), yes(asks_for_proof(*action)));
            text.push_str(format!("{:<22} {changes:<8} {proof:<8} {}", action.as_str(), row.join(" ")).trim_end());
            text.push('\n');
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix.txt");
        if std::env::var_os("TENURE_BLESS").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(
            text,
            std::fs::read_to_string(path).unwrap(),
            "if the change is meant, run again with TENURE_BLESS=1 and have the difference reviewed"
        );
    }

    #[test]
    fn a_provisioner_reaches_nothing_but_the_two_actions_of_scim() {
        let reached: Vec<_> = ActionKind::ALL.iter().filter(|a| reach(PortalRole::Provisioner, **a) != Reach::Nothing).collect();
        assert_eq!(reached, [&ActionKind::ViewDirectory, &ActionKind::ProvisionIdentities]);
    }

    #[test]
    fn a_receiver_reaches_nothing_but_the_signals_that_are_its_own() {
        let reached: Vec<_> = ActionKind::ALL.iter().filter(|a| reach(PortalRole::Receiver, **a) != Reach::Nothing).collect();
        assert_eq!((reached, reach(PortalRole::Receiver, ActionKind::ReadSignals)), (vec![&ActionKind::ReadSignals], Reach::Own));
    }

    #[test]
    fn an_auditor_changes_nothing_but_its_own_account() {
        for action in ActionKind::ALL.iter().filter(|a| a.changes()) {
            assert!(reach(PortalRole::Auditor, *action) <= Reach::Own, "{action}");
        }
    }
}
