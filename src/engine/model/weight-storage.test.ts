import { describe, expect, it } from 'vitest';
import type { StoredType } from '../../formats/gguf/block-types.ts';
import { chooseFormat, type Precision } from './weight-storage.ts';

const formats = (stored: StoredType, columns = 512): string[] =>
  (['stored', 'float32', '16-bit', '8-bit', '4-bit'] satisfies Precision[]).map((precision) =>
    chooseFormat(stored, precision, columns),
  );

describe('chooseFormat', () => {
  it('rounds to the wanted bits what has more of them', () => {
    expect(formats('F32')).toEqual(['f32', 'f32', 'f16', 'q8_0', 'q4_0']);
    expect(formats('BF16')).toEqual(['bf16', 'f32', 'bf16', 'q8_0', 'q4_0']);
    expect(formats('F16')).toEqual(['f16', 'f32', 'f16', 'q8_0', 'q4_0']);
    expect(formats('Q6_K')).toEqual(['q6_k', 'f32', 'q6_k', 'q6_k', 'q4_0']);
    expect(formats('Q5_1')).toEqual(['q5_1', 'f32', 'q5_1', 'q5_1', 'q4_0']);
  });

  it('rounds nothing twice that already has the wanted bits', () => {
    expect(formats('Q8_0')).toEqual(['q8_0', 'f32', 'q8_0', 'q8_0', 'q4_0']);
    expect(formats('Q4_0')).toEqual(['q4_0', 'f32', 'q4_0', 'q4_0', 'q4_0']);
    expect(formats('Q4_K')).toEqual(['q4_k', 'f32', 'q4_k', 'q4_k', 'q4_k']);
  });

  it('takes a finer format where rows are no whole groups', () => {
    expect(formats('BF16', 36)).toEqual(['bf16', 'f32', 'bf16', 'f16', 'f16']);
    expect(formats('F32', 6)).toEqual(['f32', 'f32', 'f32', 'f32', 'f32']);
  });
});
