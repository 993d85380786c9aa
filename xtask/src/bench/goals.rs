//! The figures the project means to hold.

use super::samples::{OURS, Samples};

/// A demand on our median.
pub(super) struct Goal {
    pub(super) work: &'static str,
    /// Whom we are compared with; ourselves for a limit in time.
    pub(super) peer: &'static str,
    demand: Demand,
}

enum Demand {
    /// The peer takes at least this many times as long on the processor.
    Faster(f64),
    /// At most this many milliseconds on the wall.
    Within(f64),
}

const fn faster(work: &'static str, peer: &'static str, times: f64) -> Goal {
    Goal {
        work,
        peer,
        demand: Demand::Faster(times),
    }
}

const fn within(work: &'static str, milliseconds: f64) -> Goal {
    Goal {
        work,
        peer: OURS,
        demand: Demand::Within(milliseconds),
    }
}

pub(super) const GOALS: [Goal; 18] = [
    faster("insert_10000", "askar", 5.0),
    faster("insert_10000", "sqlcipher", 1.0),
    faster("open_500", "askar", 2.0),
    faster("open_500", "sqlcipher", 1.0),
    faster("open_10000", "askar", 2.0),
    faster("open_10000", "sqlcipher", 1.0),
    faster("get_1000", "askar", 5.0),
    faster("get_1000", "sqlcipher", 1.0),
    faster("list_500", "askar", 3.0),
    faster("list_500", "sqlcipher", 1.0),
    faster("list_500_again", "askar", 3.0),
    faster("list_500_again", "sqlcipher", 1.0),
    within("unlock_50", 10.0),
    within("unlock_100000", 300.0),
    faster("sd_jwt_verify_10", "sd-jwt-rs", 2.0),
    faster("sd_jwt_verify_30", "sd-jwt-rs", 2.0),
    faster("sd_jwt_present_10", "sd-jwt-rs", 2.0),
    faster("sd_jwt_present_30", "sd-jwt-rs", 2.0),
];

impl Goal {
    pub(super) fn is_about(&self, work: &str, peer: &str) -> bool {
        self.work == work && self.peer == peer
    }

    /// `None` where the work was not measured.
    pub(super) fn is_held(&self, samples: &Samples) -> Option<bool> {
        match self.demand {
            Demand::Faster(times) => Some(samples.ratios(self.work, self.peer)?.1 >= times),
            Demand::Within(milliseconds) => {
                Some(samples.figures(self.work, OURS)?.wall <= milliseconds * 1000.0)
            }
        }
    }

    pub(super) fn demand(&self) -> String {
        match self.demand {
            Demand::Faster(times) => format!("≥ {times}x"),
            Demand::Within(milliseconds) => format!("≤ {milliseconds} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_goal_is_held_from_the_figure_on_and_says_nothing_of_what_was_not_measured() {
        let mut samples = Samples::default();
        samples
            .add(r#"{"peer":"ours","work":"get_1000","us":10,"cpu_us":4}"#)
            .unwrap();
        assert_eq!(faster("get_1000", "askar", 5.0).is_held(&samples), None);
        samples
            .add(r#"{"peer":"askar","work":"get_1000","us":90,"cpu_us":20}"#)
            .unwrap();
        assert_eq!(
            faster("get_1000", "askar", 5.0).is_held(&samples),
            Some(true)
        );
        assert_eq!(
            faster("get_1000", "askar", 5.1).is_held(&samples),
            Some(false)
        );
        assert_eq!(within("get_1000", 0.01).is_held(&samples), Some(true));
        assert_eq!(within("get_1000", 0.009).is_held(&samples), Some(false));
    }

    #[test]
    fn every_goal_is_named_once() {
        for (place, goal) in GOALS.iter().enumerate() {
            let same = |other: &Goal| other.is_about(goal.work, goal.peer);
            assert_eq!(GOALS.iter().position(same), Some(place));
        }
    }
}
