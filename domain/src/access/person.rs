//! People: their accounts, their roles, the sessions in which they are signed in.

use crate::{AccountId, Key, SessionId, Timestamp, WorkspaceId};

/// A session ends when it was not used for so long.
pub const IDLE_MS: i64 = 12 * 60 * 60 * 1_000;
/// A session ends so long after it began, however much it is used.
pub const ABSOLUTE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// That a session was used is written down so often at most.
pub const TOUCH_MS: i64 = 60_000;

/// Characters of a password: at least, at most. Nothing else is asked of it (NIST SP 800-63B).
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=256;
/// Bytes of an e-mail address, as RFC 5321 allows.
const EMAIL_BYTES: usize = 254;

text_enum! {
    /// What somebody may do in a workspace. Each role may all that those before it may.
    Role {
        Viewer = "viewer", "Viewer";
        Support = "support", "Support";
        Operator = "operator", "Operator";
        Admin = "admin", "Admin";
    }
}

/// Who may see the originals of secrets, where a workspace keeps them.
pub const REVEALS: Role = Role::Admin;

impl Role {
    /// What the role adds to the one before it.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Viewer => "sees flows, integrations, runs and steps, but no payloads",
            Self::Support => "also reads and exports payloads, shares runs and keeps views",
            Self::Operator => "also disables, enables and deletes, and marks runs as handled",
            Self::Admin => "also manages people, keys and settings, and reads the audit log",
        }
    }
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Account {
    pub id: AccountId,
    /// `None` for the first admin until they have set it.
    pub email: Option<String>,
    /// Whether a password is set.
    pub has_password: bool,
    pub created_at: Timestamp,
}

/// A role in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Membership {
    pub workspace_id: WorkspaceId,
    pub workspace_key: Key,
    pub role: Role,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Session {
    pub id: SessionId,
    pub account_id: AccountId,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    /// What the browser called itself, cut.
    pub agent: String,
    pub address: String,
}

/// Whether a session that began at `created_at` and was last used at `seen_at` still holds.
#[must_use]
pub fn is_alive(created_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> bool {
    let since = |moment: Timestamp| now.as_ms() - moment.as_ms();
    since(created_at) < ABSOLUTE_MS && since(seen_at) < IDLE_MS
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub account: Account,
    pub session: SessionId,
    pub roles: Vec<Membership>,
}

/// Who asks for a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Caller {
    /// Nobody is signed in.
    #[default]
    Nobody,
    /// Sign-in is switched off: whoever reaches the server may do everything.
    Everybody,
    /// Somebody is signed in.
    Person(Box<Person>),
}

impl Caller {
    /// What the caller may do in a workspace; `None` where they have no business there.
    #[must_use]
    pub fn role(&self, workspace: &str) -> Option<Role> {
        match self {
            Self::Nobody => None,
            Self::Everybody => Some(Role::Admin),
            Self::Person(person) => {
                let mut roles = person.roles.iter();
                let found = roles.find(|one| one.workspace_key.as_str() == workspace);
                found.map(|one| one.role)
            }
        }
    }

    /// The person who is signed in.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Nobody | Self::Everybody => None,
        }
    }
}

/// What a page shows of its reader: how they are called, and what they may do in its workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    /// `None` where nobody has to sign in.
    pub name: Option<String>,
    pub role: Option<Role>,
}

impl Reader {
    /// What of `caller` a page in `workspace` shows.
    #[must_use]
    pub fn of(caller: &Caller, workspace: &str) -> Self {
        let name = caller.person().map(|person| match &person.account.email {
            Some(email) => email.clone(),
            None => "first admin".to_owned(),
        });
        Self {
            name,
            role: caller.role(workspace),
        }
    }

    /// Whether the reader may do what asks for `needed`.
    #[must_use]
    pub fn may(&self, needed: Role) -> bool {
        self.role.is_some_and(|role| role >= needed)
    }
}

/// Why a password cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    #[error("Password: it has at least 12 characters")]
    Short,
    #[error("Password: it has at most 256 characters")]
    Long,
    #[error("Password: it must not be the e-mail address")]
    Email,
    #[error("Password: one that repeats a few characters is guessed at once")]
    Simple,
}

/// A password that can be taken.
///
/// # Errors
/// What is wrong with it, as a sentence that names the field.
pub fn checked_password(password: &str, email: &str) -> Result<(), BadPassword> {
    let length = password.chars().count();
    if length < *PASSWORD_CHARS.start() {
        return Err(BadPassword::Short);
    }
    if length > *PASSWORD_CHARS.end() {
        return Err(BadPassword::Long);
    }
    if !email.is_empty() && password.to_lowercase().contains(&email.to_lowercase()) {
        return Err(BadPassword::Email);
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Err(BadPassword::Simple);
    }
    Ok(())
}

/// An e-mail address as it is kept; whether it reaches anybody is for whoever sends to it.
///
/// # Errors
/// What is wrong with it, as a sentence that names the field.
pub fn checked_email(email: &str) -> Result<String, &'static str> {
    let email = email.trim();
    let parts = email.rsplit_once('@');
    let whole = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if !whole || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("E-mail: it looks like name@example.com");
    }
    if email.len() > EMAIL_BYTES {
        return Err("E-mail: it has at most 254 characters");
    }
    Ok(email.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_and_at_the_latest_after_a_week() {
        let began = Timestamp::from_ms(1_800_000_000_000);
        assert!(is_alive(began, began, began.plus_ms(IDLE_MS - 1)));
        assert!(!is_alive(began, began, began.plus_ms(IDLE_MS)));
        let late = began.plus_ms(ABSOLUTE_MS - 1);
        assert!(is_alive(began, late, late));
        assert!(!is_alive(began, late, late.plus_ms(1)));
        // The clock stepped back.
        assert!(is_alive(began, began, began.plus_ms(-3_600_000)));
    }

    #[test]
    fn a_role_holds_in_its_workspace_only() {
        let member = |key: &str, role| Membership {
            workspace_id: WorkspaceId(1),
            workspace_key: Key::new(key).expect("a key"),
            role,
        };
        let person = Caller::Person(Box::new(Person {
            account: Account {
                id: AccountId(1),
                email: None,
                has_password: false,
                created_at: Timestamp::default(),
            },
            session: SessionId(1),
            roles: vec![member("main", Role::Support), member("b", Role::Admin)],
        }));
        assert_eq!(person.role("main"), Some(Role::Support));
        assert_eq!(person.role("b"), Some(Role::Admin));
        assert_eq!(person.role("other"), None);
        assert_eq!(Caller::Nobody.role("main"), None);
        assert_eq!(Caller::Everybody.role("other"), Some(Role::Admin));
        assert!(Role::Admin > Role::Operator && Role::Operator > Role::Support);
        assert!(Role::Support > Role::Viewer);
    }

    #[test]
    fn a_password_is_long_and_not_the_address() {
        let check = |password: &str| checked_password(password, "dana@acme.test");
        assert_eq!(check("correct horse battery"), Ok(()));
        assert_eq!(check("short"), Err(BadPassword::Short));
        assert_eq!(check(&"long enough ".repeat(30)), Err(BadPassword::Long));
        assert_eq!(check("Dana@Acme.Test-2026"), Err(BadPassword::Email));
        assert_eq!(check("abababababababab"), Err(BadPassword::Simple));
        // Any characters count, spaces too.
        assert_eq!(check("пароль длинный"), Ok(()));
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        assert_eq!(
            checked_email(" dana@acme.test "),
            Ok("dana@acme.test".into())
        );
        for bad in ["", "dana", "@acme.test", "dana@", "a b@c.test", "a\u{7}@c"] {
            assert!(checked_email(bad).is_err(), "{bad:?}");
        }
        assert!(checked_email(&format!("{}@a.test", "x".repeat(250))).is_err());
    }
}
