//! Tests of the rules that texts follow.

use super::*;
use proptest::prelude::*;

fn code<T>(result: Result<T, Fault>) -> Option<FieldCode> {
    result.err().map(|fault| fault.code)
}

#[test]
fn a_username_is_folded_and_ascii() {
    assert_eq!(Username::new(" Ana.B ").unwrap().as_str(), "ana.b");
    assert_eq!(code(Username::new("")), Some(FieldCode::Required));
    assert_eq!(code(Username::new("a")), Some(FieldCode::TooShort));
    assert_eq!(
        code(Username::new(&"a".repeat(33))),
        Some(FieldCode::TooLong)
    );
    for name in ["аna", "an a", "ana\0", "ana\u{200B}", "ａｎａ", "ana@b"] {
        assert_eq!(
            code(Username::new(name)),
            Some(FieldCode::InvalidCharacters),
            "{name:?}"
        );
    }
    for name in [".ana", "ana.", "-ana", "a..b"] {
        assert_eq!(
            code(Username::new(name)),
            Some(FieldCode::InvalidFormat),
            "{name:?}"
        );
    }
    assert_eq!(code(Username::new("Everyone")), Some(FieldCode::Taken));
}

#[test]
fn names_refuse_what_hides_or_reorders_text() {
    for name in ["a\u{202E}b", "a\nb", "a\u{0}", "\u{2066}x", "a\u{FEFF}b"] {
        assert_eq!(
            code(ServerName::new(name)),
            Some(FieldCode::InvalidCharacters),
            "{name:?}"
        );
    }
    for name in ["", "   ", "\u{3164}", "\u{200D}\u{200C}"] {
        assert_eq!(
            code(DisplayName::new(name)),
            Some(FieldCode::Required),
            "{name:?}"
        );
    }
    assert_eq!(ServerName::new("  বটতলা  ").unwrap().as_str(), "বটতলা");
}

#[test]
fn a_channel_name_is_one_lower_case_word() {
    assert_eq!(
        ChannelName::new(" Off  Topic ").unwrap().as_str(),
        "off-topic"
    );
    assert_eq!(
        code(ChannelName::new("a\u{7}b")),
        Some(FieldCode::InvalidCharacters)
    );
}

#[test]
fn a_message_is_bounded_in_characters_and_in_bytes() {
    assert!(MessageText::new(&"é".repeat(4000)).is_ok());
    assert_eq!(
        code(MessageText::new(&"é".repeat(4001))),
        Some(FieldCode::TooLong)
    );
    let joined = "𝔞\u{200D}".repeat(2000);
    assert!(
        MessageText::new(&joined).is_ok(),
        "4,000 characters of 14,000 bytes pass"
    );
    assert_eq!(
        MessageText::new(&"𝔞".repeat(4000)).unwrap().as_str().len(),
        16_000
    );
    assert_eq!(code(MessageText::new(" \n\t ")), Some(FieldCode::Required));
    assert_eq!(
        code(MessageText::new("a\0b")),
        Some(FieldCode::InvalidCharacters)
    );
    assert_eq!(
        MessageText::new("\n  a\r\nb\t\n").unwrap().as_str(),
        "  a\nb"
    );
}

#[test]
fn a_new_password_is_long_enough_and_not_cut() {
    assert_eq!(code(NewPassword::new("short")), Some(FieldCode::TooShort));
    assert_eq!(
        code(NewPassword::new(&"x".repeat(1025))),
        Some(FieldCode::TooLong)
    );
    let long = "ñ".repeat(100);
    assert_eq!(NewPassword::new(&long).unwrap().as_str(), long);
}

#[test]
fn secrets_and_content_do_not_show_in_debug_output() {
    let shown = format!("{:?}", NewPassword::new("correct horse battery").unwrap());
    assert_eq!(shown, "NewPassword(21 bytes)");
}

proptest! {
    #[test]
    fn what_was_accepted_is_accepted_again_unchanged(text in "\\PC{0,80}|[ -~\\n]{0,80}") {
        if let Ok(name) = ServerName::new(&text) {
            prop_assert_eq!(ServerName::new(name.as_str()), Ok(name.clone()));
        }
        if let Ok(name) = ChannelName::new(&text) {
            prop_assert_eq!(ChannelName::new(name.as_str()), Ok(name.clone()));
        }
        if let Ok(content) = MessageText::new(&text) {
            prop_assert_eq!(MessageText::new(content.as_str()), Ok(content.clone()));
        }
    }
}
