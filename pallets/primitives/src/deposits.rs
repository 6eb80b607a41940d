//! What is held for what is stored.

use crate::Balance;

/// The price of `items` storage items with `bytes` bytes in all, at so much an item and so much a byte; nothing if it does not fit.
pub fn price(per_item: Balance, per_byte: Balance, items: u32, bytes: u32) -> Option<Balance> {
    let items = per_item.checked_mul(items.into())?;
    let bytes = per_byte.checked_mul(bytes.into())?;
    items.checked_add(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_bytes_add_up() {
        assert_eq!(price(100, 3, 2, 7), Some(221));
        assert_eq!(price(0, 0, u32::MAX, u32::MAX), Some(0));
    }

    #[test]
    fn what_does_not_fit_has_no_price() {
        assert_eq!(price(Balance::MAX, 0, 2, 0), None);
        assert_eq!(price(0, Balance::MAX, 0, 2), None);
        assert_eq!(price(Balance::MAX, 1, 1, 1), None);
    }
}
