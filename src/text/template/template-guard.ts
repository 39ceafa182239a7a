/**
 * A Jinja interpreter with limits, so that no template runs away. Chat templates come with downloaded models,
 * so they are programs by strangers. The library interprets them over maps without evaluating code; the danger
 * that remains is a template that loops, doubles strings or nests lists until the worker hangs.
 *
 * The interpreter is synchronous, so no timer can stop it from outside. But all its work passes through
 * one method, `evaluate`, which is overridden here. Guaranteed for every rendering:
 * - at most MAX_STEPS nodes are evaluated, and none later than MAX_MILLISECONDS after the start;
 * - no value that an expression yields has more than MAX_NODES elements, counted as a tree, or more than
 *   MAX_TEXT characters in all of them, so that no single step can take long;
 * - the operations whose result may be a product of their inputs (replace, join, indent, tojson, range)
 *   are measured before they run.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import type { TemplateLimit } from '../../faults/catalogue/text.ts';
import { fault, StudioError } from '../../faults/fault.ts';

type Value = ReturnType<Interpreter['evaluate']>;
type Statement = NonNullable<Parameters<Interpreter['evaluate']>[0]>;
type Program = Parameters<Interpreter['run']>[0];

/** A template for a conversation of a thousand turns takes some 50,000 steps. */
const MAX_STEPS = 2_000_000;
const MAX_MILLISECONDS = 2_000;
const STEPS_BETWEEN_CLOCK_READINGS = 8;
const MAX_NODES = 100_000;
/** Most characters of any value, of the conversation given, and of the text that is rendered. */
export const MAX_TEXT = 4_000_000;
/** Deepest nesting of values; it also ends the walk through a namespace that contains itself. */
const MAX_DEPTH = 100;
const MAX_RANGE = 10_000;
const MAX_INDENT = 64;
const MAX_SEPARATOR = 64;
/** The longest published chat templates have about 30,000 characters. */
const MAX_SOURCE = 131_072;
/** The library searches runs of white space in quadratic time. */
const LONG_BLANK = /\s{2000}/;

/** The template's own reason for refusing a conversation. */
function templateRaised(words: string, cause: unknown): StudioError {
  return fault('template-raised', { reason: words.trim() }, { cause });
}

function overLimit(what: TemplateLimit): StudioError {
  return fault('template-limit', what);
}

/** The error that a template reports through raise_exception. */
class TemplateRaised extends Error {}

/** Parses a template. @throws StudioError `template-too-long`, `template-syntax`. */
export function parseTemplate(source: string): Program {
  if (source.length > MAX_SOURCE || LONG_BLANK.test(source)) {
    throw fault('template-too-long', { length: source.length, most: MAX_SOURCE });
  }
  try {
    return parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
    throw fault('template-syntax', { detail }, { cause });
  }
}

/** Names the variable that stands for a `{% generation %}` block; true in every rendering. */
const GENERATION = 'generation_block';
/** The marks before and after the text that such a block wrote: no text contains these characters. */
export const GENERATED = { begin: '\ufdd0', end: '\ufdd1' } as const;

/**
 * A template whose renderings mark what the `{% generation %}` blocks wrote; null where it has no such block.
 * Each block becomes a condition, which treats the white space around it in the same way.
 */
export function markGenerated(source: string): string | null {
  const opened = source.replace(/\{%(-?)\s*generation\s*(-?)%\}/g, `{%$1 if ${GENERATION} $2%}`);
  if (opened === source) return null;
  return opened.replace(/\{%(-?)\s*endgeneration\s*(-?)%\}/g, '{%$1 endif $2%}');
}

/** A node of the syntax tree, as far as it is read here; the library's nodes are classes. */
interface Node {
  readonly type: string;
}

interface Weight {
  readonly nodes: number;
  readonly text: number;
}

/** Elements and characters of values, counted as the tree that printing them would walk. */
class Scales {
  /** Counts of lists and mappings, which never change once made, unless a namespace lies inside. */
  readonly #known = new WeakMap<object, Weight>();

  check(value: Value): void {
    const { nodes, text } = this.weigh(value);
    if (nodes > MAX_NODES) throw overLimit({ reason: 'elements', most: MAX_NODES });
    if (text > MAX_TEXT) throw overLimit({ reason: 'characters', most: MAX_TEXT });
  }

  weigh(value: Value): Weight {
    const inner: unknown = value.value;
    if (typeof inner === 'string') return { nodes: 1, text: inner.length };
    if (!Array.isArray(inner) && !(inner instanceof Map)) return { nodes: 1, text: 0 };
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const total = { nodes: 1, text: 0, changeable: false };
    this.#add(value, total, 0);
    if (!total.changeable) this.#known.set(value, total);
    return total;
  }

  #add(
    value: Value,
    total: { nodes: number; text: number; changeable: boolean },
    depth: number,
  ): void {
    if (depth > MAX_DEPTH) throw overLimit({ reason: 'depth', most: MAX_DEPTH });
    const inner: unknown = value.value;
    if (value.type === 'NamespaceValue') total.changeable = true;
    const keyed = inner instanceof Map;
    const children: Iterable<unknown> = keyed ? inner.values() : Array.isArray(inner) ? inner : [];
    if (keyed) for (const key of inner.keys()) total.text += String(key).length;
    for (const child of children) {
      if (total.nodes > MAX_NODES || total.text > MAX_TEXT) return;
      const element = child as Value;
      const leaf = element.value;
      total.nodes += 1;
      if (typeof leaf === 'string') total.text += leaf.length;
      const known =
        leaf !== null && typeof leaf === 'object' ? this.#known.get(element) : undefined;
      if (known !== undefined) {
        total.nodes += known.nodes;
        total.text += known.text;
      } else if (Array.isArray(leaf) || leaf instanceof Map) {
        this.#add(element, total, depth + 1);
      }
    }
  }
}

/** A node that holds a value already computed, so that nothing is evaluated twice. */
interface Computed extends Node {
  readonly result: Value;
}

interface CallNode extends Node {
  readonly callee: Node;
  readonly args: readonly Node[];
}

interface FilterNode extends Node {
  readonly operand: Node;
  readonly filter: Node;
}

interface FilterBlock extends Node {
  readonly filter: Node;
  readonly body: readonly Node[];
}

interface FilterBody extends Node {
  readonly body: readonly Node[];
}

interface MemberNode extends Node {
  readonly object: Node;
  readonly property: Node;
  readonly computed: boolean;
}

interface Condition extends Node {
  readonly test: Node;
}

interface NamedValue extends Node {
  readonly key: Node;
  readonly value: Node;
}

const computedNode = (result: Value): Computed => ({ type: 'Computed', result });

/** Name of an identifier, or text of a string literal. */
function nameOf(node: Node): string | undefined {
  const literal = node.type === 'Identifier' || node.type === 'StringLiteral';
  const value: unknown = literal && 'value' in node ? node.value : undefined;
  return typeof value === 'string' ? value : undefined;
}

function countOccurrences(text: string, part: string): number {
  if (part === '') return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

function textOf(value: Value | undefined): string {
  const inner: unknown = value?.value;
  return typeof inner === 'string' ? inner : '';
}

class GuardedInterpreter extends Interpreter {
  readonly #scales = new Scales();
  readonly #callees = new WeakSet<Node>();
  readonly #deadline = performance.now() + MAX_MILLISECONDS;
  #steps = 0;

  override evaluate(node: Node | undefined, environment: Environment): Value {
    if (node === undefined) return super.evaluate(undefined, environment);
    if (node.type === 'Computed') return (node as Computed).result;
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) throw overLimit({ reason: 'steps', most: MAX_STEPS });
    if (this.#steps % STEPS_BETWEEN_CLOCK_READINGS === 0 && performance.now() > this.#deadline) {
      throw overLimit({ reason: 'seconds', most: MAX_MILLISECONDS / 1000 });
    }
    const measured: unknown = this.#measured(node, environment);
    const value = super.evaluate(measured as Statement, environment);
    if (node.type === 'MemberExpression') this.#refuseLooseMethod(node as MemberNode, value);
    this.#scales.check(value);
    const marked = node.type === 'If' && nameOf((node as Condition).test) === GENERATION;
    return marked ? this.#markedText(value) : value;
  }

  #markedText(value: Value): Value {
    const Text = value.constructor as new (text: string) => Value;
    return new Text(GENERATED.begin + textOf(value) + GENERATED.end);
  }

  /** `x.replace` may only be called directly: a call through a variable would escape measuring. */
  #refuseLooseMethod(node: MemberNode, value: Value): void {
    if (value.type !== 'FunctionValue' || this.#callees.has(node)) return;
    throw fault('template-failed', { reason: 'method-uncalled' });
  }

  /** Replaces the inputs of operations that multiply by their values, after measuring these. */
  #measured(node: Node, environment: Environment): Node {
    switch (node.type) {
      case 'FilterStatement': {
        const { filter, body } = node as FilterBlock;
        const program: FilterBody = { type: 'Program', body };
        const operand = this.evaluate(program, environment);
        const expression = { type: 'FilterExpression', operand: computedNode(operand), filter };
        return this.#measuredFilter(expression, environment);
      }
      case 'FilterExpression':
        return this.#measuredFilter(node as FilterNode, environment);
      case 'CallExpression':
        return this.#measuredCall(node as CallNode, environment);
      default:
        return node;
    }
  }

  #measuredFilter(node: FilterNode, environment: Environment): Node {
    if (node.filter.type !== 'CallExpression') return node;
    const filter = node.filter as CallNode;
    const name = nameOf(filter.callee);
    if (name !== 'replace' && name !== 'join' && name !== 'indent' && name !== 'tojson')
      return node;
    const operand = this.evaluate(node.operand, environment);
    const { args, values } = this.#arguments(filter.args, environment);
    this.#weighOperation(name, operand, values);
    const inputs = { operand: computedNode(operand), filter: { ...filter, args } };
    return { ...node, ...inputs };
  }

  #measuredCall(node: CallNode, environment: Environment): Node {
    this.#callees.add(node.callee);
    if (node.callee.type !== 'MemberExpression') return node;
    const callee = node.callee as MemberNode;
    const named = !callee.computed || callee.property.type === 'StringLiteral';
    if (!named) throw fault('template-failed', { reason: 'method-computed' });
    if (nameOf(callee.property) !== 'replace') return node;
    const object = this.evaluate(callee.object, environment);
    const { args, values } = this.#arguments(node.args, environment);
    this.#weighOperation('replace', object, values);
    const measured = { ...callee, object: computedNode(object) };
    this.#callees.add(measured);
    const call: CallNode = { ...node, callee: measured, args };
    return call;
  }

  #arguments(
    nodes: readonly Node[],
    environment: Environment,
  ): { args: readonly Node[]; values: readonly Value[] } {
    const values: Value[] = [];
    const take = (node: Node): Node => {
      const value = this.evaluate(node, environment);
      values.push(value);
      return computedNode(value);
    };
    const args = nodes.map((node): Node => {
      if (node.type === 'SpreadExpression' || node.type === 'KeywordSpreadExpression') {
        throw fault('template-failed', { reason: 'spread' });
      }
      if (node.type !== 'KeywordArgumentExpression') return take(node);
      const named = node as NamedValue;
      const renewed: NamedValue = { ...named, value: take(named.value) };
      return renewed;
    });
    return { args, values };
  }

  #weighOperation(
    name: 'replace' | 'join' | 'indent' | 'tojson',
    operand: Value,
    values: readonly Value[],
  ): void {
    const size = this.#scales.weigh(operand);
    let length: number;
    if (name === 'replace') {
      const [old, fresh] = values;
      const count = countOccurrences(textOf(operand), textOf(old));
      length = size.text + count * textOf(fresh).length;
    } else if (name === 'join') {
      const parts = typeof operand.value === 'string' ? size.text : size.nodes;
      const longest = Math.max(0, ...values.map((value) => textOf(value).length));
      length = size.text + parts * longest;
    } else {
      // Widths and separators are small in every honest template; they are limited so that the product is small too.
      for (const value of values) {
        const inner: unknown = value.value;
        const parts: readonly Value[] = Array.isArray(inner) ? (inner as Value[]) : [value];
        const wide = typeof inner === 'number' && inner > MAX_INDENT;
        if (wide || parts.some((part) => textOf(part).length > MAX_SEPARATOR)) {
          throw overLimit({ reason: 'width', name, most: MAX_INDENT });
        }
      }
      length = size.text;
    }
    if (length > MAX_TEXT) throw overLimit({ reason: 'characters', most: MAX_TEXT });
  }
}

function guardedRange(first: unknown, second?: unknown, third?: unknown): number[] {
  const numbers = [first, second, third].filter((value) => typeof value === 'number');
  const [a = 0, b, step = 1] = numbers;
  const [start, stop] = b === undefined ? [0, a] : [a, b];
  const count = step === 0 ? Number.NaN : Math.ceil((stop - start) / step);
  if (Number.isNaN(count) || !Number.isInteger(step) || count > MAX_RANGE) {
    throw overLimit({ reason: 'range', most: MAX_RANGE });
  }
  return Array.from({ length: Math.max(0, count) }, (_, i) => start + i * step);
}

/**
 * Renders a parsed template over `variables`.
 * @param clock the date that strftime_now gives; the caller fixes it so that a run repeats.
 * @throws StudioError `template-limit`, `template-raised` with the template's own words, `template-failed`.
 */
export function renderGuarded(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  clock: (format: string) => string,
): string {
  try {
    const environment = new Environment();
    const globals = {
      true: true,
      false: false,
      none: null,
      True: true,
      False: false,
      None: null,
      raise_exception: (message: unknown) => {
        throw new TemplateRaised(String(message));
      },
      range: guardedRange,
      [GENERATION]: true,
      strftime_now: (format: unknown) => clock(String(format)),
    };
    for (const [name, value] of Object.entries({ ...globals, ...variables })) {
      environment.set(name, value);
    }
    const result: unknown = new GuardedInterpreter(environment).run(program).value;
    return typeof result === 'string' ? result : '';
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    const detail = cause instanceof Error ? cause.message.slice(0, 300) : 'unknown';
    if (cause instanceof TemplateRaised) {
      throw templateRaised(detail, cause);
    }
    throw fault('template-failed', { reason: 'failed', detail }, { cause });
  }
}
