//! Why a pick is where it is: the exact contributions, in numbers and in words.
//!
//! Nothing is made up after the fact.
//! The reasons are what the ranker added the score up from, and their words come from the evidence that the sources
//! gave when they proposed the target.
//! Where a learnt ranker turns what a reason says into its opposite, the reason says so, and is no part of the sentence.

mod words;

use learn::blocks::Blocks;
use learn::boost::RankingModel as _;
use music::{ArtistId, Catalogue, Target, TrackId};
use taste::summary::style_names;

use self::words::artist_name;
pub use self::words::evidence_words;
pub(crate) use self::words::{mood_words, times};
use crate::adjuster::leaning_words;
use crate::candidate::{Candidates, Support};
use crate::column::Column;
use crate::evidence::Evidence;
use crate::feature::{FACTS, Features};
use crate::perspective::PERSPECTIVES;
use crate::pipeline::Judges;
use crate::query::Query;
use crate::reranker::{Adjustment, Because, Ranked};
use crate::scorer::SCORERS;
use crate::slate::{Chance, Pick, Picked, PickedArtist, PickedTrack, Reason};
use crate::sliders::SLIDERS;
use crate::snapshot::Snapshot;
use crate::source::SOURCES;

/// What a pick's explanation is made of.
#[derive(Clone, Copy, Debug)]
pub struct Explainer<'a> {
    /// The request.
    pub query: &'a Query,
    /// What it was answered from.
    pub snapshot: &'a Snapshot,
    /// All candidates with their columns.
    pub candidates: &'a Candidates,
    /// Everybody who has a say in the score.
    pub(crate) judges: &'a Judges,
}

/// A reason, and what the sentence must know of it.
struct Telling {
    reason: Reason,
    /// Whether it names something of this very target.
    is_particular: bool,
    /// Whether it counts for what its words say.
    is_plain: bool,
}

impl Telling {
    /// A reason whose words speak for or against the target, and which may turn out to count the other way.
    fn meant(words: String, speaks_for: bool, contribution: f32, source: &'static str) -> Self {
        let is_plain = contribution == 0.0 || speaks_for == (contribution > 0.0);
        let text = match (is_plain, contribution > 0.0) {
            (true, _) => words,
            (false, true) => format!("{words}, which counts for it here"),
            (false, false) => format!("{words}, which counts against it here"),
        };
        Self { reason: Reason { text, contribution, source }, is_particular: false, is_plain }
    }

    fn particular(mut self, is_particular: bool) -> Self {
        self.is_particular = is_particular;
        self
    }
}

/// Facts and absences below this are told together.
///
/// A judgement: as for the sentence, two digits are shown.
const TOLD_MIN: f32 = 0.01;
/// The name under which they are told.
const SMALL: &str = "small";

/// The name of what leanings add.
const LEANING: &str = "leaning";

/// Reasons named in the sentence.
const SENTENCE_REASONS: usize = 2;
/// A reason must weigh at least this share of the weightiest to be named.
///
/// A judgement: low enough that what is particular to a pick is told before what fits half the slate, high enough that
/// what is told did matter.
const NAMED_SHARE: f32 = 0.25;
/// A reason below this is not named in the sentence, however little the others weigh.
///
/// A judgement: two digits are shown of a contribution.
const NAMED_MIN: f32 = 0.01;

impl Explainer<'_> {
    /// The picks with their reasons; a target that is neither track nor artist of the catalogue is left out.
    pub(crate) fn picks(&self, all: Vec<Ranked>) -> Vec<(Ranked, Pick)> {
        let chances = self.chances(&all);
        let pick = |(ranked, chances): (Ranked, Vec<Chance>)| {
            let pick = self.pick_with(&ranked, chances)?;
            Some((ranked, pick))
        };
        all.into_iter().zip(chances).filter_map(pick).collect()
    }

    /// The pick with its reasons; none for a target that is neither track nor artist of the catalogue.
    pub fn pick(&self, ranked: &Ranked) -> Option<Pick> {
        let chances = self.chances(std::slice::from_ref(ranked)).pop().unwrap_or_default();
        self.pick_with(ranked, chances)
    }

    fn pick_with(&self, ranked: &Ranked, chances: Vec<Chance>) -> Option<Pick> {
        let reasons = self.reasons(ranked);
        Some(Pick {
            what: self.picked(ranked.target)?,
            score: ranked.score,
            why: self.sentence(ranked.target, &reasons),
            chances,
            propensity: ranked.propensity * propensity(self.candidates.support(ranked.row)),
            reasons: reasons.into_iter().map(|telling| telling.reason).collect(),
        })
    }

    fn sentence(&self, target: Target, reasons: &[Telling]) -> String {
        let sentence = sentence(reasons);
        match (sentence, self.query.standing_place(target)) {
            (None, Some(_)) => "It was chosen for this week's mix.".to_owned(),
            (None, None) => "Nothing better was left.".to_owned(),
            (Some(sentence), _) => sentence,
        }
    }

    /// What the heads say of each, if it is a track, whether or not the mix counts them.
    fn chances(&self, all: &[Ranked]) -> Vec<Vec<Chance>> {
        let mut chances = vec![Vec::new(); all.len()];
        let rows = all.iter().flat_map(|ranked| self.judges.features.row(ranked.row)).copied();
        let rows = Blocks::of(&rows.collect::<Vec<f32>>(), Features::width());
        for head in &self.snapshot.models.heads {
            for ((chances, probability), ranked) in chances.iter_mut().zip(head.probabilities(&rows)).zip(all)
            {
                if matches!(ranked.target, Target::Track(_)) {
                    chances.push(Chance { action: head.action.clone(), probability });
                }
            }
        }
        chances
    }

    /// All contributions, the weightiest first; they sum to the score.
    fn reasons(&self, ranked: &Ranked) -> Vec<Telling> {
        let parts = self.judges.ranker.contributions(self.judges.features.row(ranked.row));
        let mut reasons = self.of_sources(ranked.row, &parts);
        reasons.extend(self.of_scorers(ranked, &parts));
        reasons.extend(self.of_facts(ranked.row, &parts));
        reasons.extend(self.of_perspectives(ranked.row));
        reasons.extend(self.of_sliders(ranked.row));
        reasons.extend(self.of_adjusters(ranked.row));
        reasons.extend(ranked.adjustments.iter().map(|adjustment| self.of_adjustment(adjustment)));
        reasons.sort_by(|a, b| {
            let (a, b) = (&a.reason, &b.reason);
            b.contribution.abs().total_cmp(&a.contribution.abs()).then(a.source.cmp(b.source))
        });
        reasons
    }

    fn of_sources(&self, row: usize, parts: &[f32]) -> Vec<Telling> {
        let of_support = |support: &Support| {
            let column = Column::of_source(support.source);
            let contribution = parts[column.index()];
            let mut words = evidence_words(self.snapshot, support.evidence);
            let mut speaks_for = true;
            // The source is right less often here than somebody who draws by chance.
            if self.candidates.value(column, row) < 0.0 && contribution < 0.0 {
                words.push_str(", which seldom says enough");
                speaks_for = false;
            }
            Telling::meant(words, speaks_for, contribution, column.name())
                .particular(support.evidence.is_particular())
        };
        self.candidates.support(row).iter().map(of_support).collect()
    }

    fn of_scorers(&self, ranked: &Ranked, parts: &[f32]) -> Vec<Telling> {
        let mut reasons = Vec::new();
        for (index, scorer) in SCORERS.iter().enumerate() {
            let column = Column::of_scorer(index);
            let (value, contribution) = (self.candidates.value(column, ranked.row), parts[column.index()]);
            if contribution != 0.0 {
                // A value of 0 says nothing of its own, so it cannot be turned around either.
                let (words, speaks_for) = if value == 0.0 {
                    (format!("{} says nothing about it", scorer.name()), contribution > 0.0)
                } else {
                    let words = scorer.words(self.query, self.snapshot, ranked.target, value);
                    (words, value * scorer.weight() > 0.0)
                };
                let telling = Telling::meant(words, speaks_for, contribution, scorer.name());
                let is_plain = telling.is_plain && value != 0.0;
                reasons.push(Telling { is_plain, ..telling }.particular(scorer.is_particular()));
            }
        }
        reasons
    }

    /// What trees make of sources that did not think of the target, and of facts.
    fn of_facts(&self, row: usize, parts: &[f32]) -> Vec<Telling> {
        let mut reasons = Vec::new();
        let mut small = 0.0;
        let support = self.candidates.support(row);
        for (place, source) in (0..).zip(SOURCES) {
            let contribution = parts[Column::of_source(place).index()];
            if support.iter().any(|support| support.source == place) || contribution == 0.0 {
                continue;
            }
            if contribution.abs() < TOLD_MIN {
                small += contribution;
                continue;
            }
            let words = format!("it is not among {}", source.purpose());
            let telling = Telling::meant(words, contribution > 0.0, contribution, source.name());
            reasons.push(Telling { is_plain: false, ..telling });
        }
        let values = &self.judges.features.row(row)[Column::count()..];
        for ((fact, &value), &contribution) in FACTS.iter().zip(values).zip(&parts[Column::count()..]) {
            if contribution.abs() < TOLD_MIN {
                small += contribution;
            } else {
                let words = fact.words(value);
                reasons.push(Telling::meant(words, contribution > 0.0, contribution, fact.name));
            }
        }
        if small != 0.0 {
            let words = "small things taken together".to_owned();
            let telling = Telling::meant(words, small > 0.0, small, SMALL);
            reasons.push(Telling { is_plain: false, ..telling });
        }
        reasons
    }

    /// What the listener's answers to earlier slates add.
    fn of_perspectives(&self, row: usize) -> impl Iterator<Item = Telling> + '_ {
        let adapted = PERSPECTIVES.iter().zip(self.judges.adapted(row)).zip(self.judges.weights);
        adapted.filter(|((_, contribution), _)| *contribution != 0.0).map(
            |((perspective, contribution), weight)| {
                let how = if weight > 0.0 { "go by" } else { "go little by" };
                let side = if contribution > 0.0 { "for" } else { "against" };
                let words = format!(
                    "your answers show that you {how} {}, which speaks {side} it",
                    perspective.looks_for
                );
                Telling::meant(words, contribution > 0.0, contribution, perspective.name)
            },
        )
    }

    /// What the listener's wishes add.
    fn of_sliders(&self, row: usize) -> impl Iterator<Item = Telling> + '_ {
        let wished = SLIDERS.iter().zip(self.judges.wished(row));
        wished.filter(|(_, contribution)| *contribution != 0.0).map(|(slider, contribution)| {
            let side = if contribution > 0.0 { "for" } else { "against" };
            let words = slider.words[usize::from((slider.of)(&self.judges.sliders) < 0.0)];
            let words = format!("{words}, which speaks {side} it");
            Telling::meant(words, contribution > 0.0, contribution, slider.name)
        })
    }

    /// What the listener's leanings add.
    fn of_adjusters(&self, row: usize) -> impl Iterator<Item = Telling> + '_ {
        let adjusted = self.judges.adjusted.iter().map(move |(leaning, adds)| (leaning, adds[row]));
        adjusted.filter(|(_, contribution)| *contribution != 0.0).map(|(leaning, contribution)| {
            let side = if contribution > 0.0 { "for" } else { "against" };
            let words = format!("{}, which speaks {side} it", leaning_words(leaning, self.snapshot));
            Telling::meant(words, contribution > 0.0, contribution, LEANING)
        })
    }

    /// What the slate around it adds.
    fn of_adjustment(&self, adjustment: &Adjustment) -> Telling {
        let Adjustment { name, contribution, because } = *adjustment;
        let lacks = contribution > 0.0;
        let words = match because {
            Because::Like(target) => format!("it is much like {}", self.name(target)),
            Because::Genre(tag) => {
                let genre = self.snapshot.catalogue.tag(tag).map_or("this kind of music", |tag| &tag.name);
                match lacks {
                    true => format!("you like more {genre} than this slate has so far"),
                    false => format!("this slate has enough {genre} already"),
                }
            }
            Because::OtherGenres if lacks => {
                "this slate has little beside your main genres so far".to_owned()
            }
            Because::OtherGenres => "this slate has enough beside your main genres".to_owned(),
            Because::New if lacks => "it brings in something new, as you like to do".to_owned(),
            Because::New => "this slate has as much that is new as you want".to_owned(),
            Because::Known if lacks => "you want more that you know than this slate has so far".to_owned(),
            Because::Known => "this slate has as much that you know as you want".to_owned(),
            Because::Elsewhere => "this page shows it elsewhere already".to_owned(),
            Because::Slate => "it makes the slate more even, or less".to_owned(),
        };
        let speaks_for = lacks && !matches!(because, Because::Like(_));
        let is_particular = matches!(because, Because::Like(_));
        Telling::meant(words, speaks_for, contribution, name).particular(is_particular)
    }

    fn picked(&self, target: Target) -> Option<Picked> {
        let catalogue = &self.snapshot.catalogue;
        match target {
            Target::Track(id) => picked_track(catalogue, id).map(Picked::Track),
            Target::Artist(id) => {
                let artist = catalogue.artist(id)?;
                Some(Picked::Artist(PickedArtist {
                    id,
                    name: artist.name.to_string(),
                    tags: style_names(catalogue, &artist.tags).take(5).map(str::to_owned).collect(),
                    begin_with: self.snapshot.tracks_of_artist(id).first().copied(),
                }))
            }
            Target::Release(_) | Target::Playlist(_) => None,
        }
    }

    fn name(&self, target: Target) -> String {
        match target {
            Target::Track(track) => self.snapshot.catalogue.label(track),
            Target::Artist(artist) => artist_name(self.snapshot, artist),
            Target::Release(id) => id.to_string(),
            Target::Playlist(id) => id.to_string(),
        }
    }
}

/// A track with the names that people need.
pub(crate) fn picked_track(catalogue: &Catalogue, id: TrackId) -> Option<PickedTrack> {
    let track = catalogue.track(id)?;
    let name = |&artist: &ArtistId| catalogue.artist(artist).map(|artist| artist.name.to_string());
    Some(PickedTrack {
        id,
        title: track.title.to_string(),
        artists: track.artists.iter().filter_map(name).collect(),
        release: track.release.and_then(|id| catalogue.release(id)).map(|r| r.title.to_string()),
        artist_ids: track.artists.to_vec(),
        release_id: track.release,
        duration_ms: track.duration.map(music::Millis::get),
    })
}

/// The reasons that speak for a pick, as one sentence: of those that weigh enough the particular ones first, for they
/// tell more than what fits half the slate.
fn sentence(reasons: &[Telling]) -> Option<String> {
    let weightiest = reasons.iter().map(|telling| telling.reason.contribution).fold(0.0, f32::max);
    let weighs_enough =
        |reason: &Reason| reason.contribution >= NAMED_MIN && reason.contribution >= NAMED_SHARE * weightiest;
    let of_kind = |particular: bool| {
        let of_kind =
            reasons.iter().filter(move |telling| telling.is_plain && telling.is_particular == particular);
        of_kind.map(|telling| &telling.reason).filter(|reason| weighs_enough(reason))
    };
    let mut named: Vec<&Reason> = Vec::new();
    for reason in of_kind(true).chain(of_kind(false)) {
        if named.len() < SENTENCE_REASONS && named.iter().all(|known| known.text != reason.text) {
            named.push(reason);
        }
    }
    let joined = named.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join(", and ");
    let mut letters = joined.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// The chance at which the target came up: below 1 only where a draw alone proposed it.
fn propensity(support: &[Support]) -> f32 {
    let chance = |support: &Support| match support.evidence {
        Evidence::Explore { chance, .. } => chance,
        _ => 1.0,
    };
    support.iter().map(chance).max_by(f32::total_cmp).unwrap_or(1.0)
}
