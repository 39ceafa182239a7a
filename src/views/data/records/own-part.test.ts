import { expect, test } from 'vitest';
import { lastAsked, ownPartStart } from './own-part.ts';

const own = (asked: string, others: readonly string[]): string =>
  asked.slice(ownPartStart(asked, others));
const others = (asked: readonly string[], i: number): string[] => asked.filter((_, j) => j !== i);

test('records with one instruction are told apart by what follows it', () => {
  const instruction = 'Give the ICD-10 code of the main diagnosis of this letter.\n';
  const letters = ['Mrs O’Neill, 74', 'Mr Müller, 61', 'Mr Murphy, 58', 'Child of Mrs Ott'];
  const asked = letters.map((letter) => instruction + letter);
  expect(asked.map((text, i) => own(text, others(asked, i)))).toEqual(letters);
  const chinese = ['患者男，六十岁', '患者女，三十岁', '患儿，两岁', '孕妇，二十八岁'];
  const diagnoses = chinese.map(
    (text) => `请根据下面的病历内容给出主要诊断的疾病编码，只写编码：${text}`,
  );
  expect(diagnoses.map((text, i) => own(text, others(diagnoses, i)))).toEqual(chinese);
});

test('prompts that begin differently, that are short, or that are repeated whole are shown whole', () => {
  const asked = ['What is asthma?', 'What is diabetes?', 'What is gout?', 'What is anaemia?'];
  expect(asked.map((text, i) => own(text, others(asked, i)))).toEqual(asked);
  const same = 'Give the ICD-10 code of the main diagnosis of this letter.';
  expect(own(same, [same, same, same])).toBe(same);
  // One other record that begins alike is no instruction.
  expect(own(`${same} One`, [`${same} Two`, 'Hello', 'Good morning'])).toBe(`${same} One`);
  expect(own('', [])).toBe('');
});

test('a conversation shows the question that its last answer answers', () => {
  const said = (role: 'user' | 'assistant', content: string) => ({ role, content });
  const turns = [said('user', 'Hello'), said('assistant', 'Yes?'), said('user', 'It hurts')];
  expect(lastAsked([...turns, said('assistant', 'Where?')])).toBe('It hurts');
  expect(lastAsked([...turns, said('assistant', 'Where?'), said('user', 'Here')])).toBe('It hurts');
});
