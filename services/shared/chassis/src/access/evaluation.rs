//! Who may call `evaluation`.

use regulation::Role::{Auditor, Director, Expert, Officer, Secretariat, Service, TaskForce};

use super::{
    Row,
    Who::{Public, Roles},
};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.evaluation.v1.EvaluationService/OpenRound",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/DrawRound",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/WaiveBallot",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/CloseRound",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/ProposeList",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/ReturnRound",
        Roles(&[Secretariat, TaskForce]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/GetRound",
        Roles(&[Secretariat, TaskForce, Auditor, Service]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/ListRounds",
        Roles(&[Secretariat, TaskForce, Auditor, Service]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/ListCandidates",
        Roles(&[Secretariat, TaskForce, Auditor]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/ListBallots",
        Roles(&[Expert, Auditor]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/GetBallot",
        Roles(&[Expert, Auditor]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/CastBallot",
        Roles(&[Expert]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/DeclareConflict",
        Roles(&[Expert]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/GetScreening",
        Roles(&[Auditor]),
    ),
    (
        "jiebang.evaluation.v1.EvaluationService/GetComputation",
        Roles(&[Secretariat, TaskForce, Auditor, Service]),
    ),
    (
        "jiebang.evaluation.v1.PreReviewService/PrepareRecommendation",
        Roles(&[Officer]),
    ),
    (
        "jiebang.evaluation.v1.PreReviewService/RecommendDemand",
        Roles(&[Director]),
    ),
    (
        "jiebang.evaluation.v1.PreReviewService/DeclineDemand",
        Roles(&[Director]),
    ),
    (
        "jiebang.evaluation.v1.PreReviewService/GetPreReview",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.evaluation.v1.PreReviewService/ListPreReviews",
        Roles(&[Officer, Director, Auditor]),
    ),
    (
        "jiebang.evaluation.v1.DrawService/GetSeeds",
        Roles(&[Secretariat, TaskForce, Auditor]),
    ),
    (
        "jiebang.evaluation.v1.DrawService/RecoverSeed",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.evaluation.v1.DrawService/WaiveSeed",
        Roles(&[Secretariat]),
    ),
    ("jiebang.evaluation.v1.DrawService/GetDrawRecord", Public),
];
