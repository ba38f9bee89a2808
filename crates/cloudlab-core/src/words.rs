//! Enums whose values are words: in storage, in JSON and in queries, always the same.

/// An enum of words, as [`words!`](crate::words) declares it.
pub trait Words {
    /// Every word.
    const WORDS: &'static [&'static str];
}

/// Declares an enum of words, with `ALL`, `as_str`, `parse`, [`Words`](crate::Words), `Display` and serde.
///
/// ```
/// cloudlab_core::words! {
///     /// Where a parcel is.
///     pub enum Place {
///         /// Not picked up yet.
///         Counter = "counter",
///         /// On its way.
///         Van = "van",
///     }
/// }
/// assert_eq!(Place::parse("van"), Some(Place::Van));
/// assert_eq!(Place::Counter.as_str(), "counter");
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::Words for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <::std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&word).ok_or_else(|| {
                    <D::Error as $crate::serde::de::Error>::unknown_variant(&word, <Self as $crate::Words>::WORDS)
                })
            }
        }
    };
}
