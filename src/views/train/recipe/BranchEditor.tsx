/** Edits the fields of one branch. */
import { Trash2 } from 'lucide-react';
import type { Recipe, RecipeBranch } from '../../../contract/recipe.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { projections } from '../../../studio/runs/recipe-schema.ts';
import { readPath, withBranchName, withoutBranch } from '../../../studio/runs/recipe-edit.ts';
import { errorMessage } from '../../shared/faults/error-text.ts';
import { IconButton } from '../../shared/controls/Button.tsx';
import { Field } from '../../shared/controls/Field.tsx';
import { BranchChip, branchTone } from '../../shared/Tag.tsx';
import { CheckField, SwitchField } from '../../shared/controls/Toggle.tsx';
import { RecipeField } from './RecipeField.tsx';
import { branchMeaning, stageText } from './text-stages.ts';
import styles from './BranchEditor.module.css';
import recipeStyles from './recipe.module.css';
import layoutStyles from '../../shared/layout.module.css';
import inputStyles from '../../shared/controls/input.module.css';

export interface BranchEditorProps {
  readonly stageIndex: number;
  readonly branchIndex: number;
  readonly branch: RecipeBranch;
  /** The error in the last change; null when it was accepted. */
  readonly onError: (message: string | null) => void;
}

/** One attached branch: its name, where it sits and how large it is. */
export function BranchEditor({ stageIndex, branchIndex, branch, onError }: BranchEditorProps) {
  const t = stageText();
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const update = useRecipe((state) => state.update);
  const isDefault = useRecipe((state) => state.isDefault);
  const path = `stages.${stageIndex}.attach.${branchIndex}`;
  const apply = (next: Recipe) => onError(errorMessage(setRecipe(next)));
  const set = (key: string, value: unknown) =>
    onError(errorMessage(update(`${path}.${key}`, value)));
  return (
    <fieldset className={styles.branchEditor} data-tone={branchTone(branch.name)}>
      <legend>
        <BranchChip
          branch={branch.name}
          note={`${branchMeaning(branch.name)} · ${branch.type === 'mixture' ? t.mixture : t.lora}`}
        />
        <IconButton
          size="small"
          label={t.removeBranch(branch.name)}
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => apply(withoutBranch(recipe, stageIndex, branch.name))}
        />
      </legend>
      <div className={layoutStyles.fields}>
        <NameField
          key={branch.name}
          name={branch.name}
          onRename={(name) => apply(withBranchName(recipe, branch.name, name))}
        />
        <Targets branch={branch} changed={!isDefault(`${path}.targets`)} onSet={set} />
        <RecipeField
          spec={{
            kind: 'number',
            path: `${path}.rank`,
            label: branch.type === 'mixture' ? t.rankOfExpert : t.rank,
            help: t.rankHelp,
          }}
        />
        {branch.type === 'mixture' && <MixtureFields path={path} branch={branch} onSet={set} />}
      </div>
    </fieldset>
  );
}

interface PartProps {
  readonly branch: RecipeBranch;
  readonly onSet: (key: string, value: unknown) => void;
}

/** The linears that the branch sits beside. */
function Targets({ branch, changed, onSet }: PartProps & { readonly changed: boolean }) {
  const t = stageText();
  return (
    <Field className={styles.targets} label={t.onLinears} changed={changed} help={t.onLinearsHelp}>
      {() => (
        <span className={recipeStyles.choices} role="group" aria-label={t.linearsOf(branch.name)}>
          {projections.map((linear) => (
            <CheckField
              key={linear}
              label={linear}
              checked={branch.targets.includes(linear)}
              onChange={(on) => {
                const chosen = projections.filter((known) =>
                  known === linear ? on : branch.targets.includes(known),
                );
                onSet('targets', chosen);
              }}
            />
          ))}
        </span>
      )}
    </Field>
  );
}

/** The fields of a mixture beside its rank. */
function MixtureFields({ path, branch, onSet }: PartProps & { readonly path: string }) {
  const t = stageText();
  return (
    <>
      <RecipeField
        spec={{
          kind: 'number',
          path: `${path}.experts`,
          label: t.expertCount,
          help: t.expertCountHelp,
        }}
      />
      <RecipeField
        spec={{
          kind: 'number',
          path: `${path}.active`,
          label: t.active,
          help: t.activeHelp,
        }}
      />
      <div className={styles.switches}>
        <SwitchField
          label={t.routerBias}
          help={t.routerBiasHelp}
          checked={readPath(branch, 'routerBias') === true}
          onChange={(on) => onSet('routerBias', on)}
        />
        <SwitchField
          label={t.renormalise}
          help={t.renormaliseHelp}
          checked={readPath(branch, 'renormalise') === true}
          onChange={(on) => onSet('renormalise', on)}
        />
      </div>
    </>
  );
}

/** A branch's name; checked and accepted when the field is left. */
function NameField({
  name,
  onRename,
}: {
  readonly name: string;
  readonly onRename: (name: string) => void;
}) {
  const t = stageText();
  return (
    <Field label={t.branchName} help={t.branchNameHelp}>
      {(control) => (
        <input
          {...control}
          className={inputStyles.input}
          defaultValue={name}
          spellCheck={false}
          autoComplete="off"
          onBlur={(event) => {
            if (event.target.value !== name) onRename(event.target.value);
          }}
        />
      )}
    </Field>
  );
}
