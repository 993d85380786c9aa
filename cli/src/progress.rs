//! A spinner for anything that takes over half a second; none where nobody watches.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Nothing is drawn for what is done sooner.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(120);

/// Shows what is being done until it is dropped.
pub(crate) struct Progress(Option<Running>);

struct Running {
    done: Sender<()>,
    thread: JoinHandle<()>,
}

impl Progress {
    /// Starts; nothing is drawn when stderr is no terminal or `quiet`.
    pub(crate) fn start(quiet: bool, doing: &'static str) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let (done, finished) = channel::<()>();
        let thread = thread::spawn(move || {
            if finished.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let bar = spinner(doing);
                // Returns when the sender is dropped.
                let _ = finished.recv();
                bar.finish_and_clear();
            }
        });
        Self(Some(Running { done, thread }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(Running { done, thread }) = self.0.take() {
            drop(done);
            // What is printed next must not meet the spinner.
            let _ = thread.join();
        }
    }
}

fn spinner(doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_elapsed(PATIENCE);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(doing);
    bar.enable_steady_tick(TICK);
    bar
}
