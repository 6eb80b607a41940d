//! How many receipts The Graph's TAP (`tap_core`) takes a second: each one's signature checked, all aggregated into one voucher, which is
//! signed. In memory; a real host writes them to a database besides.
//!
//! ```text
//! tributary-tap [RECEIPTS]      100,000 unless it is said otherwise
//! ```
//!
//! Seconds are those of the processor; pin it to one core.

use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use rustix::time::{clock_gettime, ClockId};
use tap_core::{signed_message::Eip712SignedMessage, tap_eip712_domain, TapVersion};
use tap_graph::v2::{Receipt, ReceiptAggregateVoucher};
use thegraph_core::alloy::{
    primitives::{Address, FixedBytes},
    signers::local::PrivateKeySigner,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let count = match env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 100_000,
    };
    let payer = PrivateKeySigner::random();
    let domain = tap_eip712_domain(1, Address::repeat_byte(0x11), TapVersion::V2);
    let collection = FixedBytes::repeat_byte(0x22);
    let (service, provider) = (Address::repeat_byte(0x33), Address::repeat_byte(0x44));
    let receipts = (0..count)
        .map(|_| {
            let receipt = Receipt::new(collection, payer.address(), service, provider, 7)?;
            Ok(Eip712SignedMessage::new(&domain, receipt, &payer)?)
        })
        .collect::<Result<Vec<_>>>()?;

    let (processor, clock) = (processor_time(), Instant::now());
    for receipt in &receipts {
        if receipt.recover_signer(&domain)? != payer.address() {
            return Err("the payer has signed what it sends".into());
        }
    }
    let checked = processor_time() - processor;
    let voucher = ReceiptAggregateVoucher::aggregate_receipts(
        collection,
        payer.address(),
        service,
        provider,
        &receipts,
        None,
    )?;
    let signed = Eip712SignedMessage::new(&domain, voucher, &payer)?;
    let taken = processor_time() - processor;
    let rate = |time: Duration| receipts.len() as f64 / time.as_secs_f64();
    println!(
        "TAP: {} receipts, {} in all; {:.0} a second, {:.0} by the clock; without aggregation {:.0}",
        receipts.len(),
        signed.message.valueAggregate,
        rate(taken),
        rate(clock.elapsed()),
        rate(checked)
    );
    Ok(())
}

/// What this process has had of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
