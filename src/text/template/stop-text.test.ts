import fc from '../../../test/properties.ts';
import { expect, test } from 'vitest';
import { beforeStop, StopText } from './stop-text.ts';

test('a text ends where its end stands, in whatever pieces it comes', () => {
  const letters = fc.constantFrom('\n', '#', ' ', 'a', '\n### ', '\n##');
  const text = fc.array(letters, { maxLength: 30 }).map((parts) => parts.join(''));
  const stops = fc.constantFrom('\n### ', '</s>\n', 'aa', null);
  fc.assert(
    fc.property(text, stops, fc.integer({ min: 1, max: 4 }), (whole, stop, size) => {
      const end = new StopText(stop);
      let shown = '';
      for (let at = 0; at < whole.length && !end.met; at += size) {
        shown += end.push(whole.slice(at, at + size));
        // Nothing that is shown may have to be taken back.
        expect(beforeStop(whole, stop).startsWith(shown)).toBe(true);
      }
      shown += end.flush();
      expect(shown).toBe(beforeStop(whole, stop));
      expect(end.met).toBe(stop !== null && whole.includes(stop));
    }),
  );
});
