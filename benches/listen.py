"""Segue's listening beside librosa, Essentia and bliss, in one run on the same files and one core; prints every ratio.

    python -m venv /some/where && /some/where/bin/pip install librosa essentia numpy imageio-ffmpeg
    cargo build --release -p audio --example listening_speed
    (cd benches/bliss && cargo build --release)
    /some/where/bin/python benches/listen.py LIST

LIST is a text file with a line for each recording: its path, a tab, and its artist (or whatever is to be found again).
The first SPEED_COUNT of them are timed; all of them are used to ask how many of the ten nearest are by the same artist.
What is not installed is named and left out, but for ffmpeg, which is needed: that of the system, else that of the package
imageio-ffmpeg. Run it on a machine that does nothing else.
"""

import collections
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
SEGUE = os.path.join(TARGET, "release", "examples", "listening_speed")
BLISS = os.environ.get("BLISS", os.path.join(ROOT, "benches", "bliss", "target", "release", "bliss-bench"))
SPEED_COUNT = 8
RATE = 22_050
# How far two pitches lie apart when a recording is transposed for the question whether it stays near itself.
SEMITONES = (-2, 2)


def ffmpeg():
    """Where ffmpeg is."""
    found = shutil.which("ffmpeg")
    if found is None:
        import imageio_ffmpeg

        found = imageio_ffmpeg.get_ffmpeg_exe()
    return found


def run(program, files):
    """What a program of ours prints for files, on the first core, and its peak of memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    command = ["taskset", "-c", "0", program, *files]
    out = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    out["memory"] = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
    return out


def alone():
    """Keeps this process, and what it calls, on one core."""
    os.sched_setaffinity(0, {0})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"


def librosa_all(files):
    """The usual calls for what our analysis tells, each of which is also a part of it."""
    import librosa

    started = time.perf_counter()
    for file in files:
        y, rate = librosa.load(file, sr=RATE)
        librosa.beat.beat_track(y=y, sr=rate)
        librosa.onset.onset_detect(y=y, sr=rate)
        librosa.feature.mfcc(y=y, sr=rate, n_mfcc=13)
        chroma = librosa.feature.chroma_cqt(y=y, sr=rate)
        librosa.feature.tonnetz(chroma=chroma, sr=rate)
        librosa.segment.agglomerative(chroma, 8)
        for of in ("spectral_centroid", "spectral_rolloff", "spectral_flatness", "spectral_contrast", "zero_crossing_rate"):
            getattr(librosa.feature, of)(y=y)
        librosa.effects.hpss(y)
    return time.perf_counter() - started


def essentia_all(files):
    import essentia

    essentia.log.infoActive = essentia.log.warningActive = False
    import essentia.standard as es

    started = time.perf_counter()
    for file in files:
        es.MusicExtractor(lowlevelStats=["mean", "stdev"], rhythmStats=["mean", "stdev"], tonalStats=["mean", "stdev"])(file)
    return time.perf_counter() - started


def mfcc(files):
    """Means and variances of 20 coefficients: what people use who have nothing else."""
    import librosa

    rows = []
    for file in files:
        y, rate = librosa.load(file, sr=RATE)
        m = librosa.feature.mfcc(y=y, sr=rate, n_mfcc=20)
        rows.append(np.concatenate([m.mean(1), m.var(1)]))
    return np.array(rows)


def standard(rows):
    return (rows - rows.mean(0)) / np.maximum(rows.std(0), 1e-9)


def recall(rows, artists, count=10, least=4):
    """The mean over recordings of how many of the `count` nearest are by the same artist, of those that could be."""
    distances = ((rows[:, None] - rows[None]) ** 2).sum(-1)
    np.fill_diagonal(distances, np.inf)
    of = collections.Counter(artists)
    shares = []
    for row, artist in enumerate(artists):
        if of[artist] >= least:
            near = np.argsort(distances[row])[:count]
            shares.append(sum(artists[other] == artist for other in near) / min(count, of[artist] - 1))
    return float(np.mean(shares)), len(shares)


def cosine(a, b):
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def stability(files):
    """Cosines of a recording's descriptor with that of itself in another form, and ranks of itself among all."""
    forms = {
        "mp3 128k against flac": ([], "mp3", ["-b:a", "128k"]),
        "opus 96k against flac": ([], "opus", ["-b:a", "96k"]),
        "half as loud": (["volume=0.5"], "flac", []),
        "begun 1.37 s later": (["atrim=start=1.37"], "flac", []),
    }
    for semitones in SEMITONES:
        forms[f"{semitones:+d} semitones"] = ([f"rubberband=pitch={2 ** (semitones / 12):.6f}"], "flac", [])
    with tempfile.TemporaryDirectory() as folder:
        made = collections.defaultdict(list)
        for number, file in enumerate(files):
            plain = os.path.join(folder, f"{number}.flac")
            write = [ffmpeg(), "-v", "error", "-y", "-i"]
            subprocess.run([*write, file, "-map", "0:a", "-ar", "44100", plain], check=True)
            made["plain"].append(plain)
            for form, (filters, extension, options) in forms.items():
                out = os.path.join(folder, f"{number}-{len(made)}-{form.replace(' ', '_')}.{extension}")
                chain = ["-af", ",".join(filters)] if filters else []
                subprocess.run([*write, plain, *chain, *options, out], check=True)
                made[form].append(out)
        read = lambda names: np.array([row["numbers"] for row in run(SEGUE, names)["rows"]])
        plain = read(made["plain"])
        for form in forms:
            rows = read(made[form])
            cosines = [cosine(a, b) for a, b in zip(plain, rows)]
            distances = ((rows[:, None] - plain[None]) ** 2).sum(-1)
            first = np.mean(np.argmin(distances, 1) == np.arange(len(rows)))
            print(f"  {form:24} cosine median {np.median(cosines):.4f}, least {min(cosines):.4f}; itself nearest {first:.2f}")


def main():
    files, artists = zip(*(line.rstrip("\n").split("\t")[:2] for line in open(sys.argv[1])))
    load = os.getloadavg()[0]
    print(f"load before: {load:.2f}" + (" - the times below prove little" if load > 0.5 else ""))
    folder = tempfile.TemporaryDirectory()
    # One format that all of them read.
    timed = [os.path.join(folder.name, f"{number}.mp3") for number in range(SPEED_COUNT)]
    for file, out in zip(files, timed):
        subprocess.run([ffmpeg(), "-v", "error", "-i", file, "-map", "0:a", "-ar", "44100", "-b:a", "192k", out], check=True)
    ours = run(SEGUE, timed)
    whole = ours["decode"] + ours["analysis"]
    print(f"Segue, one core, {ours['sound']:.0f} s of sound: whole {ours['sound'] / whole:.0f}x real time, descriptor alone "
          f"{ours['sound'] / (ours['decode'] + ours['descriptor']):.0f}x, peak {ours['memory']:.0f} MB")
    alone()
    for name, others in (("librosa", librosa_all), ("Essentia MusicExtractor", essentia_all)):
        try:
            others(timed[:1])
            seconds = others(timed)
        except ImportError:
            print(f"{name}: not installed")
            continue
        print(f"{name}: {ours['sound'] / seconds:.0f}x real time; Segue is {seconds / whole:.2f} times as fast")
    print(f"same artist among the ten nearest, {len(files)} recordings:")
    rows = np.array([row["numbers"] for row in run(SEGUE, list(files))["rows"]])
    print("  Segue's 42 numbers   %.3f (of %d recordings)" % recall(rows, artists))
    try:
        print("  20 MFCC, mean and variance %.3f (of %d)" % recall(standard(mfcc(files)), artists))
    except ImportError:
        print("  20 MFCC: librosa is not installed")
    if os.path.exists(BLISS):
        other = run(BLISS, list(files))
        told = [(row["numbers"], artist) for row, artist in zip(other["rows"], artists) if "numbers" in row]
        rows, theirs = np.array([numbers for numbers, _ in told]), [artist for _, artist in told]
        print("  bliss, as it is      %.3f (of %d; %d not read)" % (*recall(rows, theirs), len(files) - len(told)))
        print("  bliss, standardised  %.3f" % recall(standard(rows), theirs)[0])
    else:
        print("  bliss: not built")
    print("the descriptor of the same recording in another form:")
    stability(files[:SPEED_COUNT])


main()
