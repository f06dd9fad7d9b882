// AdamW of arXiv:1711.05101 as a program that `lawful check --command 'node adamw.js'` can ask.
const defaults = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 1e-2 };
let hyper, memory;

function step(own, x, g) {
  const { lr, betas: [b1, b2], eps, weight_decay } = hyper;
  const t = ++own.t, c1 = 1 - b1 ** t, c2 = 1 - b2 ** t;
  return x.map((value, i) => {
    const m = (own.m[i] = b1 * own.m[i] + (1 - b1) * g[i]);
    const v = (own.v[i] = b2 * own.v[i] + (1 - b2) * g[i] * g[i]);
    return value - lr * weight_decay * value - (lr * (m / c1)) / (Math.sqrt(v / c2) + eps);
  });
}

const answers = {
  lawful: () => ({ lawful: 1, name: "adamw", arguments: defaults, settable: Object.keys(defaults), saves: true }),
  begin: (said) => {
    hyper = { ...defaults, ...said.arguments };
    memory = said.parameters.map((x) => ({ t: 0, m: x.map(() => 0), v: x.map(() => 0) }));
    return {};
  },
  set: (said) => (Object.assign(hyper, said), {}),
  step: (said) => ({ parameters: said.parameters.map((x, i) => (said.gradients[i] ? step(memory[i], x, said.gradients[i]) : x)) }),
  save: () => ({ hyper, memory }),
  load: (said) => (({ hyper, memory } = said), {}),
};
// what JSON has no numbers for is written as text
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
    process.stdout.write(JSON.stringify(answers[asked](said), written) + "\n");
  }
})();
