/** The picture of branches on the ward-round card: what each stage trains, drops and merges, as SVG that needs nothing else. */
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { branchesByStage } from '../../engine/training/recipe/recipe.ts';
import { htmlText } from './card-text.ts';
import type { WardWords } from './ward-words.ts';

const panel = { width: 200, gap: 40, top: 26, row: 24 };

const colours: Readonly<Record<string, string>> = {
  ka: '#1d6fb8',
  na: '#b45309',
  lora: '#6b7280',
  align: '#15803d',
};

interface Fate {
  readonly name: string;
  readonly trains: boolean;
  readonly after: string | null;
}

export function wardPicture(recipe: Recipe, words: WardWords): string {
  const stages = branchesByStage(recipe).map((branches, stage): Fate[] => {
    const { train = [], after = [] } = recipe.stages[stage] ?? {};
    return branches.map(({ name }) => {
      const act = after.find(({ branch }) => branch === name);
      return { name, trains: train.includes(name), after: act?.action ?? null };
    });
  });
  const rows = Math.max(1, ...stages.map(({ length }) => length));
  const height = panel.top + 34 + rows * panel.row + 10;
  const step = panel.width + panel.gap;
  const width = stages.length * step + 120;
  const panels = stages.map((branches, stage) =>
    stagePanel(words, stage, branches, { left: stage * step, height }),
  );
  const merged = stages.length > 0 && (stages.at(-1) ?? []).every(({ after }) => after !== null);
  const end = words[merged ? 'plain' : 'withBranches'];
  const left = stages.length * step;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${htmlText(words.picture)}" font-family="sans-serif" font-size="12">
${panels.join('\n')}
<rect x="${left + 0.5}" y="${panel.top + 0.5}" width="118" height="34" rx="4" fill="#e5e7eb" stroke="#6b7280"/>
<text x="${left + 59}" y="${panel.top + 22}" text-anchor="middle">${htmlText(end)}</text>
</svg>`;
}

function stagePanel(
  words: WardWords,
  stage: number,
  branches: readonly Fate[],
  { left, height }: { readonly left: number; readonly height: number },
): string {
  const acts: Readonly<Record<string, (what: string) => string>> = {
    drop: words.dropped,
    merge: words.merged,
    force: words.forced,
  };
  const rows = branches.map(({ name, trains, after }, i) => {
    const y = panel.top + 34 + i * panel.row;
    const title = words.branches[name] ?? name;
    const said = after === null ? title : (acts[after]?.(title) ?? title);
    const dash = after === 'drop' ? ' stroke-dasharray="4 3"' : '';
    const colour = colours[name] ?? '#6b7280';
    const fill = trains ? ` fill="${colour}" fill-opacity="0.16"` : ' fill="none"';
    return `<rect x="${left + 10.5}" y="${y + 3.5}" width="${panel.width - 21}" height="${panel.row - 7}" rx="3"${fill} stroke="${colour}"${dash}/>
<text x="${left + 18}" y="${y + 16}">${htmlText(said)}</text>`;
  });
  const arrow = left + panel.width + 6;
  const middle = panel.top + 17;
  return `<text x="${left}" y="16" font-weight="bold">${htmlText(words.stage(stage + 1))}</text>
<rect x="${left + 0.5}" y="${panel.top + 0.5}" width="${panel.width - 1}" height="${height - panel.top - 6}" rx="4" fill="none" stroke="#d1d5db"/>
<rect x="${left + 10.5}" y="${panel.top + 8.5}" width="${panel.width - 21}" height="20" rx="3" fill="#e5e7eb" stroke="#6b7280"/>
<text x="${left + 18}" y="${panel.top + 23}">${htmlText(words.frozen)}</text>
${rows.join('\n')}
<path d="M${arrow} ${middle}h22m-7 -5l7 5l-7 5" fill="none" stroke="#374151" stroke-width="1.5"/>`;
}
