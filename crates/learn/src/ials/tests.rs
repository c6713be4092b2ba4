use super::*;
use crate::kernel::{cosine, dot};
use crate::sparse::Sparse;

/// Listeners 0–9 play items 0–7, listeners 10–19 play items 8–15; each leaves out two of the eight.
fn two_tastes() -> Sparse {
    let entry = |listener: u32, place: u32| {
        let skipped = place == listener % 8 || place == (listener * 3 + 1) % 8;
        (!skipped).then_some((listener, listener / 10 * 8 + place, 1.0))
    };
    let entries = (0..20).flat_map(|listener| (0..8).filter_map(move |place| entry(listener, place)));
    Sparse::from_triplets(20, 16, entries).unwrap()
}

/// Scattered entries with weights, some of them explicit negatives.
fn scattered(rows: u32, columns: u32, entries: u32) -> Sparse {
    let mut state = 1_u32;
    let mut next = |limit: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % limit
    };
    let entry = |_| (next(rows), next(columns), if next(9) == 0 { -1.0 } else { 1.0 + next(3) as f32 });
    Sparse::from_triplets(rows as usize, columns as usize, (0..entries).map(entry)).unwrap()
}

fn params(dim: usize, block: usize, epochs: usize) -> IalsParams {
    let penalties = Penalties { unobserved_weight: 0.1, regularization: 0.05, frequency_exponent: 0.5 };
    IalsParams { dim, sweep: Sweep::Blocks(block), epochs, penalties, seed: 7, ..IalsParams::default() }
}

fn fit(matrix: &Sparse, params: &IalsParams) -> Ials {
    Ials::fit(matrix, params, &mut |_| {}).unwrap()
}

/// The solution of the normal equations in 64 bits, by Gaussian elimination.
fn plain_fold_in(model: &ItemModel, observations: &[Observation]) -> Vec<f64> {
    let dim = model.dim();
    let weight_sum: f32 = observations.iter().map(|observation| observation.weight).sum();
    let penalties = model.penalties();
    let ridge = f64::from(penalties.ridge(f64::from(weight_sum), model.item_count()));
    let mut system = vec![vec![0.0; dim + 1]; dim];
    for (k, row) in system.iter_mut().enumerate() {
        for item in 0..model.item_count() {
            let vector = model.factors().row(item);
            for j in 0..dim {
                row[j] +=
                    f64::from(penalties.unobserved_weight) * f64::from(vector[k]) * f64::from(vector[j]);
            }
        }
        row[k] += ridge;
        for observation in observations {
            let vector = model.factors().row(observation.item as usize);
            let weighted = f64::from(observation.weight) * f64::from(vector[k]);
            for j in 0..dim {
                row[j] += weighted * f64::from(vector[j]);
            }
            row[dim] += weighted * f64::from(observation.target);
        }
    }
    for k in 0..dim {
        for i in k + 1..dim {
            let factor = system[i][k] / system[k][k];
            let pivot = system[k].clone();
            for (number, pivot) in system[i].iter_mut().zip(pivot).skip(k) {
                *number -= factor * pivot;
            }
        }
    }
    let mut solution = vec![0.0; dim];
    for k in (0..dim).rev() {
        let known: f64 = (k + 1..dim).map(|j| system[k][j] * solution[j]).sum();
        solution[k] = (system[k][dim] - known) / system[k][k];
    }
    solution
}

fn observations(items: impl IntoIterator<Item = u32>) -> Vec<Observation> {
    items.into_iter().map(|item| Observation { item, weight: 1.0, target: 1.0 }).collect()
}

#[test]
fn listeners_are_recommended_what_their_like_listen_to() {
    let model = fit(&two_tastes(), &params(4, 4, 10));
    for listener in 0..20 {
        let vector = model.rows.row(listener);
        let mut scores = vec![0.0; 16];
        model.items.scores(vector, &mut scores);
        let mine = if listener < 10 { 0..8 } else { 8..16 };
        let least = mine.clone().map(|item| scores[item]).fold(f32::INFINITY, f32::min);
        let others = (0..16).filter(|item| !mine.contains(item)).map(|item| scores[item]);
        assert!(least > others.fold(f32::NEG_INFINITY, f32::max) + 0.2, "listener {listener}: {scores:?}");
    }
}

#[test]
fn the_objective_never_rises() {
    let matrix = scattered(60, 40, 600);
    for sweep in [Sweep::Exact, Sweep::Blocks(8), Sweep::Gradients(1), Sweep::Gradients(3)] {
        let mut before = f64::INFINITY;
        for epochs in 0..8 {
            let params = IalsParams { sweep, ..params(24, 24, epochs) };
            let objective = fit(&matrix, &params).objective(&matrix, Discounts::default()).unwrap();
            assert!(objective <= before * (1.0 + 1e-5), "{sweep:?}, epoch {epochs}: {before} → {objective}");
            before = objective;
        }
    }
}

#[test]
fn blocks_and_gradients_come_near_the_exact_solution() {
    let matrix = scattered(60, 40, 1200);
    let loss = |sweep| {
        let model = fit(&matrix, &IalsParams { sweep, ..params(24, 24, 12) });
        model.objective(&matrix, Discounts::default()).unwrap()
    };
    let exact = loss(Sweep::Exact);
    for sweep in [Sweep::Blocks(8), Sweep::Gradients(3), Sweep::default()] {
        let near = loss(sweep);
        assert!((near / exact - 1.0).abs() < 0.01, "{sweep:?}: {near} against {exact}");
    }
    assert!(loss(Sweep::Gradients(60)) < exact * 1.0001, "enough steps are exact");
}

#[test]
fn gradients_solve_heavy_rows_whose_weights_differ_by_orders_of_magnitude() {
    let matrix =
        scattered(40, 30, 900).map(|row, item, value| value * 10.0_f32.powi((row * item % 5) as i32 - 2));
    let matrix = matrix.unwrap();
    let fitted = |sweep| fit(&matrix, &IalsParams { sweep, ..params(8, 8, 1) });
    // More steps than dimensions end at the minimum up to rounding.
    let (exact, steps) = (fitted(Sweep::Exact), fitted(Sweep::Gradients(24)));
    for (row, other) in (0..40).map(|row| (exact.rows.row(row), steps.rows.row(row))) {
        for (exact, near) in row.iter().zip(other) {
            assert!((exact - near).abs() < 0.02 * (1.0 + exact.abs()), "{row:?} {other:?}");
        }
    }
}

#[test]
fn fold_in_solves_the_normal_equations() {
    let model = fit(&scattered(60, 40, 900), &params(20, 20, 5)).items;
    for count in [1, 3, 19, 20, 35, 90] {
        // Beyond 40 items repeat, which is allowed.
        let observations: Vec<Observation> = (0..count)
            .map(|place| Observation {
                item: (place * 7 + 3) % 40,
                weight: 0.5 + (place % 4) as f32,
                target: if place % 5 == 0 { 0.0 } else { 1.0 },
            })
            .collect();
        let plain = plain_fold_in(&model, &observations);
        for (got, expected) in model.fold_in(&observations).iter().zip(&plain) {
            assert!((f64::from(*got) - expected).abs() < 2e-4, "{count}: {got} instead of {expected}");
        }
    }
}

#[test]
fn a_listeners_row_is_what_folding_in_returns() {
    let matrix = two_tastes();
    let model = fit(&matrix, &params(6, 6, 6));
    for listener in 0..20 {
        let folded = model.items.fold_in(&observations(matrix.row(listener).0.iter().copied()));
        for (folded, fitted) in folded.iter().zip(model.rows.row(listener)) {
            assert!((folded - fitted).abs() < 1e-5);
        }
    }
}

#[test]
fn a_listeners_row_is_what_folding_in_returns_with_discounts_too() {
    let matrix = scattered(60, 40, 500).map(|_, _, value| value.abs()).unwrap();
    let discounts = Discounts { item: 0.3, listener: 0.6 };
    let model = fit(&matrix, &IalsParams { discounts, ..params(12, 12, 6) });
    for listener in 0..60 {
        let (items, values) = matrix.row(listener);
        let known =
            items.iter().zip(values).map(|(&item, &weight)| Observation { item, weight, target: 1.0 });
        let folded = model.items.fold_in(&known.collect::<Vec<_>>());
        for (folded, fitted) in folded.iter().zip(model.rows.row(listener)) {
            assert!((folded - fitted).abs() < 1e-5);
        }
    }
}

#[test]
fn a_prior_is_where_a_listener_starts_and_observations_lead_away_from_it() {
    let model = fit(&two_tastes(), &params(6, 6, 10)).items;
    let (first, second) = (model.fold_in(&observations(0..8)), model.fold_in(&observations(8..16)));
    assert_eq!(model.fold_in_around(&first, 1.0, &[]).unwrap(), first);
    let origin = vec![0.0; 6];
    let told = observations(8..12);
    assert_eq!(model.fold_in_around(&origin, 1.0, &told).unwrap(), model.fold_in(&told));
    let towards = |trust: f32, count: u32| {
        cosine(&model.fold_in_around(&first, trust, &observations(8..8 + count)).unwrap(), &second)
    };
    assert!(towards(1.0, 1) < towards(1.0, 4) && towards(1.0, 4) < towards(1.0, 8));
    assert!(towards(50.0, 4) < towards(1.0, 4), "who trusts the prior stays with it");
    // The gradient of the objective around the prior vanishes: what is left of each target pulls against prior and ridge.
    let found = model.fold_in_around(&first, 1.0, &told).unwrap();
    let moved: Vec<f32> = found.iter().zip(&first).map(|(found, prior)| found - prior).collect();
    let ridge = model.penalties().ridge(4.0, model.item_count());
    for k in 0..6 {
        let mut gradient = (ridge + model.penalties().unobserved_weight * model.gram()[k]) * moved[k];
        for observation in &told {
            let row = model.factors().row(observation.item as usize);
            gradient -= observation.weight * (observation.target - dot(&found, row)) * row[k];
        }
        assert!(gradient.abs() < 1e-3, "{k}: {gradient}");
    }
    for (prior, trust) in [(&[0.0; 5][..], 1.0), (&[f32::NAN; 6], 1.0), (&[0.0; 6], 0.0)] {
        assert!(model.fold_in_around(prior, trust, &told).is_err());
    }
}

#[test]
fn contributions_sum_to_the_score() {
    let model = fit(&scattered(60, 40, 900), &params(20, 20, 5)).items;
    for count in [2, 12, 60] {
        let mut observations = observations((0..count).map(|place| place * 3 % 40));
        observations[0].target = 0.0;
        observations.push(Observation { item: 999, weight: 1.0, target: 1.0 });
        observations.push(Observation { item: 1, weight: f32::NAN, target: 1.0 });
        let vector = model.fold_in(&observations);
        for item in [0, 5, 39] {
            let contributions = model.explain(&observations, item);
            let score = dot(&vector, model.factors().row(item as usize));
            let sum: f32 = contributions.iter().sum();
            assert!((sum - score).abs() < 1e-4, "{count}, item {item}: {sum} instead of {score}");
            assert_eq!(contributions[0], 0.0, "a target of zero adds nothing by itself");
            assert_eq!(contributions[contributions.len() - 2..], [0.0, 0.0]);
        }
        assert!(model.explain(&observations, 40).iter().all(|&contribution| contribution == 0.0));
    }
}

#[test]
fn a_score_is_surer_the_more_is_known_of_its_like() {
    let model = fit(&two_tastes(), &params(8, 8, 10)).items;
    let unsure = |known: &[Observation]| model.variance(known, 3);
    let none = unsure(&[]);
    let like = unsure(&observations(0..2));
    let more = unsure(&observations(0..3));
    let unlike = unsure(&observations(8..11));
    assert!(none > like && like > more && more > 0.0, "{none} {like} {more}");
    assert!(unlike > more, "what is unlike says less: {unlike} against {more}");
    assert_eq!(model.variance(&observations(0..3), 99), 0.0);
}

#[test]
fn what_is_old_counts_less_and_the_vector_follows_what_is_new() {
    let model = fit(&two_tastes(), &params(8, 8, 10)).items;
    let aged = |items: std::ops::Range<u32>, age_days| {
        observations(items).into_iter().map(move |known| known.faded(age_days, 30.0))
    };
    let vector = model.fold_in(&aged(0..4, 300.0).chain(aged(8..12, 0.0)).collect::<Vec<_>>());
    let score = |item: usize| dot(model.factors().row(item), &vector);
    assert!(score(13) > 4.0 * score(5), "{} against {}", score(13), score(5));
    let half = Observation { item: 0, weight: 2.0, target: 1.0 }.faded(30.0, 30.0);
    assert_eq!((half.weight, half.target), (1.0, 1.0));
    assert_eq!(half.faded(-5.0, 30.0).weight, 1.0);
    assert_eq!(half.faded(5.0, 0.0).weight, 1.0);
}

#[test]
fn a_dislike_lowers_the_item_and_its_like_and_taking_it_back_restores_both() {
    let model = fit(&two_tastes(), &params(4, 4, 10)).items;
    let score = |observations: &[Observation], item: usize| {
        dot(&model.fold_in(observations), model.factors().row(item))
    };
    let likes = observations([0, 1, 8, 9]);
    let mut with_dislike = likes.clone();
    with_dislike.push(Observation { item: 10, weight: 4.0, target: 0.0 });
    for item in [10, 11, 12] {
        assert!(score(&with_dislike, item) < score(&likes, item) - 0.02, "item {item}");
    }
    assert!(score(&with_dislike, 2) > score(&likes, 2) - 0.02, "the other taste hardly suffers");
    with_dislike.pop();
    assert_eq!(model.fold_in(&with_dislike), model.fold_in(&likes));
}

#[test]
fn explicit_negatives_in_the_matrix_are_learned_from() {
    let plain = two_tastes();
    let mut entries: Vec<(u32, u32, f32)> = vec![(0, 8, -5.0)];
    for row in 0..20 {
        entries.extend(plain.row(row).0.iter().map(|&column| (row as u32, column, 1.0)));
    }
    let disliking = Sparse::from_triplets(20, 16, entries).unwrap();
    let params = params(8, 8, 10);
    let score = |matrix: &Sparse| {
        let model = fit(matrix, &params);
        dot(model.rows.row(0), model.items.factors().row(8))
    };
    assert!(score(&disliking).abs() < score(&plain).abs(), "an explicit zero is nearer to zero");
}

#[test]
fn the_same_seed_gives_the_same_model_with_any_number_of_threads() {
    let matrix = scattered(300, 200, 6000);
    let with_threads = |threads: usize, seed: u64, sweep: Sweep| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&matrix, &IalsParams { seed, sweep, ..params(40, 16, 3) }))
    };
    for sweep in [Sweep::Blocks(16), Sweep::Gradients(2)] {
        let one = with_threads(1, 3, sweep);
        assert!(one == with_threads(3, 3, sweep), "three threads made another model");
        assert!(one != with_threads(1, 4, sweep), "the seed has no effect");
    }
}

#[test]
fn items_without_listeners_and_listeners_without_items_stay_at_zero() {
    let matrix = Sparse::from_triplets(3, 3, [(0, 0, 1.0), (2, 0, 1.0), (2, 2, 0.0)]).unwrap();
    let model = fit(&matrix, &params(5, 5, 3));
    assert_eq!(model.rows.row(1), [0.0; 5]);
    assert_eq!(model.items.factors().row(1), [0.0; 5]);
    assert_eq!(model.items.factors().row(2), [0.0; 5], "an entry of zero says nothing");
    assert_eq!(model.items.fold_in(&[]), [0.0; 5]);
}

#[test]
fn observations_that_say_nothing_change_nothing() {
    let model = fit(&two_tastes(), &params(4, 4, 3)).items;
    let sane = observations([0, 1]);
    let mut odd = sane.clone();
    for (item, weight, target) in [
        (16, 1.0, 1.0),
        (u32::MAX, 1.0, 1.0),
        (0, f32::NAN, 1.0),
        (0, f32::INFINITY, 1.0),
        (0, -1.0, 1.0),
        (0, 0.0, 1.0),
        (0, 1.0, f32::NAN),
    ] {
        odd.push(Observation { item, weight, target });
    }
    assert_eq!(model.fold_in(&odd), model.fold_in(&sane));
    let extreme = [Observation { item: 0, weight: f32::MAX, target: f32::MAX }, sane[1]];
    assert!(model.fold_in(&extreme).iter().all(|value| value.is_finite()));
}

#[test]
fn a_model_survives_being_stored() {
    let discounts = Discounts { item: 0.2, listener: 0.5 };
    let model = fit(&two_tastes(), &IalsParams { discounts, ..params(4, 4, 3) }).items;
    let parts =
        |gram: &[f32]| ItemModel::from_parts(model.factors().clone(), gram.to_vec(), model.penalties());
    let again = parts(model.gram()).and_then(|again| again.with_discounts(model.discounts().clone()));
    assert_eq!(again.unwrap(), model);
    for gram in [&[1.0; 3][..], &[f32::NAN; 4], &[-1.0; 4]] {
        assert!(parts(gram).is_err());
    }
    let table = model.discounts();
    for discounts in [
        DiscountTable { item_weights: vec![1.0; 15], ..table.clone() },
        DiscountTable { item_weights: vec![f32::INFINITY; 16], ..table.clone() },
        DiscountTable { listener_weight_mean: 0.0, ..table.clone() },
        DiscountTable { listener_exponent: f32::NAN, ..table.clone() },
    ] {
        assert!(model.clone().with_discounts(discounts).is_err());
    }
}

#[test]
fn vectors_from_elsewhere_are_turned_without_changing_what_they_mean() {
    let model = fit(&two_tastes(), &params(4, 4, 5)).items;
    // Another basis: the sum and difference of pairs of dimensions.
    let turned: Vec<f32> = (model.factors().values().chunks_exact(2))
        .flat_map(|pair| [pair[0] + pair[1], pair[0] - pair[1]])
        .map(|value| value * 0.5_f32.sqrt())
        .collect();
    let again = ItemModel::from_factors(Factors::new(4, turned).unwrap(), model.penalties()).unwrap();
    let likes = observations([0, 3, 9]);
    let (before, after) = (model.fold_in(&likes), again.fold_in(&likes));
    for item in 0..16 {
        let (old, new) = (model.factors().row(item), again.factors().row(item));
        assert!((dot(&before, old) - dot(&after, new)).abs() < 1e-4);
        assert!((cosine(old, model.factors().row(0)) - cosine(new, again.factors().row(0))).abs() < 1e-4);
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    let matrix = two_tastes();
    let refusal = |change: fn(&mut IalsParams)| {
        let mut params = params(4, 4, 1);
        change(&mut params);
        Ials::fit(&matrix, &params, &mut |_| {}).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refusal(|params| params.dim = 0), @"parameter `dim` is 0; it must be at least 1");
    insta::assert_snapshot!(
        refusal(|params| params.penalties.regularization = 0.0),
        @"parameter `regularization` is 0; it must be finite and above zero"
    );
    for change in [
        (|params| params.dim = 5000) as fn(&mut IalsParams),
        |params| params.sweep = Sweep::Blocks(0),
        |params| params.sweep = Sweep::Gradients(0),
        |params| params.discounts.item = 1.5,
        |params| params.discounts.listener = f32::NAN,
        |params| params.penalties.unobserved_weight = f32::NAN,
        |params| params.penalties.frequency_exponent = 3.0,
        |params| params.start_deviation = f32::INFINITY,
    ] {
        refusal(change);
    }
    let empty = Sparse::from_triplets(3, 3, []).unwrap();
    assert!(matches!(Ials::fit(&empty, &params(4, 4, 1), &mut |_| {}), Err(LearnError::Empty { .. })));
}

#[test]
fn progress_counts_to_its_total() {
    let mut seen = Vec::new();
    Ials::fit(&two_tastes(), &params(2, 2, 2), &mut |progress| seen.push((progress.done, progress.total)))
        .unwrap();
    assert_eq!(seen, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
}

#[test]
fn a_start_from_an_earlier_model_comes_as_far_in_fewer_epochs_although_listeners_and_items_were_added() {
    let grown = scattered(400, 260, 9_000);
    let was_there =
        |row: u32, item: u32| row < 360 && item < 240 && !(row * 31 + item * 17).is_multiple_of(10);
    let earlier: Vec<(u32, u32, f32)> = (0..400)
        .flat_map(|row| {
            let (items, values) = grown.row(row as usize);
            let entries = items.iter().zip(values).map(move |(&item, &value)| (row, item, value));
            entries.filter(|&(row, item, _)| was_there(row, item)).collect::<Vec<_>>()
        })
        .collect();
    let earlier = Sparse::from_triplets(360, 240, earlier).unwrap();
    let earlier = fit(&earlier, &params(16, 16, 10));
    let loss = |model: &Ials| model.objective(&grown, Discounts::default()).unwrap();
    let warm = |epochs: usize| {
        let start = Some(earlier.items.factors());
        Ials::fit_from(start, &grown, &params(16, 16, epochs), &mut |_| {}).unwrap()
    };
    let cold: Vec<f64> = (1..=10).map(|epochs| loss(&fit(&grown, &params(16, 16, epochs)))).collect();
    assert!(loss(&warm(1)) < cold[2], "{} against {cold:?}", loss(&warm(1)));
    assert!(loss(&warm(5)) < cold[9], "{} against {cold:?}", loss(&warm(5)));
    assert_eq!(warm(2), warm(2), "the same seed and start give the same model");
    let other_dim =
        Ials::fit_from(Some(earlier.items.factors()), &grown, &params(8, 8, 2), &mut |_| {}).unwrap();
    assert_eq!(other_dim, fit(&grown, &params(8, 8, 2)), "a start of another kind is none");
}
