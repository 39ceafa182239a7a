/** Cases with known results for the optimiser: norm and clipping, masks, and steps of AdamW. */
import { asMatrix, elementCount, type Tensor } from '../../gpu/tensor.ts';
import { CaseTensors, noise, type KernelCase, type Read } from '../kernel-case.ts';
import { elementsFor, floatBits, type CheckedCall, type KernelCheck } from '../kernel-check.ts';
import { stepStateLength, stepStateWord } from '../random.ts';
import { adamwEightBit, eightBitMoment } from './adamw-eight-bit.ts';
import { decodeMoment, throughCodes } from './adamw-eight-bit.reference.ts';
import { adamw } from './adamw.ts';
import { adamw as adamwReference } from './adamw.reference.ts';
import { gradientNorm, gradientNormLength } from './gradient-norm.ts';
import { gradientNorm as normReference } from './gradient-norm.reference.ts';
import { maskGradients } from './mask-gradients.ts';
import { maskGradients as maskReference } from './mask-gradients.reference.ts';

const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
const step = 3;
/** So large that an error of the step shows beside the parameters. */
const learningRate = 0.125;
const clipFactor = 0.3125;

/** The tensors that a step reads beside the arenas. */
function stepTensors(tensors: CaseTensors, seed = 0) {
  const bits = new Map<number, number>([
    [stepStateWord.learningRate, floatBits(learningRate)],
    [stepStateWord.firstMomentCorrection, floatBits(1 / (1 - settings.beta1 ** step))],
    [stepStateWord.secondMomentCorrection, floatBits(1 / (1 - settings.beta2 ** step))],
    [stepStateWord.step, step - 1],
    [stepStateWord.seed, seed],
  ]);
  const norms = [3, clipFactor, 0, 0];
  return {
    norm: tensors.numbers('norm', [gradientNormLength], (index) => norms[index] ?? 0),
    stepState: tensors.words('step state', [stepStateLength], (index) => bits.get(index) ?? 0),
  };
}

const given = { ...settings, step, learningRate, clipFactor };

function adamwCase(call: CheckedCall): KernelCase {
  const count = elementCount(elementsFor(call));
  const tensors = new CaseTensors();
  const parameters = tensors.changing('parameters', [count]);
  const gradients = tensors.values('gradients', [count]);
  const firstMoment = tensors.changing('first', [count], (index) => noise(index + 7) / 8);
  const secondMoment = tensors.changing('second', [count], (index) => noise(index) ** 2 / 8 + 0.01);
  const arenas = { parameters, gradients, firstMoment, secondMoment };
  const rest = stepTensors(tensors);
  return {
    tensors,
    prepare: null,
    record: (r) => adamw(r, { ...arenas, ...rest, ...settings }),
    results: [asMatrix(parameters), asMatrix(firstMoment), asMatrix(secondMoment)],
    expected: async (read) => {
      const before = {
        parameters: await read(parameters),
        firstMoment: await read(firstMoment),
        secondMoment: await read(secondMoment),
      };
      const after = adamwReference(before, await read(gradients), given);
      return [after.parameters, after.firstMoment, after.secondMoment];
    },
  };
}

/**
 * Codes are rounded at random, by words that are known. The case's values and this seed leave every code the same where
 * float32 computes a little differently (optimizer.cases.test.ts).
 */
const eightBitSeed = 9;
const eightBitCount = 64 * 33;
const eightBitDraws = { seed: eightBitSeed, step: step - 1 };

function eightBitCase(): KernelCase {
  const { shape } = eightBitMoment('moment', eightBitCount);
  const scalesAt = (elementCount(shape) * 8) / 9;
  // With those of the padding, which have to stay.
  const all = 4 * scalesAt;
  const tensors = new CaseTensors();
  // Codes from 65 to 96 and scales of 1/8: values that float32 and the reference decode alike.
  const word = (index: number): number =>
    index < scalesAt ? 0x41414141 + 0x01010101 * (index % 32) : floatBits(1 / 8);
  const parameters = tensors.changing('parameters', [eightBitCount]);
  const gradients = tensors.values('gradients', [eightBitCount]);
  const firstMoment = tensors.changingWords('first', shape, word);
  const secondMoment = tensors.changingWords('second', shape, word);
  const arenas = { parameters, gradients, firstMoment, secondMoment };
  const rest = stepTensors(tensors, eightBitSeed);
  return {
    tensors,
    prepare: null,
    record: (r) => adamwEightBit(r, { ...arenas, ...rest, ...settings }),
    results: [asMatrix(parameters), asMatrix(firstMoment), asMatrix(secondMoment)],
    codes: new Map([
      [firstMoment, (words) => decodeMoment(words, all, 'first')],
      [secondMoment, (words) => decodeMoment(words, all, 'second')],
    ]),
    expected: async (read) => {
      const { before, after } = await eightBitStep(read, arenas, all);
      const kept = throughCodes(after, eightBitDraws);
      const withPadding = (own: Float64Array, old: Float64Array): Float64Array =>
        Float64Array.of(...own, ...old.subarray(eightBitCount));
      return [
        after.parameters,
        withPadding(kept.firstMoment, before.firstMoment),
        withPadding(kept.secondMoment, before.secondMoment),
      ];
    },
  };
}

/** The exact moments before and after the step, those before with their padding. */
async function eightBitStep(
  read: Read,
  tensors: Readonly<Record<'parameters' | 'gradients' | 'firstMoment' | 'secondMoment', Tensor>>,
  all: number,
) {
  const momentOf = async (which: 'first' | 'second'): Promise<Float64Array> => {
    const words = await read(tensors[`${which}Moment`]);
    return decodeMoment(Uint32Array.from(words), all, which);
  };
  const before = {
    parameters: await read(tensors.parameters),
    firstMoment: await momentOf('first'),
    secondMoment: await momentOf('second'),
  };
  const own = {
    parameters: before.parameters,
    firstMoment: before.firstMoment.slice(0, eightBitCount),
    secondMoment: before.secondMoment.slice(0, eightBitCount),
  };
  return { before, after: adamwReference(own, await read(tensors.gradients), given) };
}

function normCase({ constants }: CheckedCall): KernelCase {
  const tensors = new CaseTensors();
  const gradients = tensors.values('gradients', [4096 + 65]);
  const result = tensors.result('result', [gradientNormLength]);
  return {
    tensors,
    prepare: null,
    record: (r) => {
      const workgroup = constants['WORKGROUP'] ?? 8;
      gradientNorm(r, { gradients, result, clipNorm: 0.5, workgroup });
    },
    results: [asMatrix(result)],
    expected: async (read) => {
      const found = normReference(await read(gradients), 0.5);
      return [Float64Array.of(found.norm, found.clipFactor, 0, 0)];
    },
  };
}

function maskCase(call: CheckedCall): KernelCase {
  const count = elementCount(elementsFor(call));
  const tensors = new CaseTensors();
  const gradients = tensors.changing('gradients', [count]);
  const mask = tensors.numbers('mask', [count], (index) => (noise(index) > 0 ? 1 : 0));
  return {
    tensors,
    prepare: null,
    record: (r) => maskGradients(r, { gradients, mask }),
    results: [asMatrix(gradients)],
    expected: async (read) => [maskReference(await read(gradients), await read(mask))],
  };
}

export const optimizerChecks: readonly KernelCheck[] = [
  { shader: 'optimizer/gradient-norm-partial', caseOf: normCase },
  { shader: 'optimizer/mask-gradients', caseOf: maskCase },
  { shader: 'optimizer/adamw', caseOf: adamwCase },
  { shader: 'optimizer/adamw-eight-bit', caseOf: eightBitCase },
];
