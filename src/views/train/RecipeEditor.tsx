import { Copy, Download, FileUp, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { asStudioError, type StudioError } from '../../errors.ts';
import { saveFile } from '../../studio/exports.ts';
import { presets, useRecipe } from '../../studio/recipe.ts';
import { withStage } from '../../studio/recipe-edit.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { FilePicker } from '../shared/FilePicker.tsx';
import { formatCount } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Segmented } from '../shared/Toggle.tsx';
import { fieldGroups } from './fields.ts';
import { RecipeField } from './RecipeField.tsx';
import { StageEditor } from './StageEditor.tsx';

/** The whole recipe as fields, and as a file. */
export function RecipeEditor() {
  const preset = useRecipe((state) => state.preset);
  const setPreset = useRecipe((state) => state.setPreset);
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const isDefault = useRecipe((state) => state.isDefault);
  const [error, setError] = useState<StudioError | null>(null);
  const changed =
    !isDefault('stages') ||
    fieldGroups.some(({ fields }) => fields.some(({ path }) => !isDefault(path)));
  const summary = presets.find(({ name }) => name === preset)?.summary;
  return (
    <Card title="Recipe" aside={summary} actions={<RecipeFile onError={setError} />}>
      <div className="recipe">
        <div className="recipe__presets">
          <span className="recipe__label">Preset</span>
          <Segmented
            label="Preset"
            value={preset}
            choices={presets.map(({ name, label }) => ({ value: name, label }))}
            onChange={setPreset}
          />
          {changed && (
            <>
              <span className="quiet">changed since</span>
              <Button size="small" onClick={() => setPreset(preset)}>
                Back to the preset
              </Button>
            </>
          )}
        </div>
        {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
        {recipe.stages.map(({ name }, index) => (
          <Group
            key={index}
            title={`Stage ${index + 1}: ${name}`}
            changed={isDefault(`stages.${index}`) ? 0 : 1}
            counted={false}
          >
            <StageEditor index={index} />
          </Group>
        ))}
        {fieldGroups.map(({ name, fields }) => (
          <Group
            key={name}
            title={name}
            changed={fields.filter(({ path }) => !isDefault(path)).length}
          >
            <div className="fields">
              {fields.map((spec) => (
                <RecipeField key={spec.path} spec={spec} />
              ))}
            </div>
          </Group>
        ))}
        {recipe.stages.length < 4 && (
          <div className="ui-actions">
            <Button
              size="small"
              icon={<Plus size={14} aria-hidden />}
              onClick={() => setError(setRecipe(withStage(recipe)))}
            >
              Add a stage
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function Group({
  title,
  changed,
  counted = true,
  children,
}: {
  readonly title: string;
  readonly changed: number;
  /** Says how many fields were changed, not only that some were. */
  readonly counted?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details className="recipe__group">
      <summary>
        <span>{title}</span>
        {changed > 0 && (
          <span className="ui-field__changed">
            {counted ? `${formatCount(changed, 'field')} changed` : 'changed'}
          </span>
        )}
      </summary>
      <div className="recipe__fields">{children}</div>
    </details>
  );
}

/** Import, download, copy. */
function RecipeFile({ onError }: { readonly onError: (error: StudioError | null) => void }) {
  const importJson = useRecipe((state) => state.importJson);
  const exportJson = useRecipe((state) => state.exportJson);
  const name = useRecipe((state) => state.recipe.name);
  const read = async (file: File | undefined) => {
    if (!file) return;
    try {
      const error = importJson(await file.text());
      onError(error);
      if (!error) toast.success(`Recipe taken over from ${file.name}`);
    } catch (thrown) {
      onError(asStudioError(thrown));
    }
  };
  const save = async () => {
    try {
      const blob = new Blob([exportJson()], { type: 'application/json' });
      await saveFile(blob, `${fileName(name)}.json`);
    } catch (thrown) {
      onError(asStudioError(thrown));
    }
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(exportJson());
      toast.success('Recipe copied as JSON');
    } catch (thrown) {
      onError(asStudioError(thrown));
    }
  };
  return (
    <>
      <FilePicker
        label="Import a recipe"
        accept=".json,application/json"
        size="small"
        icon={<FileUp size={14} aria-hidden />}
        onFiles={([file]) => void read(file)}
      >
        Import
      </FilePicker>
      <Button size="small" icon={<Download size={14} aria-hidden />} onClick={() => void save()}>
        Download
      </Button>
      <Button size="small" icon={<Copy size={14} aria-hidden />} onClick={() => void copy()}>
        Copy
      </Button>
    </>
  );
}

function fileName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return plain === '' ? 'recipe' : plain.toLowerCase();
}
