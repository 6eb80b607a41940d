//! What the kernel runs on: which instructions, how many threads. Neither changes a result.

use std::{
    num::NonZero,
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crate::Error;

/// Instructions that distances are computed by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Backend {
    /// Those that every processor has.
    Portable,
    /// AVX2: products of 16 bits, 16 at a time.
    Avx2,
    /// AVX-512 with VNNI: products of 8 bits, 64 at a time.
    Avx512,
}

impl Backend {
    const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];

    /// Those that this processor has, the fastest last.
    pub fn available() -> Vec<Self> {
        let mut all = Self::ALL.to_vec();
        all.retain(|backend| backend.is_available());
        all
    }

    /// Whether this processor has the instructions.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512vnni")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }
}

/// Instructions and threads to compute with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Machine {
    // Always available: unsafe code relies on it.
    backend: Backend,
    threads: NonZero<usize>,
}

impl Machine {
    /// The fastest instructions of this processor, and all its cores.
    pub fn detect() -> Self {
        let backend = Backend::available().pop().unwrap_or(Backend::Portable);
        Self {
            backend,
            threads: thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
        }
    }

    /// Chosen instructions and threads.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if this processor has not got the instructions.
    pub fn new(backend: Backend, threads: NonZero<usize>) -> Result<Self, Error> {
        if backend.is_available() {
            Ok(Self { backend, threads })
        } else {
            Err(Error::Unavailable(backend))
        }
    }

    /// The instructions. This processor has them.
    pub fn backend(self) -> Backend {
        self.backend
    }

    /// The threads.
    pub fn threads(self) -> usize {
        self.threads.get()
    }

    /// Lets each thread do units of work with a state of its own: the next one when it is done with one. The states, in no order.
    pub(crate) fn share<S: Send>(
        self,
        units: usize,
        state: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, usize) + Sync,
    ) -> Vec<S> {
        let next = AtomicUsize::new(0);
        let run = || {
            let mut state = state();
            loop {
                let unit = next.fetch_add(1, Ordering::Relaxed);
                if unit >= units {
                    return state;
                }
                work(&mut state, unit);
            }
        };
        thread::scope(|scope| {
            let threads = self.threads().min(units);
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
            let mut states = vec![run()];
            for other in others {
                match other.join() {
                    Ok(state) => states.push(state),
                    Err(cause) => panic::resume_unwind(cause),
                }
            }
            states
        })
    }

    /// The results of units of work, in their order.
    pub(crate) fn each<T: Send>(self, units: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let done = self.share(units, Vec::new, |done, unit| done.push((unit, work(unit))));
        let mut done: Vec<_> = done.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(unit, _)| *unit);
        done.into_iter().map(|(_, result)| result).collect()
    }

    /// Like [`each`](Self::each) for consecutive parts, of at most `most` elements, of a range from 0.
    pub(crate) fn parts<T: Send>(
        self,
        count: usize,
        most: usize,
        work: impl Fn(std::ops::Range<usize>) -> T + Sync,
    ) -> Vec<T> {
        let rounds = count.div_ceil(self.threads() * most).max(1);
        let size = count.div_ceil(self.threads() * rounds).max(1);
        self.each(count.div_ceil(size), |unit| {
            let start = unit * size;
            work(start..count.min(start + size))
        })
    }

    /// Does the work with loops vectorised by the machine's instructions, as far as it is inlined.
    #[inline(always)]
    pub(crate) fn vectorised<T>(self, work: impl FnOnce() -> T) -> T {
        match self.backend {
            // SAFETY: a machine has only instructions that the processor has.
            #[cfg(target_arch = "x86_64")]
            Backend::Avx512 => unsafe { with_avx512(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Backend::Avx2 => unsafe { with_avx2(work) },
            _ => work(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn with_avx512<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_back_in_order_and_parts_cover_the_range() {
        for threads in 1..4 {
            let machine = Machine::new(Backend::Portable, NonZero::new(threads).unwrap()).unwrap();
            assert_eq!(machine.each(9, |unit| unit * unit)[8], 64);
            assert!(machine.each(9, |unit| unit).is_sorted());
            for (count, most) in [(0, 3), (1, 3), (10, 3), (10, 100)] {
                let parts = machine.parts(count, most, |part| part.collect::<Vec<_>>());
                assert!(parts
                    .iter()
                    .all(|part| !part.is_empty() && part.len() <= most));
                assert!(parts.into_iter().flatten().eq(0..count));
            }
        }
    }

    #[test]
    fn what_the_processor_has_not_got_is_refused() {
        for backend in Backend::ALL {
            let machine = Machine::new(backend, NonZero::<usize>::MIN);
            assert_eq!(machine.is_ok(), Backend::available().contains(&backend));
        }
        assert!(Machine::detect().backend().is_available());
    }
}
