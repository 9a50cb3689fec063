//! What happens between the plan and its writing.

use tenure_domain::access::actions;
use tenure_domain::people::Allowed;

use super::apply::{Delivery, apply};
use super::import_people::{Origin, admit, plan, read, recorded};
use super::*;
use crate::identities::{change_lifecycle, end_identity};
use crate::{Ctx, ServiceError, testing};

const HEADER: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date";

fn options(ctx: &Ctx) -> ImportOptions {
    ImportOptions {
        source: "hr".to_owned(),
        file_name: "people.csv".to_owned(),
        as_of: ctx.today(),
        mapping: mapping::Mapping::default(),
        allowed: Allowed { leavers: Some(9), changes: Some(9), older: false },
        accept_rejected: false,
        expected_plan: None,
    }
}

fn file(department: &str) -> String {
    format!("{HEADER}\n1,ann,Ann,Test,,{department},,,2020-01-01\n2,ben,Ben,Test,,{department},,,2020-01-01\n")
}

#[tokio::test]
async fn an_import_undoes_no_end_and_no_suspension_that_came_in_between() {
    use tenure_domain::identity::{LifecycleState, Transition};
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        import_people(&ctx, &options(&ctx), file("Sales").as_bytes()).await.unwrap();
        for name in ["ann", "ben"] {
            let other = file(name);
            let snapshot = read(other.as_bytes(), &options(&ctx).mapping).unwrap();
            let admitted = admit(&ctx, "hr").await.unwrap();
            let mut tx = app.store.read().await.unwrap();
            let seen = recorded(&mut tx, Some(admitted.source())).await.unwrap();
            drop(tx);
            let plan = plan(&seen, &snapshot, &options(&ctx));
            // The moment between the plan and its writing.
            let who = app.store.read().await.unwrap().identity_by_user_name(name).await.unwrap().unwrap().id;
            assert!(plan.planned.iter().any(|p| p.identity_id == Some(who)), "{engine}");
            let expected = if name == "ann" {
                end_identity(&ctx, who, "left").await.unwrap();
                LifecycleState::Terminated
            } else {
                change_lifecycle(&ctx, who, Transition::Suspend, "look").await.unwrap()
            };

            let proof =
                ctx.authorize::<actions::ImportPeople, _>(&(admitted.source().id, tenure_domain::access::Relation::None)).await.unwrap();
            let mut tx = app.store.write().await.unwrap();
            let options = options(&ctx);
            let origin = Origin::File { digest: String::new() };
            let delivery = Delivery { source: admitted.source(), snapshot: &snapshot, options: &options, origin };
            let written = apply(&ctx, &proof, &mut tx, delivery, seen, &plan).await;
            assert!(matches!(written, Err(ServiceError::Conflict(_))), "{engine}, {name}");
            drop(tx);
            let now = app.store.read().await.unwrap().identity(who).await.unwrap().unwrap();
            assert_eq!((now.state, now.department.as_str()), (expected, "Sales"), "{engine}");
        }
    }
}
