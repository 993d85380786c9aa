//! Waiting for several answers at once, without an executor.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Runs all futures to their ends and gives what came of them, in their order.
pub(super) async fn together<'a, T, F>(futures: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send,
    F: Future<Output = T> + Send + 'a,
{
    let mut pending: Vec<(Option<Pending<'a, T>>, Option<T>)> = futures
        .into_iter()
        .map(|future| (Some(Box::pin(future) as Pending<'a, T>), None))
        .collect();
    poll_fn(|context| {
        let mut is_ready = true;
        for (future, done) in &mut pending {
            let Some(running) = future else { continue };
            match running.as_mut().poll(context) {
                Poll::Ready(value) => {
                    *done = Some(value);
                    *future = None;
                }
                Poll::Pending => is_ready = false,
            }
        }
        if is_ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    pending.into_iter().filter_map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Ready when all of `count` were polled once: never, if one were awaited after another.
    async fn meets(met: &AtomicUsize, count: usize, value: usize) -> usize {
        met.fetch_add(1, Ordering::SeqCst);
        poll_fn(|context| {
            context.waker().wake_by_ref();
            match met.load(Ordering::SeqCst) == count {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
        value
    }

    #[test]
    fn all_run_at_once_and_answer_in_order() {
        let met = AtomicUsize::new(0);
        let futures = (0..3).map(|value| meets(&met, 3, value));
        assert_eq!(pollster::block_on(together(futures)), [0, 1, 2]);
        let none: Vec<usize> = pollster::block_on(together::<usize, std::future::Ready<usize>>([]));
        assert!(none.is_empty());
    }
}
