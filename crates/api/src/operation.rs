//! Operations: what a route is called, what it costs, and what it can refuse.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use battala_hub::access::Requirement;
use battala_hub::limits::Bucket;
use battala_proto::ErrorCode;
use http::Method;

use crate::description::Description;
use crate::route_class::RouteClass;

/// The methods of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Reads.
    Get,
    /// Makes, or does.
    Post,
    /// Sets.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Verb {
    /// The method as it stands in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation of the API, as a test or a document needs to know it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its method.
    pub verb: Verb,
    /// Its path, with `{placeholders}`.
    pub path: &'static str,
    /// Its name, unique in the API.
    pub id: &'static str,
    /// The action that the policy decides on.
    pub action: &'static str,
    /// What that action takes.
    pub requirement: Requirement,
    /// How its route is served.
    pub class: RouteClass,
}

/// The part of an operation that its handler's types cannot say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    refusals: &'static [ErrorCode],
    /// The bucket of the account, when it is not that of reads or writes.
    account_bucket: Option<Bucket>,
    /// A further bucket, of the address.
    pub(crate) address_bucket: Option<Bucket>,
    pub(crate) class: RouteClass,
    /// It counts for the session and not for its account.
    pub(crate) is_counted_by_session: bool,
    /// Its answer has a list in it that may be long.
    pub(crate) has_long_answer: bool,
}

impl Plan {
    const fn new(verb: Verb, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            verb,
            path,
            id,
            summary,
            refusals: &[],
            account_bucket: None,
            address_bucket: None,
            class: RouteClass::Plain,
            is_counted_by_session: false,
            has_long_answer: false,
        }
    }

    pub(crate) const fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Get, path, id, summary)
    }

    pub(crate) const fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Post, path, id, summary)
    }

    pub(crate) const fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Put, path, id, summary)
    }

    pub(crate) const fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Patch, path, id, summary)
    }

    pub(crate) const fn delete(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(Verb::Delete, path, id, summary)
    }

    /// Names the refusals of the use case; those of authority, body and edge are known already.
    pub(crate) const fn refuses(mut self, codes: &'static [ErrorCode]) -> Self {
        self.refusals = codes;
        self
    }

    /// Counts the request in another bucket of its account than that of reads or writes.
    pub(crate) const fn counts_as(mut self, bucket: Bucket) -> Self {
        self.account_bucket = Some(bucket);
        self
    }

    /// Counts the request in a bucket of its address as well.
    pub(crate) const fn counts_per_address_as(mut self, bucket: Bucket) -> Self {
        self.address_bucket = Some(bucket);
        self
    }

    /// Serves it as a route of another class than [`RouteClass::Plain`].
    pub(crate) const fn of(mut self, class: RouteClass) -> Self {
        self.class = class;
        self
    }

    /// Counts the request for its session, with what it holds: nothing that another session of the
    /// account does can keep it from coming through. It is how that other one is ended.
    pub(crate) const fn counts_by_session(mut self) -> Self {
        self.is_counted_by_session = true;
        self
    }

    /// Says that a change is answered with a list that may be long: more room is taken for it before
    /// it happens.
    pub(crate) const fn answers_at_length(mut self) -> Self {
        self.has_long_answer = true;
        self
    }

    /// The bucket of the account.
    pub(crate) fn account_bucket(&self) -> Bucket {
        self.account_bucket.unwrap_or(match self.verb {
            Verb::Get => Bucket::Read,
            Verb::Post | Verb::Put | Verb::Patch | Verb::Delete => Bucket::Write,
        })
    }
}

/// An operation with everything that is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Described {
    pub(crate) plan: Plan,
    pub(crate) tag: &'static str,
    pub(crate) action: &'static str,
    pub(crate) requirement: Requirement,
    pub(crate) takes_query: bool,
    /// Its action may wait for the hash of a password.
    pub(crate) hashes_password: bool,
    pub(crate) describe: fn() -> Description,
}

impl Described {
    pub(crate) fn operation(&self) -> Operation {
        Operation {
            verb: self.plan.verb,
            path: self.plan.path,
            id: self.plan.id,
            action: self.action,
            requirement: self.requirement,
            class: self.plan.class,
        }
    }

    /// Every refusal that the operation can give, by status.
    pub(crate) fn refusals(&self, description: &Description) -> BTreeMap<u16, Vec<ErrorCode>> {
        let mut given: Vec<ErrorCode> = vec![
            // A query parameter that the operation does not know.
            ErrorCode::InvalidInput,
            ErrorCode::RateLimited,
            ErrorCode::Internal,
            ErrorCode::Unavailable,
        ];
        given.extend(refusals_of(self.requirement));
        given.extend(&description.refusals);
        given.extend(self.plan.refusals);
        if self.plan.verb != Verb::Get {
            // A page of another origin, and a full disk.
            given.extend([ErrorCode::Forbidden, ErrorCode::StorageFull]);
        }
        let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
        for code in ErrorCode::ALL.iter().filter(|code| given.contains(code)) {
            by_status.entry(code.status()).or_default().push(*code);
        }
        by_status
    }
}

/// All operations, by what a request says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operations(HashMap<&'static str, Vec<Arc<Described>>>);

impl Operations {
    pub(crate) fn add(&mut self, operation: Arc<Described>) {
        let of_path = self.0.entry(operation.plan.path).or_default();
        of_path.push(operation);
    }

    /// The operation of a route's path and a method. HEAD asks for what GET answers.
    pub(crate) fn find(&self, path: &str, method: &Method) -> Option<&Arc<Described>> {
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let mut of_path = self.0.get(path)?.iter();
        of_path.find(|operation| operation.plan.verb.as_str() == method.as_str())
    }
}

/// What the policy can answer.
fn refusals_of(requirement: Requirement) -> &'static [ErrorCode] {
    use ErrorCode::{Forbidden, NotFound, SessionEnded, Unauthenticated};
    match requirement {
        Requirement::Anyone => &[],
        Requirement::Account => &[Unauthenticated, SessionEnded],
        Requirement::HubAdmin | Requirement::Job => &[Unauthenticated, SessionEnded, Forbidden],
        Requirement::Here(bits) if bits.is_empty() => &[Unauthenticated, SessionEnded, NotFound],
        Requirement::Here(_)
        | Requirement::Channel(_)
        | Requirement::Over(_)
        | Requirement::Owner
        | Requirement::Author(_)
        | Requirement::AuthorOr(_)
        | Requirement::AuthorOrHere(_) => &[Unauthenticated, SessionEnded, Forbidden, NotFound],
    }
}
