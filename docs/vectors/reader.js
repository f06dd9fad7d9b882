// AdamW in JavaScript, tested against `lawful vectors adamw -o adamw.jsonl`: node reader.js adamw.jsonl
const lines = require("fs").readFileSync(process.argv[2], "utf8").trim().split("\n").slice(1);

function run({ hyperparameters, first, gradients, set }) {
  let { lr, beta1, beta2, eps, weight_decay } = hyperparameters;
  let x = first, m = first.map(() => 0), v = first.map(() => 0);
  return gradients.map((g, k) => {
    lr = set[k + 1]?.lr ?? lr;
    m = m.map((m, i) => beta1 * m + (1 - beta1) * g[i]);
    v = v.map((v, i) => beta2 * v + (1 - beta2) * g[i] * g[i]);
    const [c1, c2] = [1 - beta1 ** (k + 1), 1 - beta2 ** (k + 1)];
    return (x = x.map((x, i) => x - lr * weight_decay * x - (lr * (m[i] / c1)) / (Math.sqrt(v[i] / c2) + eps)));
  });
}

const within = (seen, { expected, budget }) =>
  seen.every((row, k) => row.every((x, i) => Math.abs(x - expected[k][i]) <= budget.float64[k][i]));

for (const vector of lines.map((line) => JSON.parse(line))) {
  const blind = vector.wrong.filter((w) => w.formats.includes("float64") && within(w.values, vector));
  console.log(within(run(vector), vector) && !blind.length ? "ok" : "NOT OK", vector.name);
}
