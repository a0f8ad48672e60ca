//! Ways to reach somebody, and whose they are.

use super::redacted;
use serde::{Deserialize, Serialize};

redacted!(Contact);

/// A way to reach somebody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// Whose it is.
    pub owner: ContactOwner,
    /// Phone: digits with `+` if given; e-mail: lower case; address: its lines joined by commas.
    pub value: String,
}

/// The kinds of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// Telephone.
    Phone,
    /// Electronic mail.
    Email,
    /// Postal address.
    Address,
}

/// Whose contact it is. Only a passenger's may become a match key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactOwner {
    /// A traveller, or the travellers of the booking.
    Passenger,
    /// The agency: thousands of bookings share it.
    Agency,
    /// Who paid.
    Payer,
}

impl Contact {
    /// A phone number: its digits, and `+` if it begins so or with `00`; none below seven digits.
    pub fn phone(owner: ContactOwner, text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let international = text.trim_start().starts_with('+');
        let value = match digits.strip_prefix("00") {
            _ if !(7..=17).contains(&digits.len()) => return None,
            _ if international => format!("+{digits}"),
            Some(rest) if rest.len() >= 7 => format!("+{rest}"),
            _ => digits,
        };
        Some(Self {
            kind: ContactKind::Phone,
            owner,
            value,
        })
    }

    /// An e-mail address, with the ways messages write `@`, `_` and `-` undone.
    pub fn email(owner: ContactOwner, text: &str) -> Option<Self> {
        let plain = text.trim().trim_start_matches('/').to_ascii_lowercase();
        let plain = plain
            .replace(".at.", "@")
            .replace(" at ", "@")
            .replace("//", "@")
            .replace("..", "_");
        let value: String = plain.replace("./", "-").split_whitespace().collect();
        let (name, domain) = value.split_once('@')?;
        let fits = !name.is_empty() && domain.contains('.') && !domain.contains(['@', '/']);
        fits.then_some(Self {
            kind: ContactKind::Email,
            owner,
            value,
        })
    }

    /// A postal address of these lines; none if all are empty.
    pub fn address<'a>(owner: ContactOwner, lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let kept: Vec<_> = lines
            .into_iter()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        (!kept.is_empty()).then(|| Self {
            kind: ContactKind::Address,
            owner,
            value: kept.join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn the_ways_to_write_an_address_in_a_message_are_undone() {
        let email = |text| Contact::email(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(email("ZOE..QUILL//EXAMPLE.ORG").unwrap(), "zoe_quill@example.org");
        assert_eq!(email("/ZOE./QUILL//EXAMPLE.ORG").unwrap(), "zoe-quill@example.org");
        assert_eq!(email("QUILLZ.AT. EXAMPLE.ORG").unwrap(), "quillz@example.org");
        assert_eq!(email("NOBODY"), None);
    }

    #[test]
    fn a_phone_number_keeps_its_digits_and_its_plus() {
        let phone = |text| Contact::phone(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(phone("+44 7700 900123").unwrap(), "+447700900123");
        assert_eq!(phone("00447700900123").unwrap(), "+447700900123");
        assert_eq!(phone("703-555-1212").unwrap(), "7035551212");
        assert_eq!(phone("12345"), None);
    }
}
