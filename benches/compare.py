"""Segue beside the libraries that people use, in one run on the same data: prints every ratio.

    python -m venv /some/where && /some/where/bin/pip install implicit irspack lightgbm usearch voyager numpy scipy
    cargo build --release -p learn --example speed
    /some/where/bin/python benches/compare.py [DIRECTORY WITH train.txt AND test.txt] [--large] [--only=PART,PART]

Without a directory a set is simulated. `--large` adds a million vectors and the growth to 30 million interactions.
Parts are factors, rankers, neighbours and growth; all of them without `--only`.
Libraries that are not installed are named and left out. Run it on a machine that does nothing else.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy.sparse as sp

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
SPEED = os.path.join(TARGET, "release", "examples", "speed")
FACTORS, EPOCHS = 128, 8


def segue(*arguments):
    return json.loads(subprocess.run([SPEED, *map(str, arguments)], check=True, capture_output=True, text=True).stdout)


def show(what, **figures):
    print(f"{what:28}", "  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items()), flush=True)


def read(path):
    opened = gzip.open(path + ".gz", "rt") if not os.path.exists(path) else open(path)
    rows, columns = [], []
    for line in opened:
        user, *items = map(int, line.split())
        rows += [user] * len(items)
        columns += items
    return np.array(rows), np.array(columns)


def simulated(seed=1):
    """Listeners of twenty tastes with famous items in each."""
    random = np.random.default_rng(seed)
    rows = np.repeat(np.arange(6000), 60)
    taste = random.integers(20, size=6000)[rows]
    own = random.random(len(rows)) < 0.8
    taste = np.where(own, taste, random.integers(20, size=len(rows)))
    columns = taste * 500 + (500 ** random.random(len(rows))).astype(int)
    is_test = random.random(len(rows)) < 0.2
    return (rows[~is_test], columns[~is_test]), (rows[is_test], columns[is_test])


def write(path, pairs):
    rows, columns = pairs
    order = np.argsort(rows, kind="stable")
    with open(path, "w") as out:
        for row, group in zip(*grouped(rows[order], columns[order])):
            out.write(" ".join(map(str, [row, *group])) + "\n")


def grouped(rows, columns):
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    return rows[starts], np.split(columns, starts[1:])


def ndcg(user_factors, item_factors, train, test, k=10):
    discounts, total, count = 1 / np.log2(np.arange(2, k + 2)), 0.0, 0
    for first in range(0, test.shape[0], 512):
        users = np.arange(first, min(first + 512, test.shape[0]))
        scores = user_factors[users] @ item_factors.T
        known = train[users].nonzero()
        scores[known] = -np.inf
        top = np.argpartition(-scores, k, axis=1)[:, :k]
        for place, user in enumerate(users):
            wanted = test.indices[test.indptr[user]:test.indptr[user + 1]]
            if len(wanted):
                ranked = top[place][np.argsort(-scores[place, top[place]])]
                total += (np.isin(ranked, wanted) * discounts).sum() / discounts[:min(k, len(wanted))].sum()
                count += 1
    return total / count


def factor_models(directory, scratch):
    if directory:
        train, test = (read(os.path.join(directory, part)) for part in ("train.txt", "test.txt"))
    else:
        train, test = simulated()
    paths = [os.path.join(scratch, name) for name in ("train", "test")]
    write(paths[0], train)
    write(paths[1], test)
    shape = (max(train[0].max(), test[0].max()) + 1, max(train[1].max(), test[1].max()) + 1)
    matrix = [sp.csr_matrix((np.ones(len(part[0]), np.float32), part), shape=shape) for part in (train, test)]
    for part in matrix:
        part.data[:] = 1
    own = segue("ials", *paths, FACTORS, EPOCHS, 0.1, 0.008)
    show("ials, segue", seconds=own["seconds"], ndcg10=own["ndcg@10"], peak_mib=own["peak_rss_mib"])
    try:
        from irspack import IALSRecommender
        model = IALSRecommender(matrix[0], n_components=FACTORS, alpha0=0.1, reg=0.008, train_epochs=EPOCHS, n_threads=2)
        begun = time.perf_counter()
        model.learn()
        seconds = time.perf_counter() - begun
        reached = ndcg(model.get_user_embedding(), model.get_item_embedding(), *matrix)
        show("ials, irspack", seconds=seconds, ndcg10=reached, segue_is_faster=seconds / own["seconds"])
    except ImportError as error:
        print("left out:", error)
    try:
        from implicit.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits
        with threadpool_limits(1, user_api="blas"):
            for solver, use_cg in (("conjugate gradients", True), ("Cholesky", False)):
                model = AlternatingLeastSquares(factors=FACTORS, regularization=2.0, alpha=10.0, iterations=EPOCHS,
                                                use_cg=use_cg, use_gpu=False, num_threads=2, random_state=1)
                begun = time.perf_counter()
                model.fit(matrix[0], show_progress=False)
                seconds = time.perf_counter() - begun
                reached = ndcg(model.user_factors, model.item_factors, *matrix)
                show(f"ials, implicit {solver}", seconds=seconds, ndcg10=reached, segue_is_faster=seconds / own["seconds"])
    except ImportError as error:
        print("left out:", error)
    found = segue("fold-in", 128, 200)
    show("fold-in of 200 plays", median_us=found["median_us"], p95_us=found["p95_us"])


def neighbours(count, scratch, dim=128, k=500, query_count=200):
    random = np.random.default_rng(1)
    centres = random.normal(size=(max(100, count // 500), dim)).astype(np.float32)
    vectors = np.empty((count, dim), np.float32)
    # A part at a time, since what is drawn takes twice the room of what is kept.
    for first in range(0, count, 100_000):
        part = vectors[first:first + 100_000]
        part[:] = centres[random.integers(len(centres), size=len(part))] + 0.7 * random.normal(size=part.shape).astype(np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    queries = vectors[:: count // query_count][:query_count]
    paths = [os.path.join(scratch, name) for name in ("vectors", "queries")]
    vectors.tofile(paths[0])
    queries.tofile(paths[1])
    own = segue("nearest", *paths, dim, k)
    show(f"top {k} of {count}, segue", **{key: own[key] for key in ("ms", "exact_ms", "recall", "build_seconds", "peak_rss_mib")})
    truth = np.stack([np.argpartition(-(vectors @ query), k)[:k] for query in queries])

    def measure(name, search, build_seconds):
        """The lowest effort with at least our recall, so that times compare."""
        for effort in (k, 600, 800, 1000, 1500, 2000, 3000, 5000, 8000):
            begun = time.perf_counter()
            found = [search(query, effort) for query in queries]
            ms = (time.perf_counter() - begun) * 1e3 / len(queries)
            recall = np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(found, truth)])
            if recall >= min(own["recall"], 0.98):
                break
        show(f"top {k} of {count}, {name}", ms=ms, recall=float(recall), effort=effort, build_seconds=build_seconds,
             segue_is_faster=ms / own["ms"])

    try:
        from usearch.index import Index
        index = Index(ndim=dim, metric="cos", dtype="f32", connectivity=16, expansion_add=128)
        begun = time.perf_counter()
        index.add(np.arange(count), vectors, threads=2)
        seconds = time.perf_counter() - begun

        def with_usearch(query, effort):
            index.expansion_search = effort
            return index.search(query, k, threads=1).keys
        measure("usearch", with_usearch, seconds)
    except ImportError as error:
        print("left out:", error)
    try:
        import voyager
        index = voyager.Index(voyager.Space.Cosine, num_dimensions=dim, M=16, ef_construction=128)
        begun = time.perf_counter()
        index.add_items(vectors, num_threads=2)
        seconds = time.perf_counter() - begun
        measure("voyager", lambda query, effort: index.query(query, k, query_ef=effort)[0], seconds)
    except ImportError as error:
        print("left out:", error)


def rankers(scratch, queries=4000, training=3000, length=100, features=20, trees=100):
    """The last queries are held out."""
    random = np.random.default_rng(1)
    values = random.normal(size=(queries * length, features)).astype(np.float32)
    hidden = values[:, 0] + values[:, 1] * values[:, 2] + np.sin(values[:, 3] * 2) + random.normal(size=len(values))
    labels = np.zeros(len(values), np.float32)
    for first in range(0, len(values), length):
        labels[first + np.argsort(-hidden[first:first + length])[:5]] = 1
    lengths = np.full(queries, length, np.float32)
    paths = [os.path.join(scratch, name) for name in ("values", "labels", "lengths")]
    for path, numbers in zip(paths, (values, labels, lengths)):
        numbers.tofile(path)
    own = segue("rank", *paths, features, trees, training)
    show("LambdaMART, segue", seconds=own["seconds"], train_ndcg10=own["train_ndcg@10"], held_out_ndcg10=own["held_out_ndcg@10"],
         peak_mib=own["peak_rss_mib"])
    try:
        import lightgbm
        rows = training * length
        begun = time.perf_counter()
        model = lightgbm.train(
            {"objective": "lambdarank", "num_leaves": 31, "learning_rate": 0.1, "num_threads": 2, "verbose": -1,
             "lambdarank_truncation_level": 30, "min_data_in_leaf": 20},
            lightgbm.Dataset(values[:rows], labels[:rows], group=lengths[:training].astype(int)), trees)
        seconds = time.perf_counter() - begun
        scores = model.predict(values).reshape(queries, length)
        gains = np.take_along_axis(labels.reshape(queries, length), np.argsort(-scores, axis=1), axis=1)[:, :10]
        discounts = 1 / np.log2(np.arange(2, 12))
        reached = gains @ discounts / discounts[:5].sum()
        show("LambdaMART, lightgbm", seconds=seconds, train_ndcg10=float(reached[:training].mean()),
             held_out_ndcg10=float(reached[training:].mean()), segue_is_faster=seconds / own["seconds"])
    except ImportError as error:
        print("left out:", error)


def growth(large):
    for interactions in [100_000, 300_000, 1_000_000, 3_000_000] + ([10_000_000, 30_000_000] if large else []):
        found = segue("growth", interactions)
        show(f"growth to {interactions}", seconds=found["seconds"], peak_mib=found["peak_rss_mib"], listeners=found["listeners"],
             items=found["items"])


def main():
    large = "--large" in sys.argv
    directories = [word for word in sys.argv[1:] if not word.startswith("--")]
    print(f"two threads, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: above 1 these figures say little")
    with tempfile.TemporaryDirectory() as scratch:
        parts = {
            "factors": lambda: factor_models(directories[0] if directories else None, scratch),
            "rankers": lambda: rankers(scratch),
            "neighbours": lambda: neighbours(1_000_000 if large else 100_000, scratch),
            "growth": lambda: growth(large),
        }
        only = [part for word in sys.argv[1:] if word.startswith("--only=") for part in word[7:].split(",")]
        unknown = [part for part in only if part not in parts]
        if unknown:
            sys.exit(f"no part is called {unknown[0]}; there are {', '.join(parts)}")
        for name, run in parts.items():
            if not only or name in only:
                run()


main()
