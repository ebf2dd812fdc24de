//! What the hub answered to a request.

use serde_json::Value;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// What was asked, for messages.
    pub(crate) question: String,
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body; `null` when there is none.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}: {error}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        values.next().map(|(_, value)| value.as_str())
    }

    /// The code of a problem document; empty for a success.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self}");
        self.json()
    }

    /// The body of a success with this status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// Asserts a whole problem document with this code, and returns it.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.code().as_str()),
            (status, code),
            "{self}"
        );
        let problem = self.json();
        let kind = self.header("content-type");
        assert_eq!(kind, Some("application/problem+json"), "{self}");
        assert_eq!(problem["status"], status, "{self}");
        for name in ["type", "title", "detail", "request_id"] {
            let text = problem[name].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{self}: no {name}");
        }
        assert_eq!(
            problem["request_id"].as_str(),
            self.header("x-request-id"),
            "{self}"
        );
        if matches!(status, 429 | 503) {
            assert!(self.header("retry-after").is_some(), "{self}");
        }
        problem
    }

    /// Asserts that a field was refused with this code.
    #[track_caller]
    pub(crate) fn refuses_field(&self, field: &str, code: &str) {
        let (status, kind) = match (self.status, code) {
            (409, "taken") => (409, "taken"),
            // Well formed, and not what fits the present state.
            (409, _) => (409, "conflict"),
            _ => (400, "invalid_input"),
        };
        let problem = self.refused(status, kind);
        assert!(
            fields_of(&problem).contains(&(field.to_owned(), code.to_owned())),
            "{self}: {field} is not {code}"
        );
    }

    /// The refusal without what differs between two requests: for comparing.
    #[track_caller]
    pub(crate) fn without_request_id(&self) -> (u16, Value) {
        let mut body = self.json();
        if let Some(body) = body.as_object_mut() {
            body.remove("request_id");
        }
        (self.status, body)
    }
}

/// Field and code of every refused field, of a problem or of a command's error.
pub(crate) fn fields_of(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = problem["fields"].as_array().into_iter().flatten();
    fields
        .map(|field| (text(&field["field"]), text(&field["code"])))
        .collect()
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text().chars().take(2000).collect();
        write!(f, "{} -> {} {text}", self.question, self.status)
    }
}
