#!/usr/bin/env bash
# TensorFlow.js 4.22.0: optimizers know what they keep of a variable by its place in one call, not by the variable.
#
# applyGradients takes the gradients of any variables, by name, and minimize a list of those to train. What momentum,
# adagrad, rmsprop and adam keep stands in a list, in the order of that call: if two variables take turns, both are first
# in theirs, and one goes on with the momentum of the other. adam counts each call as a step of both besides. Nothing
# warns, as long as the shapes agree. sgd keeps nothing and is right.
#
# Seen with Node 20, CPU; weights a and b after three steps from 0 with gradients 1 and -1, given together and in turn:
#     sgd       together -0.3000 0.3000  in turn -0.3000 0.3000
#     momentum  together -0.5610 0.5610  in turn -0.2747 0.0528
#     adagrad   together -0.2211 0.2211  in turn -0.1964 0.1589
#     rmsprop   together -0.7377 0.7377  in turn -0.6646 0.5460
#     adam      together -0.3000 0.3000  in turn -0.1540 0.0158
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0
cat > order.js <<'JS'
console.warn = () => {};
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");

function after(optimizer, inTurn) {
  const a = tf.variable(tf.scalar(0)), b = tf.variable(tf.scalar(0));
  const of = (variable, gradient) => ({ [variable.name]: tf.scalar(gradient) });
  for (let step = 0; step < 3; step++) {
    const calls = inTurn ? [of(a, 1), of(b, -1)] : [{ ...of(a, 1), ...of(b, -1) }];
    calls.forEach((gradients) => optimizer.applyGradients(gradients));
  }
  return [a, b].map((variable) => variable.dataSync()[0].toFixed(4)).join(" ");
}

const { sgd, momentum, adagrad, rmsprop, adam } = tf.train;
const makers = { sgd: () => sgd(0.1), momentum: () => momentum(0.1, 0.9), adagrad: () => adagrad(0.1), rmsprop: () => rmsprop(0.1), adam: () => adam(0.1) };
let asDescribed = true;
for (const [name, make] of Object.entries(makers)) {
  const [together, inTurn] = [after(make(), false), after(make(), true)];
  console.log(name.padEnd(9), "together", together, " in turn", inTurn);
  asDescribed &&= (together === inTurn) === (name === "sgd");
}
process.exit(asDescribed ? 0 : 1);
JS
node order.js
