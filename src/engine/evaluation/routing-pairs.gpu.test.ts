import { afterAll, expect, test } from 'vitest';
import { openCheckpoint, type CheckpointFolder } from '../testing/checkpoint-folder.ts';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { randomSource } from '../testing/numbers.ts';
import { layOutBranches } from '../branches/layout.ts';
import { initialParameters, type NamedParameters } from '../branches/parameters.ts';
import { StateModel } from '../inference/state-model.ts';
import { encodeBranches } from '../training/run/checkpoint.ts';
import { stageBranches } from '../training/stage/branch-plans.ts';
import { quickRecipe } from '../training/recipe/presets.ts';
import { expertPairs, packQuestions, scoreQuestions } from './routing-pairs.ts';

/**
 * Scores with routing forced to each pair, on the device and in a plain float64 decoder written for this
 * test: llama without biases, LoRA on every linear that has one, two experts at weight ½ each.
 */
const gpu = await openTestDevice();
afterAll(() => gpu.close());

type Vector = readonly number[];
const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const add = (a: Vector, b: Vector): number[] => a.map((x, i) => x + (b[i] ?? 0));

class Reference {
  readonly #tensors = new Map<string, number[][]>();
  readonly #branches: ReadonlyMap<string, number[][]>;
  readonly #folder: CheckpointFolder;
  readonly #scale: number;

  constructor(folder: CheckpointFolder, branches: NamedParameters, scale: number) {
    this.#folder = folder;
    this.#scale = scale;
    this.#branches = new Map(
      [...branches].map(([name, { shape, data }]) => [name, matrix(data, shape.at(-1) ?? 1)]),
    );
  }

  async load(): Promise<void> {
    for (const [name, { shape }] of this.#folder.weights.tensors) {
      const data = await this.#folder.weights.readFloat32(name);
      this.#tensors.set(name, matrix(data, shape.at(-1) ?? 1));
    }
  }

  #linear(name: string, x: Vector, pair: readonly number[]): number[] {
    const w = this.#tensors.get(`model.${name}.weight`) ?? [];
    let y = w.map((row) => dot(row, x));
    const branch = (path: string, weight: number): void => {
      const a = this.#branches.get(`${path}.A`);
      const b = this.#branches.get(`${path}.B`);
      if (!a || !b) return;
      const h = a.map((row) => weight * this.#scale * dot(row, x));
      y = add(
        y,
        b.map((row) => dot(row, h)),
      );
    };
    for (const plain of ['lora', 'ka']) branch(`${name}.${plain}`, 1);
    for (const expert of pair) branch(`${name}.na.experts.${expert}`, 1 / pair.length);
    return y;
  }

  #norm(name: string, x: Vector): number[] {
    const weight = this.#tensors.get(name)?.[0] ?? [];
    const inverse = 1 / Math.sqrt(dot(x, x) / x.length + this.#folder.config.rmsEpsilon);
    return x.map((value, i) => (weight[i] ?? 0) * value * inverse);
  }

  #turn(x: Vector, position: number): number[] {
    const { headSize, ropeTheta } = this.#folder.config;
    const half = headSize / 2;
    return x.map((value, i) => {
      const d = i % headSize;
      const angle = position / ropeTheta ** ((d % half) / half);
      const other = d < half ? -(x[i + half] ?? 0) : (x[i - half] ?? 0);
      return value * Math.cos(angle) + other * Math.sin(angle);
    });
  }

  /** log p of every next token after every position. */
  logProbabilities(ids: Uint32Array, pair: readonly number[]): number[][] {
    const { layers, heads, keyValueHeads, headSize } = this.#folder.config;
    const embedding = this.#tensors.get('model.embed_tokens.weight') ?? [];
    let hidden = Array.from(ids, (id) => [...(embedding[id] ?? [])]);
    for (let layer = 0; layer < layers; layer += 1) {
      const at = `layers.${layer}`;
      const inputs = hidden.map((x) => this.#norm(`model.${at}.input_layernorm.weight`, x));
      const project = (name: string) =>
        inputs.map((x) => this.#linear(`${at}.self_attn.${name}_proj`, x, pair));
      const q = project('q').map((x, position) => this.#turn(x, position));
      const k = project('k').map((x, position) => this.#turn(x, position));
      const v = project('v');
      hidden = hidden.map((x, row) => {
        const mixed = Array.from({ length: heads }, (_, head) => {
          const group = Math.floor(head / (heads / keyValueHeads)) * headSize;
          const query = (q[row] ?? []).slice(head * headSize, (head + 1) * headSize);
          const scores = k
            .slice(0, row + 1)
            .map((key) => dot(query, key.slice(group, group + headSize)) / Math.sqrt(headSize));
          const weights = softmax(scores);
          return Array.from({ length: headSize }, (_d, d) =>
            weights.reduce((sum, weight, key) => sum + weight * (v[key]?.[group + d] ?? 0), 0),
          );
        }).flat();
        return add(x, this.#linear(`${at}.self_attn.o_proj`, mixed, pair));
      });
      hidden = hidden.map((x) => {
        const normed = this.#norm(`model.${at}.post_attention_layernorm.weight`, x);
        const gate = this.#linear(`${at}.mlp.gate_proj`, normed, pair);
        const up = this.#linear(`${at}.mlp.up_proj`, normed, pair);
        const inner = gate.map((g, i) => (g / (1 + Math.exp(-g))) * (up[i] ?? 0));
        return add(x, this.#linear(`${at}.mlp.down_proj`, inner, pair));
      });
    }
    return hidden.map((x) => {
      const normed = this.#norm('model.norm.weight', x);
      return softmax(embedding.map((row) => dot(row, normed))).map(Math.log);
    });
  }
}

function matrix(data: Float32Array, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, row) => [
    ...data.subarray(row * columns, (row + 1) * columns),
  ]);
}

function softmax(values: Vector): number[] {
  const high = Math.max(...values);
  const exps = values.map((value) => Math.exp(value - high));
  const sum = exps.reduce((total, value) => total + value, 0);
  return exps.map((value) => value / sum);
}

test('every pair scores as a float64 reference has it, with nothing compiled or kept anew', async () => {
  const folder = await openCheckpoint('public/models/stories260k');
  const recipe = quickRecipe();
  const layout = layOutBranches(folder.config, stageBranches(recipe, 0));
  const named = initialParameters(layout, 5, 'uniform');
  const next = randomSource(9);
  for (const [name, { data }] of named) {
    if (name.endsWith('.B')) data.forEach((_, i) => (data[i] = Math.fround(next() - 0.5) / 4));
  }
  const reference = new Reference(folder, named, layout.branches[0]?.scale ?? 1);
  await reference.load();
  const made = (length: number) => Uint32Array.from({ length }, () => 3 + Math.floor(next() * 500));
  const questions = [
    { task: 'exam', prompt: made(9), options: [made(1), made(1), made(1)], answer: 1 },
    { task: 'note', prompt: made(7), options: [made(4)], answer: 0 },
  ];
  const packed = packQuestions(questions, 64, 512);
  const model = await StateModel.load({
    gpu,
    ...folder,
    run: { recipe, stageBranches: [encodeBranches(named, new Map())], snapshot: 'stage1.end' },
  });
  const pairs = expertPairs(4);
  const found = await model.withScorer(packed.rows, pairs[0] ?? [0, 1], async (scorer) => {
    const before = { pipelines: gpu.pipelines.compiled, bytes: gpu.ledger.total };
    const scores: number[] = [];
    for (const pair of pairs) {
      scorer.force(pair);
      const tasks = await scoreQuestions(scorer, packed);
      scores.push(...tasks.map(({ logLikelihood }) => logLikelihood));
    }
    expect({ pipelines: gpu.pipelines.compiled, bytes: gpu.ledger.total }).toEqual(before);
    return scores;
  });
  model.release();
  expect(gpu.ledger.total).toBe(0);
  const wanted = pairs.flatMap((pair) =>
    questions.map(({ prompt, options, answer }) => {
      const right = options[answer] ?? new Uint32Array();
      const all = new Uint32Array([...prompt, ...right]);
      const given = reference.logProbabilities(all, pair);
      const logs = Array.from(right, (id, t) => given[prompt.length - 1 + t]?.[id] ?? Number.NaN);
      return logs.reduce((sum, value) => sum + value, 0) / right.length;
    }),
  );
  // Pairs differ by far more than the bound, so that no pair passes for another.
  const exam = wanted.filter((_, i) => i % 2 === 0).sort((a, b) => a - b);
  const gaps = exam.slice(1).map((value, i) => value - (exam[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(1e-3);
  found.forEach((value, i) => expect(Math.abs(value - (wanted[i] ?? 0))).toBeLessThan(5e-5));
});
