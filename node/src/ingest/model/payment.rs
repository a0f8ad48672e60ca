//! Payments, without the numbers that pay.

use super::redacted;
use serde::{Deserialize, Serialize};

redacted!(Payment);

/// A payment, cut down to what may be kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Form of payment: `CC`, `CA` and so on.
    pub form: String,
    /// Card brand.
    pub vendor: String,
    /// First six digits of the card, if given.
    pub bin6: Option<String>,
    /// Last four digits of the card, if given.
    pub last4: Option<String>,
    /// Expiry as written, `MMyy`.
    pub expiry: Option<String>,
    /// Name and billing address of the payer.
    pub payer: Option<String>,
}

impl Payment {
    /// A payment of which only the first six and last four digits of a card number survive.
    pub fn new(form: &str, vendor: &str, number: &str, expiry: &str) -> Self {
        let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = |part: Option<&str>| {
            part.filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
                .map(str::to_owned)
        };
        let long = number.len() >= 13;
        let tail = number.len().checked_sub(4).and_then(|from| number.get(from..));
        Self {
            form: form.to_owned(),
            vendor: vendor.to_owned(),
            bin6: digits(number.get(..6)).filter(|_| long),
            last4: digits(tail).filter(|_| long),
            expiry: digits(Some(expiry)).filter(|text| text.len() == 4),
            payer: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_card_number_never_survives_whole() {
        let payment = Payment::new("CC", "AX", "373212341234123", "1211");
        let kept = serde_json::to_string(&payment).unwrap();
        assert!(!kept.contains("3732123412"));
        assert_eq!(
            (payment.bin6.as_deref(), payment.last4.as_deref()),
            (Some("373212"), Some("4123"))
        );
        assert_eq!(Payment::new("CC", "VI", "XXXXXXXX1186", "0211").bin6, None);
    }
}
