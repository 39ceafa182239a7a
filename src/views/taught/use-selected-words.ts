/** The words of an answer that a person selects on the page. */
import { useEffect, type RefObject } from 'react';

export interface SelectedWords {
  readonly words: string;
  /** What the page shows of the answer before them; null where they were typed. */
  readonly before: string | null;
}

/**
 * Takes the selected words inside the shown answer of an element, and narrows the selection to them: what opens below
 * would else be selected, too. Null where there are none.
 */
export function takeSelected(element: HTMLElement | null): SelectedWords | null {
  const found = selectedIn(element);
  if (found) {
    const selection = globalThis.getSelection();
    selection?.removeAllRanges();
    selection?.addRange(found.range);
  }
  return found?.selected ?? null;
}

/** The selected words inside the shown answer of an element; null where there are none. */
function selectedIn(
  element: HTMLElement | null,
): { readonly selected: SelectedWords; readonly range: Range } | null {
  const answer = element?.querySelector('[data-markdown]');
  const selection = globalThis.getSelection();
  if (!answer || !selection || selection.rangeCount === 0) return null;
  const whole = document.createRange();
  whole.selectNodeContents(answer);
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(answer)) return null;
  // Three clicks select up to the next block, which may be outside.
  const clipped =
    range.compareBoundaryPoints(Range.START_TO_START, whole) < 0 ||
    range.compareBoundaryPoints(Range.END_TO_END, whole) > 0;
  if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) {
    range.setStart(answer, 0);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) {
    range.setEnd(answer, answer.childNodes.length);
  }
  // A selection's own text has the line breaks that the page shows.
  const words = (clipped ? range.toString() : selection.toString()).trim();
  whole.setEnd(range.startContainer, range.startOffset);
  return words === '' ? null : { selected: { words, before: whole.toString() }, range };
}

/** Tells every new selection in the shown answer of an element, while it is of interest. */
export function useSelectedWords(
  element: RefObject<HTMLElement | null>,
  active: boolean,
  onSelect: (selected: SelectedWords) => void,
): void {
  useEffect(() => {
    if (!active) return;
    const look = (): void => {
      const found = selectedIn(element.current);
      if (found) onSelect(found.selected);
    };
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, [element, active, onSelect]);
}
