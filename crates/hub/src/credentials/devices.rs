//! Devices that an account has signed in on: what their browsers keep to be known again.
//!
//! The text says only that somebody on this device has known the account's password as it is now.
//! It opens nothing: it takes its holder out of the count of strangers who guess. It survives
//! sign-out and outlives sessions, but not a change of the password, and no list of devices is kept.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use battala_proto::id::UserId;

use crate::credentials::tokens::derive;
use crate::random::Random;

/// Accounts that one browser is known for: a family's.
const ACCOUNTS_MAX: usize = 4;
/// An entry is about a hundred bytes; nothing longer than a few of them is looked at.
const BYTES_MAX: usize = 512;
/// Of what stands for a password: enough that two of one account differ.
const PASSWORD_BYTES: usize = 8;
/// Between entries; neither in an id nor in base64.
const SEPARATOR: char = '~';

/// Signs devices, and knows them again.
pub(crate) struct Devices {
    key: hmac::Key,
    /// For what stands for the passwords.
    passwords: hmac::Key,
}

/// An account, with the stored secret of its password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Credential<'a> {
    pub(crate) user_id: UserId,
    pub(crate) secret: &'a str,
}

/// One account on one device: `user.device.password.tag`.
struct Entry<'a> {
    user_id: UserId,
    device_id: &'a str,
    /// Stands for the password that was known.
    password: &'a str,
    text: &'a str,
}

impl Devices {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let key = |label| hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, label));
        Self {
            key: key(b"known-device/v2"),
            passwords: key(b"known-device/password/v1"),
        }
    }

    /// The id of the device, if somebody has signed in on it with the password as it is now.
    pub(crate) fn known<'a>(
        &self,
        held: Option<&'a str>,
        holder: Credential<'_>,
    ) -> Option<&'a str> {
        let password = self.password(holder);
        let entry = self
            .entries(held)
            .find(|entry| entry.user_id == holder.user_id && entry.password == password);
        entry.map(|entry| entry.device_id)
    }

    /// What the browser keeps after a sign-in: this account first, then the others that it held.
    pub(crate) fn remember(
        &self,
        held: Option<&str>,
        holder: Credential<'_>,
        random: &Random,
    ) -> String {
        let device_id = self.known(held, holder).map(str::to_owned);
        let device_id =
            device_id.unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<16>()));
        let mut entries = vec![self.sign(holder, &device_id)];
        let others = self
            .entries(held)
            .filter(|entry| entry.user_id != holder.user_id)
            .map(|entry| entry.text.to_owned());
        entries.extend(others.take(ACCOUNTS_MAX - 1));
        entries.join(&SEPARATOR.to_string())
    }

    fn sign(&self, holder: Credential<'_>, device_id: &str) -> String {
        let (user_id, password) = (holder.user_id, self.password(holder));
        let tag = hmac::sign(&self.key, &message(user_id, device_id, &password));
        format!(
            "{user_id}.{device_id}.{password}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(tag)
        )
    }

    /// Stands for the account's password: another one after every change. Keyed, so that who holds
    /// it learns nothing about the hash.
    fn password(&self, holder: Credential<'_>) -> String {
        let message = message(holder.user_id, holder.secret, "");
        let tag = hmac::sign(&self.passwords, &message);
        let start = tag.as_ref().get(..PASSWORD_BYTES).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode(start)
    }

    /// The entries that this hub signed, whatever the passwords are now.
    fn entries<'a>(&self, held: Option<&'a str>) -> impl Iterator<Item = Entry<'a>> {
        let held = held.filter(|held| held.len() <= BYTES_MAX);
        let texts = held.unwrap_or_default().split(SEPARATOR).take(ACCOUNTS_MAX);
        texts.filter_map(|text| {
            let mut parts = text.split('.');
            let (user_id, device_id) = (parts.next()?, parts.next()?);
            let (password, tag) = (parts.next()?, parts.next()?);
            let user_id = user_id.parse().ok()?;
            let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
            let is_whole = parts.next().is_none();
            let message = message(user_id, device_id, password);
            let is_genuine = hmac::verify(&self.key, &message, &tag).is_ok();
            (is_whole && is_genuine).then_some(Entry {
                user_id,
                device_id,
                password,
                text,
            })
        })
    }
}

/// The id of the account has a fixed length and neither text has a dot, so that no two triples have
/// one message.
fn message(user_id: UserId, first: &str, second: &str) -> Vec<u8> {
    let mut message = user_id.raw().to_be_bytes().to_vec();
    message.extend_from_slice(first.as_bytes());
    message.push(b'.');
    message.extend_from_slice(second.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Credential<'static> = holder(11);
    const BEN: Credential<'static> = holder(12);

    const fn holder(id: i64) -> Credential<'static> {
        Credential {
            user_id: UserId::from_raw(id),
            secret: "v1$bcrypt$one",
        }
    }

    #[test]
    fn a_device_is_known_to_its_account_only_and_stays_the_same_device() {
        let (devices, random) = (Devices::new(&[7; 32]), Random::system());
        let first = devices.remember(None, ANA, &random);
        let id = devices.known(Some(&first), ANA).unwrap();
        assert_eq!(devices.known(Some(&first), BEN), None);
        assert_eq!(devices.remember(Some(&first), ANA, &random), first);
        let both = devices.remember(Some(&first), BEN, &random);
        assert_eq!(devices.known(Some(&both), ANA), Some(id));
        assert!(devices.known(Some(&both), BEN).is_some());
    }

    #[test]
    fn a_device_that_knew_the_password_before_is_not_known_and_becomes_another_one() {
        let (devices, random) = (Devices::new(&[7; 32]), Random::system());
        let held = devices.remember(None, BEN, &random);
        let before = devices.remember(Some(&held), ANA, &random);
        let id = devices.known(Some(&before), ANA).unwrap();
        let now = Credential {
            secret: "v1$bcrypt$another",
            ..ANA
        };
        assert_eq!(devices.known(Some(&before), now), None);
        let after = devices.remember(Some(&before), now, &random);
        assert_ne!(devices.known(Some(&after), now).unwrap(), id);
        assert_eq!(devices.known(Some(&after), ANA), None);
        assert!(devices.known(Some(&after), BEN).is_some());
        // What stands for the password is signed with the rest.
        let parts = |held: &str| {
            held.split(['.', '~'])
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let (old, new) = (parts(&before), parts(&after));
        let forged = [&old[0], &old[1], &new[2], &old[3]]
            .map(String::as_str)
            .join(".");
        assert_eq!(devices.known(Some(&forged), now), None);
    }

    #[test]
    fn a_browser_is_known_for_the_last_few_accounts() {
        let (devices, random) = (Devices::new(&[7; 32]), Random::system());
        // Ids of today's length.
        let account = |id: i64| holder(1_500_000_000_000_000_000 + id);
        let mut held = None;
        for id in 1..=9 {
            held = Some(devices.remember(held.as_deref(), account(id), &random));
        }
        let held = held.unwrap();
        assert!(held.len() <= BYTES_MAX, "{held}");
        let known = |id: i64| devices.known(Some(&held), account(id)).is_some();
        assert_eq!(
            (1..=9).filter(|id| known(*id)).collect::<Vec<_>>(),
            [6, 7, 8, 9]
        );
    }

    #[test]
    fn what_this_hub_did_not_sign_is_no_device() {
        let (devices, random) = (Devices::new(&[7; 32]), Random::system());
        let genuine = devices.remember(None, ANA, &random);
        let of_ben = genuine.replacen("11.", "12.", 1);
        assert_eq!(devices.known(Some(&of_ben), BEN), None);
        assert_eq!(Devices::new(&[8; 32]).known(Some(&genuine), ANA), None);
        let tail = genuine.clone() + ".x";
        for held in ["", "~~~", "11", "11...", "11.x.y.AA", &genuine[1..], &tail] {
            assert_eq!(devices.known(Some(held), ANA), None, "{held}");
        }
        assert_eq!(devices.known(Some(&"~".repeat(100_000)), ANA), None);
    }
}
