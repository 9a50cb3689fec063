//! `/api/v1/rules` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, RoleId, RuleId};
use tenure_services::access::{RuleDetail, RuleDraft as Draft, apply_rule, list_rules, match_rule, plan_rule, show_rule};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{found, versioned};
use super::ask::{Asked, Sent};
use super::identities::Made;
use super::operation::op;
use super::page::list_query;
use super::plan::Plan;
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/rules", list)
            .operation(op("listRules", "Rules", "All birthright rules, by name").query::<RulesQuery>().gives_page::<Rule>("A page.")),
        post("/api/v1/rules/match", try_it).operation(
            op("matchRule", "Rules", "Whom an expression matches")
                .more("Nothing is changed.")
                .sends::<Expression>()
                .gives::<Matches>(200, "Who, and clause by clause how many."),
        ),
        post("/api/v1/rules/plan", plan).operation(
            op("planRule", "Rules", "What a new rule, or a change of one, would do")
                .more("Nothing is changed.")
                .sends::<RuleDraft>()
                .gives::<Plan>(200, "Who gains and who loses."),
        ),
        post("/api/v1/rules/apply", apply).operation(
            op("applyRule", "Rules", "Apply a plan of a rule")
                .more("409 when the state moved on since it was planned: plan it again.")
                .sends::<RuleApplied>()
                .gives::<Made>(200, "It is applied."),
        ),
        get("/api/v1/rules/{id}", show).operation(op("getRule", "Rules", "One rule").gives::<Rule>(200, "The rule.").reads_version()),
    ]
}

/// A birthright rule.
#[derive(Serialize, ToSchema)]
struct Rule {
    id: Uuid,
    name: String,
    /// What it gives.
    role_id: Uuid,
    /// For whom.
    #[schema(example = "department == \"cargo\"")]
    expression: String,
    /// Whether it is in force.
    enabled: bool,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<RuleDetail> for Rule {
    fn from(detail: RuleDetail) -> Self {
        let r = detail.rule;
        Self {
            id: r.id.uuid(),
            name: r.name,
            role_id: r.role_id.uuid(),
            expression: r.expression,
            enabled: r.enabled,
            version: r.version,
            created_at: r.created_at,
            updated_at: r.updated_at,
        }
    }
}

list_query! {
    /// Which rules.
    RulesQuery {}
}

async fn list(asked: Asked<RulesQuery>) -> Reply {
    let all = list_rules(&asked.ctx).await?;
    asked.answer_all(all, |detail| detail.rule.id.uuid(), Rule::from)
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let rule = show_rule(&asked.ctx, key(&id)?).await?;
    Ok(versioned(&asked, rule.rule.version, &Rule::from(rule)))
}

/// An expression to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Expression {
    #[schema(example = "department == \"cargo\"")]
    expression: String,
}

/// Somebody whom an expression matches.
#[derive(Serialize, ToSchema)]
struct Matched {
    id: Uuid,
    display_name: String,
    /// Department, for telling namesakes apart.
    department: String,
}

/// How many one clause matches.
#[derive(Serialize, ToSchema)]
struct Clause {
    clause: String,
    /// How many match it by itself.
    alone: usize,
    /// How many match it and all before it.
    so_far: usize,
}

/// Whom an expression matches.
#[derive(Serialize, ToSchema)]
struct Matches {
    /// How many live identities there are.
    examined: usize,
    /// How many match.
    matching: usize,
    /// The first of them, by name.
    people: Vec<Matched>,
    clauses: Vec<Clause>,
}

async fn try_it(asked: Asked, Sent(sent): Sent<Expression>) -> Reply {
    let matches = match_rule(&asked.ctx, &sent.expression).await?;
    let people = matches.people.into_iter().map(|(id, display_name, department)| Matched { id: id.uuid(), display_name, department });
    let clauses = matches.clauses.into_iter().map(|c| Clause { clause: c.clause, alone: c.alone, so_far: c.so_far });
    Ok(found(&Matches { examined: matches.examined, matching: matches.matching, people: people.collect(), clauses: clauses.collect() }))
}

/// A rule as somebody wants it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleDraft {
    /// The rule to change; left out for a new one.
    id: Option<Uuid>,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    version: i32,
    #[schema(example = "Cargo crew")]
    name: String,
    /// What it gives.
    role_id: Uuid,
    /// For whom.
    #[schema(example = "department == \"cargo\"")]
    expression: String,
    /// Whether it is in force.
    enabled: bool,
}

impl From<RuleDraft> for Draft {
    fn from(d: RuleDraft) -> Self {
        Self {
            id: d.id.map(RuleId::from_uuid),
            version: i64::from(d.version),
            name: d.name,
            role_id: RoleId::from_uuid(d.role_id),
            expression: d.expression,
            enabled: d.enabled,
        }
    }
}

async fn plan(asked: Asked, Sent(draft): Sent<RuleDraft>) -> Reply {
    Ok(found(&Plan::from(plan_rule(&asked.ctx, &draft.into()).await?)))
}

/// A plan to be applied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleApplied {
    /// As it was planned.
    draft: RuleDraft,
    /// The hash of the plan.
    hash: String,
}

async fn apply(asked: Asked, Sent(sent): Sent<RuleApplied>) -> Reply {
    let id = apply_rule(&asked.ctx, &sent.draft.into(), &sent.hash).await?;
    Ok(found(&Made { id: id.uuid() }))
}
