//! API keys: found by their secret, which is nowhere.

use domain::{Timestamp, access::Scope, payload::hex};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    database::Database,
    dump::everything,
    people::{NOW, Person},
};
use crate::{KeyAsked, KeyUsed, Store};

on_both! {
    async fn a_key_is_found_by_its_secret_until_it_is_revoked(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let (ingest, read) = (Scope::Ingest.secret([7; 32]), Scope::Read.secret([8; 32]));
        let id = store.create_api_key(owner.workspace, Scope::Ingest, KeyAsked::default(), &ingest, NOW).await.unwrap();
        store.create_api_key(stranger.workspace, Scope::Read, KeyAsked::default(), &read, NOW).await.unwrap();

        let key = store.api_key(&ingest).await.unwrap().expect("the owner's key");
        assert_eq!((key.id, key.workspace_id, key.scope), (id, owner.workspace, Scope::Ingest));
        assert_eq!((key.created_at, key.revoked_at), (NOW, None));
        assert!(ingest.starts_with(&key.prefix) && key.prefix.len() < ingest.len() / 3);
        let theirs = store.api_key(&read).await.unwrap().expect("the stranger's key");
        assert_eq!((theirs.workspace_id, theirs.scope), (stranger.workspace, Scope::Read));

        for wrong in ["", &ingest[1..], &ingest.to_lowercase(), &hex(&Sha256::digest(&ingest)), &key.prefix] {
            assert_eq!(store.api_key(wrong).await.unwrap(), None, "{wrong}");
        }
        store.revoke_api_key(stranger.workspace, id, NOW).await.unwrap();
        assert!(store.api_key(&ingest).await.unwrap().is_some(), "a stranger ends nothing");
        for at in [NOW.plus_ms(5), NOW] {
            store.mark_used(KeyUsed { id, at, day: 0, reports: 0 }).await.unwrap();
        }
        assert_eq!(store.api_keys(owner.workspace).await.unwrap()[0].last_used_at, Some(NOW.plus_ms(5)));
        store.revoke_api_key(owner.workspace, id, NOW.plus_ms(1)).await.unwrap();
        store.revoke_api_key(owner.workspace, id, NOW.plus_ms(9)).await.unwrap();
        assert_eq!(store.api_key(&ingest).await.unwrap(), None);
        assert!(store.api_key(&read).await.unwrap().is_some());
        let rows = &everything(&store.pool).await["api_key"];
        let revoked: Vec<_> = rows.iter().map(|row| row["revoked_at"].clone()).collect();
        assert!(revoked.contains(&Some(NOW.plus_ms(1).as_ms().to_string())) && revoked.contains(&None));
    }

    async fn what_came_in_a_day_is_summed_and_begins_anew_the_next(store: Store) {
        let owner = Person::owner(&store).await;
        let secret = Scope::Ingest.secret([7; 32]);
        let asked = KeyAsked { daily_quota: Some(10), ..KeyAsked::default() };
        let id = store.create_api_key(owner.workspace, Scope::Ingest, asked, &secret, NOW).await.unwrap();
        let today = NOW.as_ms() / 86_400_000;
        // A server whose clock is behind does not take the next day's count away.
        for (day, reports, sum) in [(today, 3, 3), (today, 4, 7), (today + 1, 2, 2), (today, 5, 2)] {
            store.mark_used(KeyUsed { id, at: NOW, day, reports }).await.unwrap();
            let key = store.api_key(&secret).await.unwrap().unwrap();
            assert_eq!((key.used_day, key.used, key.daily_quota), (day.max(key.used_day), sum, Some(10)));
        }
        let key = store.api_key(&secret).await.unwrap().unwrap();
        assert_eq!((key.used_on(NOW), key.used_on(NOW.plus_ms(86_400_000))), (0, 2));
    }

    async fn the_secret_is_in_no_column(store: Store) {
        let owner = Person::owner(&store).await;
        let secret = Scope::Read.secret([9; 32]);
        store.create_api_key(owner.workspace, Scope::Read, KeyAsked::default(), &secret, NOW).await.unwrap();
        let body = &secret[Scope::Read.prefix().len()..];
        let digest = hex(&Sha256::digest(&secret));
        let dump = everything(&store.pool).await;
        let values = dump.values().flatten().flat_map(|row| row.values().flatten());
        let mut digests = 0;
        for value in values {
            assert!(!value.contains(&body[..12]) && !value.contains(&body[body.len() - 12..]), "{value}");
            digests += usize::from(*value == digest);
        }
        assert_eq!(digests, 1);
    }

    async fn one_secret_makes_one_key(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let secret = Scope::Ingest.secret([1; 32]);
        store.create_api_key(owner.workspace, Scope::Ingest, KeyAsked::default(), &secret, NOW).await.unwrap();
        let again = store.create_api_key(stranger.workspace, Scope::Ingest, KeyAsked::default(), &secret, Timestamp::default()).await;
        assert!(again.is_err());
        assert_eq!(store.api_key(&secret).await.unwrap().unwrap().workspace_id, owner.workspace);
    }

    async fn a_failing_caller_spoils_nothing_of_the_others_in_its_group(store: Store) {
        let owner = Person::owner(&store).await;
        let secret = Scope::Ingest.secret([1; 32]);
        store.create_api_key(owner.workspace, Scope::Ingest, KeyAsked::default(), &secret, NOW).await.unwrap();
        let mut callers = tokio::task::JoinSet::new();
        for n in 0..40 {
            let (owner, secret) = (owner.clone(), secret.clone());
            callers.spawn(async move {
                if n % 4 == 0 {
                    let again = owner.store.create_api_key(owner.workspace, Scope::Ingest, KeyAsked::default(), &secret, NOW).await;
                    assert!(again.is_err());
                } else {
                    owner.report([json!({"type": "run", "key": format!("r{n}"), "integration": "i"})]).await;
                }
            });
        }
        callers.join_all().await;
        let row = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!(row.runs, 30);
    }
}
