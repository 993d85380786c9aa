#![allow(clippy::unwrap_used)]
use super::*;
use crate::ledger::header::HeaderRules;
use crate::ledger::test_chain::invented_header;

const CHAIN: ChainIdentity = ChainIdentity {
    chain_id: 1,
    genesis: B256::ZERO,
};

fn endpoint(operator: &str, url: &str) -> Endpoint {
    Endpoint {
        operator: operator.into(),
        url: Url::parse(url).unwrap(),
    }
}

fn endpoints(count: usize, tolerated_faults: usize) -> Result<Endpoints, PolicyError> {
    let endpoints = (0..count).map(|i| {
        endpoint(
            &format!("operator {i}"),
            &format!("https://node{i}.example/rpc"),
        )
    });
    Endpoints::new(endpoints.collect(), tolerated_faults)
}

fn header(extra_data: &[u8]) -> Header {
    let rlp = invented_header(5, 1_700_000_000, extra_data);
    Header::parse(HeaderRules::Ethereum, &rlp).unwrap()
}

fn answer(hash: B256) -> Option<BlockAnswer> {
    Some(BlockAnswer { chain: CHAIN, hash })
}

/// All ways to give each of `count` endpoints one of these answers.
fn every_combination(
    count: usize,
    of: &[Option<BlockAnswer>],
) -> impl Iterator<Item = Vec<Option<BlockAnswer>>> {
    (0..of.len().pow(count as u32)).map(move |mut code| {
        let mut next = || {
            let one = of[code % of.len()];
            code /= of.len();
            one
        };
        (0..count).map(|_| next()).collect()
    })
}

#[test]
fn whatever_f_of_n_say_the_true_block_is_accepted_and_no_other() {
    let (truth, lie) = (header(b"true"), header(b"lie"));
    let another_lie = B256::repeat_byte(1);
    let other_chain = Some(BlockAnswer {
        chain: ChainIdentity {
            chain_id: 2,
            ..CHAIN
        },
        hash: truth.hash(),
    });
    let said = [
        answer(truth.hash()),
        answer(lie.hash()),
        answer(another_lie),
        other_chain,
        None,
    ];
    for (n, f) in [(3, 1), (4, 1), (5, 2)] {
        let policy = endpoints(n, f).unwrap();
        for answers in every_combination(n, &said) {
            let honest = answers.iter().filter(|it| **it == said[0]).count();
            let answers = BlockAnswers { number: 5, answers };
            let accepted = policy.agree(&CHAIN, &truth, &answers);
            assert_eq!(accepted.is_ok(), honest >= n - f, "{answers:?}");
            if let Ok(agreement) = accepted {
                assert_eq!(agreement.agreed.len(), honest);
                let silent = answers.answers.iter().filter(|it| it.is_none()).count();
                assert_eq!(agreement.silent.len(), silent);
                assert_eq!(agreement.differed.len(), n - honest - silent);
                // Then the lie is not.
                let refused = policy.agree(&CHAIN, &lie, &answers);
                assert_eq!(refused, Err(PolicyError::EndpointsDisagree));
            }
        }
    }
}

#[test]
fn who_differed_is_named() {
    let header = header(b"");
    let answers = BlockAnswers {
        number: 5,
        answers: vec![
            answer(header.hash()),
            answer(B256::ZERO),
            answer(header.hash()),
            None,
            answer(header.hash()),
        ],
    };
    let agreement = endpoints(5, 2)
        .unwrap()
        .agree(&CHAIN, &header, &answers)
        .unwrap();
    assert_eq!(agreement.differed, ["operator 1"]);
    assert_eq!(agreement.silent, ["operator 3"]);
    assert_eq!(agreement.agreed, ["operator 0", "operator 2", "operator 4"]);
}

#[test]
fn answers_for_another_number_or_not_one_for_each_endpoint_are_refused() {
    let header = header(b"");
    let policy = endpoints(3, 1).unwrap();
    let all = |number, count| BlockAnswers {
        number,
        answers: vec![answer(header.hash()); count],
    };
    assert!(policy.agree(&CHAIN, &header, &all(5, 3)).is_ok());
    let refused = policy.agree(&CHAIN, &header, &all(6, 3));
    assert_eq!(refused, Err(PolicyError::OtherBlock));
    for count in [0, 2, 4] {
        let refused = policy.agree(&CHAIN, &header, &all(5, count));
        assert_eq!(refused, Err(PolicyError::Endpoints));
    }
}

#[test]
fn endpoints_that_could_lie_together_are_not_a_policy() {
    for (n, f) in [
        (0, 0),
        (1, 0),
        (3, 0),
        (2, 1),
        (4, 2),
        (3, usize::MAX),
        (17, 1),
    ] {
        assert_eq!(endpoints(n, f), Err(PolicyError::Endpoints), "{n} {f}");
    }
    assert!(endpoints(16, 7).is_ok());
    for third in [
        endpoint("c", "https://a.example/other"),
        endpoint("c", "https://A.example:8443/"),
        endpoint("c", "https://a.example./"),
        endpoint("b", "https://c.example/"),
        endpoint(" B ", "https://c.example/"),
        endpoint("", "https://c.example/"),
        endpoint("c", "data:,x"),
    ] {
        let set = vec![
            endpoint("a", "https://a.example/"),
            endpoint("b", "https://b.example/"),
            third,
        ];
        assert_eq!(
            Endpoints::new(set.clone(), 1),
            Err(PolicyError::Endpoints),
            "{set:?}"
        );
    }
}

#[test]
fn liars_move_the_common_final_block_neither_before_nor_beyond_what_honest_endpoints_say() {
    // Honest endpoints say 100 to 103; liars say anything.
    let lies = [None, Some(0), Some(99), Some(101), Some(u64::MAX)];
    for (n, f) in [(3_usize, 1_usize), (4, 1), (5, 2)] {
        let policy = endpoints(n, f).unwrap();
        let mut code = 0;
        while code < lies.len().pow(f as u32) {
            let mut rest = code;
            let mut said: Vec<Option<u64>> = (0..n - f).map(|i| Some(100 + i as u64)).collect();
            for _ in 0..f {
                said.push(lies[rest % lies.len()]);
                rest /= lies.len();
            }
            let number = policy.common_final_block(&said).unwrap();
            let honest = 100..=100 + (n - f) as u64 - 1;
            assert!(honest.contains(&number), "{said:?} gave {number}");
            code += 1;
        }
        let mut too_few = vec![Some(100); n - f - 1];
        too_few.resize(n, None);
        assert_eq!(policy.common_final_block(&too_few), None);
        assert_eq!(policy.common_final_block(&vec![Some(100); n + 1]), None);
    }
}
