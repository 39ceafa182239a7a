/** The orthogonal loss of a stage: whether there is one, between which branches, with what weight. */
import type { Recipe, RecipeBranch } from '../../../contract/recipe.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { SelectField } from '../../shared/controls/Select.tsx';
import { branchTitle } from '../../shared/Tag.tsx';
import { SwitchField } from '../../shared/controls/Toggle.tsx';
import { RecipeField } from './RecipeField.tsx';
import { stageText } from './text-stages.ts';
import layoutStyles from '../../shared/layout.module.css';

type Orthogonal = Recipe['stages'][number]['orthogonal'];

export function OrthogonalEditor({
  index,
  present,
  onChange,
}: {
  readonly index: number;
  readonly present: readonly RecipeBranch[];
  readonly onChange: (orthogonal: Orthogonal) => void;
}) {
  const t = stageText();
  const orthogonal = useRecipe((state) => state.recipe.stages[index]?.orthogonal ?? null);
  const able = present.filter(({ type }) => type === 'lora');
  const [one, other] = able;
  const choices = able.map(({ name }) => ({ value: name, label: branchTitle(name) }));
  return (
    <>
      <h3>{t.orthogonal}</h3>
      <div className={layoutStyles.actions}>
        <SwitchField
          label={t.addOrthogonal}
          help={t.orthogonalHelp}
          checked={orthogonal !== null}
          disabled={orthogonal === null && !(one && other)}
          onChange={(on) => {
            if (on && one && other) onChange({ between: [one.name, other.name], weight: 1 });
            else onChange(null);
          }}
        />
      </div>
      {orthogonal && (
        <div className={layoutStyles.fields}>
          <SelectField
            label={t.between}
            value={orthogonal.between[0]}
            choices={choices}
            onChange={(name) => onChange({ ...orthogonal, between: [name, orthogonal.between[1]] })}
          />
          <SelectField
            label={t.andLabel}
            value={orthogonal.between[1]}
            choices={choices}
            onChange={(name) => onChange({ ...orthogonal, between: [orthogonal.between[0], name] })}
          />
          <RecipeField
            spec={{
              kind: 'number',
              path: `stages.${index}.orthogonal.weight`,
              label: t.weight,
              help: t.weightHelp,
            }}
          />
        </div>
      )}
    </>
  );
}
