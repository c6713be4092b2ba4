//! Models as plain tensors and back. Numbers only, so a hostile file can be wrong but never runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::ials::{DiscountTable, ItemModel, Penalties};
use learn::popularity::Popularity;
use learn::reception::Reception;
use learn::{Factors, Neighbours, Sparse};
use recommend::attributes::{AttributeQuality, TrackAttributes};
use recommend::{Models, Questions};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::{questions, stored_heads, stored_ranking, stored_segments, stored_skips};
use crate::error::EngineError;

/// An artifact's file name and bytes.
pub(super) type File = (String, Vec<u8>);

const FACTORS: [&str; 2] = ["track_factors", "artist_factors"];
const NEIGHBOURS: [&str; 8] = [
    "track_neighbours",
    "playlist_neighbours",
    "session_neighbours",
    "artist_neighbours",
    "view_neighbours",
    "followers",
    "lyrics_neighbours",
    "art_neighbours",
];
const CROWD: &str = "crowd";
const RECEPTION: &str = "reception";
const POPULARITY: [&str; 2] = ["track_popularity", "artist_popularity"];
const ATTRIBUTES: &str = "track_attributes";
const QUESTIONS: &str = "questions.json";

/// The artifacts of `models`; parts that were not learnt have none.
pub(super) fn encode(models: &Models) -> Result<Vec<File>, EngineError> {
    let mut files = Vec::new();
    for (name, model) in FACTORS.into_iter().zip([&models.track_factors, &models.artist_factors]) {
        if let Some(model) = model {
            files.push(tensors(name, &factor_tensors(model))?);
        }
    }
    let neighbours = [
        &models.track_neighbours,
        &models.playlist_neighbours,
        &models.session_neighbours,
        &models.artist_neighbours,
        &models.view_neighbours,
        &models.followers,
        &models.lyrics_neighbours,
        &models.art_neighbours,
    ];
    for (name, neighbours) in NEIGHBOURS.into_iter().zip(neighbours) {
        if let Some(neighbours) = neighbours {
            files.push(tensors(name, &neighbour_tensors(neighbours))?);
        }
    }
    for (name, popularity) in
        POPULARITY.into_iter().zip([&models.track_popularity, &models.artist_popularity])
    {
        if let Some(popularity) = popularity {
            files.push(tensors(name, &popularity_tensors(popularity))?);
        }
    }
    if let Some(reception) = &models.reception {
        files.push(tensors(RECEPTION, &reception_tensors(reception))?);
    }
    if let Some(crowd) = &models.crowd {
        files.push(tensors(CROWD, &crowd_tensors(crowd))?);
    }
    if let Some(attributes) = &models.track_attributes {
        files.push(tensors(ATTRIBUTES, &attribute_tensors(attributes))?);
    }
    if let Some(segments) = &models.segments {
        files.push(stored_segments::encode(segments)?);
    }
    files.push(stored_ranking::encode(&models.ranking)?);
    if !models.heads.is_empty() {
        files.push(stored_heads::encode(&models.heads)?);
    }
    if let Some(meaning) = &models.skip_meaning {
        files.push(stored_skips::encode(meaning)?);
    }
    if models.questions != Questions::default() {
        let bytes = questions::encode(&models.questions)
            .map_err(|error| broken(QUESTIONS, &format!("cannot be written: {error}")))?;
        files.push((QUESTIONS.to_owned(), bytes));
    }
    Ok(files)
}

/// The models in `files`.
///
/// # Errors
/// [`EngineError::BrokenSnapshot`] where an artifact is unknown, has the wrong shape, or holds a number that is not
/// finite.
pub(super) fn decode(files: &BTreeMap<String, Vec<u8>>) -> Result<Models, EngineError> {
    let mut models = Models::default();
    for (file, bytes) in files {
        let name = file.strip_suffix(".safetensors").unwrap_or(file);
        match name {
            "track_factors" => models.track_factors = Some(factors(file, bytes)?),
            "artist_factors" => models.artist_factors = Some(factors(file, bytes)?),
            "track_neighbours" => models.track_neighbours = Some(neighbours(file, bytes)?),
            "playlist_neighbours" => models.playlist_neighbours = Some(neighbours(file, bytes)?),
            "session_neighbours" => models.session_neighbours = Some(neighbours(file, bytes)?),
            "artist_neighbours" => models.artist_neighbours = Some(neighbours(file, bytes)?),
            "track_popularity" => models.track_popularity = Some(popularity(file, bytes)?),
            "artist_popularity" => models.artist_popularity = Some(popularity(file, bytes)?),
            "view_neighbours" => models.view_neighbours = Some(neighbours(file, bytes)?),
            "followers" => models.followers = Some(neighbours(file, bytes)?),
            "lyrics_neighbours" => models.lyrics_neighbours = Some(neighbours(file, bytes)?),
            "art_neighbours" => models.art_neighbours = Some(neighbours(file, bytes)?),
            RECEPTION => models.reception = Some(reception(file, bytes)?),
            CROWD => models.crowd = Some(crowd(file, bytes)?),
            ATTRIBUTES => models.track_attributes = Some(attributes(file, bytes)?),
            stored_segments::NAME => models.segments = Some(stored_segments::decode(file, bytes)?),
            stored_ranking::FILE => models.ranking = stored_ranking::decode(bytes)?,
            stored_skips::FILE => models.skip_meaning = stored_skips::decode(bytes)?.map(Arc::new),
            stored_heads::FILE => models.heads = stored_heads::decode(bytes)?,
            QUESTIONS => {
                models.questions =
                    questions::decode(bytes).map_err(|error| broken(file, &error.to_string()))?;
            }
            _ => return Err(broken(file, "is no artifact that this program knows")),
        }
    }
    Ok(models)
}

pub(super) fn broken(file: &str, problem: &str) -> EngineError {
    EngineError::BrokenSnapshot { file: file.into(), problem: problem.to_owned() }
}

/// A tensor with its bytes, little end first.
pub(super) struct Tensor {
    name: &'static str,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Tensor {
    pub(super) fn f32(name: &'static str, shape: Vec<usize>, values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name, dtype: Dtype::F32, shape, bytes }
    }

    pub(super) fn u32(name: &'static str, values: &[u32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name, dtype: Dtype::U32, shape: vec![values.len()], bytes }
    }

    pub(super) fn u64(name: &'static str, values: &[usize]) -> Self {
        let bytes = values.iter().flat_map(|&value| (value as u64).to_le_bytes()).collect();
        Self { name, dtype: Dtype::U64, shape: vec![values.len()], bytes }
    }
}

pub(super) fn tensors(name: &str, tensors: &[Tensor]) -> Result<File, EngineError> {
    let wrong = |error: safetensors::SafeTensorError| broken(name, &format!("cannot be written: {error}"));
    let mut views = Vec::with_capacity(tensors.len());
    for tensor in tensors {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes).map_err(wrong)?;
        views.push((tensor.name, view));
    }
    let bytes = safetensors::serialize(views, None).map_err(wrong)?;
    Ok((format!("{name}.safetensors"), bytes))
}

/// Reads the tensors of one artifact.
pub(super) struct Reader<'a> {
    file: &'a str,
    tensors: SafeTensors<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, bytes: &'a [u8]) -> Result<Self, EngineError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| broken(file, &error.to_string()))?;
        Ok(Self { file, tensors })
    }

    fn bytes(&self, name: &str, dtype: Dtype) -> Result<(&'a [u8], Vec<usize>), EngineError> {
        let tensor = self.tensors.tensor(name).map_err(|error| broken(self.file, &error.to_string()))?;
        if tensor.dtype() != dtype {
            return Err(broken(
                self.file,
                &format!("tensor `{name}` holds {:?}, not {dtype:?}", tensor.dtype()),
            ));
        }
        Ok((tensor.data(), tensor.shape().to_vec()))
    }

    /// The file's name, for errors.
    pub(super) const fn file(&self) -> &'a str {
        self.file
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    pub(super) fn f32(&self, name: &str) -> Result<(Vec<f32>, Vec<usize>), EngineError> {
        let (bytes, shape) = self.bytes(name, Dtype::F32)?;
        let values = bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
        Ok((values.collect(), shape))
    }

    pub(super) fn u32(&self, name: &str) -> Result<Vec<u32>, EngineError> {
        let (bytes, _) = self.bytes(name, Dtype::U32)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect())
    }

    pub(super) fn u64(&self, name: &str) -> Result<Vec<usize>, EngineError> {
        let (bytes, _) = self.bytes(name, Dtype::U64)?;
        let values = bytes.as_chunks::<8>().0.iter().map(|&bytes| usize::try_from(u64::from_le_bytes(bytes)));
        values
            .collect::<Result<_, _>>()
            .map_err(|_| broken(self.file, "a number is too large for this machine"))
    }

    pub(super) fn learnt<T>(&self, result: Result<T, learn::LearnError>) -> Result<T, EngineError> {
        result.map_err(|error| broken(self.file, &error.to_string()))
    }
}

fn factor_tensors(model: &ItemModel) -> Vec<Tensor> {
    let (factors, penalties) = (model.factors(), model.penalties());
    let penalties = [penalties.unobserved_weight, penalties.regularization, penalties.frequency_exponent];
    let DiscountTable { item_weights, listener_exponent, listener_weight_mean } = model.discounts();
    vec![
        Tensor::f32("factors", vec![factors.row_count(), factors.dim()], factors.values()),
        Tensor::f32("gram", vec![model.gram().len()], model.gram()),
        Tensor::f32("penalties", vec![3], &penalties),
        Tensor::f32("item_weights", vec![item_weights.len()], item_weights),
        Tensor::f32("listener_discount", vec![2], &[*listener_exponent, *listener_weight_mean]),
    ]
}

fn factors(file: &str, bytes: &[u8]) -> Result<ItemModel, EngineError> {
    let reader = Reader::new(file, bytes)?;
    let (values, shape) = reader.f32("factors")?;
    let [_, dim] = shape[..] else { return Err(broken(file, "`factors` is no matrix")) };
    let (gram, _) = reader.f32("gram")?;
    let (penalties, _) = reader.f32("penalties")?;
    let [unobserved_weight, regularization, frequency_exponent] = penalties[..] else {
        return Err(broken(file, "`penalties` are not three numbers"));
    };
    let penalties = Penalties { unobserved_weight, regularization, frequency_exponent };
    let factors = reader.learnt(Factors::new(dim, values))?;
    let model = reader.learnt(ItemModel::from_parts(factors, gram, penalties))?;
    // Snapshots from before these were kept have none.
    if !reader.has("item_weights") {
        return Ok(model);
    }
    let (item_weights, _) = reader.f32("item_weights")?;
    let (listener, _) = reader.f32("listener_discount")?;
    let [listener_exponent, listener_weight_mean] = listener[..] else {
        return Err(broken(file, "`listener_discount` is not two numbers"));
    };
    let discounts = DiscountTable { item_weights, listener_exponent, listener_weight_mean };
    reader.learnt(model.with_discounts(discounts))
}

fn neighbour_tensors(neighbours: &Neighbours) -> Vec<Tensor> {
    let similarities = neighbours.similarities();
    vec![
        Tensor::u64("starts", neighbours.starts()),
        Tensor::u32("items", neighbours.items()),
        Tensor::f32("similarities", vec![similarities.len()], similarities),
    ]
}

fn neighbours(file: &str, bytes: &[u8]) -> Result<Neighbours, EngineError> {
    let reader = Reader::new(file, bytes)?;
    let (similarities, _) = reader.f32("similarities")?;
    reader.learnt(Neighbours::from_parts(reader.u64("starts")?, reader.u32("items")?, similarities))
}

fn crowd_tensors(crowd: &Sparse) -> Vec<Tensor> {
    vec![
        Tensor::u64("track_count", &[crowd.column_count()]),
        Tensor::u64("starts", crowd.row_starts()),
        Tensor::u32("tracks", crowd.columns()),
        Tensor::f32("likes", vec![crowd.entry_count()], crowd.values()),
    ]
}

fn crowd(file: &str, bytes: &[u8]) -> Result<Sparse, EngineError> {
    let reader = Reader::new(file, bytes)?;
    let [track_count] = reader.u64("track_count")?[..] else {
        return Err(broken(file, "`track_count` is not one number"));
    };
    let (likes, _) = reader.f32("likes")?;
    if likes.iter().any(|like| !like.is_finite() || *like <= 0.0) {
        return Err(broken(file, "a like is not above zero"));
    }
    reader.learnt(Sparse::from_parts(track_count, reader.u64("starts")?, reader.u32("tracks")?, likes))
}

fn popularity_tensors(popularity: &Popularity) -> Vec<Tensor> {
    let count = popularity.item_count();
    vec![
        Tensor::f32("scores", vec![count], popularity.scores()),
        Tensor::f32("trends", vec![count], popularity.trends()),
        Tensor::u32("listener_counts", popularity.listener_counts()),
    ]
}

fn popularity(file: &str, bytes: &[u8]) -> Result<Popularity, EngineError> {
    let reader = Reader::new(file, bytes)?;
    let ((scores, _), (trends, _)) = (reader.f32("scores")?, reader.f32("trends")?);
    reader.learnt(Popularity::from_parts(scores, trends, reader.u32("listener_counts")?))
}

fn reception_tensors(reception: &Reception) -> Vec<Tensor> {
    let (tracks, artists) = (reception.items(), reception.groups());
    vec![
        Tensor::f32("tracks", vec![tracks.len()], tracks),
        Tensor::f32("artists", vec![artists.len()], artists),
    ]
}

fn reception(file: &str, bytes: &[u8]) -> Result<Reception, EngineError> {
    let reader = Reader::new(file, bytes)?;
    reader.learnt(Reception::from_parts(reader.f32("tracks")?.0, reader.f32("artists")?.0))
}

fn attribute_tensors(attributes: &TrackAttributes) -> Vec<Tensor> {
    let by_tag = attributes.by_tag();
    let qualities: Vec<f32> =
        attributes.qualities().iter().flat_map(|quality| [quality.auc, quality.calibration_error]).collect();
    vec![
        Tensor::u64("track_count", &[by_tag.column_count()]),
        Tensor::u64("starts", by_tag.row_starts()),
        Tensor::u32("tracks", by_tag.columns()),
        Tensor::f32("probabilities", vec![by_tag.entry_count()], by_tag.values()),
        Tensor::f32("qualities", vec![attributes.qualities().len(), 2], &qualities),
    ]
}

fn attributes(file: &str, bytes: &[u8]) -> Result<TrackAttributes, EngineError> {
    let reader = Reader::new(file, bytes)?;
    let [track_count] = reader.u64("track_count")?[..] else {
        return Err(broken(file, "`track_count` is not one number"));
    };
    let (probabilities, _) = reader.f32("probabilities")?;
    let (starts, tracks) = (reader.u64("starts")?, reader.u32("tracks")?);
    let by_tag = reader.learnt(Sparse::from_parts(track_count, starts, tracks, probabilities))?;
    let (qualities, _) = reader.f32("qualities")?;
    let quality = |&[auc, calibration_error]: &[f32; 2]| AttributeQuality { auc, calibration_error };
    let qualities = qualities.as_chunks::<2>().0.iter().map(quality).collect();
    reader.learnt(TrackAttributes::from_parts(by_tag, qualities))
}
