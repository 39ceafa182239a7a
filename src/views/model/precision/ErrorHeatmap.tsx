/** A map of a precision's error, by layer and linear. */
import type { FormatError } from '../../../studio/runs/memory.ts';
import { scaleStops, shareColour, shareInk } from '../../shared/figures/colours.ts';
import { formatNumber, formatPercent, unknown } from '../../shared/format.ts';
import { errorText } from './text-precision.ts';
import styles from './ErrorHeatmap.module.css';

type MatrixError = FormatError['matrices'][number];

/** Relative error by layer and linear, as a table whose cells are coloured. */
export function ErrorHeatmap({ matrices }: { readonly matrices: readonly MatrixError[] }) {
  const t = errorText();
  const worst = Math.max(...matrices.map(({ relativeL2 }) => relativeL2));
  const layers = [...new Set(matrices.flatMap(({ layer }) => (layer === null ? [] : [layer])))];
  const linears = [
    ...new Set(matrices.flatMap(({ layer, linear }) => (layer === null ? [] : [linear]))),
  ];
  const ends = matrices.filter(({ layer }) => layer === null);
  const find = (layer: number, linear: MatrixError['linear']): MatrixError | undefined =>
    matrices.find((matrix) => matrix.layer === layer && matrix.linear === linear);
  return (
    <figure className={styles.errorMap}>
      <figcaption>
        <span>{t.map}</span>
        {worst > 0 && (
          <span className={styles.scale}>
            0
            <span
              className={styles.ramp}
              aria-hidden
              style={{
                background: `linear-gradient(to right, ${scaleStops(9)
                  .map(({ colour }) => colour)
                  .join(', ')})`,
              }}
            />
            {formatPercent(worst, 2)}
          </span>
        )}
      </figcaption>
      <div
        className={styles.scroll}
        role="group"
        aria-label={t.mapLabel}
        // A scroll container must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t.layer}</th>
              {linears.map((linear) => (
                <th key={linear} scope="col">
                  {linear}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ends.map((matrix) => (
              <tr key={matrix.name}>
                <th scope="row">{matrix.linear}</th>
                <Cell matrix={matrix} worst={worst} span={linears.length} />
              </tr>
            ))}
            {layers.map((layer) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {linears.map((linear) => (
                  <Cell key={linear} matrix={find(layer, linear)} worst={worst} span={1} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Cell({
  matrix,
  worst,
  span,
}: {
  readonly matrix: MatrixError | undefined;
  readonly worst: number;
  readonly span: number;
}) {
  if (!matrix) return <td>{unknown}</td>;
  const { relativeL2, largest, largestWeight } = matrix;
  return (
    <td
      colSpan={span}
      title={errorText().cell(formatNumber(largest, 3), formatNumber(largestWeight, 3))}
      style={{ background: shareColour(relativeL2, worst), color: shareInk(relativeL2, worst) }}
    >
      {relativeL2 === 0 ? '0' : formatPercent(relativeL2, 2)}
    </td>
  );
}
