//! Which variants an enum of facts or states has, as its own reading of what is stored knows them.

use std::cell::RefCell;

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer,
        VariantAccess, Visitor,
        value::{Error, StrDeserializer},
    },
    forward_to_deserialize_any,
};

/// Between a variant and the variant of the enum that it wraps.
pub(crate) const WITHIN: char = '/';

/// All variants of `T`; those of an enum that a variant wraps stand behind it. None for what is no
/// enum.
pub(crate) fn variants<T: DeserializeOwned>() -> Vec<String> {
    let outer = of::<T>(None);
    let all = outer.iter().flat_map(|variant| {
        let inner = of::<T>(Some(variant));
        if inner.is_empty() {
            return vec![(*variant).to_owned()];
        }
        let within = |inner: &&str| format!("{variant}{WITHIN}{inner}");
        inner.iter().map(within).collect()
    });
    all.collect()
}

/// The variants of `T`, or of the enum that one of them wraps.
fn of<T: DeserializeOwned>(within: Option<&'static str>) -> &'static [&'static str] {
    let found = RefCell::new(None);
    let probe = Probe {
        within,
        found: &found,
    };
    // It never gets to a value: it stops where it has seen what it is for.
    let _ = T::deserialize(probe);
    found.into_inner().unwrap_or_default()
}

/// Pretends to be something stored, to be told what could be there.
#[derive(Clone, Copy)]
struct Probe<'a> {
    /// The variant into which it goes before it looks.
    within: Option<&'static str>,
    found: &'a RefCell<Option<&'static [&'static str]>>,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.within.is_some() {
            return visitor.visit_enum(self);
        }
        *self.found.borrow_mut() = Some(variants);
        Err(Error::custom("seen"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Probe<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.within.unwrap_or_default().into_deserializer();
        let inner = Self {
            within: None,
            ..self
        };
        Ok((seed.deserialize(name)?, inner))
    }
}

impl<'de> VariantAccess<'de> for Probe<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no enum"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(Error::custom("no enum"))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::variants;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its variants matter")]
    enum Outer {
        Plain,
        Wraps(Box<Inner>),
        Holds { what: u8 },
        Counts(u32),
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its variants matter")]
    enum Inner {
        One,
        Other { text: String },
    }

    #[test]
    fn variants_are_found_with_those_of_what_they_wrap() {
        let all = ["Plain", "Wraps/One", "Wraps/Other", "Holds", "Counts"];
        assert_eq!(variants::<Outer>(), all);
        assert!(variants::<String>().is_empty());
    }
}
