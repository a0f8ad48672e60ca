//! Random names of records and persons, and how they are written.

/// Defines a name of 128 random bits, written in base64url, shown in no debug output.
macro_rules! random_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Draws a fresh name.
            pub fn draw(random: &dyn piux_protocol::vocabulary::Random) -> Self {
                Self(random.bytes())
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                piux_protocol::vocabulary::base64url(name.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = piux_protocol::vocabulary::DecodeError;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse::<piux_protocol::vocabulary::Salt>().map(|bytes| Self(bytes.0))
            }
        }
    };
}
pub(super) use random_name;
