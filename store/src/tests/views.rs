//! A filter under a name is everybody's in its workspace and nobody's elsewhere.

use domain::view::{self, BadView, MOST, ViewList};

use super::{
    database::Database,
    people::{NOW, Person},
};
use crate::Store;

fn names(views: &[view::SavedView]) -> Vec<&str> {
    views.iter().map(|view| view.name.as_str()).collect()
}

on_both! {
    async fn a_view_is_saved_once_under_its_name(store: Store) {
        let owner = Person::owner(&store).await;
        for (list, name, query) in [
            (ViewList::Runs, "slow", "?took_from=5s"),
            (ViewList::Runs, "Failed", "?status=failed"),
            // The same name in another case is the same name.
            (ViewList::Runs, "Slow", "?took_from=1min"),
            (ViewList::Integrations, "Slow", "?faulty=1"),
        ] {
            let view = view::checked(list, name, query).unwrap();
            store.save_view(owner.workspace, view, NOW).await.unwrap().unwrap();
        }
        let runs = store.saved_views(owner.workspace, ViewList::Runs).await.unwrap();
        assert_eq!(names(&runs), ["Failed", "Slow"]);
        assert_eq!(runs[1].query, "?took_from=1+min");
        let integrations = store.saved_views(owner.workspace, ViewList::Integrations).await.unwrap();
        assert_eq!(names(&integrations), ["Slow"]);
    }

    async fn a_stranger_deletes_nothing(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let view = view::checked(ViewList::Runs, "Failed", "?status=failed").unwrap();
        store.save_view(owner.workspace, view, NOW).await.unwrap().unwrap();
        let id = store.saved_views(owner.workspace, ViewList::Runs).await.unwrap()[0].id;
        store.delete_view(stranger.workspace, id, NOW).await.unwrap();
        assert_eq!(store.saved_views(owner.workspace, ViewList::Runs).await.unwrap().len(), 1);
        store.delete_view(owner.workspace, id, NOW).await.unwrap();
        assert_eq!(store.saved_views(owner.workspace, ViewList::Runs).await.unwrap().len(), 0);
    }

    async fn there_is_an_end_to_views(store: Store) {
        let owner = Person::owner(&store).await;
        for n in 0..MOST {
            let view = view::checked(ViewList::Runs, &format!("v{n}"), "").unwrap();
            store.save_view(owner.workspace, view, NOW).await.unwrap().unwrap();
        }
        let view = view::checked(ViewList::Runs, "one more", "").unwrap();
        assert_eq!(store.save_view(owner.workspace, view, NOW).await.unwrap(), Err(BadView::TooMany));
        // One that is saved again takes no room.
        let view = view::checked(ViewList::Runs, "V7", "?status=failed").unwrap();
        assert_eq!(store.save_view(owner.workspace, view, NOW).await.unwrap(), Ok(()));
        assert_eq!(store.saved_views(owner.workspace, ViewList::Runs).await.unwrap().len(), MOST);
        let view = view::checked(ViewList::IntegrationRuns, "of another list", "").unwrap();
        assert_eq!(store.save_view(owner.workspace, view, NOW).await.unwrap(), Ok(()));
    }
}
