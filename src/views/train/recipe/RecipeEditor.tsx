/** Edits the whole recipe as fields, or as a file. */
import { clsx } from 'clsx';
import { ClipboardPaste, Copy, Download, FileUp, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { asStudioError, type StudioError } from '../../../faults/fault.ts';
import { fileStem, saveFile } from '../../../studio/exports/exports.ts';
import {
  ablationPlaces,
  ablationWords,
  presetWords,
} from '../../../studio/evaluation/ablation-words.ts';
import {
  differencesFromOrigin,
  presetNames,
  useRecipe,
  type Applied,
  type RecipeState,
} from '../../../studio/runs/recipe.ts';
import { readPath, withStage } from '../../../studio/runs/recipe-edit.ts';
import type { RecipeStage } from '../../../contract/recipe.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { formatNumber, formatPercent } from '../../shared/format.ts';
import { branchTitle } from '../../shared/Tag.tsx';
import { FilePicker } from '../../shared/controls/FilePicker.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Select } from '../../shared/controls/Select.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { tellUndo } from '../../shared/controls/tell-undo.ts';
import { stageTitle } from '../../shared/figures/diagram-text.ts';
import { listed } from '../../shared/words/marks.ts';
import { differencesInWords } from './difference-words.ts';
import { fieldGroups, settingValue } from './fields.ts';
import { RecipeField } from './RecipeField.tsx';
import { StageEditor } from './StageEditor.tsx';
import { stageText } from './text-stages.ts';
import { recipeText } from './text-recipe.ts';
import styles from './RecipeEditor.module.css';
import textStyles from '../../shared/text.module.css';
import layoutStyles from '../../shared/layout.module.css';
import fieldStyles from '../../shared/controls/Field.module.css';

const withoutAblation = 'none';

/** The whole recipe as fields, and as a file. */
export function RecipeEditor() {
  const t = recipeText();
  const preset = useRecipe((state) => state.preset);
  const ablation = useRecipe((state) => state.ablation);
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const isDefault = useRecipe((state) => state.isDefault);
  const differences = useRecipe(changesOf);
  const [error, setError] = useState<StudioError | null>(null);
  const groups = fieldGroups();
  const changed =
    !isDefault('stages') ||
    groups.some(({ fields }) => fields.some(({ path }) => !isDefault(path)));
  const { summary } = ablation === null ? presetWords()[preset] : ablationWords()[ablation];
  return (
    <Card title={t.title} aside={summary} actions={<RecipeFile onError={setError} />}>
      <div className={styles.recipe}>
        <Origin changed={changed} />
        {differences !== '' && (
          <p className={styles.difference}>
            <span className={styles.label}>{t.differs}</span> {differences}
          </p>
        )}
        {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
        {recipe.stages.map((stage, index) => (
          <Group
            key={index}
            title={t.stage(index + 1, stageTitle(stage.name))}
            values={stageValues(stage)}
            changed={isDefault(`stages.${index}`) ? 0 : 1}
            counted={false}
          >
            <StageEditor index={index} />
          </Group>
        ))}
        {groups.map(({ name, fields }) => (
          <Group
            key={name}
            title={name}
            values={fields.map(
              ({ path, label }) => `${label} ${settingValue(readPath(recipe, path))}`,
            )}
            changed={fields.filter(({ path }) => !isDefault(path)).length}
          >
            <div className={layoutStyles.fields}>
              {fields.map((spec) => (
                <RecipeField key={spec.path} spec={spec} />
              ))}
            </div>
          </Group>
        ))}
        {recipe.stages.length < 4 && (
          <div className={layoutStyles.actions}>
            <Button
              size="small"
              icon={<Plus size={14} aria-hidden />}
              onClick={() => setError(setRecipe(withStage(recipe)))}
            >
              {t.addStage}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

/** The origin of the recipe: a preset, and one of the paper's ablations of it. */
function Origin({ changed }: { readonly changed: boolean }) {
  const t = recipeText();
  const { preset, ablation, facts, setPreset, changeOrigin } = useRecipe();
  const names = presetWords();
  const ablated = ablationWords();
  return (
    <div className={styles.presets}>
      <span className={styles.label}>{t.preset}</span>
      <Segmented
        label={t.preset}
        value={preset}
        choices={presetNames.map((name) => ({ value: name, label: names[name].label }))}
        onChange={(name) => tellApplied(names[name].label, changed, changeOrigin({ preset: name }))}
      />
      <span className={styles.label}>{t.ablation}</span>
      <Select
        aria-label={t.ablation}
        value={ablation ?? withoutAblation}
        choices={[
          { value: withoutAblation, label: t.noAblation },
          ...ablationPlaces.map(({ id, table }) => ({
            value: id,
            label: `${ablated[id].label} · ${t.place(table)}`,
          })),
        ]}
        onChange={(id) => {
          const chosen = id === withoutAblation ? null : id;
          const name = chosen === null ? t.noAblation : ablated[chosen].label;
          tellApplied(name, changed, changeOrigin({ ablation: chosen }));
        }}
      />
      {changed && (
        <>
          <span className={textStyles.quiet}>{t.changedSince}</span>
          <Button
            size="small"
            onClick={() => tellUndo(t.backDone, setPreset(preset, ablation).undo)}
          >
            {t.back}
          </Button>
        </>
      )}
      {facts && preset !== 'paper' && <span className={textStyles.quiet}>{t.fitted}</span>}
    </div>
  );
}

/** Says what was applied and what became of the person's changes, with a way back. */
function tellApplied(name: string, changed: boolean, { kept, undo }: Applied): void {
  const t = recipeText();
  tellUndo(changed ? (kept ? t.appliedKept(name) : t.appliedAlone(name)) : t.applied(name), undo);
}

/** A stage in a line: its data, its epochs, what trains. */
function stageValues({ data, epochs, train, orthogonal }: RecipeStage): string[] {
  const t = stageText();
  const [one, other] = orthogonal?.between ?? [];
  return [
    t.records(data.kinds.map((kind) => t.kinds[kind]).join(' + ')),
    ...(data.fraction < 1 ? [t.ofThem(formatPercent(data.fraction))] : []),
    t.epochs(epochs),
    recipeText().trains(listed(train.map(branchTitle))),
    ...(one !== undefined && other !== undefined
      ? [t.lambda(formatNumber(orthogonal?.weight ?? 0), branchTitle(one), branchTitle(other))]
      : []),
  ];
}

/** The differences between the recipe and its origin, in words. */
function changesOf({ recipe, ...origin }: RecipeState): string {
  return differencesInWords(differencesFromOrigin(origin, recipe));
}

function Group({
  title,
  changed,
  counted = true,
  values,
  children,
}: {
  readonly title: string;
  /** What it holds, to be seen while it is closed. */
  readonly values: readonly string[];
  readonly changed: number;
  /** Says how many fields were changed, not only that some were. */
  readonly counted?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details className={styles.group}>
      <summary>
        <span>{title}</span>
        <span className={styles.values}>{values.join(' · ')}</span>
        {changed > 0 && (
          <span className={clsx(fieldStyles.fieldChanged, styles.changed)}>
            {counted ? recipeText().fieldsChanged(changed) : recipeText().changed}
          </span>
        )}
      </summary>
      <div className={styles.fields}>{children}</div>
    </details>
  );
}

/** Import, download, copy. */
function RecipeFile({ onError }: { readonly onError: (error: StudioError | null) => void }) {
  const t = recipeText();
  const importJson = useRecipe((state) => state.importJson);
  const exportJson = useRecipe((state) => state.exportJson);
  const name = useRecipe((state) => state.recipe.name);
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (thrown) {
      onError(asStudioError(thrown));
    }
  };
  const take = (json: string, done: string) => {
    const error = importJson(json);
    onError(error);
    if (!error) toast.success(done);
  };
  const save = () =>
    attempt(async () => {
      const blob = new Blob([exportJson()], { type: 'application/json' });
      await saveFile(blob, `${fileStem(name, 'recipe').toLowerCase()}.json`);
    });
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(exportJson());
      toast.success(t.copied);
    });
  const paste = () => attempt(async () => take(await navigator.clipboard.readText(), t.pasted));
  const read = (file: File) => attempt(async () => take(await file.text(), t.taken(file.name)));
  return (
    <>
      <FilePicker
        label={t.importLabel}
        accept=".json,application/json"
        size="small"
        icon={<FileUp size={14} aria-hidden />}
        onFiles={([file]) => file && void read(file)}
      >
        {t.import}
      </FilePicker>
      <Button size="small" icon={<Download size={14} aria-hidden />} onClick={() => void save()}>
        {t.download}
      </Button>
      <Button size="small" icon={<Copy size={14} aria-hidden />} onClick={() => void copy()}>
        {t.copy}
      </Button>
      <Button
        size="small"
        icon={<ClipboardPaste size={14} aria-hidden />}
        onClick={() => void paste()}
      >
        {t.paste}
      </Button>
    </>
  );
}
