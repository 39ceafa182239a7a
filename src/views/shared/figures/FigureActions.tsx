/** Three small buttons that save a figure: its numbers as CSV, its drawing as SVG and PNG. */
import { Download } from 'lucide-react';
import type { RefObject } from 'react';
import { csvFile } from '../../../studio/exports/csv-files.ts';
import { inLanguages } from '../../../studio/language.ts';
import { Button } from '../controls/Button.tsx';
import { saveOrSay } from '../faults/save-or-say.ts';
import { figureAsPng, figureAsSvg } from './figure-export.ts';
import styles from './FigureActions.module.css';

const actionText = inLanguages({
  en: {
    save: 'Save the figure',
    as: (format: string, name: string) => `Save ${name} as ${format}`,
  },
  zh: {
    save: '保存图表',
    as: (format, name) => `将 ${name} 保存为 ${format}`,
  },
});

/** Pixels of a PNG to one of the page: sharp in print. */
const pngScale = 2;

export interface FigureActionsProps {
  /** Name of the files, without ending. */
  readonly name: string;
  /** The numbers behind the figure; the first row is the header. Read when CSV is pressed. */
  readonly rows: () => readonly (readonly (string | number)[])[];
  /**
   * The element that contains the drawing. Its label (aria-label, aria-labelledby) becomes the title; drawings
   * that lie over each other become one. Left out where there are only numbers.
   */
  readonly figure?: RefObject<Element | null>;
}

export function FigureActions({ name, rows, figure }: FigureActionsProps) {
  const t = actionText();
  const save = (ending: string, make: () => Blob | Promise<Blob>) =>
    saveOrSay(make, `${name}.${ending}`);
  const drawing = () => {
    if (!figure?.current) throw new RangeError(`${name} is not on the page`);
    return figureAsSvg(figure.current, name);
  };
  const csv = () => csvFile(rows());
  const svg = () => new Blob([drawing().text], { type: 'image/svg+xml' });
  const png = async () => figureAsPng(drawing(), pngScale);
  const formats = [
    { label: 'CSV', press: () => save('csv', csv) },
    ...(figure
      ? [
          { label: 'SVG', press: () => save('svg', svg) },
          { label: 'PNG', press: () => save('png', png) },
        ]
      : []),
  ];
  return (
    <span className={styles.figureActions} role="group" aria-label={t.save}>
      <Download size={14} aria-hidden />
      {formats.map(({ label, press }) => (
        <Button
          key={label}
          variant="ghost"
          size="small"
          aria-label={t.as(label, name)}
          onClick={press}
        >
          {label}
        </Button>
      ))}
    </span>
  );
}
