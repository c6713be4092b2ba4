//! Every model on what nobody should hand it: it is fitted, or refused with an error, and never ends up with a number
//! that is not finite.
#![cfg(feature = "train")]
#![expect(clippy::unwrap_used, reason = "this is a test")]

use learn::cooccurrence::{CooccurrenceParams, List, fit_cooccurrence};
use learn::ease::{Ease, EaseParams};
use learn::ials::{Ials, IalsParams, ItemFeatures, Observation};
use learn::knn::{Bm25Params, Keep, fit_item_knn};
use learn::popularity::{Play, Popularity, PopularityParams};
use learn::rp3beta::{Rp3BetaParams, fit_rp3beta};
use learn::user_knn::{UserKnn, UserKnnParams};
use learn::{LearnError, Neighbours, Sparse};

const EPOCHS: usize = 3;

fn matrix(rows: usize, columns: usize, entries: &[(u32, u32, f32)]) -> Sparse {
    Sparse::from_triplets(rows, columns, entries.iter().copied()).unwrap()
}

/// What a model says, one number after the other.
type Said = Result<Vec<f32>, LearnError>;

fn said(neighbours: Result<Neighbours, LearnError>) -> Said {
    neighbours.map(|neighbours| neighbours.similarities().to_vec())
}

fn ials(matrix: &Sparse) -> Said {
    let params = IalsParams { dim: 8, epochs: EPOCHS, ..IalsParams::default() };
    let model = Ials::fit(matrix, &params, &mut |_| {})?;
    let observations: Vec<Observation> = (0..matrix.column_count() as u32)
        .map(|item| Observation { item, weight: 1.0, target: 1.0 })
        .collect();
    let mut numbers = model.items.fold_in(&observations);
    numbers.push(model.items.variance(&observations, 0));
    numbers.extend(model.rows.values().iter().chain(model.items.factors().values()));
    Ok(numbers)
}

fn ials_with_features(matrix: &Sparse) -> Said {
    let params = IalsParams { dim: 8, epochs: EPOCHS, ..IalsParams::default() };
    let features = matrix.transpose();
    let features = ItemFeatures { values: &features, weight: 1.0 };
    let fitted = Ials::fit_with_features(matrix, features, &params, &mut |_| {})?;
    Ok(fitted.model.rows.into_values())
}

fn ease(matrix: &Sparse) -> Said {
    let model = Ease::fit(matrix, &EaseParams { regularization: 1.0, ..EaseParams::default() })?;
    let mut scores = vec![0.0; model.item_count()];
    let (items, weights) = matrix.row(0);
    model.scores(items, weights, &mut scores);
    Ok(scores)
}

fn item_knn(matrix: &Sparse) -> Said {
    let params = Bm25Params { keep: Keep::ForCandidate, shrink: 0.0, ..Bm25Params::default() };
    said(fit_item_knn(matrix, &params, 10))
}

fn rp3beta(matrix: &Sparse) -> Said {
    said(fit_rp3beta(matrix, &Rp3BetaParams { alpha: 0.7, beta: 0.3, neighbour_count: 10 }))
}

fn user_knn(matrix: &Sparse) -> Said {
    let model = UserKnn::fit(matrix, &UserKnnParams { item_exponent: 0.3, power: 2.0 })?;
    let mut alike = vec![0.0; model.listener_count()];
    if model.listener_count() > 0 {
        model.alike(0, &mut alike);
    }
    let mut scores = vec![0.0; matrix.column_count()];
    model.add_scores(&alike, matrix, &mut scores)?;
    scores.extend(alike);
    Ok(scores)
}

fn cooccurrence(matrix: &Sparse) -> Said {
    let lists = (0..matrix.row_count()).map(|row| List { items: matrix.row(row).0.to_vec(), weight: 1.0 });
    let lists: Vec<List> = lists.collect();
    said(fit_cooccurrence(matrix.column_count(), &lists, &CooccurrenceParams::PLAYLISTS, 10))
}

fn popularity(matrix: &Sparse) -> Said {
    let mut plays = Vec::new();
    for row in 0..matrix.row_count() {
        let (items, values) = matrix.row(row);
        plays.extend(items.iter().zip(values).map(|(&item, &value)| Play {
            item,
            listener: row as u32,
            age_days: 1.0,
            weight: value.abs(),
        }));
    }
    let popularity = Popularity::count(matrix.column_count(), plays, &PopularityParams::default())?;
    Ok(popularity.scores().iter().chain(popularity.trends()).copied().collect())
}

type Model = (&'static str, fn(&Sparse) -> Said);

const MODELS: [Model; 8] = [
    ("ials", ials),
    ("ials_with_features", ials_with_features),
    ("ease", ease),
    ("item_knn", item_knn),
    ("rp3beta", rp3beta),
    ("user_knn", user_knn),
    ("cooccurrence", cooccurrence),
    ("popularity", popularity),
];

fn check(matrix: &Sparse) {
    for (name, model) in MODELS {
        // An error is fine as well: it has a type and says what to do.
        if let Ok(numbers) = model(matrix) {
            let bad = numbers.iter().position(|number| !number.is_finite());
            assert_eq!(bad, None, "{name} on {} × {}", matrix.row_count(), matrix.column_count());
        }
    }
}

#[test]
fn matrices_without_anything_in_them() {
    for (rows, columns) in [(0, 0), (0, 5), (5, 0), (5, 5), (1, 1)] {
        check(&matrix(rows, columns, &[]));
    }
}

#[test]
fn one_listener_and_one_item() {
    check(&matrix(1, 1, &[(0, 0, 1.0)]));
    check(&matrix(1, 40, &(0..40).map(|item| (0, item, 1.0)).collect::<Vec<_>>()));
    check(&matrix(40, 1, &(0..40).map(|row| (row, 0, 1.0)).collect::<Vec<_>>()));
}

#[test]
fn everybody_turned_to_everything() {
    let all: Vec<_> = (0..30).flat_map(|row| (0..30).map(move |item| (row, item, 1.0))).collect();
    check(&matrix(30, 30, &all));
}

#[test]
fn numbers_that_are_none_never_enter_a_matrix() {
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let refused = Sparse::from_triplets(1, 1, [(0, 0, number)]);
        assert!(matches!(refused, Err(LearnError::NotFinite { .. })), "{number}");
    }
    assert!(
        Sparse::from_triplets(1, 1, [(0, 0, f32::MAX), (0, 0, f32::MAX)]).is_err(),
        "their sum is infinite"
    );
    let plays = vec![Play { item: 0, listener: 0, age_days: f32::NAN, weight: 1.0 }];
    assert!(Popularity::count(1, plays, &PopularityParams::default()).is_err());
}

#[test]
fn numbers_at_the_ends_of_their_range() {
    for value in [f32::MAX, 1e30, 1e-30, f32::MIN_POSITIVE, 0.0, -1.0, -1e30] {
        check(&matrix(3, 3, &[(0, 0, value), (0, 1, 1.0), (1, 1, value), (2, 2, 1.0)]));
    }
}

#[test]
fn pairs_that_are_named_twice_and_ids_with_gaps() {
    let twice = matrix(2, 3, &[(0, 1, 1.0), (0, 1, 1.0), (1, 1, 1.0), (1, 2, 1.0)]);
    assert_eq!(twice.entry_count(), 3);
    check(&twice);
    check(&matrix(900, 5_000, &[(0, 4_999, 1.0), (899, 4_999, 1.0), (899, 17, 1.0), (450, 17, 2.0)]));
    let lists = [List { items: vec![3, 3, 3, 1, 3], weight: 1.0 }];
    let similarities = said(fit_cooccurrence(5, &lists, &CooccurrenceParams::SESSIONS, 3)).unwrap();
    assert!(similarities.iter().all(|number| number.is_finite()));
}

#[test]
fn a_listener_with_a_hundred_thousand_plays() {
    let entries: Vec<_> = (0..100_000).map(|item| (0, item, 1.0)).chain([(1, 0, 1.0), (1, 1, 1.0)]).collect();
    let heavy = matrix(2, 100_000, &entries);
    for (name, model) in
        [("ials", ials as fn(&Sparse) -> Said), ("user_knn", user_knn), ("popularity", popularity)]
    {
        let numbers = model(&heavy).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(numbers.iter().all(|number| number.is_finite()), "{name}");
    }
}

#[test]
fn a_playlist_of_fifty_thousand_tracks() {
    let mut lists = vec![
        List { items: (0..50_000).collect(), weight: 1.0 },
        List { items: vec![7, 9], weight: 1.0 },
        List { items: vec![7, 9], weight: 1.0 },
    ];
    lists.extend((100..150).map(|item| List { items: vec![item, item + 100], weight: 1.0 }));
    let params = CooccurrenceParams { window: 20, ..CooccurrenceParams::PLAYLISTS };
    let neighbours = fit_cooccurrence(50_000, &lists, &params, 5).unwrap();
    assert_eq!(neighbours.of(7).0[0], 9, "the short lists say more than the long one");
    assert!(neighbours.similarities().iter().all(|number| number.is_finite()));
}
