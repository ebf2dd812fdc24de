//! A hub on a fresh SQLite file, behind the router; time stands until it is moved.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use battala_api::{ApiConfig, router};
use battala_hub::clock::ManualTime;
use battala_hub::{Clock, Config, Hub, Random};
use battala_proto::TimestampMs;
use battala_store::{Db, Options};
use battala_testkit::Scratch;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const PASSWORD: &str = "under the banyan";

/// What the clock says at first.
pub(crate) const STARTED_AT: TimestampMs = 1_750_000_000_000;

/// The API of one hub.
pub(crate) struct Api {
    pub(crate) hub: Hub,
    pub(crate) time: ManualTime,
    router: Router,
    folder: Scratch,
}

/// An account that is signed in.
pub(crate) struct User {
    pub(crate) token: String,
    pub(crate) cookie: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Api {
    /// A hub that is set up, with open registration.
    pub(crate) async fn start() -> Self {
        let api = Self::start_fresh(Config::default(), ApiConfig::default()).await;
        api.set_up().await;
        api
    }

    pub(crate) async fn start_with(config: Config, api_config: ApiConfig) -> Self {
        let api = Self::start_fresh(config, api_config).await;
        api.set_up().await;
        api
    }

    /// A hub that nobody has set up.
    pub(crate) async fn start_fresh(config: Config, api_config: ApiConfig) -> Self {
        let folder = Scratch::new().unwrap();
        Self::start_in(folder, config, api_config, STARTED_AT).await
    }

    /// The next process on the same data, which starts at another time.
    pub(crate) async fn started_again(self, at: TimestampMs) -> Self {
        self.hub.stop().await;
        Self::start_in(self.folder, Config::default(), ApiConfig::default(), at).await
    }

    async fn start_in(
        folder: Scratch,
        config: Config,
        api_config: ApiConfig,
        at: TimestampMs,
    ) -> Self {
        let url = format!("sqlite:{}", folder.path().join("hub.db").display());
        let db = Db::open(&Options::new(url.parse().unwrap())).await.unwrap();
        let (clock, time) = Clock::manual(at);
        let config = Config {
            password_cost: 4,
            ..config
        };
        let hub = Hub::start(db, &[7; 32], config, clock, Random::system())
            .await
            .unwrap();
        Self {
            router: router(hub.clone(), api_config),
            hub,
            time,
            folder,
        }
    }

    async fn set_up(&self) {
        let body = json!({
            "token": self.hub.settings().setup_token().unwrap(),
            "username": "root",
            "password": PASSWORD,
            "hub_name": "Test",
            "registration": "open",
        });
        let answer = self.post("/api/setup", &body).send().await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    }

    /// Registers an account.
    pub(crate) async fn user(&self, name: &str) -> User {
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self.post("/api/auth/register", &body).send().await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.signed_in()
    }

    /// Makes a server; gives its id and that of its first channel.
    pub(crate) async fn server(&self, owner: &User) -> (String, String) {
        let body = json!({"name": "Neighbours"});
        let answer = self.post("/api/servers", &body).by(owner).send().await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let state = answer.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&state["server"]["id"]),
            text(&state["channels"][0]["id"]),
        )
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Asking<'_> {
        let request = Request::builder().method(method).uri(path);
        Asking {
            api: self,
            request,
            body: Body::empty(),
            address: "192.0.2.1:40000".parse().unwrap(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Asking<'_> {
        self.ask(Method::GET, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Asking<'_> {
        self.ask(Method::DELETE, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Asking<'_> {
        self.ask(Method::POST, path).json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Asking<'_> {
        self.ask(Method::PATCH, path).json(body)
    }
}

/// A request that is being written.
pub(crate) struct Asking<'a> {
    api: &'a Api,
    request: http::request::Builder,
    body: Body,
    address: SocketAddr,
}

impl Asking<'_> {
    pub(crate) fn by(self, user: &User) -> Self {
        let token = format!("Bearer {}", user.token);
        self.header(AUTHORIZATION.as_str(), &token)
    }

    /// As the browser of this user asks for a renewal: with the cookie and what it demands.
    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        self.header(COOKIE.as_str(), cookie)
            .header("x-battala-auth", "1")
    }

    pub(crate) fn from(mut self, address: &str) -> Self {
        self.address = address.parse().unwrap();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn raw(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json")
            .raw(body.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let mut request = self.request.body(self.body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.address));
        let response = self.api.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: bytes.to_vec(),
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the problem document, which must be one in every respect.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: battala_proto::Problem =
            serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert_eq!(problem.status, self.status.as_u16());
        assert_eq!(problem.status, problem.code.status());
        assert_eq!(problem.title, problem.code.title());
        assert_eq!(problem.request_id, self.header("x-request-id"));
        problem.code.as_str().to_owned()
    }

    /// Field and code of each refused field.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        assert_eq!(self.problem(), "invalid_input");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let fields = self.json()["fields"].as_array().unwrap().clone();
        let faults = fields
            .iter()
            .map(|fault| (text(&fault["field"]), text(&fault["code"])));
        faults.collect()
    }

    pub(crate) fn signed_in(&self) -> User {
        let cookie = self.header(SET_COOKIE.as_str()).split(';').next().unwrap();
        let body = self.json();
        User {
            token: body["access_token"].as_str().unwrap().to_owned(),
            cookie: cookie.to_owned(),
        }
    }
}
