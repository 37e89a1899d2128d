//! Credit codes against a table of good and bad ones, and by their properties.

use proptest::prelude::*;

use super::*;

const GOOD: [&str; 6] = [
    // The standard's worked example.
    "91350100M000100Y43",
    // Weighted sums divisible by 31: check character 0.
    "91330106EJXEB97R40",
    "9132050004JWERL450",
    "52340200MJTWGDTX9P",
    "12330100XHWY6TE453",
    "51310115CEA2M7D27U",
];

#[test]
fn good_codes_are_read_and_shown_alike() {
    for text in GOOD {
        let code: CreditCode = text.parse().unwrap();
        assert_eq!(code.to_string(), text);
        assert_eq!(CreditCode::with_check(&text[..17]), Ok(code));
        assert_eq!(format!(" {}\n", text.to_lowercase()).parse(), Ok(code));
        assert_eq!(
            serde_json::from_value::<CreditCode>(text.into()).unwrap(),
            code
        );
    }
    assert_eq!(GOOD[5].parse::<CreditCode>().unwrap().division(), "310115");
}

fn fault(text: &str) -> InvalidCreditCode {
    text.parse::<CreditCode>().unwrap_err()
}

#[test]
fn a_wrong_length_is_told() {
    for (text, length) in [
        ("", 0),
        ("52340200MJTWGDTX9", 17),
        ("91310000QR454FKP410", 19),
    ] {
        assert_eq!(fault(text), InvalidCreditCode::Length(length));
    }
    assert_eq!(
        CreditCode::with_check("123"),
        Err(InvalidCreditCode::Length(4))
    );
}

#[test]
fn a_symbol_that_the_standard_does_not_use_is_told_with_its_place() {
    for (text, position, symbol) in [
        ("91350100M000100Y4Z", 18, 'Z'),
        ("11320500IJA8HDT4XD", 9, 'I'),
        ("93310000ZWX2EAKGXK", 9, 'Z'),
        ("91350100M000100Y4３", 18, '３'),
        ("9135O100M000100Y43", 5, 'O'),
    ] {
        assert_eq!(
            fault(text),
            InvalidCreditCode::Symbol { position, symbol },
            "{text}"
        );
    }
}

#[test]
fn a_letter_in_the_division_is_told_with_its_place() {
    let division = InvalidCreditCode::Division {
        position: 5,
        symbol: 'A',
    };
    assert_eq!(fault("9135A100M000100Y43"), division);
}

#[test]
fn a_wrong_check_character_is_told() {
    for (text, expected, found) in [
        ("923302004GH400RP2B", '9', 'B'),
        ("91340100UT6U60863E", 'U', 'E'),
        ("93320100H4GG0UEQ6K", 'J', 'K'),
        ("12330100XHWY6TE454", '3', '4'),
    ] {
        assert_eq!(
            fault(text),
            InvalidCreditCode::Check { expected, found },
            "{text}"
        );
    }
}

fn bodies() -> impl Strategy<Value = String> {
    "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}"
}

proptest! {
    #[test]
    fn a_changed_symbol_is_always_noticed(body in bodies(), place in 0usize..18, other in "[0-9]") {
        let good = CreditCode::with_check(&body).unwrap().to_string();
        let mut bad = good.clone();
        bad.replace_range(place..=place, &other);
        prop_assert_eq!(bad.parse::<CreditCode>().is_ok(), bad == good);
    }

    #[test]
    fn swapped_neighbours_are_always_noticed(body in bodies(), place in 0usize..17) {
        let good = CreditCode::with_check(&body).unwrap().to_string();
        let mut symbols: Vec<char> = good.chars().collect();
        symbols.swap(place, place + 1);
        let bad: String = symbols.into_iter().collect();
        prop_assert_eq!(bad.parse::<CreditCode>().is_ok(), bad == good);
    }

    #[test]
    fn no_text_makes_parsing_panic(text in ".{0,40}") {
        let _ = text.parse::<CreditCode>();
    }
}
