//! The bytes that both sides hash: what was asked, and what was answered.
//!
//! A request is `METHOD SP PATH LF BODY`, a response `STATUS SP CONTENT-TYPE LF BODY`, where the status is three decimal digits. The first
//! line holds no other line feed, so that each content is of one message only: nobody makes a call of one path out of another's body.

use codec::{DecodeAll, Encode};
use thiserror::Error;

/// The request header with a voucher: hexadecimal of a SCALE encoded [`tributary_channel::SignedVoucher`].
pub const VOUCHER: &str = "tributary-voucher";
/// The request header with the call's number in its channel, in decimal.
pub const CALL: &str = "tributary-call";
/// The request header with the most units that the consumer lets the call take, in decimal; without it, as many as the host says.
pub const MOST: &str = "tributary-most";
/// The response header with a receipt: hexadecimal of a SCALE encoded [`tributary_channel::SignedReceipt`].
pub const RECEIPT: &str = "tributary-receipt";

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Request<'a> {
    /// The method, as in `POST`.
    pub method: &'a str,
    /// Path and query, as in `/v1/chat/completions`.
    pub path: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What is answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Response<'a> {
    /// The status, as in 200.
    pub status: u16,
    /// The content type, as in `application/json`.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Bytes are no content of a message, or a header is not what it should hold.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the bytes are not those of {0}")]
pub struct Malformed(&'static str);

impl<'a> Request<'a> {
    /// Its bytes.
    pub fn content(&self) -> Vec<u8> {
        content(self.method, self.path, self.body)
    }

    /// The request that has these bytes.
    pub fn of_content(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (method, path, body) = parts(bytes).ok_or(Malformed("a request"))?;
        Ok(Self { method, path, body })
    }
}

impl<'a> Response<'a> {
    /// Its bytes.
    pub fn content(&self) -> Vec<u8> {
        let status = format!("{:03}", self.status);
        content(&status, self.content_type, self.body)
    }

    /// The response that has these bytes.
    pub fn of_content(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (status, content_type, body) = parts(bytes).ok_or(Malformed("a response"))?;
        let digits = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
        let status = status.parse().ok().filter(|_| digits);
        Ok(Self {
            status: status.ok_or(Malformed("a response"))?,
            content_type,
            body,
        })
    }
}

fn content(first: &str, second: &str, body: &[u8]) -> Vec<u8> {
    [first.as_bytes(), b" ", second.as_bytes(), b"\n", body].concat()
}

fn parts(bytes: &[u8]) -> Option<(&str, &str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, body) = bytes.split_at(end);
    let (first, second) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some((first, second, body.get(1..)?))
}

/// A header's text of what is signed.
pub fn header(value: &impl Encode) -> String {
    hex::encode(value.encode())
}

/// What is signed, of a header's text; `what` it is, is for the error.
pub fn of_header<T: DecodeAll>(text: &str, what: &'static str) -> Result<T, Malformed> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes = hex::decode(digits).map_err(|_| Malformed(what))?;
    T::decode_all(&mut &bytes[..]).map_err(|_| Malformed(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_stated_bytes_and_is_read_from_them() {
        let request = Request {
            method: "POST",
            path: "/v1/predict",
            body: b"{\n}",
        };
        assert_eq!(request.content(), b"POST /v1/predict\n{\n}");
        assert_eq!(Request::of_content(&request.content()), Ok(request));
    }

    #[test]
    fn a_response_has_the_stated_bytes_and_is_read_from_them() {
        let response = Response {
            status: 200,
            content_type: "application/json; charset=utf-8",
            body: b"\n\n",
        };
        assert_eq!(
            response.content(),
            b"200 application/json; charset=utf-8\n\n\n"
        );
        assert_eq!(Response::of_content(&response.content()), Ok(response));
    }

    #[test]
    fn bytes_of_nothing_are_refused() {
        assert!(Request::of_content(b"POST /v1/predict").is_err());
        assert!(Request::of_content(b"POST\n").is_err());
        assert!(Response::of_content(b"20 text/plain\n").is_err());
        assert!(Response::of_content(b"+20 text/plain\n").is_err());
    }

    #[test]
    fn headers_hold_what_is_signed_and_nothing_more() {
        let text = header(&7u32);
        assert_eq!(text, "07000000");
        assert_eq!(of_header(&text, "a number"), Ok(7u32));
        assert_eq!(of_header("0x07000000", "a number"), Ok(7u32));
        assert!(of_header::<u32>("0700000000", "a number").is_err());
        assert!(of_header::<u32>("070000zz", "a number").is_err());
    }
}
