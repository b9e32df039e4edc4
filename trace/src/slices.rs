//! Long work in slices: what walks a million spans gives the thread back in between, so that a page that shows them is never held up.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Looks at the clock are that many steps apart: a step is some tens of nanoseconds, and a look as much.
const STEPS: u32 = 256;

/// Says when a slice is over.
pub struct Slices {
    over: fn() -> bool,
    steps: Cell<u32>,
}

impl Slices {
    /// Slices that end when `over` says so.
    pub fn new(over: fn() -> bool) -> Self {
        Self {
            over,
            steps: Cell::new(0),
        }
    }

    /// One slice: everything at once.
    pub fn one() -> Self {
        Self::new(|| false)
    }

    /// Counts a step; whether it is time for a [`pause`]. To be asked in every loop over spans.
    pub fn due(&self) -> bool {
        let steps = self.steps.get() + 1;
        self.steps.set(steps % STEPS);
        steps == STEPS && (self.over)()
    }

    /// Pauses if it is time, whatever was counted: after work that has no loop of its own.
    pub async fn breathe(&self) {
        if (self.over)() {
            pause().await;
        }
    }
}

/// Gives the thread back once. Whoever polls the work goes on with it when it likes; nobody is woken.
pub fn pause() -> impl Future<Output = ()> {
    Pause(false)
}

struct Pause(bool);

impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        Poll::Pending
    }
}

/// Work that has slices. Boxed: where it is done at once and where it is done in slices, the same code does it.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Does work that has slices without pausing.
pub fn at_once<T>(mut work: Work<'_, T>) -> T {
    loop {
        if let Some(done) = slice(work.as_mut()) {
            return done;
        }
    }
}

/// Does the next slice; gives what the work gives when that was the last.
pub fn slice<T>(work: Pin<&mut dyn Future<Output = T>>) -> Option<T> {
    match work.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(slices: &Slices, upto: u64) -> Work<'_, u64> {
        Box::pin(async move {
            let mut sum = 0;
            for number in 0..upto {
                sum += number;
                if slices.due() {
                    pause().await;
                }
            }
            slices.breathe().await;
            sum
        })
    }

    #[test]
    fn work_comes_to_the_same_end_in_one_slice_and_in_many() {
        assert_eq!(at_once(sum(&Slices::one(), 2000)), 1_999_000);
        let slices = Slices::new(|| true);
        let mut work = sum(&slices, 2000);
        let mut count = 1;
        let found = loop {
            match slice(work.as_mut()) {
                Some(found) => break found,
                None => count += 1,
            }
        };
        // A pause at every 256th step, one at the end.
        assert_eq!((found, count), (1_999_000, 9));
    }
}
