//! People who come from an identity provider: found by address once, by the provider's word after that.

use domain::access::Role;

use super::{
    database::Database,
    people::{NOW, Person},
};
use crate::{Denied, Identity, Store};

fn who(subject: &str, email: &str) -> Identity {
    Identity {
        issuer: "https://id.acme.test".to_owned(),
        subject: subject.to_owned(),
        email: email.to_owned(),
    }
}

on_both! {
    async fn an_account_is_found_by_address_once_and_by_subject_after_that(store: Store) {
        let owner = Person::owner(&store).await.workspace;
        let dana = store.invite(owner, "dana@acme.test", Role::Admin, NOW).await.unwrap().unwrap();
        assert_eq!(store.account_of(&who("1", "nobody@acme.test")).await.unwrap(), None);
        assert_eq!(store.identify(&who("1", "nobody@acme.test"), None, NOW).await.unwrap(), Err(Denied::Email));
        assert!(!store.has_people().await.unwrap());
        let first = who("1", "Dana@ACME.test");
        assert_eq!(store.account_of(&first).await.unwrap().map(|one| one.id), Some(dana.id));
        assert_eq!(store.identify(&first, None, NOW).await.unwrap().map(|one| one.id), Ok(dana.id));
        assert!(store.has_people().await.unwrap());
        // The address changed there, and somebody else was given the old one.
        let changed = who("1", "dana.lee@acme.test");
        assert_eq!(store.account_of(&changed).await.unwrap().map(|one| one.id), Some(dana.id));
        let next = who("2", "dana@acme.test");
        assert_eq!(store.account_of(&next).await.unwrap(), None);
        let join = Some((owner, Role::Viewer));
        assert_eq!(store.identify(&next, join, NOW).await.unwrap(), Err(Denied::Email));
        // Another provider is another word for the same person.
        let elsewhere = Identity { issuer: "https://other.test".to_owned(), ..first.clone() };
        assert_eq!(store.identify(&elsewhere, None, NOW).await.unwrap().map(|one| one.id), Ok(dana.id));
        store.forget_identity(dana.id, NOW).await.unwrap();
        assert_eq!(store.account_of(&changed).await.unwrap(), None);
        assert_eq!(store.account_of(&next).await.unwrap().map(|one| one.id), Some(dana.id));
    }

    async fn an_account_is_made_once_where_that_is_allowed(store: Store) {
        let owner = Person::owner(&store).await.workspace;
        let new = who("1", "lee@acme.test");
        let join = Some((owner, Role::Viewer));
        let (one, other) = tokio::join!(store.identify(&new, join, NOW), store.identify(&new, join, NOW));
        let (one, other) = (one.unwrap().unwrap(), other.unwrap().unwrap());
        assert_eq!(one, other);
        let members = store.members(owner).await.unwrap();
        let members: Vec<_> = members.iter().map(|one| (one.account.email.as_deref(), one.role)).collect();
        assert_eq!(members, [(Some("lee@acme.test"), Role::Viewer)]);
    }

    async fn the_last_admin_may_be_one_who_comes_from_a_provider(store: Store) {
        let owner = Person::owner(&store).await.workspace;
        let one = store.invite(owner, "dana@acme.test", Role::Admin, NOW).await.unwrap().unwrap();
        let other = store.invite(owner, "lee@acme.test", Role::Admin, NOW).await.unwrap().unwrap();
        let leave = async |account| store.set_role(owner, account, None, NOW).await.unwrap();
        assert_eq!(leave(one.id).await, Err(Denied::LastAdmin));
        store.identify(&who("2", "lee@acme.test"), None, NOW).await.unwrap().unwrap();
        assert_eq!(leave(one.id).await, Ok(()));
        assert_eq!(leave(other.id).await, Err(Denied::LastAdmin));
    }
}
