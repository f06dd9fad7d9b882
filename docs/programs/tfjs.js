// An optimizer of TensorFlow.js as a program that `lawful check --command 'node tfjs.js adam'` can ask.
// It wants `npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0` where it is started.
const path = require("path");
const installed = (name) => require(require.resolve(name, { paths: [process.cwd(), path.dirname(__filename)] }));
console.warn = () => {}; // advice to use a faster backend
const tf = installed("@tensorflow/tfjs-core");
installed("@tensorflow/tfjs-backend-cpu");

// what each of tf.train takes, in its order: the rule's words, with its defaults
const known = {
  sgd: { lr: 0.01 },
  momentum: { lr: 0.01, momentum: 0.9, nesterov: false },
  adagrad: { lr: 0.01, initial_accumulator_value: 0.1 },
  adadelta: { lr: 0.001, rho: 0.95, eps: null },
  adam: { lr: 0.001, beta1: 0.9, beta2: 0.999, eps: null },
  adamax: { lr: 0.002, beta1: 0.9, beta2: 0.999, eps: null },
  rmsprop: { lr: 0.01, alpha: 0.9, momentum: 0, eps: null, centered: false },
};
const name = process.argv[2] || "adam";
if (!known[name]) throw new Error(`no optimizer ${name}: there are ${Object.keys(known).join(", ")}`);
const defaults = Object.fromEntries(Object.entries(known[name]).map(([k, v]) => [k, v === null ? 1e-7 : v]));
let variables = [], optimizer;

function begin({ arguments: given, formats, parameters }) {
  if (formats.some((format) => format !== "float32")) return { refused: "TensorFlow.js has float32 alone" };
  variables.forEach((v) => v.dispose());
  variables = parameters.map((x) => tf.variable(tf.tensor1d(x, "float32")));
  optimizer = tf.train[name](...Object.values({ ...defaults, ...given }));
  return {};
}

function step({ parameters, gradients }) {
  if (gradients.includes(null)) return { refused: "the optimizers of TensorFlow.js know their variables by their order" };
  tf.tidy(() => {
    variables.forEach((v, i) => v.assign(tf.tensor1d(parameters[i], "float32")));
    optimizer.applyGradients(variables.map((v, i) => ({ name: v.name, tensor: tf.tensor1d(gradients[i], "float32") })));
  });
  return { parameters: variables.map((v) => Array.from(v.dataSync())) };
}

function set({ lr }) {
  optimizer.setLearningRate ? optimizer.setLearningRate(lr) : (optimizer.learningRate = lr);
  return {};
}

async function save() {
  const weights = await optimizer.getWeights();
  return { weights: weights.map((w) => [w.name, w.tensor.shape, Array.from(w.tensor.dataSync()), w.tensor.dtype]) };
}

async function load({ weights }) {
  await optimizer.setWeights(weights.map(([name, shape, values, type]) => ({ name, tensor: tf.tensor(values, shape, type) })));
  return {};
}

// momentum is a hyperparameter of SGD; adamax cannot give its weights
const [called, saves] = [name === "momentum" ? "sgd" : name, name !== "adamax"];
const hello = () => ({ lawful: 1, name: called, arguments: defaults, settable: ["lr"], saves });
const answers = { lawful: hello, begin, step, set, save, load };
const written = (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v);
const read = (_, v) => (["NaN", "Infinity", "-Infinity"].includes(v) ? Number(v) : v);

async function* lines(said) { // as of readline, which searches a long line again with each piece of it that comes
  let line = [];
  for await (const piece of said.setEncoding("utf8")) {
    const [end, ...begun] = piece.split("\n");
    line.push(end);
    for (const next of begun) {
      yield line.join("");
      line = [next];
    }
  }
}

(async () => {
  for await (const line of lines(process.stdin)) {
    const [[asked, said]] = Object.entries(JSON.parse(line, read));
    process.stdout.write(JSON.stringify(await answers[asked](said), written) + "\n");
  }
})();
