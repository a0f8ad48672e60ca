//! Ways to reach a person, and numbers a person gives to airlines.

use super::IdentifierError;
use std::fmt;
use std::str::FromStr;

/// A telephone number in international form (ITU-T E.164).
///
/// Reading national forms needs a numbering plan and a guess at the country: that is
/// done where a number is taken in, not here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// An e-mail address, lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// A frequent flyer number of a carrier's programme.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrequentFlyer {
    programme: String,
    number: String,
}

impl Phone {
    /// The digits, country code first, without `+`.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = IdentifierError;

    /// Reads `+447700900123`; blanks, hyphens, dots and brackets may stand between digits.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let number = text.trim().strip_prefix('+').ok_or(IdentifierError::Phone)?;
        let legible = number.chars().all(|c| c.is_ascii_digit() || " -.()/".contains(c));
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let fits = legible && (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        fits.then_some(Self(digits)).ok_or(IdentifierError::Phone)
    }
}

impl Email {
    /// The address.
    pub fn address(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = IdentifierError;

    /// Reads `name@domain`: printable ASCII, one `@`, a dot in the domain, at most 254 characters (RFC 5321).
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let address = text.trim().to_ascii_lowercase();
        let (name, domain) = address.split_once('@').ok_or(IdentifierError::Email)?;
        let printable = address.len() <= 254 && address.bytes().all(|b| b.is_ascii_graphic());
        let labels = domain.split('.').all(|label| !label.is_empty());
        let fits = printable && !name.is_empty() && domain.contains('.') && labels && !domain.contains('@');
        fits.then_some(Self(address)).ok_or(IdentifierError::Email)
    }
}

impl FrequentFlyer {
    /// The number of a programme, which is named by its carrier's code.
    pub fn new(programme: &str, number: &str) -> Result<Self, IdentifierError> {
        let letters = |text: &str| -> String {
            let kept = text.chars().filter(char::is_ascii_alphanumeric);
            kept.map(|c| c.to_ascii_uppercase()).collect()
        };
        let (programme, number) = (letters(programme), letters(number));
        let fits = (2..=3).contains(&programme.len()) && (4..=20).contains(&number.len());
        fits.then_some(Self { programme, number })
            .ok_or(IdentifierError::FrequentFlyer)
    }

    /// The carrier's code.
    pub fn programme(&self) -> &str {
        &self.programme
    }

    /// Letters and digits of the number.
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl FromStr for FrequentFlyer {
    type Err = IdentifierError;

    /// Reads `ZZ:123456789`.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let (programme, number) = text.split_once(':').ok_or(IdentifierError::FrequentFlyer)?;
        Self::new(programme, number)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(..)")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

impl fmt::Debug for FrequentFlyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrequentFlyer(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form_however_its_digits_are_grouped() {
        let digits = |text: &str| text.parse::<Phone>().map(|phone| phone.digits().to_owned());
        for written in ["+447700900123", " +44 7700-900 123", "+44 (7700) 900.123"] {
            assert_eq!(digits(written).as_deref(), Ok("447700900123"));
        }
        for wrong in [
            "07700900123",
            "+0447700900",
            "+44",
            "+44770090012x",
            "+1234567890123456",
        ] {
            assert_eq!(digits(wrong), Err(IdentifierError::Phone), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_lower_case_and_has_a_domain() {
        let address = |text: &str| text.parse::<Email>().map(|email| email.address().to_owned());
        assert_eq!(
            address(" Zoe.Quill@Example.ORG ").as_deref(),
            Ok("zoe.quill@example.org")
        );
        for wrong in [
            "zoe",
            "zoe@example",
            "@example.org",
            "a@b@c.org",
            "zoe@exam ple.org",
            "zoe@.org",
        ] {
            assert_eq!(address(wrong), Err(IdentifierError::Email), "{wrong}");
        }
    }

    #[test]
    fn a_programme_is_named_by_its_carrier() {
        let flyer = "zz: 1234-5678".parse::<FrequentFlyer>();
        assert_eq!(flyer.as_ref().map(FrequentFlyer::programme), Ok("ZZ"));
        assert_eq!(flyer.as_ref().map(FrequentFlyer::number), Ok("12345678"));
        for wrong in ["ZZ", "ZZZZ:12345678", "ZZ:", ":12345678"] {
            assert_eq!(
                wrong.parse::<FrequentFlyer>(),
                Err(IdentifierError::FrequentFlyer),
                "{wrong}"
            );
        }
    }

    #[test]
    fn none_of_them_prints_itself() {
        assert_eq!(format!("{:?}", "+447700900123".parse::<Phone>()), "Ok(Phone(..))");
    }
}
