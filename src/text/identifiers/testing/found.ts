/** What is found in a text, as tests compare it. */
import { findIdentifiers } from '../finder.ts';
import type { Lists } from '../lists.ts';

/** The names of a text. */
export const namesIn = (text: string, lists: Lists): string[] =>
  findIdentifiers(text, lists)
    .filter(({ kind }) => kind === 'NAME')
    .map(({ start, end }) => text.slice(start, end));

/** Kind and text of all else. */
export const othersIn = (text: string, lists: Lists): string[] =>
  findIdentifiers(text, lists)
    .filter(({ kind }) => kind !== 'NAME')
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
