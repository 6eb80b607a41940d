"""Values with pyDVL what `measure pydvl` has written to a folder, and compares values and time.

    python pydvl_knn.py FOLDER JOBS

The folder has int8 vectors and labels of the data and of the benchmark, `values.f64` (the kernel's) and `measured.json`. pyDVL gets
JOBS processes. Fails if a value differs by more than 1e-9.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from joblib import parallel_config
from pydvl.valuation import Dataset, KNNShapleyValuation
from sklearn.neighbors import KNeighborsClassifier

TOLERANCE = 1e-9


def read(folder: Path, name: str, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    vectors = np.fromfile(folder / f"{name}.i8", dtype=np.int8).reshape(-1, dimension)
    labels = np.fromfile(folder / f"{name}.labels", dtype=np.uint8)
    return vectors.astype(np.float64), labels.astype(np.int64)


def with_ties_broken(data: np.ndarray, benchmark: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Puts equally distant records in the order of the data, as the kernel does; pyDVL leaves them in any.

    One more number makes squared distances, which are integers, larger by less than a half, and by more for later records.
    """
    count = len(data)
    shift = np.sqrt(np.arange(count) / (2.0 * count))
    nothing = np.zeros(len(benchmark))
    return np.column_stack([data, shift]), np.column_stack([benchmark, nothing])


def main() -> None:
    folder, jobs = Path(sys.argv[1]), int(sys.argv[2])
    measured = json.loads((folder / "measured.json").read_text())
    data, labels = read(folder, "data", measured["dimension"])
    benchmark, benchmark_labels = read(folder, "benchmark", measured["dimension"])
    data, benchmark = with_ties_broken(data, benchmark)
    model = KNeighborsClassifier(n_neighbors=measured["neighbours"])
    valuation = KNNShapleyValuation(model, test_data=Dataset(benchmark, benchmark_labels), progress=False)
    begin = time.perf_counter()
    with parallel_config(n_jobs=jobs):
        valuation.fit(Dataset(data, labels))
    seconds = time.perf_counter() - begin

    values = np.asarray(valuation.result.values)[np.argsort(valuation.result.indices)]
    expected = np.fromfile(folder / "values.f64", dtype="<f8")
    difference = float(np.abs(values - expected).max())
    size = f"{measured['records']} x {measured['tests']}"
    print(f"{size}: pyDVL {seconds:.3f} s in {jobs} processes, kernel {measured['seconds']:.4f} s in {measured['threads']} threads")
    print(f"{size}: all values {seconds / measured['seconds']:.0f} times faster; largest difference {difference:.2e}, of values up to {np.abs(expected).max():.2e}")
    print(f"{size}: shadows and rows of a first round, {measured['round']:.4f} s, {seconds / measured['round']:.0f} times faster")
    if not difference <= TOLERANCE:
        sys.exit(f"values differ by more than {TOLERANCE}")


if __name__ == "__main__":
    main()
