#!/usr/bin/env bash
# TensorFlow.js 4.22.0: tf.train.adadelta is plain SGD, whatever rho and epsilon are.
#
# Adadelta (arXiv:1212.5701) divides by the root of the mean of squared gradients up to this one. Here the step is taken
# with the mean of those before it: √(E[Δ²] + ε)/√(E[g²] + ε)·g with both means at 0 in the first step, so that Δ = g.
# Then both have the same value, in every step to come: the fraction is 1 for good, and the step lr·g.
#
# Seen with Node 20, CPU; the weight after each of four steps from 0 with gradients 1, −5, 2, 100 and a rate of 0.5:
#     adadelta, rho 0.95, epsilon 1e-7  -0.500 2.000 1.000 -49.000
#     adadelta, rho 0.5, epsilon 1e-2   -0.500 2.000 1.000 -49.000
#     sgd                               -0.500 2.000 1.000 -49.000
#     Adadelta of the paper, 0.95, 1e-7 -0.001 0.000 -0.000 -0.002
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0
cat > adadelta.js <<'JS'
console.warn = () => {};
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
const gradients = [1, -5, 2, 100], lr = 0.5;

function way(optimizer) {
  const weight = tf.variable(tf.scalar(0));
  return gradients.map((g) => (optimizer.applyGradients({ [weight.name]: tf.scalar(g) }), weight.dataSync()[0].toFixed(3)));
}

function ofThePaper(rho, eps) {
  let x = 0, squares = 0, changes = 0;
  return gradients.map((g) => {
    squares = rho * squares + (1 - rho) * g * g;
    const change = (Math.sqrt(changes + eps) / Math.sqrt(squares + eps)) * g;
    changes = rho * changes + (1 - rho) * change * change;
    return (x -= lr * change).toFixed(3);
  });
}

const [one, other, sgd] = [tf.train.adadelta(lr, 0.95, 1e-7), tf.train.adadelta(lr, 0.5, 1e-2), tf.train.sgd(lr)].map(way);
const paper = ofThePaper(0.95, 1e-7);
console.log("adadelta, rho 0.95, epsilon 1e-7 ", ...one);
console.log("adadelta, rho 0.5, epsilon 1e-2  ", ...other);
console.log("sgd                              ", ...sgd);
console.log("Adadelta of the paper, 0.95, 1e-7", ...paper);
const same = (a, b) => a.join() === b.join();
process.exit(same(one, sgd) && same(other, sgd) && !same(paper, sgd) ? 0 : 1);
JS
node adadelta.js
