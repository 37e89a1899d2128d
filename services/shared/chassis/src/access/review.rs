//! Who may call `review`.

use regulation::Role::{self, Agency, Auditor, Expert, Secretariat, Service, TaskForce};

use super::{
    Row,
    Who::{Public, Roles},
};

/// Those who run a round: the agency that the task force entrusts, and the secretariat. [Art. 15]
const ORGANISERS: &[Role] = &[Agency, Secretariat];
/// Those who watch over it.
const READERS: &[Role] = &[Agency, Secretariat, TaskForce, Auditor, Service];

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.review.v1.ReviewService/OpenRound",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/ApproveRound",
        Roles(&[TaskForce]),
    ),
    (
        "jiebang.review.v1.ReviewService/DrawRound",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/ReplaceExpert",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/WaiveSheet",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/CloseRound",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/ProposeEstablishment",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/ConfirmEstablishment",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/ReturnRound",
        Roles(&[Agency, Secretariat, TaskForce]),
    ),
    ("jiebang.review.v1.ReviewService/GetRound", Roles(READERS)),
    ("jiebang.review.v1.ReviewService/ListRounds", Roles(READERS)),
    ("jiebang.review.v1.ReviewService/GetSeeds", Roles(READERS)),
    (
        "jiebang.review.v1.ReviewService/RecoverSeed",
        Roles(ORGANISERS),
    ),
    (
        "jiebang.review.v1.ReviewService/WaiveSeed",
        Roles(ORGANISERS),
    ),
    ("jiebang.review.v1.ReviewService/GetDrawRecord", Public),
    (
        "jiebang.review.v1.ReviewService/ListCandidates",
        Roles(READERS),
    ),
    (
        "jiebang.review.v1.ReviewService/ListSheets",
        Roles(&[Expert, Auditor]),
    ),
    (
        "jiebang.review.v1.ReviewService/GetSheet",
        Roles(&[Expert, Auditor]),
    ),
    (
        "jiebang.review.v1.ReviewService/OpenSheet",
        Roles(&[Expert]),
    ),
    (
        "jiebang.review.v1.ReviewService/CompleteSheet",
        Roles(&[Expert]),
    ),
    (
        "jiebang.review.v1.ReviewService/DeclareConflict",
        Roles(&[Expert]),
    ),
];
