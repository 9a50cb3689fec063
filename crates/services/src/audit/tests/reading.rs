//! Who may read what.

use tenure_domain::access::PortalRole;
use tenure_domain::id::IdentityId;
use tenure_store::PageRequest;
use tenure_store::audit::AuditFilter;

use super::*;
use crate::audit::{ExportRange, audit_of_identity, export_audit, list_audit, show_event};
use crate::identities::{NewIdentity, create_identity};
use crate::{ServiceError, testing};

async fn person(ctx: &Ctx, name: &str) -> IdentityId {
    let new = NewIdentity::person(name, name);
    create_identity(ctx, &new).await.unwrap()
}

#[tokio::test]
async fn auditors_read_everything_and_employees_their_own() {
    for trial in trials().await {
        let (ada, bob) = (person(&trial.ctx, "ada").await, person(&trial.ctx, "bob").await);
        let auditor = testing::person_ctx(&trial.app, bob, &[PortalRole::Auditor]);
        let employee = testing::employee_ctx(&trial.app, ada);
        let filter = AuditFilter { action: "identity.".to_owned(), ..AuditFilter::default() };
        let page = list_audit(&auditor, &filter, &PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.iter().map(|r| r.identity_id).collect::<Vec<_>>(), [Some(bob), Some(ada)]);
        let event = page.rows[1].id;
        assert_eq!(show_event(&auditor, event).await.unwrap(), page.rows[1]);
        assert!(matches!(show_event(&auditor, EventId::from_uuid(Uuid::nil())).await, Err(ServiceError::NotFound(_))));

        assert_eq!(audit_of_identity(&employee, ada, &PageRequest::default()).await.unwrap().rows, [page.rows[1].clone()]);
        assert!(matches!(audit_of_identity(&employee, bob, &PageRequest::default()).await, Err(ServiceError::Denied(_))));
        assert!(matches!(audit_of_identity(&employee, trial.ctx.id(), &PageRequest::default()).await, Err(ServiceError::NotFound(_))));
        assert!(matches!(list_audit(&employee, &filter, &PageRequest::default()).await, Err(ServiceError::Denied(_))));
        assert!(matches!(show_event(&employee, event).await, Err(ServiceError::Denied(_))));
        assert!(matches!(verify_audit(&employee, None).await, Err(ServiceError::Denied(_))));
        assert!(matches!(export_audit(&employee, &mut Vec::new(), ExportRange::default()).await, Err(ServiceError::Denied(_))));
        // Each refusal has left an event.
        let refused = AuditFilter { actor_id: Some(ada), ..AuditFilter::default() };
        assert_eq!(list_audit(&auditor, &refused, &PageRequest::default()).await.unwrap().rows.len(), 5);
    }
}

#[tokio::test]
async fn a_timeline_tells_what_concerns_somebody_and_not_what_they_did() {
    for trial in trials().await {
        let (ada, bob) = (person(&trial.ctx, "ada").await, person(&trial.ctx, "bob").await);
        let administrator = testing::person_ctx(&trial.app, ada, &[PortalRole::Admin, PortalRole::Employee]);
        crate::access::create_application(
            &administrator,
            &crate::access::NewApplication { name: "Ledger".to_owned(), ..Default::default() },
        )
        .await
        .unwrap();
        crate::identities::end_identity(&administrator, bob, "left").await.unwrap();
        let hers = audit_of_identity(&testing::employee_ctx(&trial.app, ada), ada, &PageRequest::default()).await.unwrap().rows;
        assert_eq!(hers.iter().map(|e| e.action.as_str()).collect::<Vec<_>>(), ["identity.created"]);

        // What was refused stands in the timeline of whom it was tried on.
        let employee = testing::employee_ctx(&trial.app, ada);
        assert!(crate::identities::end_identity(&employee, bob, "x").await.is_err());
        let his = audit_of_identity(&trial.ctx, bob, &PageRequest::default()).await.unwrap().rows;
        assert_eq!(his.iter().map(|e| e.action.as_str()).collect::<Vec<_>>(), ["end-identity", "identity.ended", "identity.created"]);
    }
}
