//! What the chain's bytes mean, by the metadata of its runtime.

use std::{cell::RefCell, collections::BTreeMap, marker::PhantomData};

use anyhow::{Context as _, Result};
use codec::Decode;
use serde_json::{Map, Value};
use subxt::{
    ext::{
        scale_decode::{
            self,
            visitor::{
                decode_with_visitor,
                types::{Array, BitSequence, Composite, Sequence, Str, Tuple, Variant},
                DecodeError, DecodeItemIterator, TypeIdFor, Unexpected,
            },
            DecodeAsFields, FieldIter, IntoVisitor, Visitor,
        },
        scale_type_resolver::TypeResolver,
    },
    utils::AccountId32,
};

/// Any value as JSON: accounts by their address, bytes as hexadecimal, integers beyond 64 bits as text.
#[derive(Clone, Debug)]
pub(crate) struct Json {
    /// The value.
    pub(crate) value: Value,
    /// Whether it is a byte: many of them become one text.
    byte: bool,
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self { value, byte: false }
    }
}

/// The named fields of an event or a call as a JSON object.
pub(crate) struct JsonFields(pub(crate) Value);

impl DecodeAsFields for JsonFields {
    fn decode_as_fields<'resolver, R: TypeResolver>(
        input: &mut &[u8],
        fields: &mut dyn FieldIter<'resolver, R::TypeId>,
        types: &'resolver R,
    ) -> Result<Self, scale_decode::Error> {
        let mut object = Map::new();
        for (index, field) in fields.enumerate() {
            let name = field
                .name
                .map_or_else(|| index.to_string(), ToOwned::to_owned);
            let json = decode_with_visitor(input, field.id, types, JsonVisitor::<R>(PhantomData))?;
            object.insert(name, json.value);
        }
        Ok(Self(object.into()))
    }
}

impl IntoVisitor for Json {
    type AnyVisitor<R: TypeResolver> = JsonVisitor<R>;

    fn into_visitor<R: TypeResolver>() -> JsonVisitor<R> {
        JsonVisitor(PhantomData)
    }
}

/// Decodes to [`Json`].
pub(crate) struct JsonVisitor<R>(PhantomData<R>);

impl<R: TypeResolver> JsonVisitor<R> {
    /// Decodes all items of a sequence, an array, a tuple or a composite.
    fn items<'scale, 'resolver>(
        mut items: impl DecodeItemIterator<'scale, 'resolver, R>,
    ) -> Result<Vec<Json>, scale_decode::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.decode_item(Self(PhantomData)) {
            list.push(item?);
        }
        Ok(list)
    }

    /// A list, or text if it is one of bytes.
    fn list(items: Vec<Json>) -> Json {
        if !items.is_empty() && items.iter().all(|item| item.byte) {
            let bytes: Vec<u8> = items
                .iter()
                .filter_map(|item| item.value.as_u64()?.try_into().ok())
                .collect();
            return Value::from(crate::output::hex(bytes)).into();
        }
        Value::Array(items.into_iter().map(|item| item.value).collect()).into()
    }

    /// Fields of a struct or of a variant: the field itself if it is the only one and has no name.
    fn fields<'scale, 'resolver>(
        composite: &mut Composite<'scale, 'resolver, R>,
    ) -> Result<Json, scale_decode::Error> {
        let names: Vec<_> = composite.fields().iter().map(|field| field.name).collect();
        let mut items = Self::items(composite)?;
        Ok(match &names[..] {
            [] => Value::Null.into(),
            [None] => items.remove(0),
            [None, ..] => Self::list(items),
            _ => {
                let names = names.into_iter().map(Option::unwrap_or_default);
                let values = items.into_iter().map(|item| item.value);
                Value::Object(names.map(ToOwned::to_owned).zip(values).collect()).into()
            }
        })
    }
}

/// Integers that every JSON reader can hold are numbers, larger types are text.
macro_rules! integers {
    ($($method:ident $type:ty => $value:ident $json:expr;)*) => {
        $(fn $method<'scale, 'resolver>(
            self,
            $value: $type,
            _: TypeIdFor<Self>,
        ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
            Ok($json)
        })*
    };
}

impl<R: TypeResolver> Visitor for JsonVisitor<R> {
    type Value<'scale, 'resolver> = Json;
    type Error = scale_decode::Error;
    type TypeResolver = R;

    integers! {
        visit_bool bool => value Value::from(value).into();
        visit_char char => value Value::from(value.to_string()).into();
        visit_u8 u8 => value Json { value: value.into(), byte: true };
        visit_u16 u16 => value Value::from(value).into();
        visit_u32 u32 => value Value::from(value).into();
        visit_u64 u64 => value Value::from(value).into();
        visit_u128 u128 => value Value::from(value.to_string()).into();
        visit_i8 i8 => value Value::from(value).into();
        visit_i16 i16 => value Value::from(value).into();
        visit_i32 i32 => value Value::from(value).into();
        visit_i64 i64 => value Value::from(value).into();
        visit_i128 i128 => value Value::from(value.to_string()).into();
    }

    fn visit_u256<'resolver>(
        self,
        value: &[u8; 32],
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'_, 'resolver>, Self::Error> {
        Ok(Value::from(crate::output::hex(value)).into())
    }

    fn visit_i256<'resolver>(
        self,
        value: &[u8; 32],
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'_, 'resolver>, Self::Error> {
        Ok(Value::from(crate::output::hex(value)).into())
    }

    fn visit_str<'scale, 'resolver>(
        self,
        value: &mut Str<'scale>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        Ok(Value::from(value.as_str()?).into())
    }

    fn visit_sequence<'scale, 'resolver>(
        self,
        value: &mut Sequence<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        Self::items(value).map(Self::list)
    }

    fn visit_array<'scale, 'resolver>(
        self,
        value: &mut Array<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        Self::items(value).map(Self::list)
    }

    fn visit_tuple<'scale, 'resolver>(
        self,
        value: &mut Tuple<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        let items = Self::items(value)?;
        Ok(if items.is_empty() {
            Value::Null.into()
        } else {
            Self::list(items)
        })
    }

    fn visit_bitsequence<'scale, 'resolver>(
        self,
        value: &mut BitSequence<'scale>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        let bits = value
            .decode()?
            .map(|bit| Ok(bit.map_err(DecodeError::from)?.into()));
        bits.collect::<Result<Vec<Value>, scale_decode::Error>>()
            .map(|bits| Value::from(bits).into())
    }

    fn visit_composite<'scale, 'resolver>(
        self,
        value: &mut Composite<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        if value.name() == Some("AccountId32") {
            if let Some(account) = value.bytes_from_start().first_chunk::<32>() {
                let account = AccountId32(*account).to_string();
                value.skip_decoding()?;
                return Ok(Value::from(account).into());
            }
        }
        Self::fields(value)
    }

    fn visit_variant<'scale, 'resolver>(
        self,
        value: &mut Variant<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        let name = value.name();
        let empty = value.fields().fields().is_empty();
        let fields = Self::fields(value.fields())?;
        Ok(match (value.enum_name(), name) {
            (Some("Option"), "None") => Value::Null.into(),
            (Some("Option"), "Some") => fields,
            _ if empty => Value::from(name).into(),
            _ => Value::Object(Map::from_iter([(name.to_owned(), fields.value)])).into(),
        })
    }
}

/// A call within an extrinsic, with the bytes of its arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct FoundCall {
    /// Name of the pallet.
    pub(crate) pallet: String,
    /// Name of the call.
    pub(crate) call: String,
    arguments: BTreeMap<String, Vec<u8>>,
}

impl FoundCall {
    /// An argument by its name.
    pub(crate) fn argument<T: Decode>(&self, name: &str) -> Result<T> {
        let what = || {
            format!(
                "reading the argument `{name}` of {}.{}",
                self.pallet, self.call
            )
        };
        let bytes = self
            .arguments
            .get(name)
            .context("there is no such argument")
            .with_context(what)?;
        let input = &mut &bytes[..];
        let value = T::decode(input).with_context(what)?;
        anyhow::ensure!(input.is_empty(), "{}: it is of another type", what());
        Ok(value)
    }
}

/// Finds the calls of a pallet within a call and all that it carries: batches, proxies, multisigs.
pub(crate) fn find_calls<R: TypeResolver>(
    mut call: &[u8],
    type_id: R::TypeId,
    types: &R,
    pallet: &str,
) -> Result<Vec<FoundCall>> {
    let found = RefCell::new(Vec::new());
    let finder = CallFinder {
        wanted: pallet,
        within: None,
        found: &found,
        marker: PhantomData,
    };
    decode_with_visitor(&mut call, type_id, types, finder).context("reading an extrinsic")?;
    Ok(found.into_inner())
}

/// Walks through a call.
struct CallFinder<'a, R> {
    /// The pallet whose calls are wanted.
    wanted: &'a str,
    /// The pallet whose call comes next.
    within: Option<&'a str>,
    found: &'a RefCell<Vec<FoundCall>>,
    marker: PhantomData<R>,
}

impl<'a, R> CallFinder<'a, R> {
    fn below(&self, within: Option<&'a str>) -> Self {
        Self {
            wanted: self.wanted,
            within,
            found: self.found,
            marker: PhantomData,
        }
    }

    fn walk<'scale, 'resolver>(
        self,
        mut items: impl DecodeItemIterator<'scale, 'resolver, R>,
    ) -> Result<(), scale_decode::Error>
    where
        R: TypeResolver,
    {
        while let Some(item) = items.decode_item(self.below(None)) {
            item?;
        }
        Ok(())
    }
}

impl<R: TypeResolver> Visitor for CallFinder<'_, R> {
    type Value<'scale, 'resolver> = ();
    type Error = scale_decode::Error;
    type TypeResolver = R;

    fn visit_unexpected<'scale, 'resolver>(
        self,
        _: Unexpected,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        Ok(())
    }

    fn visit_sequence<'scale, 'resolver>(
        self,
        value: &mut Sequence<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        self.walk(value)
    }

    fn visit_array<'scale, 'resolver>(
        self,
        value: &mut Array<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        self.walk(value)
    }

    fn visit_tuple<'scale, 'resolver>(
        self,
        value: &mut Tuple<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        self.walk(value)
    }

    fn visit_composite<'scale, 'resolver>(
        self,
        value: &mut Composite<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        self.walk(value)
    }

    fn visit_variant<'scale, 'resolver>(
        self,
        value: &mut Variant<'scale, 'resolver, R>,
        _: TypeIdFor<Self>,
    ) -> Result<Self::Value<'scale, 'resolver>, Self::Error> {
        let name = value.name();
        if value.enum_name() == Some("RuntimeCall") {
            let below = self.below(
                Some(name)
                    .filter(|pallet| *pallet == self.wanted)
                    .map(|_| self.wanted),
            );
            return value.fields().decode_item(below).unwrap_or(Ok(()));
        }
        if let Some(pallet) = self.within {
            let mut arguments = BTreeMap::new();
            for argument in value.fields() {
                let argument = argument?;
                let name = argument.name().unwrap_or_default().to_owned();
                arguments.insert(name, argument.bytes().to_vec());
            }
            let call = FoundCall {
                pallet: pallet.to_owned(),
                call: name.to_owned(),
                arguments,
            };
            self.found.borrow_mut().push(call);
            return Ok(());
        }
        self.walk(value.fields())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use scale_info::{MetaType, PortableRegistry, Registry, TypeInfo};
    use serde_json::json;
    use subxt::ext::scale_decode::{DecodeAsType, Field};

    #[derive(Encode, TypeInfo)]
    enum RuntimeCall {
        Datanets(Datanets),
        Utility(Utility),
        System(System),
    }

    #[derive(Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum Datanets {
        deliver {
            contribution: u32,
            records: Vec<u8>,
            salt: Option<[u8; 32]>,
        },
    }

    #[derive(Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum Utility {
        batch { calls: Vec<RuntimeCall> },
        as_derivative { index: u16, call: Box<RuntimeCall> },
    }

    #[derive(Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum System {
        remark { remark: Vec<u8> },
    }

    #[derive(Encode, TypeInfo)]
    struct H256([u8; 32]);

    #[derive(Encode, TypeInfo)]
    struct AccountId32([u8; 32]);

    #[derive(Encode, TypeInfo)]
    enum Shape {
        Point,
        Circle { radius: i128 },
    }

    #[derive(Encode, TypeInfo)]
    struct Everything {
        account: AccountId32,
        hash: H256,
        text: String,
        large: u128,
        small: u32,
        bytes: Vec<u8>,
        numbers: Vec<u16>,
        none: Option<u8>,
        some: Option<u8>,
        point: Shape,
        circle: Shape,
        pair: (bool, i8),
    }

    fn registry<T: TypeInfo + 'static>() -> (u32, PortableRegistry) {
        let mut registry = Registry::new();
        let id = registry.register_type(&MetaType::new::<T>()).id;
        (id, registry.into())
    }

    fn deliver(contribution: u32, salt: Option<[u8; 32]>) -> RuntimeCall {
        RuntimeCall::Datanets(Datanets::deliver {
            contribution,
            records: vec![1, 2, 3],
            salt,
        })
    }

    fn find(call: RuntimeCall) -> Vec<FoundCall> {
        let (id, types) = registry::<RuntimeCall>();
        find_calls(&call.encode(), id, &types, "Datanets").unwrap()
    }

    #[test]
    fn a_call_is_found_with_its_arguments() {
        let found = find(deliver(7, Some([9; 32])));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].pallet.as_str(), found[0].call.as_str()),
            ("Datanets", "deliver")
        );
        assert_eq!(found[0].argument::<u32>("contribution").unwrap(), 7);
        assert_eq!(
            found[0].argument::<Vec<u8>>("records").unwrap(),
            vec![1, 2, 3]
        );
        assert_eq!(
            found[0].argument::<Option<[u8; 32]>>("salt").unwrap(),
            Some([9; 32])
        );
        assert!(found[0].argument::<u64>("contribution").is_err());
        assert!(found[0].argument::<u8>("contribution").is_err());
        assert!(found[0].argument::<u32>("round").is_err());
    }

    #[test]
    fn calls_within_batches_and_derivatives_are_found_in_order() {
        let remark = RuntimeCall::System(System::remark { remark: vec![0; 9] });
        let derivative = RuntimeCall::Utility(Utility::as_derivative {
            index: 3,
            call: Box::new(deliver(2, None)),
        });
        let inner = RuntimeCall::Utility(Utility::batch {
            calls: vec![deliver(3, None)],
        });
        let batch = RuntimeCall::Utility(Utility::batch {
            calls: vec![remark, deliver(1, None), derivative, inner],
        });
        let numbers: Vec<u32> = find(batch)
            .iter()
            .map(|call| call.argument("contribution").unwrap())
            .collect();
        assert_eq!(numbers, vec![1, 2, 3]);
    }

    #[test]
    fn calls_are_found_as_deep_as_a_chain_decodes_them() {
        // Else a publication could be hidden where challengers do not find it.
        const DEEPEST: usize = 256;
        let deep = (0..DEEPEST).fold(deliver(1, None), |call, _| {
            RuntimeCall::Utility(Utility::as_derivative {
                index: 0,
                call: Box::new(call),
            })
        });
        assert_eq!(find(deep).len(), 1);
    }

    #[test]
    fn calls_of_other_pallets_are_not_found() {
        assert!(find(RuntimeCall::System(System::remark { remark: vec![0] })).is_empty());
    }

    #[test]
    fn every_value_is_json() {
        let value = Everything {
            account: AccountId32([0; 32]),
            hash: H256([1; 32]),
            text: "text".into(),
            large: u128::MAX,
            small: 5,
            bytes: vec![0xab, 0xcd],
            numbers: vec![1, 2],
            none: None,
            some: Some(3),
            point: Shape::Point,
            circle: Shape::Circle { radius: -4 },
            pair: (true, -1),
        };
        let (id, types) = registry::<Everything>();
        let decoded = Json::decode_as_type(&mut &value.encode()[..], id, &types).unwrap();
        assert_eq!(
            decoded.value,
            json!({
                "account": "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM",
                "hash": format!("0x{}", "01".repeat(32)),
                "text": "text",
                "large": u128::MAX.to_string(),
                "small": 5,
                "bytes": "0xabcd",
                "numbers": [1, 2],
                "none": null,
                "some": 3,
                "point": "Point",
                "circle": { "Circle": { "radius": "-4" } },
                "pair": [true, -1],
            })
        );
    }

    #[test]
    fn fields_keep_their_names() {
        let (id, types) = registry::<u32>();
        let mut fields = [Field::new(id, Some("datanet")), Field::new(id, None)].into_iter();
        let JsonFields(json) =
            JsonFields::decode_as_fields(&mut &(1u32, 2u32).encode()[..], &mut fields, &types)
                .unwrap();
        assert_eq!(json, json!({ "datanet": 1, "1": 2 }));
    }
}
