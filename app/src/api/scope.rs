//! What every read needs: the store, the moment, the workspace, and a way to fail.

use domain::{
    Timestamp, Workspace,
    access::{Caller, Role},
    filter::Dropped,
};
use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use store::{Store, StoreError};

use crate::{
    context::{ErrorReporter, FromQuery, Now, Zones},
    error::AppError,
};

/// A workspace that exists, and the store to read it from.
pub(super) struct Scope {
    pub(super) store: Store,
    pub(super) now: Timestamp,
    pub(super) workspace: Workspace,
    /// What the reader may do here.
    pub(super) role: Role,
    zones: Option<Zones>,
    answer: Answer,
}

/// Where a failure goes: the status to the response, the cause to the log.
struct Answer {
    response: Option<ResponseOptions>,
    reporter: Option<ErrorReporter>,
}

impl Scope {
    pub(super) async fn open(workspace: &str) -> Result<Self, AppError> {
        // Contexts are taken before the first await, where they certainly are this request's.
        let answer = Answer {
            response: use_context(),
            reporter: use_context(),
        };
        let (Some(store), Some(Now(now))) = (use_context::<Store>(), use_context::<Now>()) else {
            return Err(answer.failed(&Unprovided));
        };
        let zones = use_context::<Zones>();
        // Before the database is asked, so that a workspace of others looks like one that is not.
        let role = use_context::<Caller>().and_then(|caller| caller.role(workspace));
        let found = match role {
            Some(_) => store.workspace(workspace).await,
            None => Ok(None),
        };
        let workspace = answer.found(found, "workspace", workspace)?;
        let role = role.unwrap_or(Role::Viewer);
        Ok(Self {
            store,
            now,
            workspace,
            role,
            zones,
            answer,
        })
    }

    /// The scope, where the reader's role reaches; pages call functions without the gate.
    pub(super) fn needs(self, needed: Role) -> Result<Self, AppError> {
        if self.role >= needed {
            return Ok(self);
        }
        self.answer.status(StatusCode::FORBIDDEN);
        Err(AppError::Refused { needs: needed })
    }

    /// A list's filter, and what of the query means nothing.
    pub(super) fn filter<F>(&self, query: &str, read: FromQuery<F>) -> (F, Vec<Dropped>) {
        match self.zones {
            Some(zones) => zones.filter(query, read),
            None => read(query),
        }
    }

    pub(super) fn zone_names(&self) -> Vec<String> {
        self.zones.map_or_else(Vec::new, |zones| (zones.names)())
    }

    /// The value, or a failure that is logged and answered 500.
    pub(super) fn read<T>(&self, read: Result<T, StoreError>) -> Result<T, AppError> {
        read.map_err(|error| self.answer.failed(&error))
    }

    /// The thing, or an answer that there is none: 404.
    pub(super) fn found<T>(
        &self,
        read: Result<Option<T>, StoreError>,
        noun: &str,
        key: &str,
    ) -> Result<T, AppError> {
        self.answer.found(read, noun, key)
    }
}

impl Answer {
    fn found<T>(
        &self,
        read: Result<Option<T>, StoreError>,
        noun: &str,
        key: &str,
    ) -> Result<T, AppError> {
        let found = read.map_err(|error| self.failed(&error))?;
        found.ok_or_else(|| {
            self.status(StatusCode::NOT_FOUND);
            let key: String = key.chars().take(domain::limit::KEY_CHARS).collect();
            AppError::NotFound {
                what: format!("{noun} {key}"),
            }
        })
    }

    fn failed(&self, error: &dyn std::error::Error) -> AppError {
        self.status(StatusCode::INTERNAL_SERVER_ERROR);
        let request_id = match &self.reporter {
            Some(reporter) => reporter.report(error),
            None => {
                leptos::logging::error!("{error}");
                None
            }
        };
        AppError::Failed { request_id }
    }

    fn status(&self, status: StatusCode) {
        if let Some(response) = &self.response {
            response.set_status(status);
        }
    }
}

/// The server forgot a context: a mistake of ours, told to the log like any other.
#[derive(Debug, thiserror::Error)]
#[error("the server provides no store or no moment")]
struct Unprovided;
