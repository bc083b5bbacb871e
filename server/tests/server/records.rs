//! What OneVizion keeps of integrations, their runs and their logs is kept, under names of ours.

use axum::http::StatusCode;
use domain::{Key, Status};
use serde_json::{Value, json};

use crate::support::{NOW, Server, log_of};

#[tokio::test]
async fn ov_01_to_ov_14_the_tree_of_records_holds_what_onevizion_keeps() {
    let server = Server::start().await;
    let put = async |path: &str, thing: Value| {
        let answer = server.put(&format!("/api/v1/{path}"), &thing).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    };
    let flow = json!({"group": "Orders", "direction": "bidirectional"});
    put("flows/order-export", flow).await;
    let integration = json!({"name": "Orders to ERP", "flow": "order-export", "app": "erp", "description": "every hour"});
    put("integrations/orders", integration).await;
    let began =
        json!({"integration": "orders", "status": "running", "started_at": "2026-11-12T09:00:00Z"});
    put("runs/1", began).await;
    put("runs/1/log/1", json!({"message": "begun"})).await;

    let (store, id) = (&server.state.store, server.workspace);
    let read = async || {
        let flow = store.flow(id, "order-export").await.expect("a read");
        let integration = store.integration(id, "orders").await.expect("a read");
        let run = store.run(id, "1").await.expect("a read");
        (
            flow.expect("a flow"),
            integration.expect("it"),
            run.expect("a run"),
        )
    };
    let (flow, integration, run) = read().await;
    // OV-01: integration, run, log.
    assert_eq!(
        (integration.flow_id, run.integration_id),
        (flow.id, integration.id)
    );
    let log = log_of(store, id, run.id).await;
    assert_eq!(log[0].run_id, run.id);
    // OV-02, OV-03, OV-08, OV-10
    assert_eq!(
        (integration.key.as_str(), integration.name.as_deref()),
        ("orders", Some("Orders to ERP"))
    );
    assert_eq!(integration.app_key.as_ref().map(Key::as_str), Some("erp"));
    assert_eq!(integration.description.as_deref(), Some("every hour"));
    // OV-04, OV-05
    assert_eq!(flow.flow_group.as_deref(), Some("Orders"));
    assert_eq!(
        flow.direction.map(|way| way.label()),
        Some("Bi-Directional")
    );
    // OV-07, OV-09
    assert_eq!(integration.last_run_at, Some(run.started_at));
    assert_eq!(integration.modified_at, NOW);
    // OV-13, OV-14: running has no finish; of the two ends one warns.
    assert_eq!((run.status, run.finished_at), (Status::Running, None));
    for (status, held) in [("ok", Status::Ok), ("warning", Status::Warning)] {
        let ended = json!({"status": status, "finished_at": "2026-11-12T09:05:00Z"});
        put("runs/1", ended).await;
        let (.., run) = read().await;
        assert_eq!((run.status, run.duration_ms), (held, Some(300_000)));
    }
}
