//! PINs: 6 to 12 ASCII digits that are not among the first ones anybody tries.

use super::error::VaultError;
use crate::secret::SecretBytes;

/// Why a PIN is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinWeakness {
    /// Not 6 to 12 ASCII digits.
    NotSixToTwelveDigits,
    /// Fewer than three different digits.
    FewDigits,
    /// Digits in equal steps: 123456, 987654, 135791.
    Sequence,
    /// The same digits twice or more: 123123, 121212.
    Repeated,
    /// The same backwards: 123321.
    Palindrome,
    /// A date in a usual order of day, month and year.
    Date,
    /// The PIN in use now.
    Reused,
}

impl PinWeakness {
    /// The stable reason word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSixToTwelveDigits => "not_6_to_12_digits",
            Self::FewDigits => "few_digits",
            Self::Sequence => "sequence",
            Self::Repeated => "repeated",
            Self::Palindrome => "palindrome",
            Self::Date => "date",
            Self::Reused => "reused",
        }
    }
}

/// A PIN fit for a new slot.
pub struct Pin(SecretBytes);

impl Pin {
    /// Checks a PIN the holder chose.
    ///
    /// # Errors
    /// `weak_pin`
    pub fn new(digits: &[u8]) -> Result<Self, VaultError> {
        let pin =
            Self::entered(digits).ok_or(VaultError::WeakPin(PinWeakness::NotSixToTwelveDigits))?;
        match weakness(&pin.0) {
            Some(why) => Err(VaultError::WeakPin(why)),
            None => Ok(pin),
        }
    }

    /// A PIN entered to unlock: only its form is checked, so that stricter rules for new PINs lock nobody out.
    pub(crate) fn entered(digits: &[u8]) -> Option<Self> {
        let is_pin = (6..=12).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        is_pin.then(|| Self(SecretBytes::new(digits.to_vec())))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

fn weakness(digits: &[u8]) -> Option<PinWeakness> {
    let different = (b'0'..=b'9').filter(|digit| digits.contains(digit)).count();
    if different < 3 {
        return Some(PinWeakness::FewDigits);
    }
    let mut steps = digits
        .iter()
        .zip(digits.iter().skip(1))
        .map(|(a, b)| (10 + b - a) % 10);
    let first = steps.next();
    if steps.all(|step| Some(step) == first) {
        return Some(PinWeakness::Sequence);
    }
    let is_repeated = (1..=digits.len() / 2)
        .filter(|period| digits.len().is_multiple_of(*period))
        .any(|period| {
            digits
                .iter()
                .zip(digits.iter().skip(period))
                .all(|(a, b)| a == b)
        });
    if is_repeated {
        return Some(PinWeakness::Repeated);
    }
    if digits.iter().eq(digits.iter().rev()) {
        return Some(PinWeakness::Palindrome);
    }
    is_date(digits).then_some(PinWeakness::Date)
}

/// Six or eight digits that read as a day of 1900 to 2099 in the order year-month-day, day-month-year or
/// month-day-year.
fn is_date(digits: &[u8]) -> bool {
    let number = |range: core::ops::Range<usize>| {
        digits.get(range).map_or(0, |part| {
            part.iter()
                .fold(0_u32, |n, digit| n * 10 + u32::from(digit - b'0'))
        })
    };
    let is_day = |month: u32, day: u32| {
        let days = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        (1..=12).contains(&month) && (1..=days).contains(&day)
    };
    let is_year = |year: u32| (1900..2100).contains(&year);
    match digits.len() {
        6 => {
            is_day(number(2..4), number(4..6))
                || is_day(number(2..4), number(0..2))
                || is_day(number(0..2), number(2..4))
        }
        8 => {
            (is_year(number(0..4)) && is_day(number(4..6), number(6..8)))
                || (is_year(number(4..8))
                    && (is_day(number(2..4), number(0..2)) || is_day(number(0..2), number(2..4))))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn why(pin: &str) -> Option<PinWeakness> {
        match Pin::new(pin.as_bytes()) {
            Ok(_) => None,
            Err(VaultError::WeakPin(why)) => Some(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn pins_that_everybody_tries_first_are_refused_with_the_reason() {
        for (pin, weakness) in [
            ("", PinWeakness::NotSixToTwelveDigits),
            ("48207", PinWeakness::NotSixToTwelveDigits),
            ("4820719384756", PinWeakness::NotSixToTwelveDigits),
            ("48207a", PinWeakness::NotSixToTwelveDigits),
            ("٤٨٢٠٧٦", PinWeakness::NotSixToTwelveDigits),
            (" 482076", PinWeakness::NotSixToTwelveDigits),
            ("000000", PinWeakness::FewDigits),
            ("112121", PinWeakness::FewDigits),
            ("123456", PinWeakness::Sequence),
            ("654321", PinWeakness::Sequence),
            ("890123", PinWeakness::Sequence),
            ("135791", PinWeakness::Sequence),
            ("482482", PinWeakness::Repeated),
            ("482482482", PinWeakness::Repeated),
            ("482284", PinWeakness::Palindrome),
            ("4825284", PinWeakness::Palindrome),
            ("870315", PinWeakness::Date),
            ("150387", PinWeakness::Date),
            ("031587", PinWeakness::Date),
            ("19870315", PinWeakness::Date),
            ("15031987", PinWeakness::Date),
            ("03151987", PinWeakness::Date),
        ] {
            assert_eq!(why(pin), Some(weakness), "{pin}");
        }
    }

    #[test]
    fn an_ordinary_pin_is_taken() {
        for pin in ["482076", "907353", "4820761", "482076193847", "99870345"] {
            assert_eq!(why(pin), None, "{pin}");
        }
    }

    #[test]
    fn the_rules_leave_most_of_the_six_digit_pins() {
        let left = (0..1_000_000)
            .filter(|n| weakness(format!("{n:06}").as_bytes()).is_none())
            .count();
        assert!(left > 880_000, "{left}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let _ = Pin::new(&bytes);
        }
    }
}
