import { expect, it } from 'vitest';
import { answerRoom } from './answer-room.ts';

it('an answer gets the room of the longest reference and half of it more, within bounds', async () => {
  // A token per character.
  const text = { answer: (answer: string) => new Uint32Array(answer.length) };
  const room = (...lengths: number[]) =>
    answerRoom(
      text,
      lengths.map((length) => ({ answer: 'x'.repeat(length) })),
    );
  expect(await room()).toBe(128);
  expect(await room(3, 80)).toBe(128);
  expect(await room(3, 100)).toBe(160);
  expect(await room(200, 7)).toBe(320);
  expect(await room(5000)).toBe(512);
});
