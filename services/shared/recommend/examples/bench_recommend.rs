//! How good and how fast finding solvers is. Run by `scripts/bench recommend DIR`; DIR holds
//! `corpus.jsonl` and `distractors.jsonl` (`id`, `text`: abstracts of papers), `queries.jsonl`
//! (`title`, `keywords`, `keywords_absent`, `discipline`, `relevant`: a document) and `teams.jsonl`
//! (`discipline`, `papers`: who is taken to know about them).
//!
//! Quality is the mean reciprocal rank of the first right answer: of a team of the query's
//! discipline for title and keywords; of the paper's own abstract, among all, for those of its
//! keywords that it does not contain. The raw value beside it is plain BM25 (k1 1.2, b 0.75) over
//! pairs of Han characters and whole words, in the same run.
//!
//! Speed is measured on profiles of five passages, put together by a seed from sentences of the
//! corpus; title and keywords are the query. What bounds indexing: cache misses, one for each term
//! of a passage; the raw value beside it is reading the texts alone, on one core. What bounds the
//! search: going through every occurrence of every term asked for.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    hint::black_box,
    path::Path,
    process::ExitCode,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use recommend::{Index, Query, Reading};
use serde::{Deserialize, de::DeserializeOwned};

/// Profiles of the measurement of speed.
const PROFILES: usize = 100_000;
/// Passages of each, and sentences of each passage.
const PASSAGES: usize = 5;
/// How many hits a search asks for.
const MOST: usize = 20;

#[derive(Deserialize)]
struct Document {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Asked {
    title: String,
    keywords: Vec<String>,
    keywords_absent: Vec<String>,
    discipline: String,
    relevant: String,
}

impl Asked {
    fn full(&self) -> String {
        format!("{} {}", self.title, self.keywords.join(" "))
    }
}

#[derive(Deserialize)]
struct Team {
    discipline: String,
    papers: Vec<String>,
}

struct Data {
    corpus: Vec<Document>,
    distractors: Vec<Document>,
    asked: Vec<Asked>,
    teams: Vec<Team>,
}

fn main() -> Result<ExitCode> {
    let Some(directory) = std::env::args_os().nth(1) else {
        eprintln!("recommend: left out, it needs a directory of texts (see its bench.rs)");
        return Ok(ExitCode::from(2));
    };
    let directory = Path::new(&directory);
    let data = Data {
        corpus: lines(&directory.join("corpus.jsonl"))?,
        distractors: lines(&directory.join("distractors.jsonl"))?,
        asked: lines(&directory.join("queries.jsonl"))?,
        teams: lines(&directory.join("teams.jsonl"))?,
    };
    teams(&data)?;
    abstracts(&data)?;
    speed(&data)?;
    Ok(ExitCode::SUCCESS)
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let parsed = text.lines().map(serde_json::from_str);
    parsed
        .collect::<Result<_, _>>()
        .with_context(|| path.display().to_string())
}

/// From title and keywords to the first team of the same discipline.
fn teams(data: &Data) -> Result<()> {
    let texts: HashMap<&str, &str> = data
        .corpus
        .iter()
        .map(|one| (&*one.id, &*one.text))
        .collect();
    let (mut index, mut plain) = (Index::new(), Plain::default());
    for (key, team) in (0_u128..).zip(&data.teams) {
        let papers: Option<Vec<&str>> = team
            .papers
            .iter()
            .map(|id| texts.get(&**id).copied())
            .collect();
        let papers = papers.context("a team's paper is not in the corpus")?;
        plain.add(&papers.join(" "));
        index.upsert(key, &Reading::of(papers));
    }
    let first = |ranking: Vec<usize>, asked: &Asked| {
        let right = |&team: &usize| data.teams[team].discipline == asked.discipline;
        ranking.iter().position(right)
    };
    let ours = mean(
        data.asked
            .iter()
            .map(|asked| first(ranking(&index, &asked.full()), asked)),
    );
    let raw = mean(
        data.asked
            .iter()
            .map(|asked| first(plain.ranking(&asked.full()), asked)),
    );
    beside("title_keywords_to_team", ours, "mrr", raw);
    Ok(())
}

/// From the keywords that an abstract does not contain to that abstract.
fn abstracts(data: &Data) -> Result<()> {
    let (mut index, mut plain) = (Index::new(), Plain::default());
    let mut places = HashMap::new();
    for (place, document) in data.corpus.iter().chain(&data.distractors).enumerate() {
        places.insert(&*document.id, place);
        plain.add(&document.text);
        index.upsert(place as u128, &Reading::of([&*document.text]));
    }
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for asked in data
        .asked
        .iter()
        .filter(|asked| !asked.keywords_absent.is_empty())
    {
        let own = places
            .get(&*asked.relevant)
            .context("a relevant document is missing")?;
        let words = asked.keywords_absent.join(" ");
        let first = |ranking: Vec<usize>| ranking.iter().position(|place| place == own);
        ours.push(first(ranking(&index, &words)));
        raw.push(first(plain.ranking(&words)));
    }
    beside("absent_keywords_to_abstract", mean(ours), "mrr", mean(raw));
    Ok(())
}

fn ranking(index: &Index, text: &str) -> Vec<usize> {
    let hits = index.search(&Query::of([text]), index.len(), &|_| true);
    hits.into_iter()
        .filter_map(|hit| usize::try_from(hit.key).ok())
        .collect()
}

/// The mean reciprocal rank.
fn mean(places: impl IntoIterator<Item = Option<usize>>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for place in places {
        sum += place.map_or(0.0, |place| 1.0 / real(place + 1));
        count += 1.0;
    }
    sum / count
}

/// Indexing and searching many profiles.
fn speed(data: &Data) -> Result<()> {
    let documents = data.corpus.iter().chain(&data.distractors);
    let sentences: Vec<&str> = documents
        .flat_map(|one| one.text.split_inclusive(['。', '.', ';', '；']))
        .filter(|sentence| sentence.chars().count() > 10)
        .collect();
    let before = resident()?;
    let begin = Instant::now();
    let mut index = indexed(&sentences);
    index.compact();
    let took = begin.elapsed();
    let memory = resident()? - before;

    let mut dice = Dice(1);
    let begin = Instant::now();
    let sample = PROFILES / 10;
    for _ in 0..sample {
        let profile = profile(&sentences, &mut dice);
        black_box(Reading::of(profile.iter().map(String::as_str)));
    }
    let reading = real(sample) / begin.elapsed().as_secs_f64();
    beside(
        "indexing",
        real(PROFILES) / took.as_secs_f64(),
        "profiles/s",
        reading,
    );
    figure("index_resident", memory, "MiB");
    figure("index_counted", real(index.heap() >> 10) / 1024.0, "MiB");

    let queries: Vec<Query> = data
        .asked
        .iter()
        .map(|asked| Query::of([&*asked.full()]))
        .collect();
    searches(&index, &queries);
    let mut times = searches(&index, &queries);
    times.sort();
    let at = |percent: usize| times[times.len() * percent / 100].as_secs_f64() * 1000.0;
    figure("search_p50", at(50), "ms");
    figure("search_p95", at(95), "ms");
    figure("search_p99", at(99), "ms");
    let begin = Instant::now();
    thread::scope(|scope| {
        for half in queries.chunks(queries.len().div_ceil(2)) {
            scope.spawn(|| searches(&index, half));
        }
    });
    let rate = real(queries.len()) / begin.elapsed().as_secs_f64();
    figure("searches_on_two_cores", rate, "/s");
    Ok(())
}

/// One core reads, the other one indexes.
fn indexed(sentences: &[&str]) -> Index {
    let (sender, receiver) = mpsc::sync_channel(1024);
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut dice = Dice(7);
            for key in 0..PROFILES as u128 {
                let profile = profile(sentences, &mut dice);
                let reading = Reading::of(profile.iter().map(String::as_str));
                if sender.send((key, reading)).is_err() {
                    return;
                }
            }
        });
        let mut index = Index::new();
        for (key, reading) in receiver {
            index.upsert(key, &reading);
        }
        index
    })
}

fn profile(sentences: &[&str], dice: &mut Dice) -> Vec<String> {
    let passage = |dice: &mut Dice| {
        (0..PASSAGES)
            .map(|_| sentences[dice.below(sentences.len())])
            .collect()
    };
    (0..PASSAGES).map(|_| passage(dice)).collect()
}

fn searches(index: &Index, queries: &[Query]) -> Vec<Duration> {
    let search = |query: &Query| {
        let begin = Instant::now();
        black_box(index.search(query, MOST, &|_| true));
        begin.elapsed()
    };
    queries.iter().map(search).collect()
}

/// `SplitMix64`: the same profiles on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(z >> 33).unwrap_or_default() % bound
    }
}

/// BM25 as the textbook has it.
#[derive(Default)]
struct Plain {
    postings: HashMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
}

impl Plain {
    fn add(&mut self, text: &str) {
        let terms = plain_terms(text);
        let place = self.lengths.len();
        self.lengths.push(real(terms.len()));
        for (term, count) in counted(terms) {
            self.postings.entry(term).or_default().push((place, count));
        }
    }

    /// Places with any score, the best first.
    fn ranking(&self, text: &str) -> Vec<usize> {
        let all = real(self.lengths.len());
        let mean = self.lengths.iter().sum::<f64>() / all;
        let mut scores = vec![0.0; self.lengths.len()];
        for (term, asked) in counted(plain_terms(text)) {
            let postings = self.postings.get(&term).map_or(&[][..], Vec::as_slice);
            let with = real(postings.len());
            let weight = asked * ((all - with + 0.5) / (with + 0.5)).ln_1p();
            for &(place, count) in postings {
                let norm = 1.2 * (0.25 + 0.75 * self.lengths[place] / mean);
                scores[place] += weight * count * 2.2 / (count + norm);
            }
        }
        let mut places: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > 0.0).collect();
        places.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        places
    }
}

fn plain_terms(text: &str) -> Vec<String> {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut terms = Vec::new();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let kind = |c: &char| (han(*c), c.is_alphanumeric());
    for run in text.chunk_by(|a, b| kind(a) == kind(b)) {
        match kind(&run[0]) {
            (true, _) => terms.extend(run.windows(2).map(|pair| pair.iter().collect())),
            (false, true) => terms.push(run.iter().collect()),
            (false, false) => {}
        }
    }
    terms
}

fn counted(terms: Vec<String>) -> BTreeMap<String, f64> {
    let mut counted = BTreeMap::new();
    for term in terms {
        *counted.entry(term).or_default() += 1.0;
    }
    counted
}

/// Mebibytes that the process holds.
fn resident() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: Option<f64> =
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    Ok(kibibytes.context("no VmRSS")? / 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark")]
fn real(count: usize) -> f64 {
    count as f64
}

fn figure(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.4} {unit}");
}

fn beside(name: &str, value: f64, unit: &str, raw: f64) {
    println!("{name} {value:.4} {unit} {raw:.4} {:.3}", value / raw);
}
