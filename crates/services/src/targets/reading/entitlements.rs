//! Entitlements: those that are new are recorded, and what the target knows the others by.

use std::collections::HashMap;

use serde_json::json;
use tenure_domain::audit::Stream;
use tenure_domain::grant::Risk;
use tenure_domain::id::EntitlementId;
use tenure_store::access::EntitlementRow;

use super::look::{Look, Stop};

/// Entitlements, as they are recorded.
#[derive(Debug, Default)]
pub(super) struct Known {
    by_key: HashMap<String, EntitlementId>,
    /// By name: the row, and whether the target's own key of it is known.
    named: HashMap<String, (EntitlementId, bool)>,
}

impl Known {
    pub(super) fn by_key(&self, key: &str) -> Option<EntitlementId> {
        self.by_key.get(key).copied()
    }
}

impl Look<'_> {
    pub(super) async fn write_entitlements(&mut self) -> Result<(), Stop> {
        let found = std::mem::take(&mut self.new_entitlements);
        let mut known = match self.known.take() {
            Some(known) => known,
            None => self.known_entitlements().await?,
        };
        let (mut created, mut keyed) = (Vec::new(), Vec::new());
        self.seen.entitlements += found.len();
        for one in found {
            if known.by_key.contains_key(&one.key) {
                continue;
            }
            if let Some((id, has_key @ false)) = known.named.get_mut(&one.name) {
                *has_key = true;
                keyed.push((*id, one.key.clone()));
                known.by_key.insert(one.key, *id);
                continue;
            }
            // Two groups of one name: the target's own key tells them apart.
            let name = if known.named.contains_key(&one.name) { one.key.clone() } else { one.name };
            let id: EntitlementId = self.ctx.id();
            known.named.insert(name.clone(), (id, true));
            known.by_key.insert(one.key.clone(), id);
            created.push(EntitlementRow {
                id,
                application_id: self.application.id,
                name,
                description: one.description,
                risk: Risk::Low,
                key: one.key,
                created_at: (self.clock)(),
            });
        }
        self.known = Some(known);
        if created.is_empty() && keyed.is_empty() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        tx.insert_entitlements(self.proof, &created).await?;
        for (id, key) in &keyed {
            tx.set_entitlement_key(self.proof, *id, key).await?;
        }
        self.seen.new_entitlements += created.len();
        let event =
            self.now().event(Stream::Access, "target.entitlements-seen").target(&self.application.id, self.application.name.as_str());
        tx.commit(event.after(json!({ "new": created.len(), "recognised": keyed.len() }))).await?;
        Ok(())
    }

    async fn known_entitlements(&self) -> Result<Known, Stop> {
        let mut known = Known::default();
        for row in self.ctx.app.store.read().await?.entitlements_of(self.application.id).await? {
            known.named.insert(row.name, (row.id, !row.key.is_empty()));
            if !row.key.is_empty() {
                known.by_key.insert(row.key, row.id);
            }
        }
        Ok(known)
    }
}
