/** Ctrl+Z and Cmd+Z take decisions back wherever the focus is in a review; in a text field they belong to its text. */
import { useEffect, useEffectEvent, type RefObject } from 'react';
import type { Review } from './use-review.ts';

/** Controls without text of their own to undo. */
const NO_TEXT: ReadonlySet<string> = new Set(['checkbox', 'radio']);

const isTextField = (target: Element): boolean =>
  target instanceof HTMLInputElement
    ? !NO_TEXT.has(target.type)
    : target instanceof HTMLTextAreaElement ||
      (target instanceof HTMLElement && target.isContentEditable);

/** @param box what the review fills; keys count while nothing has the focus, too */
export function useUndoKeys(box: RefObject<HTMLElement | null>, { undo, redo }: Review): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { target, altKey, shiftKey } = event;
    if (!(event.ctrlKey || event.metaKey) || altKey || !(target instanceof Element)) return;
    if (target !== document.body && !box.current?.contains(target)) return;
    if (isTextField(target)) return;
    const acts: Readonly<Record<string, () => void>> = { z: shiftKey ? redo : undo, y: redo };
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
