//! Access tokens, refresh tokens and the keys they are made with.
//!
//! All keys are derived from the installation's one secret under distinct labels, so that no token
//! of one kind can pass as another. A refresh token is not stored: it is computed from its
//! session's row, so the same successor can be given out again within the grace.

use aws_lc_rs::{constant_time, digest, hkdf, hmac};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use battala_proto::TimestampMs;
use battala_proto::id::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How long an access token works.
pub const ACCESS_TOKEN_MS: i64 = 10 * 60 * 1000;
/// Clocks of nodes may differ by this much.
const LEEWAY_S: i64 = 30;
/// A session ends after this long in any case: 180 days.
pub(crate) const SESSION_LIFETIME_MS: i64 = 180 * 24 * 60 * 60 * 1000;
/// A clock that was ahead by this much, the difference that summer time makes, may be set right
/// without making its tokens worthless. They work for as much longer, as long as their session does.
const AHEAD_MAX_S: i64 = 60 * 60;
/// An access token is a few hundred bytes; nothing longer is looked at.
const ACCESS_TOKEN_BYTES_MAX: usize = 2048;
/// Characters of the signature that a ticket has: 132 bits of 256. As many are left unknown.
const TICKET_CHARS: usize = 22;
/// Who makes and who reads access tokens.
const ISSUER: &str = "battala-hub";
const AUDIENCE: &str = "battala-hub/api";
/// `typ` of an access token (RFC 9068 §2.1).
const TOKEN_TYPE: &str = "at+jwt";

/// The claims of an access token; every one is required and typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    /// How many renewals came before it.
    renewals: i64,
    iat: i64,
    exp: i64,
}

/// What a valid access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessToken {
    /// The account.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// How many renewals of the session came before it.
    pub renewals: i64,
    /// When it expires.
    pub expires_at: TimestampMs,
}

impl AccessToken {
    /// Whether it has not expired since it was read.
    pub(crate) fn works_at(&self, now: TimestampMs) -> bool {
        self.expires_at + LEEWAY_S * 1000 > now
    }
}

/// What a text that should be an access token turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A token that works, as long as its session does.
    Current(AccessToken),
    /// A token that this hub has signed for a session, whose time is over or not yet there. Of one that
    /// no session can have any more nothing is known.
    Outdated(SessionId),
    /// Nothing that this hub has signed.
    Foreign,
}

/// A refresh token, taken apart but not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The session it claims to belong to.
    pub session_id: SessionId,
    /// How many rotations came before it.
    pub counter: i64,
    tag: Vec<u8>,
    /// Tokens of earlier releases have none.
    mark: Option<Vec<u8>>,
}

/// Makes and checks tokens.
pub struct Tokens {
    key_id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    refresh: hmac::Key,
    mark: hmac::Key,
}

impl Tokens {
    /// Derives the keys from the installation's secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        let access = derive(secret, b"access-token/v1");
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The library reads the wall clock; the hub's own clock decides below.
        validation.validate_exp = false;
        Self {
            key_id: BASE64_URL_SAFE_NO_PAD.encode(&derive(secret, b"key-id/v1")[..6]),
            encoding: EncodingKey::from_secret(&access),
            decoding: DecodingKey::from_secret(&access),
            validation,
            refresh: hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, b"refresh-token/v1")),
            mark: hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, b"refresh-mark/v1")),
        }
    }

    /// Makes an access token and says when it expires.
    ///
    /// # Errors
    /// [`Error::Internal`] when the library cannot sign.
    pub fn issue_access(
        &self,
        user_id: UserId,
        session_id: SessionId,
        renewals: i64,
        now: TimestampMs,
    ) -> Result<(String, TimestampMs)> {
        // Tokens count in seconds; what is told must not be later than what they say.
        let expires_at_s = (now + ACCESS_TOKEN_MS) / 1000;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.key_id.clone());
        header.typ = Some(TOKEN_TYPE.to_owned());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user_id.to_string(),
            sid: session_id.to_string(),
            renewals,
            iat: now / 1000,
            exp: expires_at_s,
        };
        let token =
            jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(Error::internal)?;
        Ok((token, expires_at_s * 1000))
    }

    /// Reads an access token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for everything that this hub did not issue or that has expired.
    pub fn read_access(&self, token: &str, now: TimestampMs) -> Result<AccessToken> {
        match self.read(token, now) {
            Reading::Current(token) => Ok(token),
            Reading::Outdated(_) | Reading::Foreign => Err(Error::Unauthenticated),
        }
    }

    /// The same, with what is known of a token that does not work.
    pub fn read(&self, token: &str, now: TimestampMs) -> Reading {
        let Some(claims) = self.signed_claims(token) else {
            return Reading::Foreign;
        };
        let (Ok(user_id), Ok(session_id)) = (claims.sub.parse(), claims.sid.parse()) else {
            return Reading::Foreign;
        };
        let now_s = now / 1000;
        let is_current = claims.exp.saturating_add(LEEWAY_S) > now_s
            && claims.iat.saturating_sub(AHEAD_MAX_S + LEEWAY_S) <= now_s;
        if !is_current {
            let age_s = now_s.saturating_sub(claims.exp);
            let may_live = age_s < SESSION_LIFETIME_MS / 1000;
            return if may_live {
                Reading::Outdated(session_id)
            } else {
                Reading::Foreign
            };
        }
        Reading::Current(AccessToken {
            user_id,
            session_id,
            renewals: claims.renewals,
            expires_at: claims.exp.saturating_mul(1000).min(now + ACCESS_TOKEN_MS),
        })
    }

    /// What this hub has written into the token, whenever that was.
    fn signed_claims(&self, token: &str) -> Option<Claims> {
        if token.len() > ACCESS_TOKEN_BYTES_MAX {
            return None;
        }
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        let is_ours = data.header.kid.as_ref() == Some(&self.key_id)
            && data.header.typ.as_deref() == Some(TOKEN_TYPE);
        is_ours.then_some(data.claims)
    }

    /// Reads an access token of whose signature only the first half is there. It shows that
    /// whoever made it has the whole, and gives the whole to nobody who reads it: it may stand in
    /// an address. Good for nothing but a place among those who sign in.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] as for the whole.
    pub fn read_ticket(&self, ticket: &str, now: TimestampMs) -> Result<AccessToken> {
        let refuse = Error::Unauthenticated;
        let (message, half) = ticket.rsplit_once('.').ok_or(refuse)?;
        if ticket.len() > ACCESS_TOKEN_BYTES_MAX || half.len() < TICKET_CHARS {
            return Err(Error::Unauthenticated);
        }
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.encoding, Algorithm::HS256);
        let signature = signature.map_err(Error::internal)?;
        let own_half = signature.get(..half.len()).unwrap_or_default();
        if constant_time::verify_slices_are_equal(own_half.as_bytes(), half.as_bytes()).is_err() {
            return Err(Error::Unauthenticated);
        }
        self.read_access(&format!("{message}.{signature}"), now)
    }

    /// The refresh token of a session after `counter` rotations.
    pub fn refresh_token(&self, session_id: SessionId, counter: i64, salt: &[u8]) -> String {
        let tag = hmac::sign(&self.refresh, &refresh_message(session_id, counter, salt));
        let mark = hmac::sign(&self.mark, &refresh_message(session_id, counter, &[]));
        let (tag, mark) = (
            BASE64_URL_SAFE_NO_PAD.encode(tag),
            BASE64_URL_SAFE_NO_PAD.encode(mark),
        );
        format!("{session_id}.{counter}.{tag}.{mark}")
    }

    /// Whether this hub has made the token, as far as that can be told without the session's row.
    /// Says as whom to count it, and nothing else: the mark is no part of the proof.
    pub fn is_ours(&self, token: &RefreshToken) -> bool {
        let message = refresh_message(token.session_id, token.counter, &[]);
        let mark = token.mark.as_deref().unwrap_or_default();
        hmac::verify(&self.mark, &message, mark).is_ok()
    }

    /// Whether the token was made from this session's salt.
    pub fn is_genuine(&self, token: &RefreshToken, salt: &[u8]) -> bool {
        let message = refresh_message(token.session_id, token.counter, salt);
        hmac::verify(&self.refresh, &message, &token.tag).is_ok()
    }
}

impl RefreshToken {
    /// Takes the text of a cookie apart; `None` when it has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (session_id, counter, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let mark = parts.next().map(|mark| BASE64_URL_SAFE_NO_PAD.decode(mark));
        let is_whole = parts.next().is_none();
        let token = Self {
            session_id: session_id.parse().ok()?,
            counter: counter.parse().ok().filter(|counter| *counter >= 0)?,
            tag: BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?,
            mark: mark.transpose().ok()?,
        };
        is_whole.then_some(token)
    }
}

/// What is stored of a one-time link: knowing the database does not give the link.
pub(crate) fn hash_of_link(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

fn refresh_message(session_id: SessionId, counter: i64, salt: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(16 + salt.len());
    message.extend_from_slice(&session_id.raw().to_be_bytes());
    message.extend_from_slice(&counter.to_be_bytes());
    message.extend_from_slice(salt);
    message
}

pub(crate) fn derive(secret: &[u8; 32], label: &[u8]) -> [u8; 32] {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"battala-hub").extract(secret);
    let mut key = [0; 32];
    let info = [label];
    let filled = prk
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key));
    filled.expect("32 bytes are within what HKDF-SHA-256 can give");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_730_000_000_000;
    const USER: UserId = UserId::from_raw(11);
    const SESSION: SessionId = SessionId::from_raw(12);

    fn tokens() -> Tokens {
        Tokens::new(&[7; 32])
    }

    fn forged(header: &str, claims: &serde_json::Value, key: &[u8]) -> String {
        let body = [header.as_bytes().to_vec(), claims.to_string().into_bytes()]
            .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), body.as_bytes());
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    fn claims() -> serde_json::Value {
        serde_json::json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "11", "sid": "12", "renewals": 3, "iat": NOW / 1000, "exp": NOW / 1000 + 600,
        })
    }

    fn header(tokens: &Tokens) -> String {
        serde_json::json!({"alg": "HS256", "typ": TOKEN_TYPE, "kid": tokens.key_id}).to_string()
    }

    #[test]
    fn a_token_that_was_issued_is_read_until_it_expires() {
        let tokens = tokens();
        let (token, expires_at) = tokens.issue_access(USER, SESSION, 3, NOW).unwrap();
        let read = tokens.read_access(&token, NOW + 1).unwrap();
        assert_eq!(
            (
                read.user_id,
                read.session_id,
                read.renewals,
                read.expires_at
            ),
            (USER, SESSION, 3, expires_at)
        );
        assert!(
            tokens
                .read_access(&token, NOW + ACCESS_TOKEN_MS + LEEWAY_S * 1000)
                .is_err()
        );
    }

    #[test]
    fn a_token_that_is_out_of_date_still_says_whose_it_was_and_a_forged_one_nothing() {
        let tokens = tokens();
        let (token, _) = tokens.issue_access(USER, SESSION, 3, NOW).unwrap();
        let day = 24 * 60 * 60 * 1000;
        for now in [NOW + day, NOW + 179 * day, NOW - day] {
            assert_eq!(tokens.read(&token, now), Reading::Outdated(SESSION));
        }
        // No session is so old.
        assert_eq!(tokens.read(&token, NOW + 181 * day), Reading::Foreign);
        let stranger = Tokens::new(&[8; 32]);
        let (foreign, _) = stranger.issue_access(USER, SESSION, 3, NOW).unwrap();
        let (head, _) = token.rsplit_once('.').unwrap();
        let (_, signature) = foreign.rsplit_once('.').unwrap();
        for forged in [&foreign, &format!("{head}.{signature}"), head, "a.b.c", ""] {
            for now in [NOW, NOW + day] {
                assert_eq!(tokens.read(forged, now), Reading::Foreign, "{forged}");
            }
        }
    }

    #[test]
    fn a_ticket_is_half_a_token_and_no_token_is_less() {
        let tokens = tokens();
        let (token, _) = tokens.issue_access(USER, SESSION, 3, NOW).unwrap();
        let start = token.rfind('.').unwrap() + 1;
        let ticket = &token[..start + TICKET_CHARS];
        let read = tokens.read_ticket(ticket, NOW).unwrap();
        assert_eq!((read.user_id, read.session_id), (USER, SESSION));
        assert!(tokens.read_access(ticket, NOW).is_err(), "it opens nothing");
        assert!(tokens.read_ticket(&token, NOW).is_ok());
        let late = NOW + ACCESS_TOKEN_MS + LEEWAY_S * 1000;
        assert!(tokens.read_ticket(ticket, late).is_err());
        let shorter = &token[..start + TICKET_CHARS - 1];
        let other = token[..start].to_owned() + &"A".repeat(TICKET_CHARS);
        let longer = format!("{token}AA");
        let stranger = Tokens::new(&[8; 32]);
        let (foreign, _) = stranger.issue_access(USER, SESSION, 3, NOW).unwrap();
        for wrong in [
            shorter,
            &other,
            &longer,
            &foreign,
            "",
            ".",
            "a.b",
            "\u{995}.x",
        ] {
            assert!(tokens.read_ticket(wrong, NOW).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_by_an_hour_leaves_tokens_valid_but_by_no_day() {
        let tokens = tokens();
        let (token, _) = tokens.issue_access(USER, SESSION, 0, NOW).unwrap();
        let hour = 60 * 60 * 1000;
        let read = tokens.read_access(&token, NOW - hour).unwrap();
        // Whoever counts down to its end does not count the step.
        assert_eq!(read.expires_at, NOW - hour + ACCESS_TOKEN_MS);
        assert!(tokens.read_access(&token, NOW - 24 * hour).is_err());
    }

    #[test]
    fn a_forgery_with_the_right_key_is_read_so_the_refusals_below_mean_something() {
        let tokens = tokens();
        let key = derive(&[7; 32], b"access-token/v1");
        assert!(
            tokens
                .read_access(&forged(&header(&tokens), &claims(), &key), NOW)
                .is_ok()
        );
    }

    #[test]
    fn claims_of_another_type_or_range_are_refused() {
        let tokens = tokens();
        let key = derive(&[7; 32], b"access-token/v1");
        for (name, values) in [
            (
                "exp",
                vec![
                    "\"9999999999\"",
                    "null",
                    "1.5",
                    "-1",
                    "9223372036854775808",
                    "[]",
                ],
            ),
            ("iat", vec!["\"1\"", "null", "9999999999", "1e400"]),
            ("sub", vec!["11", "\"\"", "\"-1\"", "null"]),
            ("sid", vec!["12", "\"x\"", "null"]),
            ("renewals", vec!["\"3\"", "null", "1.5"]),
            ("iss", vec!["\"other\"", "null"]),
            ("aud", vec!["\"battala-hub/media\"", "null"]),
        ] {
            for value in values {
                let text = claims().to_string().replace(
                    &format!("\"{name}\":{}", claims()[name]),
                    &format!("\"{name}\":{value}"),
                );
                let body = [header(&tokens), text.clone()]
                    .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part))
                    .join(".");
                let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), body.as_bytes());
                let token = format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag));
                assert!(
                    tokens.read_access(&token, NOW).is_err(),
                    "{name} = {value} was read"
                );
            }
            let mut without = claims();
            without.as_object_mut().unwrap().remove(name);
            let token = forged(&header(&tokens), &without, &key);
            assert!(
                tokens.read_access(&token, NOW).is_err(),
                "a token without {name} was read"
            );
        }
    }

    #[test]
    fn other_algorithms_key_names_and_keys_are_refused() {
        let tokens = tokens();
        let key = derive(&[7; 32], b"access-token/v1");
        for header in [
            r#"{"alg":"none","typ":"at+jwt"}"#.to_owned(),
            r#"{"alg":"HS512","typ":"at+jwt"}"#.to_owned(),
            header(&tokens).replace("HS256", "RS256"),
            header(&tokens).replace(&tokens.key_id, "../../etc/passwd"),
            header(&tokens).replace(TOKEN_TYPE, "JWT"),
            r#"{"alg":"HS256"}"#.to_owned(),
        ] {
            assert!(
                tokens
                    .read_access(&forged(&header, &claims(), &key), NOW)
                    .is_err(),
                "{header}"
            );
        }
        assert!(
            tokens
                .read_access(&forged(&header(&tokens), &claims(), &[8; 32]), NOW)
                .is_err()
        );
        for garbage in [
            "",
            ".",
            "..",
            "a.b.c",
            &".".repeat(100_000),
            &"A".repeat(1_000_000),
        ] {
            assert!(tokens.read_access(garbage, NOW).is_err());
        }
    }

    #[test]
    fn a_refresh_token_belongs_to_one_step_of_one_session() {
        let tokens = tokens();
        let text = tokens.refresh_token(SESSION, 3, b"salt");
        let token = RefreshToken::parse(&text).unwrap();
        assert!(tokens.is_genuine(&token, b"salt") && tokens.is_ours(&token));
        // A token as an earlier release made it is as good, but nobody knows whose before a read.
        let (former, _) = text.rsplit_once('.').unwrap();
        let former = RefreshToken::parse(former).unwrap();
        assert!(tokens.is_genuine(&former, b"salt") && !tokens.is_ours(&former));
        let later = RefreshToken {
            counter: 4,
            ..token.clone()
        };
        assert!(!tokens.is_ours(&later) && !Tokens::new(&[8; 32]).is_ours(&token));
        assert!(!tokens.is_genuine(&token, b"other salt"));
        assert!(!tokens.is_genuine(
            &RefreshToken {
                counter: 4,
                ..token.clone()
            },
            b"salt"
        ));
        assert!(!Tokens::new(&[8; 32]).is_genuine(&token, b"salt"));
        assert!(
            tokens.read_access(&text, NOW).is_err(),
            "a refresh token passed as an access token"
        );
        for garbage in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.AA.AA.AA",
            "x.1.AA",
            "1.-1.AA",
            "1.1.!",
        ] {
            assert_eq!(RefreshToken::parse(garbage), None, "{garbage:?}");
        }
    }
}
