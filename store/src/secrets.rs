//! What a workspace says of its reports: the names of its secrets, the key of their fingerprints,
//! and its own words for statuses.
//!
//! Read with each request that reports, so that a change holds at once on every server. No page
//! reads the key.

use std::fmt;

use domain::{
    Timestamp, WorkspaceId,
    labels::Labels,
    redact::{Names, Rules},
};

use crate::{Store, StoreError, pool::Conn};

const BY_WORKSPACE: &str =
    "SELECT redact_key, secret_names, safe_names, status_labels FROM workspace WHERE id = $1";
const SET_NAMES: &str = "UPDATE workspace SET secret_names = $1, safe_names = $2 WHERE id = $3";
const SET_KEY: &str = "UPDATE workspace SET redact_key = $1 WHERE id = $2 AND redact_key IS NULL";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_WORKSPACE, SET_NAMES, SET_KEY];

/// Names that a workspace adds to those that are always secret, and takes from them; one a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretNames {
    pub extra: String,
    pub safe: String,
}

/// How the reports of a workspace are read.
#[derive(Debug)]
pub struct Reading {
    /// By what they lose their secrets.
    pub rules: Rules,
    /// Its own words for statuses.
    pub labels: Labels,
}

/// A change on its way to the writer.
pub(crate) enum Change {
    Names(SecretNames),
    /// Only where there is none yet.
    Key([u8; 32]),
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Names(_) => "Names",
            Self::Key(_) => "Key",
        })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    redact_key: Option<Vec<u8>>,
    secret_names: Option<String>,
    safe_names: Option<String>,
    status_labels: Option<String>,
}

impl Store {
    /// How this workspace's reports are read; `None` until it has a key for its secrets.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn reading(&self, workspace: WorkspaceId) -> Result<Option<Reading>, StoreError> {
        let Some(row) = self.secrets(workspace).await? else {
            return Ok(None);
        };
        let key = row.redact_key.map(<[u8; 32]>::try_from).transpose();
        let key = key.map_err(|_| StoreError::Unreadable)?;
        let (extra, safe) = (row.secret_names, row.safe_names);
        let names = Names::new(&extra.unwrap_or_default(), &safe.unwrap_or_default());
        Ok(key.map(|key| Reading {
            rules: Rules::new(key, names),
            labels: Labels::stored(row.status_labels.as_deref()),
        }))
    }

    /// Gives the workspace the key of its fingerprints, unless it has one: that stays for good.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn give_redaction_key(
        &self,
        workspace: WorkspaceId,
        key: [u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer.secrets(workspace, Change::Key(key), now).await
    }

    /// The names that the workspace has set.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn secret_names(&self, workspace: WorkspaceId) -> Result<SecretNames, StoreError> {
        let row = self.secrets(workspace).await?;
        Ok(row.map_or_else(SecretNames::default, |row| SecretNames {
            extra: row.secret_names.unwrap_or_default(),
            safe: row.safe_names.unwrap_or_default(),
        }))
    }

    /// Sets the names; they hold for what is reported from now on.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn set_secret_names(
        &self,
        workspace: WorkspaceId,
        names: SecretNames,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .secrets(workspace, Change::Names(names), now)
            .await
    }

    async fn secrets(&self, workspace: WorkspaceId) -> Result<Option<Row>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, Row>(BY_WORKSPACE)
                .bind(workspace)
                .fetch_optional(pool)
                .await?)
        })
    }
}

/// Writes a change.
pub(crate) async fn change(
    conn: &mut Conn<'_>,
    id: WorkspaceId,
    change: &Change,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = match change {
            Change::Names(names) => sqlx::query::<Db>(SET_NAMES)
                .bind(&names.extra)
                .bind(&names.safe),
            Change::Key(key) => sqlx::query::<Db>(SET_KEY).bind(key.as_slice()),
        };
        query.bind(id).execute(&mut **c).await?;
    });
    Ok(())
}
