//! What a workspace says of its secrets is its own, and its key stays for good.

use domain::redact::Redactor;

use super::{
    database::Database,
    people::{NOW, Person, labels},
};
use crate::{SecretNames, Store};

on_both! {
    async fn names_and_key_are_each_workspaces_own(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        assert!(store.reading(owner.workspace).await.unwrap().is_none());
        let names = SecretNames { extra: "customer_nr\nlot".to_owned(), safe: "page_token".to_owned() };
        store.set_secret_names(owner.workspace, names.clone(), NOW).await.unwrap();
        for (workspace, key) in [(owner.workspace, 1), (stranger.workspace, 2)] {
            store.give_redaction_key(workspace, [key; 32], NOW).await.unwrap();
        }
        let mark = async |workspace| {
            let reading = store.reading(workspace).await.unwrap().expect("a key");
            Redactor::new(&reading.rules).text("token=aLongTokenThatNobodyGuesses1 lot=abc page_token=def".to_owned())
        };
        let (own, others) = (mark(owner.workspace).await, mark(stranger.workspace).await);
        assert!(own.ends_with("] lot=[redacted:secret] page_token=def"), "{own}");
        assert!(others.ends_with("] lot=abc page_token=[redacted:token]"), "{others}");
        // The fingerprints of two workspaces say nothing of each other.
        assert_ne!(own[..30], others[..30]);
        // The first key stays, so that marks can be compared for good.
        store.give_redaction_key(owner.workspace, [3; 32], NOW).await.unwrap();
        assert_eq!(mark(owner.workspace).await, own);
        assert_eq!(store.secret_names(owner.workspace).await.unwrap(), names);
        assert_eq!(store.secret_names(stranger.workspace).await.unwrap(), SecretNames::default());
    }

    async fn words_for_statuses_are_each_workspaces_own(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        for workspace in [owner.workspace, stranger.workspace] {
            store.give_redaction_key(workspace, [1; 32], NOW).await.unwrap();
        }
        store.set_labels(owner.workspace, &labels(), NOW).await.unwrap();
        let words = async |workspace| store.reading(workspace).await.unwrap().expect("a key").labels;
        assert_eq!(words(owner.workspace).await, labels());
        assert!(words(stranger.workspace).await.is_empty());
    }
}
