//! The plan of a change of a rule.

use tenure_domain::id::RoleId;
use tenure_services::access::{RuleDetail, RuleDraft};

use super::crumbs;
use crate::components::DiffKind;
use crate::page::Frame;
use crate::pages::roles::plan::{Line, Planned, draw};

/// The page.
pub fn page(frame: &Frame, name: &str, version: i64, planned: Planned) -> String {
    draw(frame, format!("Plan: {name}, version {version}"), crumbs(), planned)
}

/// What a draft changes in a rule.
pub fn rule_lines(before: Option<&RuleDetail>, draft: &RuleDraft, roles: &[(RoleId, String)]) -> Vec<Line> {
    let role = roles.iter().find(|(id, _)| *id == draft.role_id).map_or_else(|| "?".to_owned(), |(_, name)| name.clone());
    let force = |enabled: bool| if enabled { "yes".to_owned() } else { "no".to_owned() };
    let Some(before) = before else {
        return vec![
            (DiffKind::Plus, format!("Gives {role}"), None),
            (DiffKind::Plus, format!("To everybody for whom {}", draft.expression.trim()), None),
            (DiffKind::Same, format!("In force: {}", force(draft.enabled)), None),
        ];
    };
    let mut lines = Vec::new();
    let mut differ = |what: &str, was: &str, is: &str| {
        if was != is {
            lines.push((DiffKind::Minus, format!("{what}: {was}"), None));
            lines.push((DiffKind::Plus, format!("{what}: {is}"), None));
        }
    };
    differ("Name", &before.rule.name, draft.name.trim());
    differ("Gives", &before.role, &role);
    differ("To everybody for whom", &before.rule.expression, draft.expression.trim());
    differ("In force", &force(before.rule.enabled), &force(draft.enabled));
    lines
}
