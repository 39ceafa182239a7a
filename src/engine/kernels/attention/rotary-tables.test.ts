import { describe, expect, test } from 'vitest';
import type { RopeScaling } from '../../../formats/weights/config-fields.ts';
import { rotaryTables } from './rotary-tables.ts';

/**
 * Rows of the tables from an independent float32 computation (NumPy) of transformers' formulas:
 * [position, pair, cosine, sine].
 */
interface Case {
  readonly theta: number;
  readonly headSize: number;
  readonly scaling: RopeScaling;
  readonly rows: readonly (readonly [number, number, number, number])[];
}

const llama3 = {
  type: 'llama3',
  factor: 32,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalContext: 8192,
} as const;

const cases: Readonly<Record<string, Case>> = {
  plain: {
    theta: 10000,
    headSize: 8,
    scaling: { type: 'none' },
    rows: [
      [1, 0, 0.5403022766113281, 0.8414710164070129],
      [1, 3, 0.9999995231628418, 0.0009999999310821295],
      [511, 1, 0.6715335845947266, 0.7409741282463074],
      [8191, 0, -0.6463904976844788, -0.7630067467689514],
      [8191, 2, 0.9739875197410583, 0.22660155594348907],
    ],
  },
  linear: {
    theta: 10000,
    headSize: 8,
    scaling: { type: 'linear', factor: 4 },
    rows: [
      [1, 0, 0.9689124226570129, 0.24740396440029144],
      [511, 2, 0.2891094386577606, 0.9572960734367371],
      [8191, 3, -0.4590749442577362, 0.8883975148200989],
    ],
  },
  // Pairs 0 and 8 keep their frequency, 13 to 16 lie in the blend, 17 on are divided by the factor.
  llama3: {
    theta: 500000,
    headSize: 64,
    scaling: llama3,
    rows: [
      [1, 8, 0.9992929697036743, 0.0375971682369709],
      [1, 17, 1, 9.708286233944818e-5],
      [1, 31, 1, 9.41830720080361e-8],
      [8191, 8, 0.9880229830741882, 0.1543067991733551],
      [8191, 13, -0.3614194989204407, 0.9324033260345459],
      [8191, 14, 0.3881128430366516, 0.9216118454933167],
      [8191, 15, -0.41204318404197693, -0.9111643433570862],
      [8191, 16, -0.929807722568512, -0.3680456280708313],
      [8191, 17, 0.7001379132270813, 0.7140076160430908],
      [8191, 24, 0.9999073147773743, 0.013612756505608559],
    ],
  },
};

describe.each(Object.entries(cases))('rotary tables, %s', (_, item) => {
  const { cosine, sine } = rotaryTables({ ...item, positions: 8192 });
  const half = item.headSize / 2;

  test('equal transformers', () => {
    for (const [position, pair, c, s] of item.rows) {
      const at = position * half + pair;
      // One rounding of the frequency (a power may round either way) moves the angle by its ULP.
      const angle = position * Math.abs(sine[half + pair] ?? Number.NaN);
      const bound = 1e-7 + angle * 2 ** -23;
      expect(Math.abs((cosine[at] ?? Number.NaN) - c)).toBeLessThan(bound);
      expect(Math.abs((sine[at] ?? Number.NaN) - s)).toBeLessThan(bound);
    }
  });

  test('position 0 turns nothing, and every pair is on the unit circle', () => {
    expect(cosine.subarray(0, half)).toEqual(new Float32Array(half).fill(1));
    expect(sine.subarray(0, half)).toEqual(new Float32Array(half));
    const worst = cosine.reduce(
      (most, c, i) => Math.max(most, Math.abs(c * c + (sine[i] ?? Number.NaN) ** 2 - 1)),
      0,
    );
    expect(worst).toBeLessThan(3e-7);
  });
});

test('longrope has frequencies and a magnitude of its own, as transformers 5.18 computes them', () => {
  const magnitude = Math.sqrt(1 + Math.log(4) / Math.log(1024));
  const scaling = { type: 'longrope', factors: [1, 1.5, 2, 3], magnitude } as const;
  const tables = rotaryTables({ theta: 10000, headSize: 8, positions: 1024, scaling });
  for (const [position, pair, cosine, sine] of [
    [1, 0, 0.5918715596199036, 0.921785295009613],
    [1, 3, 1.0954450368881226, 0.0003651483857538551],
    [511, 1, -0.9661087989807129, 0.5163659453392029],
    [1023, 2, 0.42921918630599976, -1.0078545808792114],
  ] as const) {
    const at = position * 4 + pair;
    expect(Math.abs((tables.cosine[at] ?? Number.NaN) - cosine)).toBeLessThan(1e-5);
    expect(Math.abs((tables.sine[at] ?? Number.NaN) - sine)).toBeLessThan(1e-5);
  }
});

test('refuses odd heads and no positions', () => {
  const scaling = { type: 'none' } as const;
  const make = (headSize: number, positions: number) => () =>
    rotaryTables({ theta: 10000, headSize, positions, scaling });
  expect(make(7, 4)).toThrow(RangeError);
  expect(make(8, 0)).toThrow(RangeError);
  expect(make(8, 1)).not.toThrow();
});
