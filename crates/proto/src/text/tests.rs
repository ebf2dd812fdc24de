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
    assert_eq!(code(Username::new("Everyone")), Some(FieldCode::Reserved));
}

#[test]
fn names_refuse_what_hides_or_reorders_text() {
    for name in [
        "a\u{202E}b",
        "a\nb",
        "a\u{0}",
        "\u{2066}x",
        "a\u{FEFF}b",
        "a\u{61C}b",
        "a\u{180E}b",
        "a\u{E0041}",
        "a\u{E0000}",
        "a\u{FFF9}b\u{FFFA}c\u{FFFB}",
    ] {
        assert_eq!(
            code(ServerName::new(name)),
            Some(FieldCode::InvalidCharacters),
            "{name:?}"
        );
    }
    for name in [
        "",
        "   ",
        "\u{3164}",
        "\u{2800}",
        "\u{200D}\u{200C}",
        "\u{FE0F}",
        "\u{17B4}\u{17B5}",
        "\u{180B} \u{180F}",
        "\u{FFF0}",
        "\u{1BCA0}",
        "\u{1D173}",
        "\u{E0100}",
        "\u{AD}\u{FE00}",
    ] {
        assert_eq!(
            code(DisplayName::new(name)),
            Some(FieldCode::Required),
            "{name:?}"
        );
        assert_eq!(
            code(MessageText::new(name)),
            Some(FieldCode::Required),
            "{name:?}"
        );
    }
    // Beside what shows they stay.
    for name in ["❤\u{FE0F}", "葛\u{E0100}", "ক্\u{200D}ষ"] {
        assert_eq!(DisplayName::new(name).unwrap().as_str(), name);
    }
    assert_eq!(ServerName::new("  বটতলা  ").unwrap().as_str(), "বটতলা");
}

#[test]
fn names_hold_nothing_that_is_shown_as_nothing_and_belongs_to_no_word() {
    for unseen in [
        '\u{AD}',
        '\u{34F}',
        '\u{115F}',
        '\u{1160}',
        '\u{17B4}',
        '\u{206A}',
        '\u{3164}',
        '\u{FFA0}',
        '\u{1BCA0}',
        '\u{1D173}',
        '\u{E0080}',
        '\u{E0FFF}',
    ] {
        let name = format!("as{unseen}ha");
        let refused = Some(FieldCode::InvalidCharacters);
        assert_eq!(code(DisplayName::new(&name)), refused, "{name:?}");
        assert_eq!(code(ServerName::new(&name)), refused, "{name:?}");
        assert_eq!(code(ChannelName::new(&name)), refused, "{name:?}");
        assert!(MessageText::new(&name).is_ok(), "{name:?}");
        let name = format!("ad{unseen}min");
        assert!(speaks_for_hub(&name), "{name:?}");
    }
}

#[test]
fn marks_are_not_stacked_higher_than_a_script_needs() {
    let stacked = format!("z{}", "\u{300}\u{336}".repeat(3));
    let joined = format!("z{}", "\u{300}\u{200C}".repeat(6));
    for name in [stacked.as_str(), &joined] {
        assert_eq!(
            code(DisplayName::new(name)),
            Some(FieldCode::InvalidCharacters),
            "{name:?}"
        );
        assert_eq!(
            code(Topic::new(name)),
            Some(FieldCode::InvalidCharacters),
            "{name:?}"
        );
    }
    // Words as they are written: Bengali, Tibetan, Vietnamese, pointed Hebrew; a flag, a family.
    for name in [
        "শ্রীকৃষ্ণকীর্ত্তন",
        "བསྒྲུབས་",
        "Nguye\u{302}\u{303}n",
        "שָׁ֑לוֹם",
        "1\u{FE0F}\u{20E3}",
        "👩\u{200D}👩\u{200D}👧 ❤\u{FE0F}",
    ] {
        assert!(DisplayName::new(name).is_ok(), "{name:?}");
    }
}

#[test]
fn what_speaks_for_the_hub_does_so_in_any_case_and_width() {
    for name in [
        "admin",
        "Admin",
        "ＡＤＭＩＮ",
        "a.d-m_i n",
        "Support ✓",
        "Battala",
        "@here",
    ] {
        assert!(speaks_for_hub(name), "{name:?}");
    }
    for name in ["adminah", "root", "Heremba", "মডারেটর", "", "সিস্টেম"]
    {
        assert!(!speaks_for_hub(name), "{name:?}");
    }
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

/// What a structure may have to carry: no character has more than four bytes.
#[test]
fn a_name_is_bounded_in_characters_and_so_in_bytes_in_every_script() {
    for (letter, bytes) in [("a", 100), ("ব", 300), ("𝔞", 400)] {
        let (longest, longer) = (letter.repeat(100), letter.repeat(101));
        assert_eq!(ServerName::new(&longest).unwrap().as_str().len(), bytes);
        assert_eq!(ChannelName::new(&longest).unwrap().as_str().len(), bytes);
        assert_eq!(code(ServerName::new(&longer)), Some(FieldCode::TooLong));
        assert_eq!(code(ChannelName::new(&longer)), Some(FieldCode::TooLong));
    }
    // Lower case may be longer than what was typed, and is what counts.
    assert!(ChannelName::new(&"İ".repeat(50)).is_ok());
    assert_eq!(
        code(ChannelName::new(&"İ".repeat(51))),
        Some(FieldCode::TooLong)
    );
    assert_eq!(
        DisplayName::new(&"𝔞".repeat(32)).unwrap().as_str().len(),
        128
    );
    assert_eq!(
        code(DisplayName::new(&"𝔞".repeat(33))),
        Some(FieldCode::TooLong)
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
