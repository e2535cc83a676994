use std::sync::Arc;

use contract::audit::v1::Decision;
use kernel::Instant;
use platform::audit::{Call, Entry};
use proptest::prelude::*;
use uuid::Uuid;

use super::super::{Chain, Fault, SealedCall};
use super::{call, public_key};
use crate::log::Head;
use crate::seal::{Signer, ZERO_HASH};

fn any_entry() -> impl Strategy<Value = Entry> {
    let texts = ("[A-Z-]{0,4}", "[a-z.]{0,4}", "[A-Z_]{0,4}", "[0-9a-f]{0,4}");
    let rest = (any::<u128>(), any::<i32>(), 0..5_i32, proptest::collection::btree_set("[a-z]{1,3}", 0..3));
    (texts, rest, proptest::collection::btree_set(any::<u128>(), 0..4)).prop_map(
        |((caller, actor, reason, trace), (id, at, decision, fields), children)| Entry {
            call: Arc::new(Call {
                id: Uuid::from_u128(id),
                at: Instant::from_micros(at.into()),
                caller,
                actor,
                trace,
                ..call(0)
            }),
            decision: Decision::try_from(decision).unwrap(),
            reason,
            fields,
            children: children.into_iter().map(Uuid::from_u128).collect(),
            calls: 1,
        },
    )
}

/// The hash as its description says, written out.
fn by_hand(previous: &[u8], call: &SealedCall) -> Vec<u8> {
    let mut text = b"hutong.call.v1".to_vec();
    text.extend(previous);
    text.extend(call.sequence.to_be_bytes());
    let children: Vec<u8> = call.children.iter().flat_map(|child| child.into_bytes()).collect();
    for part in [
        call.id.into_bytes().to_vec(),
        call.at.as_micros().to_be_bytes().to_vec(),
        call.caller.clone().into_bytes(),
        call.actor.clone().into_bytes(),
        call.method.clone().into_bytes(),
        call.purpose.clone().into_bytes(),
        call.decision.to_be_bytes().to_vec(),
        call.reason.clone().into_bytes(),
        call.fields.clone().into_bytes(),
        call.trace.clone().into_bytes(),
        call.calls.to_be_bytes().to_vec(),
        call.signature.as_ref().map(|it| it.key_id.clone().into_bytes()).unwrap_or_default(),
        children,
    ] {
        text.extend((part.len() as u64).to_be_bytes());
        text.extend(part);
    }
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text).as_ref().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_chain_is_proved_as_it_was_sealed_and_not_when_two_entries_are_exchanged(
        groups in proptest::collection::vec(proptest::collection::vec(any_entry(), 1..4), 1..5),
        places in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let signer = Signer::generate().unwrap();
        let mut head = Head { sequence: 0, hash: ZERO_HASH };
        let mut calls: Vec<SealedCall> = Vec::new();
        for group in &groups {
            let sealed = SealedCall::seal(group, head, &signer);
            let last = sealed.last().unwrap();
            prop_assert!(last.signature.is_some());
            head = Head { sequence: last.sequence, hash: last.hash };
            calls.extend(sealed);
        }
        let key = public_key(&signer);
        let mut chain = Chain::new(&key);
        let mut previous = ZERO_HASH.to_vec();
        for call in &calls {
            prop_assert_eq!(by_hand(&previous, call), call.hash.to_vec());
            previous = call.hash.to_vec();
            prop_assert_eq!(chain.push(call), Ok(()));
        }
        prop_assert_eq!(chain.finish(&head), Ok(()));

        // Without the key an entry can be added with its hash and the head, and no signature covers it.
        let mut forged = SealedCall { sequence: head.sequence + 1, signature: None, ..calls[0].clone() };
        forged.hash = forged.chain_hash(&head.hash);
        prop_assert_eq!(chain.push(&forged), Ok(()));
        let end = Head { sequence: forged.sequence, hash: forged.hash };
        prop_assert_eq!(chain.finish(&end), Err(Fault::Unsigned(forged.sequence)));

        let (one, other) = (places.0.index(calls.len()), places.1.index(calls.len()));
        if one != other {
            let (a, b) = (calls[one].clone(), calls[other].clone());
            calls[one] = SealedCall { sequence: a.sequence, signature: a.signature.clone(), ..b.clone() };
            calls[other] = SealedCall { sequence: b.sequence, signature: b.signature, ..a };
            let mut chain = Chain::new(&key);
            let broken = calls.iter().find_map(|call| chain.push(call).err());
            prop_assert_eq!(broken, Some(Fault::Changed(one.min(other) as u64 + 1)));
        }
    }
}
