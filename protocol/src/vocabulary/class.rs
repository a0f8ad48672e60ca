//! Classes, families and scopes of match keys (SPEC.md 3).

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
        /// Full name, birth year, and day and month in either order.
        Ds = "DS",
        /// Two exact name tokens and birth date.
        Px = "PX",
        /// Two name skeletons and birth date.
        Pk = "PK",
        /// One name skeleton, one initial and birth date.
        Si = "SI",
        /// Telephone number.
        Phone = "PHONE",
        /// E-mail address.
        Email = "EMAIL",
        /// Record locator: carrier, locator, month of first departure.
        Loc = "LOC",
        /// Frequent flyer programme and number.
        Ff = "FF",
    }
}

closed_list! {
    /// The family of a match key: how its canonical string was derived (SPEC.md 3.3, 3.7).
    Family("family") {
        /// Document number and issuing state; class DOC.
        Doc = "DOC",
        /// Sorted name tokens and birth date; class NX.
        Nx = "NX",
        /// The single name of a person with one name, and birth date; class NX.
        Mx = "MX",
        /// Full name, birth year, and day and month sorted; class DS.
        Ds = "DS",
        /// A sorted pair of exact tokens and birth date; class PX.
        Px = "PX",
        /// A sorted pair of skeletons and birth date; class PK.
        Pk = "PK",
        /// The skeleton of a single name and birth date; class PK.
        Mk = "MK",
        /// The bridge between a person of one name and one of several: an exact token and birth date; class PK.
        Mb = "MB",
        /// The skeleton of one field, the initial of the other, and birth date; class SI.
        Si = "SI",
        /// Full name and two of three parts of the birth date; screening only.
        D2 = "D2",
        /// One skeleton and birth date; screening only.
        Sk = "SK",
        /// Full name and birth year; screening only.
        Y = "Y",
        /// Telephone number; class PHONE.
        Phone = "PHONE",
        /// E-mail address; class EMAIL.
        Email = "EMAIL",
        /// Carrier, locator and month; class LOC.
        Loc = "LOC",
        /// Programme and number; class FF.
        Ff = "FF",
    }
}

impl Family {
    /// The class whose slots carry this family in a lookup; none if it is for screening only.
    pub const fn class(self) -> Option<Class> {
        match self {
            Self::Doc => Some(Class::Doc),
            Self::Nx | Self::Mx => Some(Class::Nx),
            Self::Ds => Some(Class::Ds),
            Self::Px => Some(Class::Px),
            Self::Pk | Self::Mk | Self::Mb => Some(Class::Pk),
            Self::Si => Some(Class::Si),
            Self::Phone => Some(Class::Phone),
            Self::Email => Some(Class::Email),
            Self::Loc => Some(Class::Loc),
            Self::Ff => Some(Class::Ff),
            Self::D2 | Self::Sk | Self::Y => None,
        }
    }
}

impl Class {
    /// Slots of this class in every request that carries it (SPEC.md 3.4).
    pub const fn slots(self) -> usize {
        match self {
            Self::Ds | Self::Ff => 1,
            Self::Doc | Self::Phone | Self::Email | Self::Loc => 2,
            Self::Nx => 3,
            Self::Si => 4,
            Self::Px => 6,
            Self::Pk => 16,
        }
    }

    /// The number of this class in binary encodings.
    pub const fn code(self) -> u8 {
        match self {
            Self::Doc => 1,
            Self::Nx => 2,
            Self::Loc => 3,
            Self::Ds => 4,
            Self::Px => 5,
            Self::Pk => 6,
            Self::Si => 7,
            Self::Phone => 8,
            Self::Email => 9,
            Self::Ff => 10,
        }
    }

    /// The class of a number in a binary encoding.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.code() == code)
    }
}

closed_list! {
    /// What one request searches, fixed by agreement and purpose.
    ///
    /// Every segment of a scope is always sent, whatever is known of the person.
    Scope("scope") {
        /// Documents, full names and exact pairs of names: for large indexes.
        Tight = "tight",
        /// Documents and names however spelt.
        Full = "full",
        /// Contact details, locators and frequent flyer numbers.
        Contact = "contact",
    }
}

impl Scope {
    /// The segments of the scope, in the order they travel.
    pub const fn segments(self) -> &'static [Class] {
        match self {
            Self::Tight => &[Class::Doc, Class::Nx, Class::Ds, Class::Px],
            Self::Full => &[Class::Doc, Class::Nx, Class::Ds, Class::Pk, Class::Si],
            Self::Contact => &[Class::Phone, Class::Email, Class::Loc, Class::Ff],
        }
    }
}
