/** Times the kernels one by one, at the sizes of a training step. */
import { describeBranches } from '../src/engine/branches/device-branches.ts';
import { groupKey, layOutBranches } from '../src/engine/branches/layout.ts';
import type { PlanRecorder } from '../src/engine/gpu/recorder.ts';
import { asMatrix, elementCount, type Tensor } from '../src/engine/gpu/tensor.ts';
import { adamw } from '../src/engine/kernels/optimizer/adamw.ts';
import { attentionBackward } from '../src/engine/kernels/attention/attention-backward.ts';
import { attentionForward } from '../src/engine/kernels/attention/attention-forward.ts';
import { crossEntropy } from '../src/engine/kernels/loss/cross-entropy.ts';
import {
  gradientNormLength,
  gradientNormWord,
} from '../src/engine/kernels/optimizer/gradient-norm.ts';
import { linearForward } from '../src/engine/kernels/linear/forward-product.ts';
import { linearBackwardInput } from '../src/engine/kernels/linear/input-gradient.ts';
import { linearBackwardWeight } from '../src/engine/kernels/linear/weight-gradient.ts';
import { stepStateLength, stepStateWord } from '../src/engine/kernels/random.ts';
import { groupBackward } from '../src/engine/model/passes/linear-group-backward.ts';
import { groupForward } from '../src/engine/model/passes/linear-group-forward.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import type { PassContext } from '../src/engine/model/passes/context.ts';
import {
  describeWeights,
  type LinearWeights,
  type ModelWeights,
} from '../src/engine/model/weights.ts';
import type { BranchPlan } from '../src/engine/branches/layout.ts';
import { emptyDispatches, recordEmpty } from './empty-dispatches.ts';
import type { BenchCase, CaseTensors } from './measure.ts';

/** Words of a tensor whose elements are mostly zero, those named given as float32. */
function floatWords(
  length: number,
  values: Readonly<Record<number, number>>,
): Uint32Array<ArrayBuffer> {
  const floats = new Float32Array(length);
  for (const [index, value] of Object.entries(values)) floats[Number(index)] = value;
  return new Uint32Array(floats.buffer);
}

/** The step state of an ordinary step, without dropout. */
function stepState(tensors: CaseTensors): Tensor {
  const words = floatWords(stepStateLength, {
    [stepStateWord.learningRate]: 1e-4,
    [stepStateWord.firstMomentCorrection]: 1,
    [stepStateWord.secondMomentCorrection]: 1,
    [stepStateWord.inverseTargets]: 1e-3,
  });
  return tensors.words('step state', words);
}

/** Dispatches that do nothing, in one pass: what each costs before it computes anything. */
function launchCase(): BenchCase {
  return {
    name: 'empty dispatch',
    shape: `${emptyDispatches} in one pass`,
    flops: null,
    record: (recorder, tensors) => {
      const value = tensors.values('value', [1], 0);
      recordEmpty(recorder, value, emptyDispatches);
    },
  };
}

/** The three products that training needs, without branches. */
function productCases(rows: number, inputs: number, outputs: number): BenchCase[] {
  const flops = 2 * rows * inputs * outputs;
  const shape = `${rows}×${inputs}×${outputs}`;
  return [
    {
      name: 'matmul forward y = x Wᵀ',
      shape,
      flops,
      record: (recorder, tensors) => {
        linearForward(recorder, {
          x: asMatrix(tensors.values('x', [rows, inputs])),
          w: asMatrix(tensors.values('w', [outputs, inputs])),
          y: asMatrix(tensors.values('y', [rows, outputs], 0)),
        });
      },
    },
    {
      name: 'matmul input gradient dx = dy W',
      shape,
      flops,
      record: (recorder, tensors) => {
        linearBackwardInput(recorder, {
          dy: asMatrix(tensors.values('dy', [rows, outputs])),
          w: asMatrix(tensors.values('w', [outputs, inputs])),
          dx: asMatrix(tensors.values('dx', [rows, inputs], 0)),
        });
      },
    },
    {
      name: 'matmul weight gradient dW = dyᵀ x',
      shape,
      flops,
      record: (recorder, tensors) => {
        linearBackwardWeight(recorder, {
          dy: asMatrix(tensors.values('dy', [rows, outputs])),
          x: asMatrix(tensors.values('x', [rows, inputs])),
          dw: asMatrix(tensors.values('dw', [outputs, inputs], 0)),
          accumulate: false,
        });
      },
    },
  ];
}

/** First row and end of the segment of every row, for records of one length laid end to end. */
function segments(
  tensors: CaseTensors,
  rows: number,
  length: number,
): { segmentStart: Tensor; segmentEnd: Tensor } {
  const start = Uint32Array.from({ length: rows }, (_, row) => row - (row % length));
  const end = start.map((first) => first + length);
  return {
    segmentStart: tensors.words('segment start', start),
    segmentEnd: tensors.words('segment end', end),
  };
}

/** Causal attention over packed records; operations counted over the triangle alone. */
function attentionCases(config: ModelConfig, records: number, length: number): BenchCase[] {
  const rows = records * length;
  const { heads, keyValueHeads, headSize } = config;
  const triangle = (records * heads * length * (length + 1)) / 2;
  const shape = `${records}×${length} tokens, ${heads}/${keyValueHeads} heads of ${headSize}`;
  const operands = (tensors: CaseTensors) => ({
    q: tensors.values('q', [rows, heads, headSize]),
    k: tensors.values('k', [rows, keyValueHeads, headSize]),
    v: tensors.values('v', [rows, keyValueHeads, headSize]),
    output: tensors.values('output', [rows, heads, headSize], 0),
    logSumExp: tensors.values('log-sum-exp', [rows, heads], 0),
    ...segments(tensors, rows, length),
  });
  return [
    {
      name: 'attention forward',
      shape,
      flops: 4 * triangle * headSize,
      record: (recorder, tensors) => {
        attentionForward(recorder, operands(tensors));
      },
    },
    {
      // The forward pass is part of it: the backward one reads its output and log-sum-exp.
      name: 'attention forward + backward',
      shape,
      flops: 14 * triangle * headSize,
      record: (recorder, tensors) => {
        const forward = operands(tensors);
        attentionForward(recorder, forward);
        attentionBackward(recorder, {
          ...forward,
          dOutput: tensors.values('d output', [rows, heads, headSize]),
          dq: tensors.values('dq', [rows, heads, headSize], 0),
          dk: tensors.values('dk', [rows, keyValueHeads, headSize], 0),
          dv: tensors.values('dv', [rows, keyValueHeads, headSize], 0),
        });
      },
    },
  ];
}

/**
 * The gate and up linears of one block as stage 1 has them (knowledge aggregator, router, mixture) and
 * their backward pass, by the code that a step runs.
 */
function mixtureCases(
  config: ModelConfig,
  branches: readonly BranchPlan[],
  rows: number,
): BenchCase[] {
  const oneLayer = { ...config, layers: 1 };
  const { hiddenSize, feedForwardSize } = config;
  const layout = layOutBranches(oneLayer, branches);
  const group = layout.groups.get(groupKey(0, 'gateUp'));
  if (!group) throw new Error('Stage 1 has branches on gate and up');
  const rank = group.linears.reduce((sum, { rankColumns }) => sum + rankColumns, 0);
  const base = 2 * 2 * rows * hiddenSize * feedForwardSize;
  const down = 2 * rows * hiddenSize * group.columns;
  const up = 2 * rows * rank * feedForwardSize;
  const shape = `${rows}×${hiddenSize}×2·${feedForwardSize}, ${group.columns} branch columns`;

  const context = (recorder: PlanRecorder, tensors: CaseTensors): PassContext => {
    const onDevice = describeBranches(layout);
    const parameters = tensors.values('branch parameters', onDevice.parameters.shape, 0.05);
    const columnScales = new Map(
      [...onDevice.columnScales].map(([key, { shape: size }]) => [
        key,
        tensors.values('column scales', size),
      ]),
    );
    return {
      recorder,
      config: oneLayer,
      weights: randomWeights(oneLayer, tensors),
      branches: { ...onDevice, parameters, columnScales },
      rows,
      positions: tensors.words('positions', new Uint32Array(rows)),
      training: {
        gradients: tensors.values('gradients', onDevice.parameters.shape, 0),
        stepState: stepState(tensors),
      },
      products: 'float32',
      forcedExperts: null,
      keepProbabilities: false,
      onRouting: null,
    };
  };
  const forward = (pass: PassContext, tensors: CaseTensors) => {
    const x = tensors.values('x', [rows, hiddenSize]);
    const outputs = ['gate', 'up'].map((name) => tensors.values(name, [rows, feedForwardSize], 0));
    return { x, activations: groupForward(pass, { layer: 0, name: 'gateUp', x, outputs }) };
  };
  return [
    {
      name: 'router + mixture linears forward',
      shape,
      flops: base + down + up,
      record: (recorder, tensors) => {
        forward(context(recorder, tensors), tensors);
      },
    },
    {
      name: 'router + mixture linears forward + backward',
      shape,
      flops: 2 * base + 3 * (down + up),
      record: (recorder, tensors) => {
        const pass = context(recorder, tensors);
        const { x, activations } = forward(pass, tensors);
        const gradients = ['d gate', 'd up'].map((name) =>
          tensors.values(name, [rows, feedForwardSize]),
        );
        const dx = tensors.values('dx', [rows, hiddenSize], 0);
        groupBackward(pass, {
          ...{ layer: 0, name: 'gateUp', x, activations },
          ...{ dOutputs: gradients, dx },
        });
      },
    },
  ];
}

/** Frozen weights as buffers of a case. */
function randomWeights(config: ModelConfig, tensors: CaseTensors): ModelWeights {
  const described = describeWeights(config, 1);
  const swap = (linear: LinearWeights): LinearWeights => ({
    ...linear,
    weight: {
      ...linear.weight,
      parts: linear.weight.parts.map(({ firstRow, matrix: { tensor } }) => ({
        firstRow,
        matrix: asMatrix(tensors.values(tensor.label, tensor.shape, 0.05)),
      })),
    },
    bias: linear.bias && tensors.values(linear.bias.label, linear.bias.shape, 0.05),
  });
  return {
    ...described,
    layers: described.layers.map((layer) => {
      const { projections } = layer;
      const { gate, up } = projections;
      return { ...layer, projections: { ...projections, gate: swap(gate), up: swap(up) } };
    }),
  };
}

function crossEntropyCase(rows: number, vocabulary: number): BenchCase {
  return {
    name: 'cross-entropy, loss and gradient',
    shape: `${rows}×${vocabulary}`,
    flops: null,
    record: (recorder, tensors) => {
      const ids = Uint32Array.from({ length: rows }, (_, row) => (row * 7919) % vocabulary);
      crossEntropy(recorder, {
        logits: tensors.values('logits', [rows, vocabulary]),
        targets: tensors.words('targets', ids, 'i32'),
        losses: tensors.values('losses', [rows], 0),
        stepState: stepState(tensors),
        gradient: true,
      });
    },
  };
}

function adamwCase(parameters: number): BenchCase {
  return {
    name: 'AdamW',
    shape: `${parameters} parameters`,
    flops: null,
    record: (recorder, tensors) => {
      const arena = (label: string, scale: number): Tensor =>
        tensors.values(label, [parameters], scale);
      adamw(recorder, {
        parameters: arena('parameters', 0.1),
        gradients: arena('gradients', 0.01),
        firstMoment: arena('first moment', 0.01),
        secondMoment: arena('second moment', 0),
        norm: tensors.words(
          'norm',
          floatWords(gradientNormLength, {
            [gradientNormWord.norm]: 1,
            [gradientNormWord.clipFactor]: 1,
          }),
          'f32',
        ),
        stepState: stepState(tensors),
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0,
      });
    },
  };
}

/** Every kernel case for a model in stage 1 with `records` records of `length` tokens. */
export function kernelCases(
  config: ModelConfig,
  branches: readonly BranchPlan[],
  records: number,
  length: number,
): BenchCase[] {
  const rows = records * length;
  const layout = layOutBranches(config, branches);
  return [
    launchCase(),
    ...productCases(256, 512, 1024),
    ...productCases(rows, config.hiddenSize, config.feedForwardSize),
    ...attentionCases(config, records, length),
    ...mixtureCases(config, branches, rows),
    crossEntropyCase(rows / 2, config.vocabularySize),
    adamwCase(elementCount([layout.elements])),
  ];
}
