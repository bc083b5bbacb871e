//! People, links and the record: used once, ended at once, and never without an admin.

use domain::{
    RunId, Timestamp,
    access::{Role, Token},
    audit::{Event, Outcome},
    share::{NewShare, until},
};

use super::{
    database::{Database, execute},
    dump::everything,
    people::{NOW, Person},
};
use crate::{Denied, NewSession, Store};

const HOUR_MS: i64 = 3_600_000;

fn session(number: u8) -> NewSession {
    NewSession {
        secret: Token::Session.secret([number; 32]),
        agent: "Firefox".to_owned(),
        address: "127.0.0.1".to_owned(),
    }
}

async fn is_signed_in(store: &Store, session: &NewSession, now: Timestamp) -> bool {
    store
        .signed_in(&session.secret, now)
        .await
        .unwrap()
        .is_some()
}

on_both! {
    async fn a_setup_link_makes_one_admin_and_is_used_once(store: Store) {
        Person::owner(&store).await;
        let ticket = Token::Setup.secret([1; 32]);
        let (first, second) = (session(2), session(3));
        store.create_ticket(None, &ticket, NOW.plus_ms(HOUR_MS), NOW).await.unwrap();
        assert_eq!(store.ticket(&ticket, NOW).await.unwrap().unwrap().account_id, None);
        let both = tokio::join!(
            store.set_up(&ticket, first.clone(), NOW),
            store.set_up(&ticket, second.clone(), NOW),
        );
        let mut won = [both.0.unwrap().is_ok(), both.1.unwrap().is_ok()];
        won.sort_unstable();
        assert_eq!(won, [false, true]);
        assert_eq!(store.ticket(&ticket, NOW).await.unwrap(), None);
        let winner = if is_signed_in(&store, &first, NOW).await { first } else { second };
        let (person, _) = store.signed_in(&winner.secret, NOW).await.unwrap().unwrap();
        let roles: Vec<_> = person.roles.iter().map(|one| (one.workspace_key.as_str(), one.role)).collect();
        assert_eq!(roles, [("owner", Role::Admin)]);
        assert!(!store.has_people().await.unwrap());

        // Put off, so another link goes to the same account.
        let later = Token::Setup.secret([4; 32]);
        store.create_ticket(None, &later, NOW.plus_ms(HOUR_MS), NOW).await.unwrap();
        let again = store.set_up(&later, session(5), NOW).await.unwrap().unwrap();
        assert_eq!(again.id, person.account.id);
        let done = store.complete_account(again.id, "Dana@acme.test", "phc".into(), session(6), NOW).await.unwrap();
        assert_eq!(done, Ok(()));
        assert!(store.has_people().await.unwrap());
        assert!(!is_signed_in(&store, &winner, NOW).await, "a new password ends what was before");
        assert!(is_signed_in(&store, &session(6), NOW).await);
        let found = store.account(" dana@ACME.test").await.unwrap().unwrap();
        assert_eq!((found.account.email.as_deref(), found.password.as_deref()), (Some("Dana@acme.test"), Some("phc")));
    }

    async fn a_link_that_has_expired_or_was_replaced_does_nothing(store: Store) {
        let owner = Person::owner(&store).await;
        let account = store.invite(owner.workspace, "lee@acme.test", Role::Viewer, NOW).await.unwrap().unwrap();
        let (old, new) = (Token::Password.secret([1; 32]), Token::Password.secret([2; 32]));
        store.create_ticket(Some(account.id), &old, NOW.plus_ms(HOUR_MS), NOW).await.unwrap();
        store.create_ticket(Some(account.id), &new, NOW.plus_ms(HOUR_MS), NOW).await.unwrap();
        let redeem = async |ticket: String, now| {
            store.redeem_ticket(&ticket, account.id, "phc".into(), session(1), now).await.unwrap()
        };
        assert_eq!(redeem(old, NOW).await, Err(Denied::Link));
        assert_eq!(redeem(new.clone(), NOW.plus_ms(HOUR_MS)).await, Err(Denied::Link));
        assert_eq!(store.ticket(&new, NOW).await.unwrap().unwrap().email.as_deref(), Some("lee@acme.test"));
        assert_eq!(redeem(new.clone(), NOW).await, Ok(()));
        assert_eq!(redeem(new, NOW).await, Err(Denied::Link));
    }

    async fn a_session_ends_by_itself_by_signing_out_and_with_a_new_password(store: Store) {
        let owner = Person::owner(&store).await;
        let account = store.invite(owner.workspace, "lee@acme.test", Role::Support, NOW).await.unwrap().unwrap();
        for number in 1..=3 {
            store.sign_in(account.id, session(number), NOW).await.unwrap();
        }
        let idle = NOW.plus_ms(12 * HOUR_MS);
        let (person, seen_at) = store.signed_in(&session(1).secret, NOW).await.unwrap().unwrap();
        assert_eq!(seen_at, NOW);
        store.touch_session(person.session, NOW.plus_ms(HOUR_MS)).await.unwrap();
        assert!(is_signed_in(&store, &session(1), idle).await);
        assert!(!is_signed_in(&store, &session(2), idle).await);
        assert_eq!(store.sessions(account.id, NOW).await.unwrap().len(), 3);

        store.sign_out(account.id, person.session, NOW).await.unwrap();
        assert!(!is_signed_in(&store, &session(1), NOW).await);
        assert!(is_signed_in(&store, &session(2), NOW).await);
        store.change_password(account.id, "phc".into(), session(4), NOW).await.unwrap();
        for (number, alive) in [(2, false), (3, false), (4, true)] {
            assert_eq!(is_signed_in(&store, &session(number), NOW).await, alive, "session {number}");
        }
    }

    async fn nobody_ends_the_session_of_somebody_else(store: Store) {
        let owner = Person::owner(&store).await;
        let mut accounts = Vec::new();
        for (number, email) in [(1, "lee@acme.test"), (2, "kim@acme.test")] {
            let account = store.invite(owner.workspace, email, Role::Admin, NOW).await.unwrap().unwrap();
            store.sign_in(account.id, session(number), NOW).await.unwrap();
            accounts.push(account.id);
        }
        let (lee, _) = store.signed_in(&session(1).secret, NOW).await.unwrap().unwrap();
        store.sign_out(accounts[1], lee.session, NOW).await.unwrap();
        assert!(is_signed_in(&store, &session(1), NOW).await);
    }

    async fn a_workspace_keeps_an_admin_who_can_sign_in(store: Store) {
        let owner = Person::owner(&store).await;
        let at = owner.workspace;
        let dana = store.invite(at, "dana@acme.test", Role::Admin, NOW).await.unwrap().unwrap().id;
        store.change_password(dana, "phc".into(), session(1), NOW).await.unwrap();
        let lee = store.invite(at, "lee@acme.test", Role::Admin, NOW).await.unwrap().unwrap().id;
        for role in [None, Some(Role::Operator)] {
            assert_eq!(store.set_role(at, dana, role, NOW).await.unwrap(), Err(Denied::LastAdmin), "Lee has no password yet");
        }
        let lower = store.invite(at, "Dana@acme.test", Role::Viewer, NOW).await.unwrap();
        assert_eq!(lower, Err(Denied::LastAdmin), "nor by adding her once more");
        store.change_password(lee, "phc".into(), session(2), NOW).await.unwrap();
        assert_eq!(store.set_role(at, dana, Some(Role::Viewer), NOW).await.unwrap(), Ok(()));
        let (person, _) = store.signed_in(&session(1).secret, NOW).await.unwrap().unwrap();
        assert_eq!(person.roles[0].role, Role::Viewer, "at the next request");
        assert_eq!(store.set_role(at, dana, None, NOW).await.unwrap(), Ok(()));
        let (person, _) = store.signed_in(&session(1).secret, NOW).await.unwrap().unwrap();
        assert_eq!(person.roles, []);
        let members = store.members(at).await.unwrap();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].account.email.as_deref(), Some("lee@acme.test"));
    }

    async fn a_link_ends_when_its_account_comes_to_another_workspace(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let lee = store.invite(stranger.workspace, "lee@acme.test", Role::Viewer, NOW).await.unwrap().unwrap();
        let ticket = Token::Password.secret([1; 32]);
        store.create_ticket(Some(lee.id), &ticket, NOW.plus_ms(HOUR_MS), NOW).await.unwrap();
        store.invite(owner.workspace, "lee@acme.test", Role::Admin, NOW).await.unwrap().unwrap();
        assert_eq!(store.ticket(&ticket, NOW).await.unwrap(), None);
    }

    async fn a_shared_run_is_found_until_its_link_ends(store: Store) {
        let owner = Person::owner(&store).await;
        let stranger = Person::stranger(&store).await;
        let secret = Token::Share.secret([1; 32]);
        let share = NewShare {
            run_id: RunId(5),
            payloads: false,
            created_by: "dana@acme.test".into(),
            expires_at: until(7, NOW).unwrap(),
        };
        store.create_share(owner.workspace, share, &secret, NOW).await.unwrap();
        let found = store.share(&secret).await.unwrap().unwrap();
        assert_eq!((found.run_id, found.workspace_id, found.is_good(NOW)), (RunId(5), owner.workspace, true));
        store.share_used(found.id, NOW).await.unwrap();
        assert_eq!(store.shares(stranger.workspace, RunId(5)).await.unwrap(), []);
        store.revoke_share(stranger.workspace, found.id, NOW).await.unwrap();
        let listed = store.shares(owner.workspace, RunId(5)).await.unwrap();
        assert_eq!((listed[0].uses, listed[0].used_at, listed[0].revoked_at), (1, Some(NOW), None));
        store.revoke_share(owner.workspace, found.id, NOW).await.unwrap();
        assert!(!store.share(&secret).await.unwrap().unwrap().is_good(NOW));
        assert_eq!(store.share(&Token::Share.secret([2; 32])).await.unwrap(), None);
    }

    async fn no_secret_of_a_person_is_in_the_database(db: &Database) {
        let store = db.store(1).await;
        let owner = Person::owner(&store).await;
        let account = store.invite(owner.workspace, "lee@acme.test", Role::Admin, NOW).await.unwrap().unwrap();
        let secrets = [Token::Session, Token::Password, Token::Share].map(|kind| kind.secret([7; 32]));
        store.sign_in(account.id, NewSession { secret: secrets[0].clone(), ..session(1) }, NOW).await.unwrap();
        store.create_ticket(Some(account.id), &secrets[1], NOW.plus_ms(HOUR_MS), NOW).await.unwrap();
        let share = NewShare { run_id: RunId(5), payloads: false, created_by: "x".into(), expires_at: NOW };
        store.create_share(owner.workspace, share, &secrets[2], NOW).await.unwrap();
        let rows = format!("{:?}", everything(&db.pool().await).await);
        assert!(rows.contains("lee@acme.test"));
        for secret in secrets {
            // Not even most of it.
            assert!(!rows.contains(&secret[secret.len() - 30..]), "{secret}");
        }
    }

    async fn the_record_is_chained_also_where_two_servers_write(db: &Database) {
        let (one, two) = (db.store(1).await, db.store(2).await);
        let at = Person::owner(&one).await.workspace;
        let event = |number: usize| Event {
            workspace: (!number.is_multiple_of(3)).then_some(at),
            actor: "dana@acme.test".into(),
            action: "integration.status".into(),
            target: format!("/owner/integrations/{number}\u{0}"),
            outcome: Outcome::Allowed,
            address: "127.0.0.1".into(),
            request_id: "1".into(),
        };
        let mut writing = tokio::task::JoinSet::new();
        for number in 0..60 {
            let (store, event) = (if number % 2 == 0 { one.clone() } else { two.clone() }, event(number));
            writing.spawn(async move { store.record(vec![event], NOW).await.unwrap() });
        }
        writing.join_all().await;
        let checked = one.check_audit().await.unwrap();
        assert_eq!((checked.lines, checked.fault), (60, None));
        let newest = one.audit_before(at, None, 25).await.unwrap();
        assert_eq!(newest.len(), 25);
        assert!(newest.is_sorted_by(|a, b| a.position > b.position));
        let rest = one.audit_before(at, Some(newest[24].position), 100).await.unwrap();
        assert_eq!(rest.len(), 40 - 25);
        let stranger = Person::stranger(&one).await.workspace;
        assert_eq!(one.audit_before(stranger, None, 100).await.unwrap(), []);

        execute(&db.pool().await, "UPDATE audit_event SET actor = 'nobody' WHERE position = 7").await;
        assert_eq!(one.check_audit().await.unwrap().fault, Some((7, "it was changed")));
    }
}
