//! Devices that an account has signed in on: what their browsers keep to be known again.
//!
//! The text says only that somebody on this device once knew the account's password. It opens
//! nothing: it takes its holder out of the count of strangers who guess. It survives sign-out and
//! outlives sessions, and no list of devices is kept.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use battala_proto::id::UserId;

use crate::random::Random;
use crate::tokens::derive;

/// Accounts that one browser is known for: a family's.
const ACCOUNTS_MAX: usize = 4;
/// An entry is below a hundred bytes; nothing longer than a few of them is looked at.
const BYTES_MAX: usize = 512;
/// Between entries; neither in an id nor in base64.
const SEPARATOR: char = '~';

/// Signs devices, and knows them again.
pub(crate) struct Devices(hmac::Key);

/// One account on one device: `user.device.tag`.
struct Entry<'a> {
    user_id: UserId,
    device_id: &'a str,
    text: &'a str,
}

impl Devices {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(
            hmac::HMAC_SHA256,
            &derive(secret, b"known-device/v1"),
        ))
    }

    /// The id of the device, if the account has signed in on it.
    pub(crate) fn known<'a>(&self, held: Option<&'a str>, user_id: UserId) -> Option<&'a str> {
        let entry = self.entries(held).find(|entry| entry.user_id == user_id);
        entry.map(|entry| entry.device_id)
    }

    /// What the browser keeps after a sign-in: this account first, then the others that it held.
    pub(crate) fn remember(&self, held: Option<&str>, user_id: UserId, random: &Random) -> String {
        let device_id = self.known(held, user_id).map(str::to_owned);
        let device_id =
            device_id.unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<16>()));
        let mut entries = vec![self.sign(user_id, &device_id)];
        let others = self
            .entries(held)
            .filter(|entry| entry.user_id != user_id)
            .map(|entry| entry.text.to_owned());
        entries.extend(others.take(ACCOUNTS_MAX - 1));
        entries.join(&SEPARATOR.to_string())
    }

    fn sign(&self, user_id: UserId, device_id: &str) -> String {
        let tag = hmac::sign(&self.0, &message(user_id, device_id));
        format!(
            "{user_id}.{device_id}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(tag)
        )
    }

    /// The entries that this hub signed.
    fn entries<'a>(&self, held: Option<&'a str>) -> impl Iterator<Item = Entry<'a>> {
        let held = held.filter(|held| held.len() <= BYTES_MAX);
        let texts = held.unwrap_or_default().split(SEPARATOR).take(ACCOUNTS_MAX);
        texts.filter_map(|text| {
            let mut parts = text.split('.');
            let (user_id, device_id, tag) = (parts.next()?, parts.next()?, parts.next()?);
            let user_id = user_id.parse().ok()?;
            let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
            let is_whole = parts.next().is_none();
            let message = message(user_id, device_id);
            let is_genuine = hmac::verify(&self.0, &message, &tag).is_ok();
            (is_whole && is_genuine).then_some(Entry {
                user_id,
                device_id,
                text,
            })
        })
    }
}

/// The id of the account has a fixed length, so that no two pairs have one message.
fn message(user_id: UserId, device_id: &str) -> Vec<u8> {
    let mut message = user_id.raw().to_be_bytes().to_vec();
    message.extend_from_slice(device_id.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: UserId = UserId::from_raw(11);
    const BEN: UserId = UserId::from_raw(12);

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
    fn a_browser_is_known_for_the_last_few_accounts() {
        let (devices, random) = (Devices::new(&[7; 32]), Random::system());
        let mut held = None;
        for id in 1..=9 {
            held = Some(devices.remember(held.as_deref(), UserId::from_raw(id), &random));
        }
        let held = held.unwrap();
        assert!(held.len() <= BYTES_MAX, "{held}");
        let known = |id: i64| devices.known(Some(&held), UserId::from_raw(id)).is_some();
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
        for held in ["", "~~~", "11", "11..", "11.x.AA", &genuine[1..], &tail] {
            assert_eq!(devices.known(Some(held), ANA), None, "{held}");
        }
        assert_eq!(devices.known(Some(&"~".repeat(100_000)), ANA), None);
    }
}
