//! Models as bytes.

use codec::{Decode, DecodeAll, Encode};
use tributary_primitives::{datanets::Encoder, ids::RecordId};

use crate::{
    model::{Body, Model, Source},
    neighbours::Neighbours,
    softmax::Softmax,
    Error, Examples, Shape,
};

const MAGIC: [u8; 8] = *b"tribmodl";
const VERSION: u8 = 1;

#[derive(Decode, Encode)]
struct Head {
    magic: [u8; 8],
    version: u8,
    encoder: Encoder,
    dimension: u16,
    classes: u16,
    source: Source,
}

#[derive(Decode)]
enum Tail {
    #[codec(index = 0)]
    Neighbours(u8, Vec<RecordId>, Vec<u8>, Vec<i8>),
    #[codec(index = 1)]
    Softmax(Vec<f64>),
}

/// As [`Tail`], without copying.
#[derive(Encode)]
enum TailRef<'a> {
    #[codec(index = 0)]
    Neighbours(u8, &'a [RecordId], &'a [u8], &'a [i8]),
    #[codec(index = 1)]
    Softmax(&'a [f64]),
}

pub(crate) fn encode(model: &Model) -> Vec<u8> {
    let Shape {
        encoder,
        dimension,
        classes,
    } = model.shape;
    let head = Head {
        magic: MAGIC,
        version: VERSION,
        encoder,
        dimension,
        classes,
        source: model.source,
    };
    let tail = match &model.body {
        Body::Neighbours(neighbours) => {
            let examples = &neighbours.examples;
            TailRef::Neighbours(
                neighbours.count,
                &examples.ids,
                &examples.labels,
                &examples.features,
            )
        }
        Body::Softmax(softmax) => TailRef::Softmax(&softmax.weights),
    };
    (head, tail).encode()
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Model, Error> {
    let refused = |error: codec::Error| Error::Bytes(error.to_string());
    let mut rest = bytes;
    let head = Head::decode(&mut rest).map_err(refused)?;
    if head.magic != MAGIC {
        return Err(Error::Bytes("it does not begin as one".to_owned()));
    }
    if head.version != VERSION {
        let version = head.version;
        return Err(Error::Bytes(format!("version {version} is not known")));
    }
    let shape = Shape {
        encoder: head.encoder,
        dimension: head.dimension,
        classes: head.classes,
    };
    shape.check()?;
    let body = match Tail::decode_all(&mut rest).map_err(refused)? {
        Tail::Neighbours(count, ids, labels, features) => {
            let examples = Examples::new(shape, ids, labels, features)?;
            Body::Neighbours(Box::new(Neighbours::new(examples, count)?))
        }
        Tail::Softmax(weights) => Body::Softmax(Softmax::new(shape, weights)?),
    };
    Ok(Model::of(shape, head.source, body))
}
