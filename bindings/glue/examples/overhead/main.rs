//! The Rust half of `cargo xtask bench kotlin`: what `OverheadTest.kt` does through Kotlin, done by wallet-core itself. It
//! is given lines of a work and a number, does the work once, and answers with a line of JSON: nanoseconds by work.
#![forbid(unsafe_code)]

#[path = "../../../../wallet-core/examples/common/mod.rs"]
mod common;
mod holder;
mod network;

use holder::{Failure, Holder};
use serde_json::{Value, json};
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};
use wallet_glue as glue;

fn main() -> Result<(), Failure> {
    let mut works = Works::default();
    for line in std::io::stdin().lines() {
        let line = line?;
        let (work, count) = line.split_once(' ').ok_or("a work and a number")?;
        let samples = pollster::block_on(works.sample(work, count.parse()?))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", Value::Object(samples))?;
        out.flush()?;
    }
    Ok(())
}

/// Nanoseconds by work.
type Samples = serde_json::Map<String, Value>;

fn nanos(time: Duration) -> Value {
    json!(time.as_nanos().min(u128::from(u64::MAX)) as u64)
}

/// The mean of so many calls.
fn mean<T>(count: usize, mut call: impl FnMut() -> T) -> Value {
    let begin = Instant::now();
    for _ in 0..count {
        black_box(call());
    }
    json!(begin.elapsed().as_secs_f64() * 1e9 / count as f64)
}

/// Wallets, made when they are first needed.
#[derive(Default)]
struct Works {
    one_card: Option<Holder>,
    many_cards: Option<Holder>,
}

impl Works {
    async fn sample(&mut self, work: &str, count: usize) -> Result<Samples, Failure> {
        let (small, large) = (vec![7; 1024], vec![7; 100 * 1024]);
        let nanoseconds = match work {
            "nop" => mean(count, glue::nop),
            "error" => mean(count, glue::fail),
            "bytes_1k" => mean(count, || glue::take_bytes(small.clone())),
            "bytes_100k" => mean(count, || glue::take_bytes(large.clone())),
            "slice_1k" => mean(count, || glue::look_at_bytes(&small)),
            "slice_100k" => mean(count, || glue::look_at_bytes(&large)),
            "given_100k" => mean(count, || glue::give_bytes(100 * 1024)),
            "records_50" => mean(count, || glue::cards(50)),
            "is_unlocked" => {
                let holder = held(&mut self.one_card, 1).await?;
                mean(count, || holder.wallet.is_unlocked())
            }
            "list" => {
                let holder = held(&mut self.many_cards, count).await?;
                let begin = Instant::now();
                let cards = holder.wallet.list(&["en"])?;
                let took = begin.elapsed();
                if cards.len() != count {
                    return Err("a card is missing".into());
                }
                nanos(took)
            }
            "presentation" => {
                let age = json!(["age_equal_or_over", "19"]);
                nanos(held(&mut self.one_card, 1).await?.present(&age).await?)
            }
            "large" => return large_cards(count).await,
            other => return Err(format!("no such work: {other}").into()),
        };
        Ok(Samples::from_iter([(work.to_owned(), nanoseconds)]))
    }
}

/// The wallet that is there, or one with so many cards.
async fn held(place: &mut Option<Holder>, cards: usize) -> Result<&Holder, Failure> {
    if place.is_none() {
        *place = Some(Holder::with_cards(cards).await?);
    }
    place.as_ref().ok_or_else(|| "no wallet".into())
}

/// Two cards with a portrait of so many characters are stored, looked at and shown.
async fn large_cards(characters: usize) -> Result<Samples, Failure> {
    let holder = Holder::with_cards(0).await?;
    // Of the length of a picture, and begun like one.
    let portrait = format!("data:image/jpeg;base64,/9j/{}", "A".repeat(characters));
    holder.issue_with("portrait", portrait.into());
    let (mut stored, mut looked, mut shown) = Default::default();
    let mut cards = Vec::new();
    for _ in 0..2 {
        let (card, took) = holder.receive().await?;
        cards.push(card);
        stored += took;
    }
    for card in &cards {
        looked += holder.look_at(card, "portrait")?;
    }
    for _ in 0..2 {
        shown += holder.present(&json!(["portrait"])).await?;
    }
    let samples = [
        ("large_store_2", stored),
        ("large_look_2", looked),
        ("large_show_2", shown),
    ];
    let samples = samples.map(|(work, took)| (work.to_owned(), nanos(took)));
    Ok(samples.into_iter().collect())
}
