//! What an address asks of whoever calls it, and what they are told.

use super::{Caller, Role, Scope};

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing, and it makes no difference who asks: it holds nobody's data.
    Public,
    /// Nothing: it lets people in, or guards itself by a secret in its address or a signature.
    Anyone,
    /// A program's key of this scope. The handler looks for it, as it names the workspace.
    Key(Scope),
    /// Anybody who is signed in.
    Person,
    /// At least this role in the workspace that the address names.
    Role(Role),
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    Pass,
    /// Its caller has to sign in first.
    SignIn,
    /// There is no such workspace, or none for this caller: the two look the same.
    Missing,
    /// The caller sees the workspace, but this needs another role.
    Refused(Role),
}

/// Whether `caller` may call what asks for `access`, in `workspace` where the address names one.
#[must_use]
pub fn judge(access: Access, caller: &Caller, workspace: Option<&str>) -> Verdict {
    match (access, caller) {
        (Access::Public | Access::Anyone | Access::Key(_), _) => Verdict::Pass,
        (Access::Person | Access::Role(_), Caller::Nobody) => Verdict::SignIn,
        (Access::Person, _) => Verdict::Pass,
        (Access::Role(needed), caller) => match workspace.and_then(|key| caller.role(key)) {
            None => Verdict::Missing,
            Some(role) if role >= needed => Verdict::Pass,
            Some(_) => Verdict::Refused(needed),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_to_be_open_is_closed() {
        let role = Access::Role(Role::Viewer);
        assert_eq!(judge(role, &Caller::Nobody, Some("main")), Verdict::SignIn);
        assert_eq!(judge(role, &Caller::Everybody, Some("x")), Verdict::Pass);
        assert_eq!(judge(role, &Caller::Everybody, None), Verdict::Missing);
        assert_eq!(
            judge(Access::Person, &Caller::Nobody, None),
            Verdict::SignIn
        );
        assert_eq!(judge(Access::Anyone, &Caller::Nobody, None), Verdict::Pass);
    }
}
