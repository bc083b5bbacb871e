//! The one table of what each address asks of its caller. A route cannot be made without a line
//! in it, and what has none is refused.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};
use domain::access::Access;

use crate::state::AppState;

/// What one address asks, by method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// GET stands for HEAD too.
    pub method: Method,
    /// As axum writes it: `/{workspace}/flows`.
    pub path: String,
    pub access: Access,
    /// Whether it is a page that says by itself what is missing.
    pub page: bool,
    pub recorded: Recorded,
}

/// Whether a call is written into the record, and under which word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It only reads.
    Not,
    /// By the gate, before the handler is called.
    Before(&'static str),
    /// By the handler, which has more words for it.
    ByHandler(&'static str),
}

/// All rules.
#[derive(Debug, Clone, Default)]
pub struct Table(Arc<Vec<Rule>>);

impl Table {
    /// Every rule.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// The rule of a request.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Option<&Rule> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let mut rules = self.0.iter();
        rules.find(|rule| rule.path == path && rule.method == method)
    }

    /// Whether any method of an address is known.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.0.iter().any(|rule| rule.path == path)
    }
}

/// Routes in the making, each with its rule.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    router: Router<AppState>,
    rules: Vec<Rule>,
}

impl Routes {
    pub(crate) fn get<H, T>(self, path: &str, access: Access, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.route(Method::GET, path, access, Recorded::Not, handler)
    }

    /// A form of a page.
    pub(crate) fn post<H, T>(
        self,
        path: &str,
        access: Access,
        recorded: Recorded,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.route(Method::POST, path, access, recorded, handler)
    }

    pub(crate) fn route<H, T>(
        mut self,
        method: Method,
        path: &str,
        access: Access,
        recorded: Recorded,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        self.router = self.router.route(path, on(filter, handler));
        self.rule(method, path, access, recorded)
    }

    /// The rule of a route that somebody else adds.
    pub(crate) fn rule(
        mut self,
        method: Method,
        path: &str,
        access: Access,
        recorded: Recorded,
    ) -> Self {
        self.rules.push(Rule {
            method,
            path: path.to_owned(),
            access,
            page: false,
            recorded,
        });
        self
    }

    /// The rule of a page or of a server function, which the pages' own router adds.
    pub(crate) fn page(mut self, path: &str, access: Access) -> Self {
        self.rules.push(Rule {
            method: Method::GET,
            path: path.to_owned(),
            access,
            page: true,
            recorded: Recorded::Not,
        });
        self
    }

    /// Changes the router, without adding to it.
    pub(crate) fn map(mut self, change: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Self {
        self.router = change(self.router);
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.rules.extend(other.rules);
        self
    }

    pub(crate) fn split(self) -> (Router<AppState>, Table) {
        (self.router, Table(Arc::new(self.rules)))
    }
}
