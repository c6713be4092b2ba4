//! What each part of the form is: rules, each of which can be told.

use music::analysis::SectionLabel;

use super::section::Stretch;

/// What is known of a part beside its place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part {
    /// *Unit*: dB against the track.
    pub(crate) level_db: f32,
    /// The part of the time in which a voice leads. *Range*: 0 to 1.
    pub(crate) lead: f32,
    /// How bright it is against the track. *Unit*: octaves.
    pub(crate) brightness: f32,
    /// *Unit*: seconds.
    pub(crate) seconds: f64,
}

/// The label of each part, with how sure it is.
pub(crate) fn label(stretches: &[Stretch], parts: &[Part]) -> Vec<(SectionLabel, f32)> {
    let count = stretches.len();
    let mut labels = vec![(SectionLabel::Other, 0.3); count];
    if count < 2 {
        return labels;
    }
    let families = families(stretches, parts);
    let chorus =
        families.iter().filter(|family| family.is_song()).max_by(|a, b| a.hook().total_cmp(&b.hook()));
    let Some(chorus) = chorus else { return ends(labels, stretches, parts, None) };
    let verse = families
        .iter()
        .filter(|family| family.is_song() && family.number != chorus.number)
        .max_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let margin = verse.map_or(0.5, |verse| 1.0 / (1.0 + (verse.hook() - chorus.hook()).exp()));
    for (index, stretch) in stretches.iter().enumerate() {
        labels[index] = if stretch.family == chorus.number {
            (SectionLabel::Chorus, margin)
        } else if verse.is_some_and(|verse| verse.number == stretch.family) {
            (SectionLabel::Verse, margin)
        } else if families[stretch.family].is_song() {
            let leads = |at: usize| stretches.get(at + 1).is_some_and(|next| next.family == chorus.number);
            let always = (0..count).filter(|&at| stretches[at].family == stretch.family).all(leads);
            (if always { SectionLabel::PreChorus } else { SectionLabel::Verse }, 0.4)
        } else {
            (SectionLabel::Other, 0.3)
        };
    }
    single_parts(&mut labels, stretches, parts);
    ends(labels, stretches, parts, Some(chorus.number))
}

/// All parts that are the same music.
struct Family {
    number: usize,
    count: usize,
    seconds: f64,
    level_db: f32,
    lead: f32,
    brightness: f32,
}

impl Family {
    /// Whether it comes back and somebody leads in it.
    fn is_song(&self) -> bool {
        self.count > 1 && self.lead > 0.2
    }

    /// How much it is what the song comes back to: set by hand.
    fn hook(&self) -> f32 {
        0.35 * self.level_db + 1.0 * self.lead + 0.8 * self.brightness + 0.15 * self.count as f32
    }
}

fn families(stretches: &[Stretch], parts: &[Part]) -> Vec<Family> {
    let count = stretches.iter().map(|stretch| stretch.family + 1).max().unwrap_or(0);
    (0..count)
        .map(|number| {
            let members: Vec<&Part> = stretches
                .iter()
                .zip(parts)
                .filter(|(s, _)| s.family == number)
                .map(|(_, part)| part)
                .collect();
            let seconds = members.iter().map(|part| part.seconds).sum::<f64>().max(1e-6);
            let mean = |of: fn(&Part) -> f32| {
                members.iter().map(|part| f64::from(of(part)) * part.seconds).sum::<f64>() / seconds
            };
            Family {
                number,
                count: members.len(),
                seconds,
                level_db: mean(|part| part.level_db) as f32,
                lead: mean(|part| part.lead) as f32,
                brightness: mean(|part| part.brightness) as f32,
            }
        })
        .collect()
}

/// Names what comes only once between the rest: a drop of energy is a break, no voice a solo, anything else a bridge.
fn single_parts(labels: &mut [(SectionLabel, f32)], stretches: &[Stretch], parts: &[Part]) {
    let mut chorus_count = 0;
    let usual_lead = {
        let song = labels.iter().zip(parts).filter(|(label, _)| label.0 != SectionLabel::Other);
        let leads: Vec<f32> = song.map(|(_, part)| part.lead).collect();
        leads.iter().sum::<f32>() / leads.len().max(1) as f32
    };
    for index in 0..stretches.len() {
        match labels[index].0 {
            SectionLabel::Chorus => chorus_count += 1,
            SectionLabel::Other if index > 0 && index + 1 < stretches.len() => {
                let part = &parts[index];
                labels[index] = if part.level_db < -6.0 {
                    (SectionLabel::Break, 0.5)
                } else if part.lead < 0.6 * usual_lead {
                    (SectionLabel::Solo, 0.4)
                } else if chorus_count >= 1 {
                    (SectionLabel::Bridge, if chorus_count >= 2 { 0.5 } else { 0.35 })
                } else {
                    (SectionLabel::Verse, 0.35)
                };
            }
            _ => {}
        }
    }
}

/// Names the first and the last part where they are quieter or less sung than what follows or precedes.
fn ends(
    mut labels: Vec<(SectionLabel, f32)>,
    stretches: &[Stretch],
    parts: &[Part],
    chorus: Option<usize>,
) -> Vec<(SectionLabel, f32)> {
    let last = labels.len() - 1;
    let lead = parts.iter().map(|part| part.lead).sum::<f32>() / parts.len() as f32;
    let stands_out = |index: usize| parts[index].lead < 0.75 * lead || parts[index].level_db < -3.0;
    for (index, name) in [(0, SectionLabel::Intro), (last, SectionLabel::Outro)] {
        let is_single = labels[index].0 == SectionLabel::Other;
        let is_chorus = chorus == Some(stretches[index].family);
        if is_single || (stands_out(index) && !is_chorus) {
            labels[index] = (name, if stands_out(index) { 0.7 } else { 0.5 });
        }
    }
    // What leads into the song without a voice belongs to its beginning.
    let mut index = 1;
    while index < last && labels[index - 1].0 == SectionLabel::Intro && parts[index].lead < 0.5 * lead {
        labels[index] = (SectionLabel::Intro, 0.4);
        index += 1;
    }
    labels
}
