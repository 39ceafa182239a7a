/** Figures 5 and 6 as SVG files that need nothing else: averages over the share of a stage's data. */
import type { GridFigure } from '../../src/engine/evaluation/grid/grid-tables.ts';

const size = { width: 560, height: 320 };
const margin = { left: 56, right: 150, top: 20, bottom: 46 };
/** Colours of the branches that carry each kind: Knowledge Aggregator and Align. */
const colours = { knowledge: '#00795C', alignment: '#8E4585' } as const;
const names = { knowledge: 'Knowledge average', alignment: 'Alignment average' } as const;
/** Points of two curves at one share stand side by side. */
const apart = { knowledge: -3, alignment: 3 } as const;

const round = (value: number): string => String(Math.round(value * 10) / 10);

export function figureSvg({ id, stage, curves }: GridFigure): string {
  const all = curves.flatMap(({ points }) => points);
  const tops = all.flatMap(({ value, interval }) => [value, interval?.high ?? value]);
  const top = Math.min(1, Math.ceil(Math.max(0.1, ...tops) * 10) / 10);
  const plot = {
    width: size.width - margin.left - margin.right,
    height: size.height - margin.top - margin.bottom,
  };
  const x = (share: number): number => margin.left + share * plot.width;
  const y = (value: number): number => margin.top + (1 - value / top) * plot.height;
  const ticks = Array.from({ length: Math.round(top * 10) + 1 }, (_, i) => i / 10).filter(
    (_tick, i) => top <= 0.5 || i % 2 === 0,
  );
  const shares = [0, ...new Set(all.map(({ share }) => share))].sort((a, b) => a - b);
  const grid = ticks.map((tick) => {
    const at = round(y(tick));
    return (
      `<line x1="${margin.left}" x2="${margin.left + plot.width}" y1="${at}" y2="${at}" stroke="#E2E8F0"/>` +
      `<text x="${margin.left - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${Math.round(tick * 100)}</text>`
    );
  });
  const axis = shares.map(
    (share) =>
      `<text x="${round(x(share))}" y="${size.height - margin.bottom + 18}" text-anchor="middle">${Math.round(share * 100)}</text>`,
  );
  const lines = curves.map(({ kind, points }) => {
    const colour = colours[kind];
    const place = (share: number): string => round(x(share) + apart[kind]);
    const path = points.map(({ share, value }) => `${place(share)},${round(y(value))}`).join(' ');
    const marks = points.map(({ share, value, interval }) => {
      const bar = interval
        ? `<line x1="${place(share)}" x2="${place(share)}" y1="${round(y(interval.low))}" y2="${round(y(interval.high))}" stroke="${colour}" stroke-opacity="0.5"/>`
        : '';
      return `${bar}<circle cx="${place(share)}" cy="${round(y(value))}" r="3.5" fill="${colour}"/>`;
    });
    const last = points.at(-1);
    const label = last
      ? `<text x="${round(x(last.share) + 12)}" y="${round(y(last.value))}" fill="${colour}" dominant-baseline="middle">${names[kind]}</text>`
      : '';
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${marks.join('')}${label}`;
  });
  const title = `${id === 'figure-5' ? 'Figure 5' : 'Figure 6'}: averages over the share of stage-${stage + 1} data`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12" fill="#334155">`,
    `<title>${title}</title><rect width="100%" height="100%" fill="#FFFFFF"/>`,
    ...grid,
    ...axis,
    `<text x="${margin.left + plot.width / 2}" y="${size.height - 8}" text-anchor="middle">Share of the stage-${stage + 1} data, %</text>`,
    `<text transform="translate(16 ${margin.top + plot.height / 2}) rotate(-90)" text-anchor="middle">Average score, %</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
