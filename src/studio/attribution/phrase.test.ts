import { describe, expect, it } from 'vitest';
import { phraseIn } from './phrase.ts';

/** What is found, with the answer's text before it cut to its last characters. */
const found = (answer: string, phrase: string, before: string | null = null) => {
  const place = phraseIn(answer, phrase, before);
  if (place) expect(answer.startsWith(place.before + place.phrase)).toBe(true);
  return place?.phrase ?? null;
};

describe('a phrase of an answer', () => {
  it('is found where it stands', () => {
    expect(phraseIn('The red key opens it.', ' red key ')).toEqual({
      before: 'The ',
      phrase: 'red key',
    });
    expect(phraseIn('The red key', 'blue')).toBeNull();
    expect(phraseIn('The red key', '  ')).toBeNull();
    expect(phraseIn('', 'red')).toBeNull();
  });

  it('may have other white space', () => {
    expect(found('The red\nkey\n\nopens it.', 'red key opens')).toBe('red\nkey\n\nopens');
    expect(found('The red key', 'red\u00a0\n\tkey')).toBe('red key');
  });

  it('may be bold, in code, struck out, a heading or a link', () => {
    expect(phraseIn('The **red** `key` opens.', 'red key')).toEqual({
      before: 'The **',
      phrase: 'red** `key',
    });
    expect(found('## ~~Old~~ *new*', 'Old new')).toBe('Old~~ *new');
    expect(found('See [the page](https://e.org/a_b) now', 'the page (https://e.org/a_b) now')).toBe(
      'the page](https://e.org/a_b) now',
    );
    expect(found('snake\\_case and 2\\*3', 'snake_case and 2*3')).toBe('snake\\_case and 2\\*3');
  });

  it('may go over items of lists, whose signs and numbers the page draws', () => {
    const answer = 'Take:\n1. **Aspirin** daily\n2. Rest\n   - in bed\n- [x] done\n10) at last';
    expect(found(answer, 'daily\nRest\nin bed\ndone\nat last')).toBe(
      answer.slice(answer.indexOf('daily')),
    );
    // Typed as the model wrote it.
    expect(found(answer, '2. Rest')).toBe('2. Rest');
    expect(found('It began in\n2024. The rest', 'in 2024. The')).toBe('in\n2024. The');
  });

  it('may go over a block of code, whose own numbers and signs stay', () => {
    const answer = 'Run:\n\n```python\n1. x = [a*b]\n# note\n```\n\nand wait';
    expect(found(answer, '1. x = [a*b]\n# note\nand')).toBe('1. x = [a*b]\n# note\n```\n\nand');
    expect(found(answer, 'Run:\n1. x')).toBe('Run:\n\n```python\n1. x');
    expect(found('~~~\n- a\n```\nb\n~~~\nc', 'a\n```\nb\nc')).toBe('a\n```\nb\n~~~\nc');
  });

  it('may go over cells of a table', () => {
    const answer = '| Drug | Dose |\n|:--|--:|\n| **A** | 5 mg |\n|B|10 mg|';
    expect(found(answer, 'Drug\tDose\nA\t5 mg\nB\t10')).toBe(
      'Drug | Dose |\n|:--|--:|\n| **A** | 5 mg |\n|B|10',
    );
  });

  it('may be Chinese or hold emoji', () => {
    expect(found('诊断：**急性\n阑尾炎**，需手术。', '急性 阑尾炎，需')).toBe('急性\n阑尾炎**，需');
    expect(found('Good 👩🏽‍⚕️ **work 👍🏽**!', '👩🏽‍⚕️ work 👍🏽')).toBe('👩🏽‍⚕️ **work 👍🏽');
    // Half of a pair is not taken from another character.
    expect(found('👍 yes', '👎')).toBeNull();
  });

  it('is told from the same words elsewhere by what is before it', () => {
    const answer = 'No pain. **No pain** at all, and no *No pain* again.';
    const place = (before: string | null) => phraseIn(answer, 'No pain', before)?.before.length;
    expect(place(null)).toBe(0);
    expect(place('')).toBe(0);
    expect(place('No pain. ')).toBe(11);
    expect(place('No pain. No pain at all, and no ')).toBe(answer.lastIndexOf('No pain'));
    expect(found('1. a b\n2. a **b**', 'a b', 'a b')).toBe('a **b');
  });

  it('may hold characters that the page shows as marks', () => {
    expect(found('safe\u202e text\u0007!', 'safe⟨U+202E⟩ text⟨U+0007⟩')).toBe('safe\u202e text');
  });

  it('may be marks alone, as written', () => {
    expect(found('a ** b', '**')).toBe('**');
    expect(found('a b', '**')).toBeNull();
  });

  it('is looked for in a long answer without long waits', () => {
    const answer = `${'*'.repeat(200_000)}end`;
    expect(found(answer, '* '.repeat(2000))).toBeNull();
    expect(found(`${'a'.repeat(100_000)}b`, `${'a'.repeat(50_000)}b`)).toHaveLength(50_001);
  });
});
