//! Classes, families and scopes of match keys (SPEC.md 3).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A term that is in none of our closed lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {list} term")]
pub struct ParseTermError {
    /// The closed list that was asked.
    pub list: &'static str,
}

/// Defines a closed list whose terms print, parse and serialize alike.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident ($list:literal) { $($(#[$vdoc:meta])* $variant:ident = $term:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $term)] $variant,)*
        }
        impl $name {
            /// Every term of the list, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The term as written on the wire, in files and in rules.
            pub const fn term(self) -> &'static str {
                match self { $(Self::$variant => $term),* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.term())
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::ParseTermError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|item| item.term() == text)
                    .ok_or($crate::vocabulary::ParseTermError { list: $list })
            }
        }
    };
}
pub(super) use closed_list;

closed_list! {
    /// The kind of match key on the wire; each has a key of its own per purpose and epoch.
    Class("class") {
        /// Travel document: number and issuing state.
        Doc = "DOC",
        /// Order-free full name and birth date.
        Nx = "NX",
        /// Record locator: carrier, locator, month of first departure.
        Loc = "LOC",
    }
}

closed_list! {
    /// The family of a match key: how its canonical string was derived.
    Family("family") {
        /// Document number and issuing state; class DOC.
        Doc = "DOC",
        /// Sorted name tokens and birth date; class NX.
        Nx = "NX",
        /// The single name of a person with one name, and birth date; class NX.
        Mx = "MX",
        /// Carrier, locator and month; class LOC.
        Loc = "LOC",
    }
}

impl Family {
    /// The class whose slots carry this family.
    pub const fn class(self) -> Class {
        match self {
            Self::Doc => Class::Doc,
            Self::Nx | Self::Mx => Class::Nx,
            Self::Loc => Class::Loc,
        }
    }
}

impl Class {
    /// Slots of this class in every request that carries it (SPEC.md 3.4).
    pub const fn slots(self) -> usize {
        match self {
            Self::Doc | Self::Loc => 2,
            Self::Nx => 3,
        }
    }

    /// The number of this class in binary encodings.
    pub const fn code(self) -> u8 {
        match self {
            Self::Doc => 1,
            Self::Nx => 2,
            Self::Loc => 3,
        }
    }

    /// The class of a number in a binary encoding.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.code() == code)
    }
}

/// What one request searches, fixed by agreement and purpose.
///
/// Every segment of a scope is always sent, whatever is known of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Documents and full names.
    Tight,
    /// Contact details and locators.
    Contact,
}

impl Scope {
    /// The segments of the scope, in the order they travel.
    pub const fn segments(self) -> &'static [Class] {
        match self {
            Self::Tight => &[Class::Doc, Class::Nx],
            Self::Contact => &[Class::Loc],
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tight => "tight",
            Self::Contact => "contact",
        })
    }
}

impl FromStr for Scope {
    type Err = ParseTermError;
    fn from_str(text: &str) -> Result<Self, ParseTermError> {
        match text {
            "tight" => Ok(Self::Tight),
            "contact" => Ok(Self::Contact),
            _ => Err(ParseTermError { list: "scope" }),
        }
    }
}
