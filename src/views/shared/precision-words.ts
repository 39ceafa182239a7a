import type { Precision } from '../../engine/model/weight-storage.ts';
import type { WeightFormat } from '../../engine/kernels/weight-formats.ts';

/** Precisions as the page names them. */
export const precisionNames: Readonly<Record<Precision, string>> = {
  stored: 'As stored',
  float32: 'Float32',
  '16-bit': '16 bit',
  '8-bit': '8 bit',
  '4-bit': '4 bit',
};

/** Storage formats as their specifications name them. */
export const formatNames: Readonly<Record<WeightFormat, string>> = {
  f32: 'float32',
  f16: 'float16',
  bf16: 'bfloat16',
  q8_0: 'Q8_0',
  q4_0: 'Q4_0',
  q4_1: 'Q4_1',
  q5_0: 'Q5_0',
  q5_1: 'Q5_1',
  q4_k: 'Q4_K',
  q5_k: 'Q5_K',
  q6_k: 'Q6_K',
};
