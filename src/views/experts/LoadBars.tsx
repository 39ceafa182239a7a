import type { RoutingSummary } from '../../studio/experts.ts';
import { formatFixed, formatPercent, unknown } from '../shared/format.ts';

/** Load of each expert and the mean weight it gets when chosen; the rule is an even load. */
export function LoadBars({
  summary,
  active,
}: {
  readonly summary: RoutingSummary;
  readonly active: number;
}) {
  const { experts, load, meanWeight } = summary;
  const even = experts > 0 ? active / experts : 0;
  const largest = Math.max(even, ...load);
  const width = (share: number) => `${largest > 0 ? (share / largest) * 100 : 0}%`;
  return (
    <table className="load">
      <caption className="ui-hidden">Load and mean weight by expert</caption>
      <thead>
        <tr>
          <th scope="col">Expert</th>
          <th scope="col" className="load__wide">
            Chosen, share of decisions
          </th>
          <th scope="col" className="load__number">
            Load
          </th>
          <th scope="col" className="load__number">
            Mean weight
          </th>
        </tr>
      </thead>
      <tbody>
        {Array.from(load, (share, expert) => {
          const weight = meanWeight[expert] ?? Number.NaN;
          return (
            <tr key={expert}>
              <th scope="row">{expert + 1}</th>
              <td>
                <span className="load__track" aria-hidden>
                  <span className="load__bar" style={{ width: width(share) }} />
                  <span className="load__even" style={{ left: width(even) }} />
                </span>
              </td>
              <td className="load__number">{formatPercent(share, 1)}</td>
              <td className="load__number">
                {Number.isNaN(weight) ? unknown : formatFixed(weight, 3)}
              </td>
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={4}>
            Thin rule: {formatPercent(even, 1)}, if the {active} of {experts} were chosen evenly.
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
