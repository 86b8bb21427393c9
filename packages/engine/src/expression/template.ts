import { ExpressionError, type Json, LIMITS, type ValidationError } from '@tenuto/contract';
import type { Bindings } from './evaluate.ts';
import { type Evaluation, newEvaluation } from './evaluation.ts';
import { compileShared, type SharedExpression } from './expression.ts';
import { NO_REFERENCES, type References, type Scope, unite } from './scope.ts';
import { type Segment, scanTemplate } from './template-scan.ts';

/** More `${...}` than this in one value is generated text; it belongs into an expression. */
const MAX_EXPRESSIONS = 1_000;
const MAX_PROBLEMS = 20;

/** A JSON value whose strings may hold `${...}`. */
export interface Template {
  /** What all its expressions name. */
  readonly references: References;
  /** Whether there is nothing to resolve. */
  readonly isConstant: boolean;
  /**
   * Puts values in place of all `${...}`. A string that is nothing but one `${...}` becomes the
   * value itself; in text, strings stand as they are and everything else, null too, as JSON.
   * What comes out is data and is not looked into again.
   *
   * @throws ExpressionError whose `path` is the JSON pointer of the string
   */
  resolve(bindings: Bindings): Json;
}

type Resolve = (bindings: Bindings, evaluation: Evaluation) => Json;
/** A constant, or what computes the value. */
type Part = { readonly value: Json } | { readonly resolve: Resolve };

interface Compilation {
  readonly scope: Scope;
  readonly problems: ValidationError[];
  references: References;
  expressions: number;
}

/**
 * Compiles every `${...}` in the strings of a value (not in its keys); `$${` is a plain `${`.
 *
 * @throws ExpressionError whose `validationErrors` have the JSON pointer of each wrong string
 */
export function compileTemplate(value: Json, scope: Scope): Template {
  const compilation: Compilation = {
    scope,
    problems: [],
    references: NO_REFERENCES,
    expressions: 0,
  };
  const part = compilePart(value, [], compilation);
  const { problems, references } = compilation;
  if (problems.length > 0) throw templateError(problems);
  if ('value' in part) return { references, isConstant: true, resolve: () => part.value };
  const resolve = (bindings: Bindings) => part.resolve(bindings, newEvaluation());
  return { references, isConstant: false, resolve };
}

function templateError(problems: readonly ValidationError[]): ExpressionError {
  const [first] = problems;
  return new ExpressionError(`${first?.path || 'the value'}: ${first?.message}`, problems);
}

type Path = readonly (string | number)[];

function pointer(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function compilePart(value: Json, path: Path, compilation: Compilation): Part {
  if (typeof value === 'string') return compileText(value, path, compilation);
  if (typeof value !== 'object' || value === null) return { value };
  if (path.length >= LIMITS.jsonDepth) {
    note(compilation, path, `nested deeper than ${LIMITS.jsonDepth}`);
    return { value };
  }
  const isArray = Array.isArray(value);
  const entries = Object.entries<Json>(value).map(([key, item]) => {
    const part = compilePart(item, [...path, key], compilation);
    return { key, part, isSame: 'value' in part && part.value === item };
  });
  if (entries.every(({ isSame }) => isSame)) return { value };
  const build = (take: (part: Part) => Json): Json =>
    isArray
      ? entries.map(({ part }) => take(part))
      : Object.fromEntries(entries.map(({ key, part }) => [key, take(part)]));
  if (entries.every(({ part }) => 'value' in part)) {
    return { value: build((part) => ('value' in part ? part.value : null)) };
  }
  return {
    resolve: (bindings, evaluation) =>
      build((part) => ('value' in part ? part.value : part.resolve(bindings, evaluation))),
  };
}

function note({ problems }: Compilation, path: Path, message: string, value?: unknown): void {
  if (problems.length >= MAX_PROBLEMS) return;
  problems.push({ path: pointer(path), message, ...(value !== undefined && { value }) });
}

function compileText(text: string, path: Path, compilation: Compilation): Part {
  if (!text.includes('${')) return { value: text };
  const { segments, openAt } = scanTemplate(text);
  if (openAt !== undefined) {
    note(compilation, path, `the \${ at character ${openAt + 1} is never closed`);
    return { value: text };
  }
  const compiled = segments.map((segment) => compileSegment(segment, path, compilation));
  const [first] = compiled;
  if (compiled.every((piece) => typeof piece === 'string')) return { value: compiled.join('') };
  const where = pointer(path);
  const evaluated = (piece: SharedExpression, bindings: Bindings, evaluation: Evaluation) =>
    located(where, () => piece.evaluateWithin(bindings, evaluation));
  if (compiled.length === 1 && first !== undefined && typeof first !== 'string') {
    return { resolve: (bindings, evaluation) => evaluated(first, bindings, evaluation) };
  }
  return {
    resolve: (bindings, evaluation) =>
      compiled
        .map((piece) =>
          typeof piece === 'string' ? piece : inText(evaluated(piece, bindings, evaluation)),
        )
        .join(''),
  };
}

function inText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Compiles one segment; a wrong one is noted and stands as empty text. */
function compileSegment(
  segment: Segment,
  path: Path,
  compilation: Compilation,
): string | SharedExpression {
  if (segment.type === 'text') return segment.text;
  if (compilation.problems.length >= MAX_PROBLEMS) return '';
  if (++compilation.expressions > MAX_EXPRESSIONS) {
    note(compilation, path, `there are more than ${MAX_EXPRESSIONS} expressions`);
    return '';
  }
  try {
    const expression = compileShared(segment.source, compilation.scope);
    compilation.references = unite(compilation.references, expression.references);
    return expression;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    for (const { message, value } of error.validationErrors) {
      note(compilation, path, `${message} in \`${segment.source.slice(0, 80)}\``, value);
    }
    return '';
  }
}

/** Runs an evaluation; its errors say which string they come from. */
function located(where: string, evaluate: () => Json): Json {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const errors = error.validationErrors.map((problem) => ({ ...problem, path: where }));
    throw new ExpressionError(`${where || 'the value'}: ${error.message}`, errors);
  }
}
