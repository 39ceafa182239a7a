import { Trash2 } from 'lucide-react';
import type { Projection, Recipe, RecipeBranch } from '../../engine/training/recipe.ts';
import { useRecipe } from '../../studio/recipe.ts';
import { readPath, withBranchName, withoutBranch } from '../../studio/recipe-edit.ts';
import { IconButton } from '../shared/Button.tsx';
import { Field } from '../shared/Field.tsx';
import { BranchChip, branchTone } from '../shared/Tag.tsx';
import { CheckField, SwitchField } from '../shared/Toggle.tsx';
import { RecipeField } from './RecipeField.tsx';
import { branchMeaning } from './words.ts';

const linears: readonly Projection[] = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];

export interface BranchEditorProps {
  readonly stageIndex: number;
  readonly branchIndex: number;
  readonly branch: RecipeBranch;
  /** What is wrong with the last change; null when it was taken over. */
  readonly onError: (message: string | null) => void;
}

/** One attached branch: its name, where it sits and how large it is. */
export function BranchEditor({ stageIndex, branchIndex, branch, onError }: BranchEditorProps) {
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const update = useRecipe((state) => state.update);
  const isDefault = useRecipe((state) => state.isDefault);
  const path = `stages.${stageIndex}.attach.${branchIndex}`;
  const apply = (next: Recipe) => onError(setRecipe(next)?.message ?? null);
  const set = (key: string, value: unknown) =>
    onError(update(`${path}.${key}`, value)?.message ?? null);
  return (
    <fieldset className={`branch-editor ui-tone--${branchTone(branch.name)}`}>
      <legend>
        <BranchChip
          branch={branch.name}
          note={`${branchMeaning(branch.name)}${branch.type === 'mixture' ? ' · mixture of LoRA' : ' · LoRA'}`}
        />
        <IconButton
          size="small"
          label={`Remove branch ${branch.name}`}
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => apply(withoutBranch(recipe, stageIndex, branch.name))}
        />
      </legend>
      <div className="fields">
        <NameField
          key={branch.name}
          name={branch.name}
          onRename={(name) => apply(withBranchName(recipe, branch.name, name))}
        />
        <Field
          className="branch-editor__targets"
          label="On linears"
          changed={!isDefault(`${path}.targets`)}
          help="The projections that this branch adds to, in every layer."
        >
          {() => (
            <span className="choices" role="group" aria-label={`Linears of ${branch.name}`}>
              {linears.map((linear) => (
                <CheckField
                  key={linear}
                  label={linear}
                  checked={branch.targets.includes(linear)}
                  onChange={(on) => {
                    const chosen = linears.filter((known) =>
                      known === linear ? on : branch.targets.includes(known),
                    );
                    set('targets', chosen);
                  }}
                />
              ))}
            </span>
          )}
        </Field>
        <RecipeField
          spec={{
            kind: 'number',
            path: `${path}.rank`,
            label: branch.type === 'mixture' ? 'Rank of one expert' : 'Rank',
            help: 'Inner width of A and B: larger ranks hold more and cost more memory.',
            min: 1,
            max: 256,
            integer: true,
          }}
        />
        {branch.type === 'mixture' && (
          <>
            <RecipeField
              spec={{
                kind: 'number',
                path: `${path}.experts`,
                label: 'Experts E',
                help: 'How many low-rank experts the router chooses from at every linear.',
                min: 2,
                max: 64,
                integer: true,
              }}
            />
            <RecipeField
              spec={{
                kind: 'number',
                path: `${path}.active`,
                label: 'Active K (top-K)',
                help: 'How many experts each token uses.',
                min: 1,
                max: 8,
                integer: true,
              }}
            />
            <div className="branch-editor__switches">
              <SwitchField
                label="Router bias"
                help="The router adds a learnt bias (released code); the paper’s has none."
                checked={readPath(branch, 'routerBias') === true}
                onChange={(on) => set('routerBias', on)}
              />
              <SwitchField
                label="Renormalise weights"
                help="Divide the K gate weights by their sum (released code), or use them as they are (eq. 5)."
                checked={readPath(branch, 'renormalise') === true}
                onChange={(on) => set('renormalise', on)}
              />
            </div>
          </>
        )}
      </div>
    </fieldset>
  );
}

/** A branch's name; checked and taken over when the field is left. */
function NameField({
  name,
  onRename,
}: {
  readonly name: string;
  readonly onRename: (name: string) => void;
}) {
  return (
    <Field
      label="Branch name"
      help="Lower-case letters, digits and _; the other parts of the recipe follow."
    >
      {(control) => (
        <input
          {...control}
          className="ui-input"
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
