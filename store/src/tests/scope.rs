//! Nobody sees what is in another's workspace, whatever ids and rows they hold.

use domain::{
    BulkId, Cursor, Key, Payload, Total,
    access::{Bounds, Role, Scope},
    audit::{Event, Outcome},
    bulk::{Bulk, BulkAction},
    filter::{FlowFilter, IntegrationFilter, LogFilter, LogPlace, RunFilter},
    share::NewShare,
    view::{self, ViewList},
    webhook::Secret,
};
use serde_json::json;

use super::{
    database::Database,
    dump::assert_sums_hold,
    people::{NOW, Person, at},
};
use crate::{KeyAsked, Keys, RunsOf, Store};

on_both! {
    async fn a_stranger_sees_nothing_of_the_owner(store: Store) {
        let owner = Person::owner(&store).await;
        let stranger = Person::stranger(&store).await.workspace;
        owner.report([json!({"type": "run", "key": "r", "status": "failed", "trigger": {"app": "Shop"},
            "integration": {"key": "i", "flow": "f", "user_id": "u", "app": {"key": "crm", "name": "CRM"}},
            "steps": [{"key": "s", "app": "crm", "response": {"body": "secret"}}], "log": [{"key": "1", "message": "m", "level": "error"}]})]).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let integration = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let step = store.step(owner.workspace, run.id, "s").await.unwrap().unwrap();
        let crm = Key::new("crm").unwrap();
        let view = view::checked(ViewList::Runs, "Failed", "?status=failed").unwrap();
        store.save_view(owner.workspace, view, NOW).await.unwrap().unwrap();
        // One of its keys is nobody's, and is refused.
        let keys = vec![run.key.clone(), Key::new("nobody's").unwrap()];
        let bulk = Bulk::new(BulkAction::Handle, None, "/".to_owned());
        let bulk: BulkId = store.begin_bulk(owner.workspace, bulk, keys, NOW).await.unwrap();
        while store.bulk_step(NOW).await.unwrap() {}
        store.create_api_key(owner.workspace, Scope::Read, KeyAsked::default(), &Scope::Read.secret([9; 32]), NOW).await.unwrap();
        store.invite(owner.workspace, "colleague@acme.test", Role::Viewer, NOW).await.unwrap().unwrap();
        let share = NewShare { run_id: run.id, payloads: true, created_by: "owner".into(), expires_at: NOW };
        store.create_share(owner.workspace, share, "secret", NOW).await.unwrap();
        let event = Event { workspace: Some(owner.workspace), actor: "owner".into(), action: "share.create".into(),
            target: "r".into(), outcome: Outcome::Allowed, address: "::1".into(), request_id: "1".into() };
        store.record(vec![event], NOW).await.unwrap();
        let keys = Keys::parse(&Keys::line([1; 32])).unwrap();
        let shut = keys.shut_secret((owner.workspace, "e"), &Secret::new([2; 32]), [3; 24]).unwrap();
        let integration_key = Key::new("i").unwrap();
        let asked = KeyAsked { bounds: Bounds { flow: None, integration: Some(integration_key) }, ..KeyAsked::default() };
        let webhook = store.create_webhook(owner.workspace, asked, ("e", shut.clone()), NOW).await.unwrap();
        // One of others changes nothing of it.
        store.renew_webhook(stranger, webhook, shut, NOW).await.unwrap();
        owner.attach("r", "f1", "report.csv", b"a;b").await;
        for (workspace, sees) in [(owner.workspace, 1), (stranger, 0)] {
            let count = |seen: bool| usize::from(seen);
            let seen = [
                ("flow", count(store.flow(workspace, "f").await.unwrap().is_some())),
                ("flow_by_id", count(store.flow_by_id(workspace, flow.id).await.unwrap().is_some())),
                ("integration", count(store.integration(workspace, "i").await.unwrap().is_some())),
                ("integration_by_id", count(store.integration_by_id(workspace, integration.id).await.unwrap().is_some())),
                ("integrations_beginning", store.integrations_beginning(workspace, flow.id, "").await.unwrap().len()),
                ("apps_of_flow", store.apps_of_flow(workspace, flow.id).await.unwrap().len()),
                ("run", count(store.run(workspace, "r").await.unwrap().is_some())),
                ("run_by_id", count(store.run_by_id(workspace, run.id).await.unwrap().is_some())),
                ("runs_beginning", store.runs_beginning(workspace, integration.id, "R").await.unwrap().len()),
                ("step", count(store.step(workspace, run.id, "s").await.unwrap().is_some())),
                ("list_steps", store.list_steps(workspace, run.id).await.unwrap().len()),
                ("payload", count(store.payload(workspace, step.id).await.unwrap() != Payload::default())),
                ("payload_digests", store.payload_digests(workspace, &[step.id]).await.unwrap().len()),
                ("log_page, its total", matches!(store.log_page(workspace, run.id, &LogFilter::default(), &LogPlace::Beginning).await.unwrap().1, Total::Exact(1)).into()),
                ("list_files", store.list_files(workspace, run.id).await.unwrap().len()),
                ("file", count(store.file(workspace, run.id, "f1").await.unwrap().is_some())),
                ("log_after", store.log_after(workspace, run.id, &LogFilter::default(), Default::default(), 10).await.unwrap().len()),
                ("log_page", store.log_page(workspace, run.id, &LogFilter::default(), &LogPlace::Tail).await.unwrap().0.rows.len()),
                ("log_page, at an entry", store.log_page(workspace, run.id, &LogFilter::from_query("level=info").0, &LogPlace::Entry(Key::new("1").unwrap())).await.unwrap().0.rows.len()),
                ("first_error", count(store.first_error(workspace, run.id).await.unwrap().is_some())),
                ("integrations_from", store.integrations_from(workspace, &flow, &IntegrationFilter::default(), None, 9, NOW).await.unwrap().len()),
                ("runs_from", store.runs_from(workspace, RunsOf::Integration(&integration), &RunFilter::default(), None, 9, NOW).await.unwrap().len()),
                ("runs_from, of the workspace", store.runs_from(workspace, RunsOf::Workspace, &RunFilter::default(), None, 9, NOW).await.unwrap().len()),
                ("flows_from", store.flows_from(workspace, &FlowFilter::default(), None, 9).await.unwrap().len()),
                ("find_steps", store.find_steps(workspace, "s").await.unwrap().len()),
                ("find_runs_beginning", store.find_runs_beginning(workspace, "r").await.unwrap().len()),
                ("find_integrations_beginning", store.find_integrations_beginning(workspace, "i").await.unwrap().len()),
                ("count_of_user", store.count_of_user(workspace, "u").await.unwrap() as usize),
                ("integrations_of_user", store.integrations_of_user(workspace, "u").await.unwrap().len()),
                ("runs_of_user", store.runs_of_user(workspace, std::slice::from_ref(&integration)).await.unwrap().len()),
                ("usage_of_user", store.usage_of_user(workspace, "u", 0).await.unwrap().len()),
                ("usage_of_integration", store.usage_of_integration(workspace, integration.id, 0).await.unwrap().len()),
                ("last_runs", store.last_runs(workspace, integration.id, 10).await.unwrap().len()),
                ("saved_views", store.saved_views(workspace, ViewList::Runs).await.unwrap().len()),
                ("api_keys", store.api_keys(workspace).await.unwrap().len() / 2),
                ("webhook_secrets", store.webhook_secrets(workspace, webhook, NOW).await.unwrap().len()),
                ("members", store.members(workspace).await.unwrap().len()),
                ("shares", store.shares(workspace, run.id).await.unwrap().len()),
                ("audit_before", store.audit_before(workspace, None, 9).await.unwrap().len()),
                ("find_bulk", count(store.find_bulk(workspace, bulk).await.unwrap().is_some())),
                ("refused_of", store.refused_of(workspace, bulk).await.unwrap().len()),
                ("newest_run", count(store.newest_run(workspace).await.unwrap() == run.id.0)),
                ("standing", count(store.standing(workspace, "r", Some("s")).await.unwrap().is_some())),
                ("new_runs", store.new_runs(workspace, Some(integration.id), &RunFilter::default(), 0, NOW).await.unwrap().found as usize),
                ("new_runs, of the workspace", store.new_runs(workspace, None, &RunFilter::default(), 0, NOW).await.unwrap().found as usize),
                ("integrations_with_new_runs", store.integrations_with_new_runs(workspace, flow.id, &IntegrationFilter::default(), 0, NOW).await.unwrap().found as usize),
                ("app", count(store.app(workspace, &crm).await.unwrap().is_some())),
            ];
            for (method, seen) in seen {
                assert_eq!(seen, sees, "{method}");
            }
            let total = Total::Exact(sees as i64);
            let page = store.list_flows(workspace, &FlowFilter::default()).await.unwrap();
            assert_eq!((page.rows.len(), page.total), (sees, total));
            for search in [None, Some("i"), Some("u")] {
                let filter = IntegrationFilter { search: search.map(str::to_owned), ..Default::default() };
                let page = store.list_integrations(workspace, &flow, &filter, NOW).await.unwrap();
                assert_eq!((page.rows.len(), page.total), (sees, total), "{search:?}");
            }
            for search in [None, Some("r"), Some("shop")] {
                let filter = RunFilter { search: search.map(str::to_owned), ..Default::default() };
                for of in [RunsOf::Integration(&integration), RunsOf::Workspace] {
                    let page = store.list_runs(workspace, of, &filter, NOW).await.unwrap();
                    assert_eq!((page.rows.len(), page.total), (sees, total), "{search:?}");
                }
            }
            let of_user = RunFilter { user: Some("u".to_owned()), ..Default::default() };
            for of in [RunsOf::Integration(&integration), RunsOf::Workspace] {
                let page = store.list_runs(workspace, of, &of_user, NOW).await.unwrap();
                assert_eq!((page.rows.len(), page.total), (sees, total), "of the user");
            }
        }
    }

    async fn the_place_of_anothers_flow_is_no_place_in_a_list(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        owner.report([json!({"type": "flow", "key": "m"})]).await;
        stranger.report([json!({"type": "flow", "key": "a"}), json!({"type": "flow", "key": "z"})]).await;
        let id = store.flow(owner.workspace, "m").await.unwrap().unwrap().id.0;
        // Rows beyond it would tell how the owner's flow is called.
        for cursor in [Cursor::After { value: 0, id, first: 1 }, Cursor::Before { value: 0, id, first: 9 }] {
            let filter = FlowFilter::default().at(Some(cursor));
            assert!(store.list_flows(stranger.workspace, &filter).await.unwrap().rows.is_empty());
        }
    }

    async fn the_same_keys_in_two_workspaces_never_meet(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let told = |status: &str| json!({"type": "run", "key": "r", "status": status, "started_at": at(0),
            "integration": {"key": "i", "flow": "f", "app": {"key": "crm", "name": status}}, "steps": [{"key": "s", "app": "crm"}]});
        let (one, other) = tokio::join!(owner.try_report([told("ok")]), stranger.try_report([told("failed")]));
        assert_eq!((one, other), (vec![None], vec![None]));
        for (person, status) in [(owner, "ok"), (stranger, "failed")] {
            let run = store.run(person.workspace, "r").await.unwrap().unwrap();
            assert_eq!(run.status.as_str(), status);
            let steps = store.list_steps(person.workspace, run.id).await.unwrap();
            assert_eq!(steps[0].app(), Some(status));
        }
        assert_sums_hold(&store.pool).await;
    }
}

/// A read that this file does not try would escape it.
#[test]
fn every_read_is_tried() {
    // Those without a workspace: they are about the whole database, find one, or belong to one.
    let exempt = [
        "open",
        "check_integrity",
        "close",
        "ingest",
        "take_file",
        "workspace",
        "ensure_workspace",
        "api_key",
        "create_api_key",
        "create_webhook",
        // A stranger tries it above.
        "renew_webhook",
        "mark_used",
        // Accounts are of all workspaces; `accounts.rs` tries what a stranger may not.
        "account",
        "account_by_id",
        "signed_in",
        "roles",
        "sessions",
        "has_people",
        "ticket",
        "create_ticket",
        "set_up",
        "complete_account",
        "redeem_ticket",
        "change_password",
        "sign_in",
        "touch_session",
        "sign_out",
        "invite",
        "set_role",
        "account_of",
        "identify",
        "forget_identity",
        // Whoever holds the secret may; the rest `accounts.rs` tries as a stranger.
        "share",
        "create_share",
        "revoke_share",
        "share_used",
        "record",
        "check_audit",
        // `secrets.rs` tries them as a stranger.
        "reading",
        "give_redaction_key",
        "secret_names",
        "set_secret_names",
        "set_labels",
        // `originals.rs` tries them as a stranger.
        "originals_since",
        "keep_originals",
        "count_originals",
        "delete_originals",
        "sealed_sections",
        "sealed",
        // `keys.rs` tries it as a stranger.
        "revoke_api_key",
        // A write, and a read that needs a second run: `find.rs` tries both as a stranger.
        "set_logs",
        "failed_beside",
        // Writes: `bulk.rs` and `views.rs` try them as a stranger. A step is of all workspaces.
        "save_view",
        "delete_view",
        "begin_bulk",
        "begin_undo",
        "bulk_step",
        // The same in `compare.rs`.
        "last_good_run",
        "last_good_step",
        // `pings.rs` asks as a stranger.
        "pinged_run",
        // Holds its workspace: `live.rs` waits as a stranger.
        "heard",
    ];
    let here = include_str!("scope.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("the sources") {
            let path = file.expect("a file").path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.is_file() {
                files.push(path);
            }
        }
    }
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a source");
        for line in text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub async fn "))
        {
            let name = line.split('(').next().expect("a name");
            let tried = here.contains(&format!("store.{name}(workspace"));
            assert!(
                tried || exempt.contains(&name),
                "nobody tries `{name}` as a stranger"
            );
        }
    }
}
