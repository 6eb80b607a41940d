// A small model: multinomial logistic regression (softmax) on pixels, trained by plain gradient descent.

const RATE = 0.05;
const STEPS = 200;
const PIXEL = 16;

function scores(weights, features) {
  return weights.map((row) => row.reduce((sum, weight, index) => sum + weight * (index < features.length ? features[index] / PIXEL : 1), 0));
}

function softmax(values) {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Trains on records, from given weights (of a parent model) or from zero. One row of weights for each class, the last one its bias. */
export function train(records, classes, parent) {
  const width = records[0].features.length + 1;
  const weights = parent
    ? parent.map((row) => [...row])
    : Array.from({ length: classes }, () => new Array(width).fill(0));
  for (let step = 0; step < STEPS; step += 1) {
    const gradient = weights.map((row) => new Array(row.length).fill(0));
    for (const { features, label } of records) {
      softmax(scores(weights, features)).forEach((likely, index) => {
        const error = likely - (index === label ? 1 : 0);
        for (let column = 0; column < width; column += 1) {
          gradient[index][column] += error * (column < features.length ? features[column] / PIXEL : 1);
        }
      });
    }
    weights.forEach((row, index) => row.forEach((_, column) => {
      row[column] -= (RATE * gradient[index][column] * classes) / records.length;
    }));
  }
  return weights;
}

/** The part of records whose label the model tells. */
export function accuracy(weights, records) {
  const right = records.filter(({ features, label }) => {
    const values = scores(weights, features);
    return values.indexOf(Math.max(...values)) === label;
  });
  return right.length / records.length;
}
