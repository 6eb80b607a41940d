//! What this runtime's transactions cost besides their calls, measured by `scripts/bench/weights`. The calls of stock pallets weigh what the SDK
//! measured.

pub mod frame_system_extensions;
pub mod pallet_transaction_payment;
