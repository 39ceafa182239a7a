/** Precisions and storage formats as the page names them. */
import type { Precision, WeightFormat } from '../../contract/models.ts';
import { inLanguages } from '../../studio/language.ts';

const names = inLanguages({
  en: {
    stored: 'As stored',
    float32: 'Float32',
    '16-bit': '16 bit',
    '8-bit': '8 bit',
    '4-bit': '4 bit',
  } satisfies Record<Precision, string>,
  zh: {
    stored: '按文件原样',
    float32: 'Float32',
    '16-bit': '16 位',
    '8-bit': '8 位',
    '4-bit': '4 位',
  },
});

/** A precision as the page names it. */
export function precisionName(precision: Precision): string {
  return names()[precision];
}

/** The precisions in the order in which they are offered. */
export const precisionOrder: readonly Precision[] = [
  'stored',
  'float32',
  '16-bit',
  '8-bit',
  '4-bit',
];

/** Storage formats as their specifications name them, in every language. */
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
