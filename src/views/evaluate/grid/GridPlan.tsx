/** Plans a new grid: recipes of the paper's tables, and shares of the data. */
import { Play } from 'lucide-react';
import { useState } from 'react';
import { ablationWords, recipeTitle } from '../../../studio/evaluation/ablation-words.ts';
import { shareChoices, useAblation } from '../../../studio/evaluation/ablation.ts';
import { trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { useDevice } from '../../../studio/device.ts';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { needsTemplate, selectedModel, useModels } from '../../../studio/models/models.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { continueInTurn } from '../../../studio/queue/page-queue.ts';
import { gridMilliseconds } from '../../../studio/runs/pace.ts';
import { mostlyNothing } from '../../../studio/runs/record-length.ts';
import { tellWaiting } from '../../queue/work-name.ts';
import { useOutlook, type Outlook } from '../../train/run/use-outlook.ts';
import { AskBefore, type Poor } from '../../train/start/AskBefore.tsx';
import { usePaceOf } from '../../train/start/use-pace.ts';
import { formatDuration } from '../../shared/format.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { tellUndo } from '../../shared/controls/tell-undo.ts';
import { Notice } from '../../shared/Notice.tsx';
import { Card } from '../../shared/Card.tsx';
import { TextField } from '../../shared/controls/Field.tsx';
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { rowName } from './grid-names.ts';
import { gridText } from './text-grid.ts';
import { evaluateText } from '../text.ts';
import panelsStyles from '../panels.module.css';
import textStyles from '../../shared/text.module.css';
import styles from './GridPlan.module.css';
import layoutStyles from '../../shared/layout.module.css';

/** The whole pipeline is the right end of both curves. */
const whole = 'mka-da';

export function GridPlan() {
  const t = gridText();
  const { chosen, shares, plan } = useAblation();
  const recipe = useRecipe((state) => state.recipe);
  const model = useModels(selectedModel);
  const sets = trainingSets(useDataSets());
  const maxItems = useEvaluation(({ settings }) => settings.maxItems);
  const [name, setName] = useState('');
  const points = shares.flatMap((own) => own.filter((share) => share < 1)).length;
  const curves = shares.some((own) => own.length > 0);
  const cells = new Set<string>([...chosen, ...(curves ? [whole] : [])]).size + points;
  const obstacle = usePlanObstacle(cells);
  const { outlook, checking, asked, setAsked, check } = usePoorRecords();
  const begin = async () => {
    const ids = sets.map(({ id }) => id);
    const grid = model && (await plan(name.trim() || recipeTitle(recipe.name), model.id, ids));
    if (!grid) return;
    const waits = continueInTurn({ kind: 'grid', gridId: grid.id, name: grid.name });
    tellWaiting(grid.name, waits);
  };
  return (
    <Card
      title={t.plan}
      aside={t.planAside}
      actions={
        <Button
          variant="primary"
          icon={<Play size={16} aria-hidden />}
          busy={checking}
          reason={obstacle}
          onClick={() => void check(begin)}
        >
          {cells > 0 ? t.start(cells) : t.startNone}
        </Button>
      }
    >
      <div className={panelsStyles.stack}>
        <p className={textStyles.quiet}>
          {t.basis(recipeTitle(recipe.name), sets.length, model?.name ?? '–')}{' '}
          {t.questions(maxItems)}
        </p>
        <OfAblation />
        {cells > 0 && <GridTime outlook={outlook} />}
        <div className={styles.gridPlan}>
          <RecipeChoice />
          <ShareChoice />
          <TextField
            label={t.name}
            value={name}
            placeholder={recipeTitle(recipe.name)}
            onChange={setName}
          />
        </div>
      </div>
      <AskBefore
        asked={asked}
        queued={false}
        onConfirm={() => void begin()}
        onClose={() => setAsked(null)}
      />
    </Card>
  );
}

/** Says so where the grid would vary an ablation, not the whole method, and offers the whole. */
function OfAblation() {
  const t = gridText();
  const { ablation, changeOrigin } = useRecipe();
  if (ablation === null) return null;
  const name = ablationWords()[ablation].label;
  return (
    <Notice
      tone="warning"
      title={t.ofAblation(name)}
      actions={
        <Button
          size="small"
          onClick={() => tellUndo(t.wholeTaken, changeOrigin({ ablation: null }).undo)}
        >
          {t.takeWhole}
        </Button>
      }
    >
      {t.ofAblationHelp}
    </Notice>
  );
}

/** What the trainings of the grid do with the records, and the question before they learn from hardly any. */
function usePoorRecords() {
  const recipe = useRecipe((state) => state.recipe);
  const model = useModels(selectedModel);
  const sets = trainingSets(useDataSets());
  const run = model && !model.aside && { modelId: model.id, dataSetIds: sets.map(({ id }) => id) };
  const outlook = useOutlook(run ? { ...run, recipe } : null);
  const [checking, setChecking] = useState(false);
  const [asked, setAsked] = useState<Poor | null>(null);
  const check = async (begin: () => Promise<void>) => {
    setChecking(true);
    const data = await outlook.settled();
    const poor = data && mostlyNothing(data);
    if (poor) setAsked({ ...poor, maxLength: data.maxLength });
    else await begin();
    setChecking(false);
  };
  return { outlook, checking, asked, setAsked, check };
}

/** How long the trainings of the grid will take. */
function GridTime({ outlook: { looked } }: { readonly outlook: Outlook }) {
  const t = gridText();
  const { chosen, shares } = useAblation();
  const recipe = useRecipe((state) => state.recipe);
  const model = useModels(selectedModel);
  const pace = usePaceOf(model);
  if (looked?.status !== 'done') return null;
  if (pace === null) return <p>{t.timeUnknown}</p>;
  const below = ([first, second]: typeof shares) =>
    [first.filter((share) => share < 1), second.filter((share) => share < 1)] as const;
  const work = { recipe, stages: looked.data.stages };
  const milliseconds = gridMilliseconds(work, chosen, below(shares), pace);
  return <p role="status">{t.time(formatDuration(milliseconds))}</p>;
}

/** Recipes of the paper's tables that the grid compares. */
function RecipeChoice() {
  const t = gridText();
  const { recipes, chosen, choose } = useAblation();
  return (
    <fieldset>
      <legend>{t.recipes}</legend>
      <div className={styles.rows}>
        {recipes.map((row) => (
          <CheckField
            key={row.id}
            label={rowName(row.id, row.name)}
            checked={chosen.includes(row.id)}
            onChange={(on) => choose([row.id], on)}
          />
        ))}
      </div>
      <div className={layoutStyles.actions}>
        {([true, false] as const).map((on) => (
          <Button
            key={String(on)}
            size="small"
            onClick={() =>
              choose(
                recipes.map(({ id }) => id),
                on,
              )
            }
          >
            {on ? t.allRecipes : t.noRecipes}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

/** Shares of each stage's data at which the curves have points. */
function ShareChoice() {
  const t = gridText();
  const { shares, chooseShare } = useAblation();
  return ([0, 1] as const).map((stage) => (
    <fieldset key={stage}>
      <legend>{t.shares(stage + 1)}</legend>
      {shareChoices.map((share) => (
        <CheckField
          key={share}
          label={t.share(share)}
          checked={shares[stage].includes(share)}
          onChange={(on) => chooseShare(stage, share, on)}
        />
      ))}
    </fieldset>
  ));
}

/** Why a grid cannot start, in words; null when it can. */
function usePlanObstacle(cells: number): string | null {
  const t = evaluateText();
  const own = gridText();
  const files = useEvaluation(({ chosen, own: dropped }) => chosen.length + dropped.length);
  const model = useModels(selectedModel);
  const sets = trainingSets(useDataSets());
  const failed = useDevice(({ phase }) => phase === 'failed');
  if (failed) return t.noDevice;
  if (!model) return t.noModel;
  if (model.aside) return t.modelAside(model.name);
  if (needsTemplate(model)) return t.noTemplate;
  if (sets.length === 0) return own.noData;
  if (files === 0) return t.noFile;
  if (cells === 0) return own.nothingChosen;
  return null;
}
