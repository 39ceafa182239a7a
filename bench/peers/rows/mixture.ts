/** A linear with a mixture of LoRA, forward and backward. */
import type * as Jax from '@jax-js/jax';
import { describeBranches } from '../../../src/engine/branches/device-branches.ts';
import { groupKey, layOutBranches, type BranchPlan } from '../../../src/engine/branches/layout.ts';
import { asMatrix, viewTensor, type Tensor } from '../../../src/engine/gpu/tensor.ts';
import { stepStateLength } from '../../../src/engine/kernels/random.ts';
import { groupBackward } from '../../../src/engine/model/passes/linear-group-backward.ts';
import { groupForward } from '../../../src/engine/model/passes/linear-group-forward.ts';
import { parseModelConfig, type ModelConfig } from '../../../src/engine/model/config.ts';
import type { PassContext } from '../../../src/engine/model/passes/context.ts';
import { describeWeights, type ModelWeights } from '../../../src/engine/model/weights.ts';
import { jaxContestant } from '../jax.ts';
import { ours } from '../ours.ts';
import type { Contestant, Row, Values } from '../race.ts';
import { transposed, uniformValues } from '../values.ts';
import type { Host } from './host.ts';

const tokens = 512;
const inputs = 1024;
const outputs = 2816;
const experts = 8;
const active = 2;
const rank = 16;
const columns = experts * rank;
const scale = 2;

/** The method's mixture (eq. 3–5): softmax over all experts, the top K as they are, no router bias. */
const branch: BranchPlan = {
  name: 'na',
  type: 'mixture',
  targets: ['down'],
  rank,
  scale,
  trains: true,
  dropout: 0,
  experts,
  active,
  routerBias: false,
  renormalise: false,
};

const operands = () => ({
  x: uniformValues(tokens * inputs, 1),
  /** [in, out] */
  w: uniformValues(inputs * outputs, 2, 0.05),
  /** [in, experts · rank] */
  a: uniformValues(inputs * columns, 3, 0.05),
  /** [experts · rank, out] */
  b: uniformValues(columns * outputs, 4, 0.05),
  /** [in, experts] */
  router: uniformValues(inputs * experts, 5, 0.05),
  dy: uniformValues(tokens * outputs, 6),
});

/**
 * A linear layer with a mixture of LoRA, forward and backward: y, and from a given dy the gradients of x,
 * of every A and B, and of the router.
 */
export function mixtureRow(host: Host): Row {
  const base = 2 * tokens * inputs * outputs;
  const down = 2 * tokens * inputs * (columns + experts);
  const up = 2 * tokens * columns * outputs;
  return {
    id: 'mixture',
    title: 'mixture-of-LoRA linear, forward + backward',
    shape: `E ${experts}, K ${active}, r ${rank}, ${tokens} tokens, ${inputs}→${outputs}`,
    flops: 2 * base + 3 * (down + up),
    bytes:
      4 *
      (2 * inputs * outputs +
        3 * tokens * (inputs + outputs) +
        3 * columns * (inputs + outputs) +
        3 * experts * inputs),
    bound: 1e-5,
    contestants: [oursOf(host), jaxOf()],
  };
}

/** A model of one layer whose `down` has the row's sizes. */
function config(): ModelConfig {
  return parseModelConfig({
    model_type: 'llama',
    hidden_size: outputs,
    intermediate_size: inputs,
    num_hidden_layers: 1,
    num_attention_heads: 44,
    num_key_value_heads: 44,
    vocab_size: 8,
    max_position_embeddings: 8,
    rope_theta: 10_000,
    rms_norm_eps: 1e-6,
  });
}

/** The model's weights with a tensor in the place of `down`. */
function weightsOf(weight: Tensor): ModelWeights {
  const empty = describeWeights(config(), 1);
  const layers = empty.layers.map((layer) => {
    const { down: base } = layer.projections;
    const parts = [{ firstRow: 0, matrix: asMatrix(weight) }];
    const frozen = { ...base, weight: { ...base.weight, parts } };
    return { ...layer, projections: { ...layer.projections, down: frozen } };
  });
  return { ...empty, layers };
}

function oursOf(host: Host): Contestant {
  return ours(host.gpu, (recorder, tensors) => {
    const { x, w, a, b, router, dy } = operands();
    const layout = layOutBranches(config(), [branch]);
    const group = layout.groups.get(groupKey(0, 'down'));
    const linear = group?.linears[0];
    if (!group || !linear) throw new Error('The mixture was not laid out');
    const arena = new Float32Array(layout.elements);
    arena.set(transposed(a, inputs, columns), group.a.offset);
    arena.set(transposed(router, inputs, experts), group.a.offset + columns * inputs);
    arena.set(transposed(b, columns, outputs), linear.b.offset);
    const described = describeBranches(layout);
    const parameters = tensors.filled('branches', [layout.elements], arena);
    const gradients = tensors.empty('gradients', [layout.elements]);
    const columnScales = new Map(
      [...described.columnScales].map(([key, { shape }]) => [
        key,
        tensors.filled('column scales', shape, Float32Array.from(key.split(','), Number)),
      ]),
    );
    const weight = tensors.filled('w', [outputs, inputs], transposed(w, inputs, outputs));
    const context: PassContext = {
      recorder,
      config: config(),
      weights: weightsOf(weight),
      branches: { ...described, parameters, columnScales },
      rows: tokens,
      positions: tensors.empty('positions', [tokens], 'u32'),
      training: { gradients, stepState: tensors.empty('step state', [stepStateLength], 'u32') },
      products: 'float32',
      forcedExperts: null,
      keepProbabilities: false,
      onRouting: null,
    };
    const input = tensors.filled('x', [tokens, inputs], x);
    const y = tensors.empty('y', [tokens, outputs]);
    const dx = tensors.empty('dx', [tokens, inputs]);
    recorder.clear(gradients);
    const linears = { layer: 0, name: 'down', x: input } as const;
    const activations = groupForward(context, { ...linears, outputs: [y] });
    const dOutput = tensors.filled('dy', [tokens, outputs], dy);
    groupBackward(context, { ...linears, activations, dOutputs: [dOutput], dx });
    const gradientOf = (offset: number, shape: readonly [number, number]) => ({
      tensor: viewTensor(gradients, offset, shape),
      arrange: (values: Values) => transposed(values, ...shape),
    });
    return {
      y: { tensor: y },
      dx: { tensor: dx },
      da: gradientOf(group.a.offset, [columns, inputs]),
      db: gradientOf(linear.b.offset, [outputs, columns]),
      drouter: gradientOf(group.a.offset + columns * inputs, [experts, inputs]),
    };
  });
}

function jaxOf(): Contestant {
  return jaxContestant((jax) => {
    const { x, w, a, b, router, dy } = operands();
    const np = jax.numpy;
    return {
      operands: [
        np.array(x).reshape([tokens, inputs]),
        np.array(w).reshape([inputs, outputs]),
        np.array(a).reshape([inputs, columns]),
        np.array(b).reshape([columns, outputs]),
        np.array(router).reshape([inputs, experts]),
        np.array(dy).reshape([tokens, outputs]),
      ],
      compute: (input, weights, down2, up2, route, cotangent) => {
        const forward = (x2: Jax.Array, a2: Jax.Array, b2: Jax.Array, r2: Jax.Array): Jax.Array => {
          const p = jax.nn.softmax(np.matmul(x2.ref, r2), -1);
          // The second largest is the largest of the rest: cheaper than the library's sort.
          const fixed = jax.lax.stopGradient(p.ref);
          const first = np.max(fixed.ref, -1, { keepdims: true });
          const rest = np.where(fixed.ref.less(first), fixed.ref, -1);
          const second = np.max(rest, -1, { keepdims: true });
          const gates = np.where(fixed.greaterEqual(second), p, 0);
          const h = np.matmul(x2.ref, a2).reshape([tokens, experts, rank]);
          const gated = h.mul(gates.reshape([tokens, experts, 1])).reshape([tokens, columns]);
          return np.matmul(x2, weights).add(np.matmul(gated, b2).mul(scale));
        };
        const [y, backward] = jax.vjp(forward, [input, down2, up2, route]);
        const gradients = backward(cotangent);
        backward.dispose();
        return [y, ...gradients];
      },
      named: [{ name: 'y' }, { name: 'dx' }, { name: 'da' }, { name: 'db' }, { name: 'drouter' }],
    };
  }, 'all experts as one product, gated; top 2 by two maxima');
}
