//! Finds sessions that began with polling by their id. Whether a request still
//! fits such a session is the link's knowledge; one that began as a WebSocket is
//! not in here, so its id opens nothing. Knows no protocol.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::link::Link;

/// 128 bits from the operating system: who does not hold it cannot guess it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sid([u8; 16]);

impl Sid {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn encode(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

#[derive(Default)]
pub(crate) struct Registry {
    links: Mutex<HashMap<Sid, Arc<Link>>>,
}

impl Registry {
    pub(crate) fn insert(&self, sid: Sid, link: Arc<Link>) {
        self.lock().insert(sid, link);
    }

    pub(crate) fn find(&self, sid: Sid) -> Option<Arc<Link>> {
        self.lock().get(&sid).cloned()
    }

    pub(crate) fn remove(&self, sid: Sid) {
        self.lock().remove(&sid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Sid, Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
