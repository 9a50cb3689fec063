//! Birthright rules: lists, who matches, and their change by plan and apply.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{Id, IdentityId, RoleId, RuleId};
use tenure_domain::role::{AccessModel, ModelRule};
use tenure_domain::rule::{Expr, matches, parse};
use tenure_store::Tx;
use tenure_store::access::RuleRow;

use super::plan_change::{NamedPlan, check_hash, named, plan};
use super::recompute::recompute_everybody;
use crate::{Ctx, FieldError, ServiceError};

/// A rule as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDraft {
    /// The rule to change; None for a new one.
    pub id: Option<RuleId>,
    /// The version that was read; 0 for a new one.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// What it gives.
    pub role_id: RoleId,
    /// For whom.
    pub expression: String,
    /// Whether it is in force.
    pub enabled: bool,
}

/// A rule with its role's name.
#[derive(Debug, Clone)]
pub struct RuleDetail {
    /// The rule.
    pub rule: RuleRow,
    /// Its role's name.
    pub role: String,
}

/// How many people one clause of a rule matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseCount {
    /// The clause.
    pub clause: String,
    /// How many match it by itself.
    pub alone: usize,
    /// How many match it and all before it.
    pub so_far: usize,
}

/// Who a rule matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleMatches {
    /// How many live identities there are.
    pub examined: usize,
    /// How many match.
    pub matching: usize,
    /// The first of them, by name.
    pub people: Vec<(IdentityId, String, String)>,
    /// Clause by clause.
    pub clauses: Vec<ClauseCount>,
}

/// All rules, by name.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_rules(ctx: &Ctx) -> Result<Vec<RuleDetail>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let names = tx.role_nodes().await?;
    Ok(tx
        .rules()
        .await?
        .into_iter()
        .map(|rule| RuleDetail { role: names.get(&rule.role_id).map(|n| n.name.clone()).unwrap_or_default(), rule })
        .collect())
}

/// One rule.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_rule(ctx: &Ctx, id: RuleId) -> Result<RuleDetail, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let rule = tx.rule(id).await?.ok_or(ServiceError::NotFound("rule"))?;
    let role = tx.role(rule.role_id).await?.map(|r| r.name).unwrap_or_default();
    Ok(RuleDetail { rule, role })
}

/// Who an expression matches, clause by clause.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] when it is not an expression.
pub async fn match_rule(ctx: &Ctx, expression: &str) -> Result<RuleMatches, ServiceError> {
    const SHOWN: usize = 50;
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let expression = parse_field(expression)?;
    let clauses = expression.clauses();
    let mut counts: Vec<ClauseCount> = clauses.iter().map(|(text, _)| ClauseCount { clause: text.clone(), alone: 0, so_far: 0 }).collect();
    let mut found = RuleMatches { examined: 0, matching: 0, people: Vec::new(), clauses: Vec::new() };
    let mut tx = ctx.app.store.read().await?;
    let mut after = None;
    loop {
        let identities = tx.identities_after(after, 5000).await?;
        let Some(last) = identities.last() else { break };
        after = Some(last.id);
        for identity in identities.iter().filter(|i| i.state.holds_access()) {
            found.examined += 1;
            let mut all = true;
            for ((_, clause), count) in clauses.iter().zip(&mut counts) {
                let alone = matches(clause, identity);
                all &= alone;
                count.alone += usize::from(alone);
                count.so_far += usize::from(all);
            }
            if all {
                found.matching += 1;
                if found.people.len() < SHOWN {
                    found.people.push((identity.id, identity.display_name.clone(), identity.department.clone()));
                }
            }
        }
    }
    found.people.sort_by(|a, b| a.1.cmp(&b.1));
    found.clauses = counts;
    Ok(found)
}

/// What a change of a rule would do, by name. Nothing is changed.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] with the faulty fields.
pub async fn plan_rule(ctx: &Ctx, draft: &RuleDraft) -> Result<NamedPlan, ServiceError> {
    let id = draft.id.unwrap_or_else(|| ctx.id());
    ctx.authorize::<actions::ChangeRule, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.read().await?;
    let (model, _) = changed_model(&mut tx, id, draft).await?;
    let plan = plan(ctx, &mut tx, &model, change_text(draft)).await?;
    named(&mut tx, plan).await
}

/// Applies a change of a rule, if the plan is still the one that was seen.
///
/// # Errors
/// As [`plan_rule`]; [`ServiceError::Conflict`] when the state moved on.
pub async fn apply_rule(ctx: &Ctx, draft: &RuleDraft, seen_hash: &str) -> Result<RuleId, ServiceError> {
    let id = draft.id.unwrap_or_else(|| ctx.id());
    let proof = ctx.authorize::<actions::ChangeRule, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_model(&proof).await?;
    let (model, expression) = changed_model(&mut tx, id, draft).await?;
    let plan = plan(ctx, &mut tx, &model, change_text(draft)).await?;
    check_hash(&plan, seen_hash)?;
    let before = tx.rule(id).await?;
    let row = RuleRow {
        id,
        name: draft.name.trim().to_owned(),
        role_id: draft.role_id,
        expression: expression.to_string(),
        enabled: draft.enabled,
        version: draft.version + 1,
        created_at: before.as_ref().map_or(ctx.now, |b| b.created_at),
        updated_at: ctx.now,
    };
    tx.put_rule(&proof, &row).await?;
    let names = tx.role_nodes().await?;
    let picture = |r: &RuleRow| json!({ "name": r.name, "role": names.get(&r.role_id).map(|n| n.name.as_str()), "expression": r.expression, "enabled": r.enabled, "version": r.version });
    let mut is = picture(&row);
    is["plan"] = json!(seen_hash);
    is["gaining"] = json!(plan.gaining());
    is["losing"] = json!(plan.losing());
    let action = if before.is_some() { "rule.changed" } else { "rule.created" };
    // Made first: what follows from it has later keys.
    let event = ctx
        .event(Stream::Access, action)
        .target(&id, row.name.as_str())
        .before(before.as_ref().map_or(serde_json::Value::Null, picture))
        .after(is);
    recompute_everybody(ctx, &proof, &mut tx).await?;
    tx.commit(event).await?;
    Ok(id)
}

fn change_text(draft: &RuleDraft) -> String {
    serde_json::to_string(draft).unwrap_or_default()
}

fn parse_field(text: &str) -> Result<Expr, ServiceError> {
    parse(text).map_err(|e| ServiceError::field("expression", e.to_string()))
}

async fn changed_model(tx: &mut Tx, id: RuleId, draft: &RuleDraft) -> Result<(AccessModel, Expr), ServiceError> {
    let mut faults = Vec::new();
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        faults.push(FieldError::new("name", "give the rule a name of 1 to 120 characters"));
    } else if tx.rules().await?.iter().any(|r| r.name == name && r.id != id) {
        faults.push(FieldError::new("name", format!("there is a rule called {name} already")));
    }
    if draft.role_id.uuid().is_nil() {
        faults.push(FieldError::new("role_id", "choose the role that it gives"));
    } else if tx.role(draft.role_id).await?.is_none() {
        faults.push(FieldError::new("role_id", "the role does not exist any more: choose again"));
    }
    match tx.rule(id).await? {
        Some(current) if current.version != draft.version => {
            return Err(ServiceError::Conflict("the rule was changed by somebody else in the meantime; look at it again".to_owned()));
        }
        None if draft.id.is_some() => return Err(ServiceError::NotFound("rule")),
        _ => {}
    }
    let expression = match parse_field(&draft.expression) {
        Ok(expression) if faults.is_empty() => expression,
        Ok(_) => return Err(ServiceError::Invalid(faults)),
        Err(ServiceError::Invalid(more)) => {
            faults.extend(more);
            return Err(ServiceError::Invalid(faults));
        }
        Err(other) => return Err(other),
    };
    let mut model = tx.access_model().await?;
    model.rules.retain(|r| r.id != id);
    if draft.enabled {
        model.rules.push(ModelRule { id, role_id: draft.role_id, expression: expression.clone() });
    }
    Ok((model, expression))
}
