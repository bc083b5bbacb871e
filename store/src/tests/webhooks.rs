//! Endpoints for webhooks: at most two living secrets, none of which the database tells.

use domain::{
    Key,
    access::{Bounds, Scope},
    webhook::{OVERLAP_MS, Secret},
};

use super::{
    database::Database,
    dump::everything,
    people::{NOW, Person},
};
use crate::{KeyAsked, Keys, Store};

fn keys() -> Keys {
    Keys::parse(&Keys::line([1; 32])).unwrap()
}

fn asked() -> KeyAsked {
    let integration = Some(Key::new("i").unwrap());
    KeyAsked {
        bounds: Bounds {
            flow: None,
            integration,
        },
        ..KeyAsked::default()
    }
}

on_both! {
    async fn a_new_secret_lives_beside_the_one_before_for_a_day_and_a_third_ends_that_at_once(store: Store) {
        let owner = Person::owner(&store).await.workspace;
        let endpoint = Scope::Webhook.secret_for(&asked().bounds, [7; 32]);
        let shut = |number: u8| {
            let secret = Secret::new([number; 32]);
            keys().shut_secret((owner, &endpoint), &secret, [number; 24]).unwrap()
        };
        let living = async |later: i64| {
            let id = store.api_keys(owner).await.unwrap()[0].id;
            let boxes = store.webhook_secrets(owner, id, NOW.plus_ms(later)).await.unwrap();
            let secrets = boxes.iter().map(|shut| keys().open_secret((owner, &endpoint), shut).unwrap());
            secrets.map(|secret| secret.bytes()[0]).collect::<Vec<_>>()
        };
        let id = store.create_webhook(owner, asked(), (&endpoint, shut(1)), NOW).await.unwrap();
        assert_eq!(living(i64::from(u32::MAX)).await, [1]);
        store.renew_webhook(owner, id, shut(2), NOW).await.unwrap();
        assert_eq!((living(0).await, living(OVERLAP_MS).await), (vec![2, 1], vec![2, 1]));
        assert_eq!(living(OVERLAP_MS + 1).await, [2]);
        store.renew_webhook(owner, id, shut(3), NOW).await.unwrap();
        assert_eq!(living(0).await, [3, 2]);
    }

    async fn a_revoked_endpoint_has_no_secret_and_gets_none(store: Store) {
        let owner = Person::owner(&store).await.workspace;
        let shut = keys().shut_secret((owner, "e"), &Secret::new([2; 32]), [3; 24]).unwrap();
        let id = store.create_webhook(owner, asked(), ("e", shut.clone()), NOW).await.unwrap();
        store.revoke_api_key(owner, id, NOW).await.unwrap();
        store.renew_webhook(owner, id, shut.clone(), NOW).await.unwrap();
        assert_eq!(store.webhook_secrets(owner, id, NOW).await.unwrap(), []);
        // Nor does a key that is none.
        let other = Scope::Ingest.secret([8; 32]);
        let other = store.create_api_key(owner, Scope::Ingest, KeyAsked::default(), &other, NOW).await.unwrap();
        store.renew_webhook(owner, other, shut, NOW).await.unwrap();
        assert_eq!(store.webhook_secrets(owner, other, NOW).await.unwrap(), []);
    }

    async fn the_secret_of_an_endpoint_is_in_no_column(store: Store) {
        let owner = Person::owner(&store).await.workspace;
        let secret = Secret::new(*b"a secret, easy to look for, of32");
        let shut = keys().shut_secret((owner, "e"), &secret, [3; 24]).unwrap();
        store.create_webhook(owner, asked(), ("e", shut), NOW).await.unwrap();
        let dump = everything(&store.pool).await;
        let values: Vec<_> = dump.values().flatten().flat_map(|row| row.values().flatten()).collect();
        let text = secret.text();
        let hex = domain::payload::hex(secret.bytes());
        for value in &values {
            let value = value.to_lowercase();
            assert!(!value.contains(&hex[..16]) && !value.contains("easy to look"), "{value}");
            assert!(!value.contains(&text[10..30].to_lowercase()), "{value}");
        }
        assert!(values.iter().any(|value| **value == "e"), "its address is there, and looked at");
    }
}
